"""A random walk over HTTP: whatever buyers do at once, holds are those of their open orders."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import httpx
import pytest

from tests.e2e.marketplace import LONG, Buyer, Market, marketplace
from tests.e2e.shop import at_once
from tests.e2e.trade import Trade
from tools.local_stack import StackInfo

ACTIONS, AT_ONCE = 2_000, 8
BURSTS_BETWEEN_CHECKS = 5
BUYERS, AUCTIONS = 6, 3
FUNDS_CENTS = 15_000
ALLOWED = {200, 201, 204, 404, 409, 422}
SETTLE_SECONDS = 60.0

Call = Callable[[], httpx.Response]


@pytest.fixture
def market(trade: Trade, stack: StackInfo) -> Iterator[Market]:
    with marketplace(trade, stack) as market:
        yield market


@dataclass
class Walk:
    """What is known of the market, and chance."""

    market: Market
    chance: Random
    buyers: list[Buyer] = field(default_factory=list)
    auctions: list[str] = field(default_factory=list)
    placed: list[tuple[Buyer, str]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        self.market.sells(LONG, interval_minutes=1)
        self.buyers = [self.market.buyer(FUNDS_CENTS) for _ in range(BUYERS)]

    def burst(self) -> None:
        """Some actions at the same moment, on auctions of which a few are always open."""
        self.auctions = [one["id"] for one in self.market.everything()]
        while len(self.auctions) < AUCTIONS:
            self.auctions.append(self.market.lists()[1])
        for answer in at_once([self.action() for _ in range(AT_ONCE)]):
            assert answer.status_code in ALLOWED, answer.text
            self.answers[_code(answer)] += 1

    def action(self) -> Call:
        """What one buyer does: mostly it orders."""
        buyer, auction_id = self.chance.choice(self.buyers), self.chance.choice(self.auctions)
        kind = self.chance.choices(("order", "cancel", "buy", "deposit"), (70, 20, 4, 6))[0]
        if kind == "buy":
            return lambda: buyer.buy(auction_id)
        if kind == "deposit":
            return lambda: self.deposit(buyer)
        if kind == "cancel" and self.placed:
            owner, order_id = self.placed.pop(self.chance.randrange(len(self.placed)))
            return lambda: owner.client.delete(f"/marketplace/orders/{order_id}")
        cents = self.chance.randrange(450, 2_400)
        return lambda: self.order(buyer, auction_id, cents)

    def order(self, buyer: Buyer, auction_id: str, cents: int) -> httpx.Response:
        answer = buyer.order(auction_id, cents)
        if answer.status_code == httpx.codes.CREATED and answer.json()["order"]:
            self.placed.append((buyer, answer.json()["order"]["id"]))
        return answer

    def deposit(self, buyer: Buyer) -> httpx.Response:
        body = {"amount_cents": 500, "description": "More"}
        return self.market.shop.client.post(f"/customers/{buyer.id}/deposits", json=body)

    def check(self) -> None:
        """Holds equal open orders. The schedule may be giving some back: then look again."""
        until = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < until:
            held = {one.id: one.money()[1] for one in self.buyers}
            if held == {one.id: one.ordered_cents() for one in self.buyers}:
                return
        raise AssertionError(held)


def _code(answer: httpx.Response) -> str:
    body = answer.json() if answer.content else {}
    return str(body.get("code", answer.status_code))


def test_holds_are_the_open_orders_in_a_random_walk(market: Market) -> None:
    seed = int(os.environ.get("LEADFLOW_SEED", time.time_ns()))
    print(f"LEADFLOW_SEED={seed}")
    walk = Walk(market, Random(seed))  # noqa: S311 # a walk that can be repeated
    walk.begin()

    for number in range(1, ACTIONS // AT_ONCE + 1):
        walk.burst()
        if number % BURSTS_BETWEEN_CHECKS == 0:
            walk.check()

    print(dict(walk.answers))
    sold: Counter[str] = Counter()
    for buyer in walk.buyers:
        market.shop.check_ledger(buyer.id)
        rows = market.shop.everything(f"/customers/{buyer.id}/transactions")
        sold.update(one["related"]["lead_id"] for one in rows if one["event"] == "LEAD_ASSIGNED")
    assert set(sold.values()) == {1}
    assert {"201", "204", "auction_closed", "buy_order_not_above_leader"} <= set(walk.answers)
