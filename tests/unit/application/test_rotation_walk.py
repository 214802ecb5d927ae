"""Turns and ties stay fair whatever breaks, repeats or overtakes (contract C1, C8)."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from leadflow.application.partner_posts import POSTING_MAX
from leadflow.application.ports import Refused, Sale
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import LedgerEvent
from tests.builders import lead, run
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.sales import ScriptedSales
from tests.fakes.unreliable import Fate, Killed, Trouble, Wire, wired
from tests.unit.application.round_robin_world import Ticking, World, posting
from tests.unit.application.trade_world import TradeWorld
from tests.unit.application.walk_figures import Figures, walks
from tests.unit.domain.bidding_examples import bid, customer

CALLS_MAX = 12
FIGURES = Figures("Walk over turns and ties", ["C1", "C8"])
TAKERS = 4
LEADS_MAX = 40


@dataclass
class PaidSales(ScriptedSales):
    """Sales that change wallets too, on their versions."""

    customers: MemoryCustomerStore = field(default_factory=MemoryCustomerStore)

    def sell(self, tenant_id: TenantId, sale: Sale) -> frozenset[Refused]:
        customer = sale.customer
        stored = self.customers.stored
        if customer and stored[tenant_id, customer.id].version != customer.version - 1:
            return frozenset({Refused.CUSTOMER})
        refused = super().sell(tenant_id, sale)
        if customer and not refused:
            stored[tenant_id, customer.id] = customer
        return refused


troubles = some.none() | some.tuples(
    some.integers(1, CALLS_MAX), some.sampled_from(Fate), some.integers(0, LEADS_MAX)
)


class Turns(RuleBasedStateMachine):
    """Leads come into a Round Robin stage of two customers and two partners that take all."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World([customer(1), customer(2)], (posting(1), posting(2)))
        self.world.leads.stored.clear()
        self.world.sales = PaidSales(self.world.leads, customers=self.world.customers)
        self.wire, self.count = Wire(), 0

    @rule(trouble=troubles)
    def a_lead_comes(self, trouble: tuple[int, Fate, int] | None) -> None:
        self.come()
        self.hand_out(self.count, trouble)

    @rule(place=some.integers(0, LEADS_MAX), trouble=troubles)
    def an_execution_comes_again(self, place: int, trouble: tuple[int, Fate, int] | None) -> None:
        if self.count:
            self.hand_out(1 + place % self.count, trouble)

    @rule(seconds=some.integers(1, 90_000))
    def time_passes(self, seconds: int) -> None:
        self.settle()
        self.world.clock.at += timedelta(seconds=seconds)

    @invariant()
    def turns_differ_by_one_at_most(self) -> None:
        """What is on its way to a partner counts as handed out."""
        handed = Counter[str]()
        for one in self.world.leads.stored.values():
            to = one.assignment and (one.assignment.customer_id or one.assignment.partner_id)
            reserved = one.reservation and one.reservation.offer
            to = to or (reserved.partner_id if reserved else None)
            handed += Counter([str(to)] if to else [])
        counts = sorted(handed.values()) + [0] * (TAKERS - len(handed))
        assert max(counts) - min(counts) <= 1, handed

    @invariant()
    def each_lead_is_paid_for_once(self) -> None:
        sold = [one.lead.id for one in self.world.sales.booked]
        assert len(set(sold)) == len(sold)

    def teardown(self) -> None:
        """Behind the last trouble every lead has somebody."""
        self.settle()
        FIGURES.faults += self.wire.faults
        settled = {LeadStatus.ASSIGNED, LeadStatus.POSTED}
        assert {one.status for one in self.world.leads.stored.values()} <= settled
        self.turns_differ_by_one_at_most()
        self.each_lead_is_paid_for_once()

    def come(self) -> None:
        """One more lead that is to be handed out."""
        self.count += 1
        one = lead(self.count, received_at=self.world.clock.at)
        self.world.leads.stored[one.id] = one

    def settle(self) -> None:
        """What broke off comes again as soon as no post is open, in time to be posted once more."""
        self.world.clock.at += POSTING_MAX
        for number in range(1, self.count + 1):
            self.hand_out(number, None)

    def hand_out(self, number: int, trouble: tuple[int, Fate, int] | None) -> None:
        """Run the stage for a lead, and meanwhile, if it is planned so, for another one."""
        FIGURES.operations += 1
        self.wire.plan(None)
        if trouble is not None:
            at, fate, other = trouble
            self.wire.plan(Trouble(at, fate, lambda: self._other(1 + other % self.count)))
        self._quietly(number)

    def _other(self, number: int) -> None:
        self.come()
        self._quietly(self.count)
        self._quietly(number)

    def _quietly(self, number: int) -> None:
        try:
            wired(self.world.action, self.wire)(run(number, method="round_robin"))
        except (TransientFault, Killed, CorruptState):
            return


class Ties(RuleBasedStateMachine):
    """Three customers bid the same, and nothing holds them back."""

    def __init__(self) -> None:
        super().__init__()
        bids = [bid(100, owner=number) for number in (1, 2, 3)]
        self.world = TradeWorld(bids=bids, money=99_999, clock=Ticking())

    @rule(name=some.text("abcdefghij", min_size=6, max_size=6))
    def a_lead_comes(self, name: str) -> None:
        self.world.met(lambda: self.world.post(name, "Austin", None), None)

    @rule(place=some.integers(0, 9), trouble=troubles)
    def somebody_works(self, place: int, trouble: tuple[int, Fate, int] | None) -> None:
        FIGURES.operations += 1
        self.world.clock.at += timedelta(milliseconds=1)
        self.world.met(
            self._work(place), trouble and Trouble(*trouble[:2], self._others(trouble[2]))
        )

    @rule(place=some.integers(0, 9))
    def an_execution_comes_twice(self, place: int) -> None:
        self.world.waiting.repeat(place)

    @invariant()
    def wins_differ_by_one_at_most(self) -> None:
        rows = self.world.trade.entries
        won = [one.customer_id for one in rows if one.event is LedgerEvent.LEAD_ASSIGNED]
        wins = [won.count(customer(number).id) for number in (1, 2, 3)]
        assert max(wins) - min(wins) <= 1, wins

    def teardown(self) -> None:
        """Behind the last trouble all leads are sold, and evenly."""
        FIGURES.faults += self.world.wire.faults
        self.world.settle()
        self.wins_differ_by_one_at_most()
        statuses = Counter(one.status for one in self.world.leads.stored.values())
        assert statuses[LeadStatus.PROCESSING] == 0
        assert len(self.world.trade.entries) == statuses[LeadStatus.ASSIGNED]

    def _work(self, place: int) -> Callable[[], object]:
        return lambda: self.world.work(place)

    def _others(self, place: int) -> Callable[[], object]:
        """Somebody else works a moment later."""

        def act() -> None:
            self.world.clock.at += timedelta(milliseconds=1)
            self.world.met(self._work(place), None)

        return act


TestTurns, TestTies = Turns.TestCase, Ties.TestCase
TestTurns.settings = walks(quick=12, thorough=80, steps=40)
TestTies.settings = walks(quick=12, thorough=80, steps=40)


@pytest.fixture(scope="module", autouse=True)
def _noted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield from FIGURES.noted(request)
