"""Who may do what, as `product.md` (22, 11.4, 14, 16, 17) and `api.md` (2 to 6) give it.

Written down a second time on purpose: nothing here is read from the product.
"""

from dataclasses import dataclass

from tests.walls.world import Caller

RESOURCES = (
    "sources",
    "lead-categories",
    "lead-types",
    "duplicate-checks",
    "audit-conditions",
    "stages",
    "partners",
    "webhooks",
    "return-tiers",
    "integrations",
    "users",
)
_EVERYDAY = frozenset({"bids.view", "customers.view", "leads.view"})
_TRADE = frozenset({"transactions.view", "analytics.view", "marketplace.view"})
SUPPORT = (
    _EVERYDAY
    | _TRADE
    | {"submissions.view", "leads.update", "leads.return", "leads.delete", "leads.export"}
    | {"leads.approve-dispute", "leads.import", "customers.create", "customers.update"}
    | {"customers.delete", "customers.add-funds", "customers.remove-funds"}
    | {"bids.create", "bids.update", "bids.delete", "bids.view-history"}
)
GRANTED = {
    "customer_support": SUPPORT,
    "sales": _EVERYDAY | _TRADE,
    "data_validation": frozenset({"leads.view", "leads.update"}),
}
"""What tenant roles hold beside admins, who hold everything (22.2)."""


@dataclass(frozen=True)
class Rule:
    """Whom a route is open to: `permission` to tenant users, roles and sources by name."""

    permission: str | None = None
    others: frozenset[str] = frozenset()

    def admits(self, caller: Caller) -> bool:
        """Whether the caller may use the route at all, with ids of its own."""
        if caller.kind == "tenant":
            if self.permission is None:
                return False
            return caller.role == "admin" or self.permission in GRANTED[caller.role]
        return caller.role in self.others


CUSTOMER = frozenset({"customer_admin", "customer_user"})
PARTNER = frozenset({"partner_admin", "partner_user"})
SOURCE = frozenset({"source"})
OWN_ADMIN = frozenset({"customer_admin"})
NOBODY = frozenset[str]()


def _rule(permission: str | None, others: frozenset[str] = NOBODY) -> Rule:
    return Rule(permission, others)


def _crud(path: str, resource: str, viewers: frozenset[str] = NOBODY) -> dict[str, Rule]:
    return {
        f"GET {path}": _rule(f"{resource}.view", viewers),
        f"POST {path}": _rule(f"{resource}.create"),
        f"GET {path}/{{id}}": _rule(f"{resource}.view", viewers),
        f"PATCH {path}/{{id}}": _rule(f"{resource}.update"),
        f"DELETE {path}/{{id}}": _rule(f"{resource}.delete"),
    }


_PLAIN = (*RESOURCES[:5], "partners", "webhooks")
_HOOKS = "/customers/{id}/webhooks"
_DELIVERIES = "/webhooks/{id}/deliveries"

RULES: dict[str, Rule] = {
    # 3, source API
    "POST /ping": _rule(None, SOURCE),
    "POST /leads": _rule(None, SOURCE),
    "GET /submissions": _rule("submissions.view", SOURCE),
    "GET /submissions/{id}": _rule("submissions.view", SOURCE),
    # 4, leads
    "GET /leads": _rule("leads.view", CUSTOMER | PARTNER),
    "GET /leads/{id}": _rule("leads.view", CUSTOMER | PARTNER),
    "PATCH /leads/{id}": _rule("leads.update"),
    "DELETE /leads/{id}": _rule("leads.delete"),
    "POST /leads/{id}/erase": _rule("leads.delete-sold"),
    "POST /leads/{id}/return": _rule("leads.return"),
    "POST /leads/{id}/return-requests": _rule(None, CUSTOMER),
    "GET /return-requests": _rule("leads.approve-dispute", CUSTOMER),
    "POST /return-requests/{id}/approve": _rule("leads.approve-dispute"),
    "POST /return-requests/{id}/deny": _rule("leads.approve-dispute"),
    "POST /leads/{id}/reclassify": _rule("leads.update"),
    "POST /leads/{id}/reprocess": _rule("leads.reprocess"),
    "POST /leads/reprocess": _rule("leads.reprocess"),
    "POST /leads/{id}/release": _rule("leads.update"),
    "POST /leads/{id}/enrich": _rule("leads.update"),
    "GET /leads/{id}/flows": _rule("leads.view"),
    "GET /flows": _rule("leads.view"),
    "GET /flows/{id}": _rule("leads.view"),
    "POST /customers/{id}/lead-exports": _rule("leads.export", CUSTOMER),
    "POST /customers/{id}/lead-imports": _rule("leads.import"),
    "POST /lead-imports/{id}/start": _rule("leads.import"),
    # 5, customers, wallets, bids, marketplace
    "GET /customers": _rule("customers.view", CUSTOMER),
    "POST /customers": _rule("customers.create"),
    "GET /customers/{id}": _rule("customers.view", CUSTOMER),
    "PATCH /customers/{id}": _rule("customers.update", CUSTOMER),
    "DELETE /customers/{id}": _rule("customers.delete"),
    "POST /customers/{id}/restore": _rule("customers.delete"),
    "POST /customers/{id}/deposits": _rule("customers.add-funds"),
    "POST /customers/{id}/withdrawals": _rule("customers.remove-funds"),
    "GET /customers/{id}/wallet": _rule("customers.view", CUSTOMER),
    "GET /customers/{id}/transactions": _rule("transactions.view", CUSTOMER),
    "GET /bids": _rule("bids.view", CUSTOMER),
    "GET /bids/hints": _rule("bids.view", CUSTOMER),
    "POST /bids": _rule("bids.create", CUSTOMER),
    "GET /bids/{id}": _rule("bids.view", CUSTOMER),
    "PATCH /bids/{id}": _rule("bids.update", CUSTOMER),
    "DELETE /bids/{id}": _rule("bids.delete", CUSTOMER),
    "GET /customers/{id}/users": _rule("customers.view", OWN_ADMIN),
    "POST /customers/{id}/users": _rule("customers.update", OWN_ADMIN),
    "GET /marketplace/auctions": _rule("marketplace.view", CUSTOMER),
    "POST /marketplace/auctions/{id}/buy": _rule(None, CUSTOMER),
    "POST /marketplace/buy": _rule(None, CUSTOMER),
    "POST /marketplace/auctions/{id}/orders": _rule(None, CUSTOMER),
    "DELETE /marketplace/orders/{id}": _rule(None, CUSTOMER),
    "GET /marketplace/orders": _rule(None, CUSTOMER),
    "GET /demands": _rule("leads.view", CUSTOMER | SOURCE),
    "GET /demands/{id}": _rule("leads.view", CUSTOMER | SOURCE),
    "DELETE /demands/{id}": _rule("leads.import", CUSTOMER),
    "GET /demands/{id}/offers": _rule("leads.view", SOURCE),
    "POST /demands/{id}/offers": _rule(None, SOURCE),
    # 6, configuration
    **{name: rule for resource in _PLAIN for name, rule in _crud(f"/{resource}", resource).items()},
    **_crud("/return-tiers", "return-tiers", CUSTOMER),
    "POST /return-tiers/recalculate": _rule("return-tiers.update"),
    "POST /sources/{id}/credentials": _rule("sources.update"),
    "GET /partners/{id}/payouts": _rule("partners.view", PARTNER),
    "GET /partners/{id}/users": _rule("partners.view", frozenset({"partner_admin"})),
    "POST /partners/{id}/users": _rule("partners.update", frozenset({"partner_admin"})),
    "POST /partners/{id}/test-exchange": _rule("partners.update"),
    "GET /distribution-plan": _rule("stages.view"),
    "PUT /distribution-plan": _rule("stages.update"),
    "GET /distribution-plan/versions/{n}": _rule("stages.view"),
    "POST /webhooks/{id}/rotate-secret": _rule("webhooks.update"),
    "POST /webhooks/{id}/test": _rule("webhooks.update"),
    f"GET {_DELIVERIES}": _rule("webhooks.view"),
    f"POST {_DELIVERIES}/{{delivery_id}}/resend": _rule("webhooks.update"),
    f"GET {_HOOKS}": _rule("webhooks.view", OWN_ADMIN),
    f"POST {_HOOKS}": _rule("webhooks.create", OWN_ADMIN),
    f"GET {_HOOKS}/{{webhook_id}}": _rule("webhooks.view", OWN_ADMIN),
    f"PATCH {_HOOKS}/{{webhook_id}}": _rule("webhooks.update", OWN_ADMIN),
    f"DELETE {_HOOKS}/{{webhook_id}}": _rule("webhooks.delete", OWN_ADMIN),
    f"POST {_HOOKS}/{{webhook_id}}/rotate-secret": _rule("webhooks.update", OWN_ADMIN),
    f"POST {_HOOKS}/{{webhook_id}}/test": _rule("webhooks.update", OWN_ADMIN),
    f"GET {_HOOKS}/{{webhook_id}}/deliveries": _rule("webhooks.view", OWN_ADMIN),
    f"POST {_HOOKS}/{{webhook_id}}/deliveries/{{delivery_id}}/resend": _rule(
        "webhooks.update", OWN_ADMIN
    ),
    "GET /integrations/real-estate-api": _rule("integrations.view"),
    "PUT /integrations/real-estate-api": _rule("integrations.update"),
    "DELETE /integrations/real-estate-api": _rule("integrations.delete"),
    "GET /users": _rule("users.view"),
    "POST /users": _rule("users.create"),
    "GET /roles": _rule("users.view"),
    "GET /settings": _rule("tenant-settings.view"),
    "PATCH /settings": _rule("tenant-settings.update"),
    "POST /settings/direct-post/rotate-secret": _rule("tenant-settings.update"),
    "GET /audit-log": _rule("tenant-settings.view"),
    "GET /usage": _rule("billing.view"),
    "GET /subscription": _rule("billing.view"),
    "PUT /subscription": _rule("billing.update"),
    # any user has jobs of its own
    "GET /jobs/{id}": _rule("leads.view", CUSTOMER | PARTNER),
    "POST /jobs/{id}/cancel": _rule("leads.view", CUSTOMER | PARTNER),
}

USERS = {
    "GET /users/{id}": "view",
    "PATCH /users/{id}": "update",
    "DELETE /users/{id}": "delete",
}
"""What one may do with a user depends on whose user it is: see `may_touch_user`."""

PUBLIC = {"GET /public/{tenant_id}/marketplace", "GET /openapi.json"}
"""Open to anybody: the tenant's id is no secret there, and the document says nothing of any."""
