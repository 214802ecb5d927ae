"""Any order of posts, sales, returns, edits, deletions and payments, whatever breaks (C1 to C7).

Every action may meet one trouble at any of its port calls: it fails, loses its answer, is killed,
is repeated, or others act in the middle of it. What must hold is said here by a model of its own,
from the rows of the ledger and the leads alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from leadflow.domain.identifiers import LeadId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import Entry, LedgerEvent
from tests.fakes.unreliable import Fate, Trouble
from tests.unit.application.trade_world import BUDGET, CAP, CITY, MONEY, TradeWorld
from tests.unit.application.walk_figures import Figures, walks
from tests.unit.domain.bidding_examples import customer, dollars

CALLS_MAX = 8
"""Port calls that can be met; most actions make fewer."""
KEPT = timedelta(hours=24)
"""For so long a key stands for what was made with it."""
SETTLED_UNSOLD = {LeadStatus.PENDING, LeadStatus.PROCESSING}
FIGURES = Figures(
    "Walk over sales, returns and wallets", ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]
)

Act = Callable[[TradeWorld], object]
places = some.integers(0, 7)
keys = some.sampled_from([None, "k1", "k2"])


def _on_some(name: str, place: int, *statuses: LeadStatus, repeat: str | None) -> Act:
    def act(world: TradeWorld) -> None:
        lead = world.some(place, *statuses)
        if lead is not None:
            call = getattr(world, name)
            call(lead) if name == "delete" else call(lead, repeat and f"{name} {lead.id} {repeat}")

    return act


def _post(email: str, city: str, repeat: str | None) -> Act:
    key = repeat and f"post {email} {city} {repeat}"

    def act(world: TradeWorld) -> None:
        told = world.post(email, city, key)
        if key is not None:
            known = world.told.setdefault(key, [told])
            is_repeat = world.clock.at - known[-1].received_at < KEPT
            assert not is_repeat or known[-1].id == told.id, "one key, one lead"
            known.append(told)

    return act


acts = some.one_of(
    *[
        some.builds(_post, some.sampled_from("abcdefgh"), some.just("Austin"), keys),
        some.builds(lambda place: lambda world: world.work(place), places),
    ]
    * 3,
    some.builds(_post, some.sampled_from("abcdefgh"), some.just(CITY), keys),
    some.builds(lambda p, r: _on_some("give_back", p, LeadStatus.ASSIGNED, repeat=r), places, keys),
    some.builds(lambda p, r: _on_some("give_back", p, repeat=r), places, keys),
    some.builds(lambda p, r: _on_some("reprocess", p, repeat=r), places, keys),
    some.builds(lambda p, r: _on_some("release", p, LeadStatus.AUDIT, repeat=r), places, keys),
    some.builds(lambda p, r: _on_some("edit", p, repeat=r), places, keys),
    some.builds(lambda p: _on_some("delete", p, repeat=None), places),
    some.builds(
        lambda n, cents, r: lambda world: world.pay(n, cents, r and f"pay {n} {cents} {r}"),
        some.integers(1, 2),
        some.sampled_from([dollars(50), -dollars(50), -dollars(120)]),
        keys,
    ),
    some.builds(lambda: lambda world: world.reconcile()),
    some.builds(lambda place: lambda world: world.waiting.repeat(place), places),
    some.builds(lambda hours: lambda world: world.later(hours), some.sampled_from([0, 0, 1, 13])),
)
troubles = some.none() | some.builds(
    lambda at, fate, other: (at, fate, other),
    some.integers(1, CALLS_MAX),
    some.sampled_from(Fate),
    acts,
)


class Trading(RuleBasedStateMachine):
    """Everybody acts; every action may meet trouble."""

    def __init__(self) -> None:
        super().__init__()
        self.world = TradeWorld()

    @rule(act=acts, trouble=troubles)
    def somebody_acts(self, act: Act, trouble: tuple[int, Fate, Act] | None) -> None:
        planned = None
        if trouble is not None:
            at, fate, other = trouble
            planned = Trouble(at, fate, lambda: self.world.met(lambda: other(self.world), None))
        self.world.met(lambda: act(self.world), planned)
        FIGURES.operations += 1

    @invariant()
    def balances_are_sums_and_nobody_is_overdrawn(self) -> None:
        for number in (1, 2):
            owner, rows = self.world.trade.customers.stored[customer(number).id], self.rows(number)
            assert owner.balance_cents == dollars(MONEY) + sum(map(_signed, rows)) >= 0
            assert sorted(one.sequence for one in rows) == list(range(1, len(rows) + 1))

    @invariant()
    def a_lead_is_charged_to_one_buyer_and_refunded_exactly(self) -> None:
        for lead_id, charges, refunds in self.charged_leads():
            assert len(charges) - len(refunds) in {0, 1}, lead_id
            owed = Counter((one.customer_id, one.amount_cents) for one in charges)
            owed.subtract((one.customer_id, one.amount_cents) for one in refunds)
            assert min(owed.values(), default=0) >= 0, "each refund is of one charge"
            lead = self.world.leads.stored.get(LeadId(lead_id))
            if lead is not None:
                is_charged = lead.status is LeadStatus.ASSIGNED
                assert is_charged == (len(charges) > len(refunds))

    @invariant()
    def an_assigned_lead_has_its_charge(self) -> None:
        charged = {lead_id for lead_id, _, _ in self.charged_leads()}
        assigned = {
            one.id for one in self.world.leads.stored.values() if one.status is LeadStatus.ASSIGNED
        }
        assert assigned <= charged

    @invariant()
    def no_cap_and_no_budget_is_passed(self) -> None:
        today = self.world.clock.at.date()
        won = [self.won_on(number, today) for number in (1, 2)]
        assert len(won[0]) <= CAP
        assert sum(won[1]) <= BUDGET

    @invariant()
    def of_identical_leads_one_is_not_a_duplicate(self) -> None:
        fresh = Counter(
            one.values["email"]
            for one in self.world.leads.stored.values()
            if one.status is not LeadStatus.DUPLICATE
        )
        assert max(fresh.values(), default=1) == 1

    @invariant()
    def what_was_told_is_stored(self) -> None:
        gone = {one.lead.id for one in self.world.leads.deleted}
        told = {one.id for leads in self.world.told.values() for one in leads}
        assert told <= {*self.world.leads.stored, *gone}

    def teardown(self) -> None:
        """Once nothing breaks any more every lead settles, without a person."""
        self.world.settle()
        FIGURES.faults += self.world.wire.faults
        waiting = [one for one in self.world.leads.stored.values() if one.status in SETTLED_UNSOLD]
        assert not waiting
        self.balances_are_sums_and_nobody_is_overdrawn()
        self.a_lead_is_charged_to_one_buyer_and_refunded_exactly()
        self.no_cap_and_no_budget_is_passed()

    def rows(self, number: int) -> list[Entry]:
        """The ledger of a customer."""
        own = customer(number).id
        return [one for one in self.world.trade.entries if one.customer_id == own]

    def charged_leads(self) -> list[tuple[str, list[Entry], list[Entry]]]:
        """Leads with their charges and refunds."""
        rows = [one for one in self.world.trade.entries if "lead_id" in one.related]
        leads = dict.fromkeys(one.related["lead_id"] for one in rows)
        return [
            (
                lead_id,
                _of(rows, lead_id, LedgerEvent.LEAD_ASSIGNED),
                _of(rows, lead_id, LedgerEvent.LEAD_RETURNED),
            )
            for lead_id in leads
        ]

    def won_on(self, number: int, day: object) -> list[int]:
        """Cents of the charges of a day that have not been refunded."""
        own = customer(number).id
        won: list[int] = []
        for _, charges, refunds in self.charged_leads():
            mine = [one for one in charges if one.customer_id == own]
            back = sum(one.customer_id == own for one in refunds)
            left = sorted(mine, key=lambda one: one.created_at)[back:]
            won += [one.amount_cents for one in left if one.created_at.date() == day]
        return won


def _signed(one: Entry) -> int:
    return one.signed_cents


def _of(rows: list[Entry], lead_id: str, event: LedgerEvent) -> list[Entry]:
    return [one for one in rows if one.related["lead_id"] == lead_id and one.event is event]


TestTrading = Trading.TestCase
TestTrading.settings = walks(quick=12, thorough=120, steps=50)


@pytest.fixture(scope="module", autouse=True)
def _noted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield from FIGURES.noted(request)
