"""Whatever the API is sent, it answers as its document says, to whoever is asking.

`LEADFLOW_SCHEMATHESIS_CASES` asks for more than the 5,000 of every run.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.contract_run import held
from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.shop import US_RANGE, Json, Shop, Source, lead
from tests.schemathesis_run import Campaign, Known, tried, with_known
from tools.local_stack import StackInfo, create_tenant
from tools.openapi.operation import Caller
from tools.openapi.operations import OPERATIONS

CASES = int(os.environ.get("LEADFLOW_SCHEMATHESIS_CASES", "5000"))
SEED = 20_260
SIDE_BY_SIDE = 2
SCALE = CASES / 5_000
OF_EACH = 2
"""Objects of a kind that requests may name."""

NAMED = {"lead": "/leads", "flow": "/flows", "submission": "/submissions", "bid": "/bids"}


@dataclass(frozen=True)
class Adversary:
    """A tenant of its own, somebody of each kind in it, and objects that may be named."""

    shop: Shop
    source: Source
    tokens: dict[str, str]
    known: Known


@pytest.fixture(scope="module")
def adversary(stack: StackInfo) -> Iterator[Adversary]:
    token = create_tenant(DIRECTORY, "Adversary").admin_token
    with client_of(stack, token) as client:
        scopes = [{"scope": "county", "enabled": True, **US_RANGE}]
        shop = Shop(client, stack.api_url).open(scopes=scopes)
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
            source.post(lead())
        yield Adversary(shop, source, tokens, _known(shop, buyers))


def _user(shop: Shop, owner: str, role: str) -> str:
    made = shop.made(f"{owner}/users", {"email": "someone@example.com", "role": role})
    return f"Bearer {made['token']}"


def _known(shop: Shop, buyers: list[str]) -> Known:
    """One object of each kind and some leads. Nobody who calls is among them: it would be gone."""
    check = {"fields": ["email"], "days": 1}
    tier = {"name": "Tier", "lower_percentage": 0, "upper_percentage": 5}
    audit = {"name": "Audit", "lead_category_id": shop.category_id}
    hook = {"name": "Hook", "event": "lead.assigned", "url": "https://example.com/hook"}
    made: dict[str, tuple[str, Json]] = {
        "check": ("/duplicate-checks", check),
        "tier": ("/return-tiers", tier),
        "audit": ("/audit-conditions", audit),
        "webhook": ("/webhooks", {**hook, "active": False}),
        "partner": ("/partners", {"name": "Other"}),
    }
    lists = {
        prefix: [str(one["id"]) for one in shop.read(path, limit=str(OF_EACH))["data"]]
        for prefix, path in NAMED.items()
    }
    objects = {prefix: [str(shop.made(*what)["id"])] for prefix, what in made.items()}
    return {
        **lists,
        **objects,
        "cus": buyers,
        "source": [shop.source().id],
        "category": [shop.category_id],
        "type": [shop.lead_type_id],
    }


def _campaigns(adversary: Adversary) -> list[Campaign]:
    """The admin may do most, so asks most; everybody else asks for what it may not do as well."""

    def campaign(name: str, caller: str, cases: float, *phases: str, of: str = "") -> Campaign:
        chosen = [one.id for one in OPERATIONS if of and Caller(of) in one.callers]
        times, seed = max(1, round(cases * SCALE)), SEED + len(name)
        return Campaign(name, adversary.tokens[caller], times, seed, chosen, phases or ("fuzzing",))

    return [
        campaign("admin", "tenant", 22),
        campaign("admin-in-steps", "tenant", 60, "stateful"),
        campaign("customer", "customer", 9),
        campaign("source", "source", 90, of="source"),
        campaign("partner", "partner", 4),
    ]


def test_every_answer_is_in_the_document(adversary: Adversary, tmp_path: Path) -> None:
    shown, api_url = with_known(adversary.known), adversary.shop.api_url
    run = partial(tried, api_url=api_url, shown=shown, directory=tmp_path)

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        made = list(pool.map(run, _campaigns(adversary)))

    assert sum(made) >= CASES
    held("Schemathesis: requests made from the API's document", [], operations=sum(made), seed=SEED)
