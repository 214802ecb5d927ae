"""Any order of offers, closes, cancellations and archivings (contract C1, C2, C4, C9).

Each may meet one trouble at any of its port calls, or others just before something is stored.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadflow.application.demand_desk import DemandDesk
from leadflow.domain.demand_offers import OfferStatus
from leadflow.domain.demands import DemandStatus
from leadflow.domain.errors import Refusal, TransientFault
from tests.builders import duplicate_check
from tests.fakes.unreliable import Fate, Killed, Trouble, Wire, wired
from tests.unit.application.demand_world import MONEY, DemandWorld, owner
from tests.unit.application.walk_figures import Figures
from tests.unit.domain.demand_examples import demand

CALLS_MAX = 12
FIGURES = Figures("Walk over demands", ["C1", "C2", "C4", "C6", "C9"])


@dataclass
class TroubledDemands(DemandWorld):
    """Demands behind a wire."""

    wire: Wire = field(default_factory=Wire)

    @property
    def desk(self) -> DemandDesk:
        return wired(super().desk, self.wire)


Step = Callable[[TroubledDemands], object]
DEMANDS = [demand(number, owner=1 + number % 2) for number in range(1, 5)]


def _offer(which: int, cents: int, by: int, name: str) -> Step:
    wanted, email = DEMANDS[which], f"{name}@example.com"
    return lambda world: world.offer(cents, by, wanted=wanted, email=email)


def _cancel(which: int) -> Step:
    wanted = DEMANDS[which]
    return lambda world: world.cancel(owner(1 + wanted.row % 2), wanted.id)


def _archive(number: int) -> Step:
    return lambda world: world.archive(number)


def _restore(number: int) -> Step:
    def restored(world: TroubledDemands) -> None:
        one = world.customer(number)
        changes = {"archived": False, "version": one.version + 1}
        world.put(one.model_copy(update=changes))

    return restored


def _during(other: Step, step: Step) -> Step:
    """Somebody else acts just before something of this step is stored."""

    def raced(world: TroubledDemands) -> None:
        world.demands.races = [lambda: _quietly(world, other)]
        _quietly(world, step)
        world.demands.races = []

    return raced


def _met(at: int, fate: Fate, other: Step, step: Step) -> Step:
    """Something happens at a port call of this step."""

    def troubled(world: TroubledDemands) -> None:
        world.wire.plan(Trouble(at, fate, lambda: _quietly(world, other)))
        _quietly(world, step)
        world.wire.plan(None)

    return troubled


def _quietly(world: TroubledDemands, step: Step) -> None:
    with suppress(Refusal, TransientFault, Killed):
        step(world)


places = st.integers(0, len(DEMANDS) - 1)
customers = st.integers(1, 2)
prices = st.sampled_from([0, 100, 500, 501, 900, 2_500, 2_501])
offers = st.builds(_offer, places, prices, st.integers(0, 1), st.sampled_from("abcdef"))
simple = st.one_of(
    offers,
    offers,
    st.builds(_cancel, places),
    st.builds(_archive, customers),
    st.builds(_restore, customers),
    st.just(DemandWorld.close),
)
troubled = st.builds(_met, st.integers(1, CALLS_MAX), st.sampled_from(Fate), simple, simple)
steps = st.lists(
    st.tuples(st.integers(0, 40), simple | st.builds(_during, simple, simple) | troubled)
)


@settings(max_examples=200, deadline=None)
@given(steps=steps, money=st.sampled_from([600, 1_500, MONEY]))
def test_every_filled_demand_has_one_accepted_offer_and_one_charge(
    steps: list[tuple[int, Step]], money: int
) -> None:
    world, minute = TroubledDemands(), 0
    world.configure(duplicate_checks={"check": duplicate_check()})
    for number in (1, 2):
        world.put(world.customer(number).model_copy(update={"balance_cents": money}))
    world.demands.stored.clear()
    for one in DEMANDS:
        world.put(one)
    for later, step in steps:
        minute += later
        _quietly(world.minute(minute), step)
        _check(world, money)
    world.minute(minute + 200).close()
    _check(world, money)
    assert not world.demands.due(world.clock.at)
    FIGURES.operations += len(steps)
    FIGURES.faults += world.wire.faults


@pytest.fixture(scope="module", autouse=True)
def _noted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield from FIGURES.noted(request)


def _check(world: DemandWorld, money: int) -> None:
    offers = world.demands.made.values()
    for one in world.demands.stored.values():
        accepted = [
            offer
            for offer in offers
            if offer.demand_id == one.id and offer.status is OfferStatus.ACCEPTED
        ]
        assert len(accepted) == (one.status is DemandStatus.FILLED)
        sold = [lead for lead in world.demands.leads.values() if lead.demand_id == one.id]
        charges = [lead.assignment.charged_cents for lead in sold if lead.assignment]
        assert charges == [offer.price_cents for offer in accepted]
    for number in (1, 2):
        customer = world.customer(number)
        rows = [one for one in world.demands.booked.values() if one.customer_id == customer.id]
        assert customer.held_cents == 0
        assert customer.balance_cents == money + sum(one.signed_cents for one in rows) >= 0
    emails = [lead.values["email"] for lead in world.demands.leads.values()]
    assert len(set(emails)) == len(emails)
