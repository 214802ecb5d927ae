"""Who schemathesis calls as, what it may name, and how often it asks in whose name."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from tests.e2e.shop import US_RANGE, Json, Shop, Source, lead
from tests.schemathesis_run import Campaign, Known
from tools.openapi.operation import Caller
from tools.openapi.operations import OPERATIONS

SEED = 20_260
OF_EACH = 2
"""Objects of a kind that requests may name."""

CASES = 5_000
"""How many requests all campaigns make at least, at scale 1."""

_NAMED = {"lead": "/leads", "flow": "/flows", "submission": "/submissions", "bid": "/bids"}


@dataclass(frozen=True)
class Adversary:
    """A tenant of its own, somebody of each kind in it, and objects that may be named."""

    api_url: str
    tokens: dict[str, str]
    known: Known

    def campaigns(self, scale: float) -> list[Campaign]:
        """The admin may do most, so asks most; the others ask for what they may not do as well."""

        def campaign(
            name: str,
            caller: str,
            cases: int,
            phase: str = "fuzzing",
            operations: Sequence[str] = (),
        ) -> Campaign:
            times, seed = max(1, round(cases * scale)), SEED + len(name)
            return Campaign(name, self.tokens[caller], times, seed, operations, (phase,))

        of_sources = [one.id for one in OPERATIONS if Caller.SOURCE in one.callers]
        return [
            campaign("admin", "tenant", 22),
            campaign("admin-in-steps", "tenant", 60, "stateful"),
            campaign("customer", "customer", 9),
            campaign("source", "source", 105, operations=of_sources),
            campaign("partner", "partner", 4),
        ]


def adversary(client: httpx.Client, api_url: str, token: str) -> Adversary:
    """Furnish a new tenant, whose admin the client calls as."""
    scopes = [{"scope": "county", "enabled": True, **US_RANGE}]
    shop = Shop(client, api_url).open(scopes=scopes)
    source, partner = shop.source(), shop.made("/partners", {"name": "Partner"})["id"]
    buyers = [shop.customer(funds_cents=100_000) for _ in range(OF_EACH)]
    tokens = {
        "tenant": f"Bearer {token}",
        "customer": _user(shop, f"/customers/{buyers[0]}", "customer_admin"),
        "partner": _user(shop, f"/partners/{partner}", "partner_admin"),
        "source": source.basic,
    }
    for buyer in buyers:
        shop.bid(buyer, 5_000)
        _posted(source)
    return Adversary(api_url, tokens, _known(shop, buyers))


def _posted(source: Source) -> None:
    answer = source.post(lead())
    assert answer.status_code == httpx.codes.CREATED, answer.text


def _user(shop: Shop, owner: str, role: str) -> str:
    made = shop.made(f"{owner}/users", {"email": "someone@example.com", "role": role})
    return f"Bearer {made['token']}"


def _known(shop: Shop, buyers: list[str]) -> Known:
    """Some objects of each kind. Nobody who calls is among them: it would be gone."""
    tier = {"name": "Tier", "lower_percentage": 0, "upper_percentage": 5}
    hook = {"name": "Hook", "event": "lead.assigned", "url": "https://example.com/hook"}
    made: dict[str, tuple[str, Json]] = {
        "check": ("/duplicate-checks", {"fields": ["email"], "days": 1}),
        "tier": ("/return-tiers", tier),
        "audit": ("/audit-conditions", {"name": "Audit", "lead_category_id": shop.category_id}),
        "webhook": ("/webhooks", {**hook, "active": False}),
        "partner": ("/partners", {"name": "Other"}),
    }
    lists = {
        prefix: [str(one["id"]) for one in shop.read(path, limit=str(OF_EACH))["data"]]
        for prefix, path in _NAMED.items()
    }
    return {
        **lists,
        **{prefix: [str(shop.made(*what)["id"])] for prefix, what in made.items()},
        "cus": buyers,
        "source": [shop.source().id],
        "category": [shop.category_id],
        "type": [shop.lead_type_id],
    }
