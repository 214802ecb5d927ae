"""One campaign of races in all the places that the contract names (C1 to C7, C8, C9, C10).

Many threads of real HTTP, 2,000 operations by chance. `LEADFLOW_SEED` repeats what was asked for,
`LEADFLOW_OPERATIONS` asks for more. Afterwards the API has to show of every answer that it gave
exactly what it said, once; the tables are judged as `make verify` does it.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from random import Random

import pytest

from tests.contract_run import held
from tests.e2e.campaign import AUDITED_CITY, LOST, UNAVAILABLE, Campaign
from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.marketplace import FALLBACK_CENTS, LONG, Market
from tests.e2e.operations import settle, until
from tests.e2e.shop import Json, Shop
from tests.e2e.test_demands import Wanted
from tests.e2e.trade import RANGES, Trade, highest_price, round_robin, stage
from tools.local_stack import StackInfo, create_tenant
from tools.stub_partner import stub_partner
from tools.verify.__main__ import observe_tables, report
from tools.verify.promises import judged

OPERATIONS = int(os.environ.get("LEADFLOW_OPERATIONS", "2000"))
THREADS = int(os.environ.get("LEADFLOW_THREADS", "16"))
PROMISES = ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10"]
CAP, BUDGET_CENTS = 25, 40_000
FUNDS = (900_000, 900_000, 15_000)
"""Of the buyers: held by a cap, by a budget, and by their money."""
TURNS_CENTS, PLACES = 1_000, 12
DEMANDS = 6


@dataclass(frozen=True)
class Field:
    """Where the campaign takes place: a busy tenant, one with turns, one at its threshold."""

    stack: StackInfo
    campaign: Campaign
    turns: Shop
    takers: list[str]
    limited: Shop

    @property
    def shop(self) -> Shop:
        """The busy tenant."""
        return self.campaign.market.shop


@pytest.fixture
def field(stack: StackInfo) -> Iterator[Field]:
    with ExitStack() as opened:

        def shop_of(token: str) -> Shop:
            return Shop(opened.enter_context(client_of(stack, token)), stack.api_url)

        busy = create_tenant(DIRECTORY, "Busy")
        limited = shop_of(create_tenant(DIRECTORY, "At its threshold").admin_token)
        stub = opened.enter_context(stub_partner())
        market = Market(Trade(shop_of(busy.admin_token).open(scopes=RANGES), stub), stack, opened)
        fair = shop_of(create_tenant(DIRECTORY, "Turns").admin_token)
        turns = Trade(fair.open(scopes=RANGES), stub)
        takers = [turns.shop.customer(9_000_000) for _ in range(3)]
        turns.plan(round_robin(TURNS_CENTS, takers))
        limited.open(scopes=RANGES)
        limited.bid(limited.customer(9_000_000), 2_000)
        limited.client.put("/subscription", json={"lead_limit": PLACES}).raise_for_status()
        campaign = _busy(stack, market, busy.tenant_id, (turns.shop, limited))
        yield Field(stack, campaign, turns.shop, takers, limited)


def _busy(stack: StackInfo, market: Market, tenant_id: str, others: tuple[Shop, Shop]) -> Campaign:
    """A tenant that sells to bids, lists the rest, audits a city and knows its people."""
    shop = market.shop
    market.trade.plan(highest_price(), stage("marketplace", {}))
    market.sells(LONG, interval_minutes=1)
    shop.made("/duplicate-checks", {"fields": ["email"], "days": 30})
    audited = [[{"property": "city", "operator": "equals", "value": AUDITED_CITY}]]
    category = {"lead_category_id": shop.category_id}
    shop.made("/audit-conditions", {"name": "A city", **category, "conditions": audited})
    buyers = [market.buyer(funds) for funds in FUNDS]
    limits: list[Json] = [
        {"lead_caps": {"daily": CAP}},
        {"budgets_cents": {"daily": BUDGET_CENTS}},
        {},
    ]
    for cents, buyer, limit in zip((4_000, 3_500, 3_000), buyers, limits, strict=True):
        shop.bid(buyer.id, cents, **limit)
    row = {"pricing_type": "fallback", "price_cents": FALLBACK_CENTS}
    source = shop.source(pricing=[{"lead_type_id": shop.lead_type_id, **row}])
    wanted = Wanted(stack, tenant_id, shop, buyers[0].id, buyers[0].client)
    turns, limited = (other.source() for other in others)
    demands = wanted.ask(DEMANDS)
    return Campaign(market, source, turns, limited, buyers, demands, market.advance)


def test_two_thousand_operations_at_once_leave_every_promise_kept(field: Field) -> None:
    seed = int(os.environ.get("LEADFLOW_SEED", time.time_ns()))
    print(f"LEADFLOW_SEED={seed} LEADFLOW_OPERATIONS={OPERATIONS}")
    campaign = field.campaign

    def act(number: int) -> None:
        campaign.act(number, Random(f"{seed} {number}"))  # noqa: S311 # chance to be repeated

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(act, range(OPERATIONS)))
    try:
        _check(field)
    except AssertionError as broken:
        broken.add_note(f"LEADFLOW_SEED={seed} LEADFLOW_OPERATIONS={OPERATIONS}")
        raise
    held("Races over HTTP", PROMISES, operations=len(campaign.answers), seed=seed)


def _check(field: Field) -> None:
    campaign = field.campaign
    told = Counter((one.kind, one.status) for one in campaign.answers)
    print(dict(sorted(told.items())))
    assert {status for _, status in told if status >= 500} <= {UNAVAILABLE}
    _settle(field)
    _check_answers(campaign)
    _check_money(field)
    _check_limits(field)
    _check_turns(field)
    _check_threshold(field)
    seen = observe_tables(field.stack)
    found = judged(seen)
    assert not any(found.values()), report(seen, found)


def _settle(field: Field) -> None:
    """Runs and auctions come to their end."""
    settle(field.stack, (field.shop, field.turns, field.limited))
    field.campaign.advance()


def _check_answers(campaign: Campaign) -> None:
    """What was said to be done was done, once (C4 to C7, C9)."""
    shop = campaign.market.shop
    stored = {one["id"]: one for one in shop.everything("/leads")}
    gone = Counter(one.about for one in campaign.of("delete"))
    assert set(gone.values()) <= {1}
    assert not set(gone) & set(stored)
    posts = campaign.of("post") + campaign.of("post_twin")
    unsure = {one.about for one in campaign.answers if one.status == LOST}
    assert {one.body["lead_public_id"] for one in posts} <= {*stored, *gone, *unsure}
    by_key = {(one.key, one.body["lead_public_id"]) for one in posts if one.key}
    assert len({key for key, _ in by_key}) == len(by_key), "one key, one lead"
    for who in {one.about for one in campaign.of("post_twin")}:
        mine = [one for one in stored.values() if one["contact"].get("email") == who]
        assert sum(one["status"] != "duplicate" for one in mine) == 1, who
    for kind in ("reprocess", "edit", "release"):
        for one in campaign.of(kind):
            flows = stored.get(one.about, {"flow_ids": [one.body["flow_id"]]})["flow_ids"]
            assert flows.count(one.body["flow_id"]) == 1
    filled = Counter(one.about for one in campaign.of("offer") if one.body["status"] == "accepted")
    bought = Counter(one.about for one in campaign.of("buy"))
    assert set((filled + bought).values()) <= {1}


def _check_money(field: Field) -> None:
    """Rows are those that answers tell of, each once; nothing stays on hold without an order."""
    campaign, charged, refunded = field.campaign, Counter[str](), Counter[str]()
    moved = {(one.about, one.key) for one in campaign.of("money")}
    asked = {(one.about, one.key) for one in campaign.answers if one.kind == "money"}
    unsure = {(one.about, one.key) for one in campaign.answers if one.status == LOST}
    refused = asked - moved - unsure
    for buyer in campaign.buyers:
        field.shop.check_ledger(buyer.id)
        rows = field.shop.everything(f"/customers/{buyer.id}/transactions")
        by_hand = Counter((buyer.id, row["description"]) for row in rows)
        assert all(by_hand[one] == 1 for one in moved if one[0] == buyer.id)
        assert not any(by_hand[one] for one in refused)
        for row in rows:
            lead_id = row["related"].get("lead_id", "")
            charged[lead_id] += row["event"] == "LEAD_ASSIGNED"
            refunded[lead_id] += row["event"] == "LEAD_RETURNED"
        assert buyer.money()[1] == buyer.ordered_cents()
    returned = {one.about for one in campaign.of("give_back")}
    returned |= {one.body["lead_id"] for one in campaign.of("approve")}
    given_back = {lead_id for lead_id, count in refunded.items() if count}
    assert returned <= given_back
    assert unsure or returned == given_back
    assert max(refunded.values()) <= 1
    assert all(charged[one] - refunded[one] in {0, 1} for one in charged)


def _check_limits(field: Field) -> None:
    """Caps and budgets hold for what was won by bidding and is still there (C3)."""
    won: dict[str, list[int]] = {}
    for one in field.shop.everything("/leads", status="assigned"):
        if one["assignment"]["assigned_via"] == "bidding":
            sold = one["assignment"]
            won.setdefault(sold["customer_id"], []).append(sold["charged_cents"])
    capped, budgeted, _ = field.campaign.buyers
    assert len(won.get(capped.id, [])) <= CAP
    assert sum(won.get(budgeted.id, [])) <= BUDGET_CENTS


def _check_turns(field: Field) -> None:
    """Turns differ by one at most, and each lead was handed to one (C8)."""
    answered = {one.body["lead_public_id"] for one in field.campaign.of("turn")}
    leads = field.turns.everything("/leads")
    assert answered <= {one["id"] for one in leads}
    assert len(leads) - len(answered) <= field.campaign.unanswered("turn")
    got = Counter(one["assignment"]["customer_id"] for one in leads)
    counts = [got[one] for one in field.takers]
    assert sum(counts) == len(leads)
    assert max(counts) - min(counts) <= 1


def _check_threshold(field: Field) -> None:
    """Within the limit, and then all that waits comes out in the order received (C10)."""
    shop = field.limited
    assert shop.read("/usage")["leads"]["used"] <= PLACES
    waiting = shop.everything("/leads", status="withheld")
    in_order = sorted(
        waiting, key=lambda one: (datetime.fromisoformat(one["received_at"]), one["id"])
    )
    more = len(waiting) - max(0, len(field.campaign.of("post_at_threshold")) - PLACES)
    assert 0 <= more <= field.campaign.unanswered("post_at_threshold")
    shop.client.put("/subscription", json={"lead_limit": 10_000}).raise_for_status()
    until(lambda: not shop.everything("/leads", status="withheld"), "nobody waits")
    _settle(field)
    found = [shop.read(f"/leads/{one['id']}")["assignment"] for one in in_order]
    sold = [datetime.fromisoformat(one["assigned_at"]) for one in found]
    assert sold == sorted(sold)
