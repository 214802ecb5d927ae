"""Contract C10 under any order of events: in order, within the limit, none lost, none twice."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from leadflow.application.withheld_ports import Message
from leadflow.domain.leads import LeadStatus
from leadflow.domain.subscriptions import Limits, Measure, Standing
from tests.builders import TENANT_ID
from tests.unit.application.withheld_world import CHAIN, IN_TIME, TOKEN, Waiting, waiting
from tests.unit.domain.bidding_examples import NOW

Happening = Callable[[Waiting], None]


def is_waiting(world: Waiting) -> list[int]:
    """Numbers of those who wait, in the order received."""
    ids = world.order.oldest(TENANT_ID, limit=99)
    return [int(one.rpartition("_")[2]) for one in ids]


def redeem(token: Message) -> Happening:
    def happen(world: Waiting) -> None:
        before = is_waiting(world)
        tried = world.redeem(token, IN_TIME).tried
        released = [int(tried.lead_id.rpartition("_")[2])] if tried and tried.lead_id else []
        assert released == before[: len(released)], "the oldest one"
        assert is_waiting(world) == before[len(released) :]
        assert released or not before or usage(world).is_reached

    return happen


def arrive(number: int) -> Happening:
    def happen(world: Waiting) -> None:
        one = waiting(number)
        world.leads.stored.setdefault(one.id, one)

    return happen


def delete(number: int) -> Happening:
    def happen(world: Waiting) -> None:
        if number in is_waiting(world):
            del world.leads.stored[waiting(number).id]

    return happen


def edit(number: int) -> Happening:
    def happen(world: Waiting) -> None:
        if number in is_waiting(world):
            lead_id = waiting(number).id
            world.leads.stored[lead_id] = world.leads.stored[lead_id].changed(NOW)

    return happen


def limit(leads: int) -> Happening:
    def happen(world: Waiting) -> None:
        world.leads.usage.change_limits(TENANT_ID, Limits(leads=leads))

    return happen


def usage(world: Waiting) -> Standing:
    """What has been used."""
    return world.leads.usage.standing(TENANT_ID)


NUMBERS = st.integers(1, 9)
HAPPENINGS = st.one_of(
    st.sampled_from([redeem(TOKEN), redeem(CHAIN), redeem(replace(TOKEN, receives=900))]),
    NUMBERS.map(arrive),
    NUMBERS.map(delete),
    NUMBERS.map(edit),
    st.integers(0, 9).map(limit),
)


@given(st.lists(HAPPENINGS, max_size=40))
def test_whatever_happens_leads_leave_in_order_and_within_the_limit(
    happenings: list[Happening],
) -> None:
    world = Waiting.of(waiting(1), room=2)
    for happen in happenings:
        happen(world)
        standing = usage(world)
        processing = [
            one for one in world.leads.stored.values() if one.status is LeadStatus.PROCESSING
        ]
        assert standing.used.leads == len(processing) == len(world.distribution.started)
        assert standing.used.leads <= standing.limits.of(Measure.LEADS)
