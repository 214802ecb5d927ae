"""A random walk: whatever customers do and whatever breaks, holds are those of the active orders.

Every action may meet one trouble at any of its port calls (`tests/fakes/unreliable.py`).
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from leadflow.application.advance_auctions import AdvanceAuctions
from leadflow.application.auction_desk import AuctionDesk
from leadflow.domain.auction_listings import AuctionStatus
from leadflow.domain.errors import Refusal, TransientFault
from leadflow.domain.ledger import LedgerEvent
from tests.builders import TENANT_ID
from tests.fakes.unreliable import Fate, Killed, Trouble, Wire, wired
from tests.unit.application.marketplace_world import MarketplaceWorld
from tests.unit.application.walk_figures import Figures, walks
from tests.unit.domain.bidding_examples import customer

CUSTOMERS = 3
CALLS_MAX = 10
FIGURES = Figures("Walk over auctions and buy orders", ["C1", "C2", "C4", "C6", "C9"])


@dataclass
class TroubledMarketplace(MarketplaceWorld):
    """The marketplace behind a wire."""

    wire: Wire = field(default_factory=Wire)

    @property
    def desk(self) -> AuctionDesk:
        return wired(super().desk, self.wire)

    @property
    def advancing(self) -> AdvanceAuctions:
        return wired(super().advancing, self.wire)

    def met(self, act: Callable[[], object], trouble: Trouble | None) -> None:
        """Let somebody act, with trouble."""
        self.wire.plan(trouble)
        with suppress(Refusal, TransientFault, Killed):
            act()
        self.wire.plan(None)

    def cancel_some(self, place: int, number: int) -> None:
        """Cancel an order, one's own or not."""
        orders = list(self.market.ordered.values())
        if orders:
            self.cancel(orders[place % len(orders)], number)

    def archive_last(self) -> None:
        """Archive the last customer, and let go of what it has ordered."""
        self.archive(CUSTOMERS)
        self.holds.of_customer(TENANT_ID, customer(CUSTOMERS).id)


Act = Callable[[TroubledMarketplace], object]
buyers = some.integers(1, CUSTOMERS)
keys = some.sampled_from([None, None, "k1", "k2"])


def _keyed(kind: str, number: int, cents: int, key: str | None) -> str | None:
    return key and f"{kind} {number} {cents} {key}"


acts = some.one_of(
    *[
        some.builds(
            lambda n, cents, key: (
                lambda world: world.place(n, cents, _keyed("order", n, cents, key))
            ),
            buyers,
            some.sampled_from([400, 600, 700, 900, 1_100, 1_500, 2_600])
            | some.integers(400, 2_600),
            keys,
        )
    ]
    * 3,
    some.builds(lambda p, n: lambda world: world.cancel_some(p, n), some.integers(0, 9), buyers),
    some.builds(
        lambda n, cents, key: lambda world: world.buy(n, cents, _keyed("buy", n, cents, key)),
        buyers,
        some.integers(500, 2_500),
        keys,
    ),
    some.builds(lambda: lambda world: world.advance()),
    some.builds(lambda: lambda world: world.archive_last()),
)
troubles = some.none() | some.tuples(some.integers(1, CALLS_MAX), some.sampled_from(Fate), acts)


class Walk(RuleBasedStateMachine):
    """Customers order, raise, cancel and buy; time goes on; now and then something breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.world = TroubledMarketplace(CUSTOMERS)
        self.at = 0.0

    @rule(act=acts, trouble=troubles)
    def somebody_acts(self, act: Act, trouble: tuple[int, Fate, Act] | None) -> None:
        FIGURES.operations += 1
        planned = None
        if trouble is not None:
            at, fate, other = trouble
            planned = Trouble(at, fate, lambda: self.world.met(lambda: other(self.world), None))
        self.world.met(lambda: act(self.world), planned)

    @rule(minutes=some.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.at += minutes
        self.world.minute(self.at)

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
        FIGURES.faults += self.world.wire.faults
        self.world.minute(self.at + 1_000)
        self.world.advance()
        assert self.world.auction.status is not AuctionStatus.ACTIVE
        assert not self.world.auction.orders
        self.world.check()
        assert all(self.world.money(number)[1] == 0 for number in range(1, CUSTOMERS + 1))


TestWalk = Walk.TestCase
TestWalk.settings = walks(quick=30, thorough=120, steps=40)


@pytest.fixture(scope="module", autouse=True)
def _noted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield from FIGURES.noted(request)
