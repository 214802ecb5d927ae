"""A random walk: whatever customers do, holds are those of the active orders, at every moment."""

from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from leadflow.domain.auction_listings import AuctionStatus
from leadflow.domain.errors import Refusal
from leadflow.domain.ledger import LedgerEvent
from tests.builders import TENANT_ID
from tests.unit.application.marketplace_world import MarketplaceWorld
from tests.unit.domain.bidding_examples import customer

CUSTOMERS = 3
WALKS, STEPS = 60, 40
"""Together more than two thousand actions."""

buyers = some.integers(1, CUSTOMERS)


class Walk(RuleBasedStateMachine):
    """Customers order, raise, cancel and buy; time goes on; now and then nobody gets through."""

    def __init__(self) -> None:
        super().__init__()
        self.world = MarketplaceWorld(CUSTOMERS)
        self.at = 0.0

    @rule(number=buyers, cents=some.integers(400, 2_600))
    def order(self, number: int, cents: int) -> None:
        with suppress(Refusal):
            self.world.place(number, cents)

    @rule(number=buyers, place=some.integers(0, 9))
    def cancel(self, number: int, place: int) -> None:
        orders = list(self.world.market.ordered.values())
        if orders:
            with suppress(Refusal):
                self.world.cancel(orders[place % len(orders)], number)

    @rule(number=buyers, cents=some.integers(500, 2_500))
    def buy(self, number: int, cents: int) -> None:
        with suppress(Refusal):
            self.world.buy(number, cents)

    @rule(number=buyers)
    def archive(self, number: int) -> None:
        if number == CUSTOMERS:
            self.world.archive(number)
            self.world.holds.of_customer(TENANT_ID, customer(number).id)

    @rule(minutes=some.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.at += minutes
        self.world.minute(self.at)

    @rule()
    def advance(self) -> None:
        self.world.advance()

    @invariant()
    def holds_are_open_orders(self) -> None:
        self.world.check()

    @invariant()
    def one_buyer_at_most(self) -> None:
        charges = [
            one
            for one in self.world.market.booked.values()
            if one.event is LedgerEvent.LEAD_ASSIGNED
        ]
        assert len(charges) == (self.world.auction.status is AuctionStatus.SOLD)

    def teardown(self) -> None:
        """Once all is settled nothing is held."""
        self.world.minute(self.at + 1_000)
        self.world.advance()
        assert self.world.auction.status is not AuctionStatus.ACTIVE
        assert not self.world.auction.orders
        self.world.check()
        assert all(self.world.money(number)[1] == 0 for number in range(1, CUSTOMERS + 1))


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=WALKS, stateful_step_count=STEPS, deadline=None)
