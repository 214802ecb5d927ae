"""Permissions and the roles that hold them (`product.md`, 22). The list is closed."""

from collections.abc import Mapping

from leadflow.domain.errors import Forbidden
from leadflow.domain.principals import Role

_CRUD = ("view", "create", "update", "delete")
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "leads": (
        "view",
        "update",
        "return",
        "delete",
        "delete-sold",
        "reprocess",
        "approve-dispute",
        "export",
        "import",
    ),
    "customers": (*_CRUD, "add-funds", "remove-funds"),
    "bids": (*_CRUD, "view-history"),
    **dict.fromkeys(("transactions", "submissions", "analytics", "marketplace"), ("view",)),
    **dict.fromkeys(
        (
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
        ),
        _CRUD,
    ),
    "invites": ("view", "create", "delete"),
    **dict.fromkeys(
        ("company-profile", "billing", "bid-settings", "tenant-settings"), ("view", "update")
    ),
}

PERMISSIONS = frozenset(
    f"{resource}.{action}" for resource, actions in _ACTIONS.items() for action in actions
)


def _all_of(*resources: str) -> frozenset[str]:
    return frozenset(f"{name}.{action}" for name in resources for action in _ACTIONS[name])


_SUPPORT = (
    _all_of("leads", "customers", "bids", "transactions", "analytics", "marketplace", "invites")
    | {"submissions.view"}
) - {"leads.reprocess", "leads.delete-sold"}
_SALES = _all_of("invites") | {
    f"{name}.view"
    for name in (
        "leads",
        "customers",
        "bids",
        "transactions",
        "analytics",
        "marketplace",
    )
}

ROLE_PERMISSIONS: Mapping[Role, frozenset[str]] = {
    Role.ADMIN: PERMISSIONS,
    Role.CUSTOMER_SUPPORT: frozenset(_SUPPORT),
    Role.SALES: frozenset(_SALES),
    Role.DATA_VALIDATION: frozenset({"leads.view", "leads.update"}),
    **dict.fromkeys(
        (Role.CUSTOMER_ADMIN, Role.CUSTOMER_USER, Role.PARTNER_ADMIN, Role.PARTNER_USER),
        frozenset[str](),
    ),
}


def require(role: Role, permission: str) -> None:
    """Raise `Forbidden` naming the permission unless the role holds it."""
    if permission not in ROLE_PERMISSIONS[role]:
        raise Forbidden(permission)
