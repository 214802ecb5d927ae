"""Whose turn it is: counts, windows, ties, turns given back, and fairness in every interleaving."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from leadflow.domain.plans import Rotation
from leadflow.domain.rotations import RotationState, Taker, Turn, order
from tests.unit.domain.bidding_examples import NOW
from tests.unit.domain.round_robin_examples import buyer, receiver, rotation

A, B, C = buyer(1), buyer(2), buyer(3)
PARTNER = receiver(1)
SECOND = timedelta(seconds=1)


def after(*turns: tuple[Taker, datetime]) -> RotationState:
    """The rotation once these turns were taken."""
    state = rotation()
    for taker, at in turns:
        state = state.taken(taker, at)
    return state


def due(state: RotationState, *takers: Taker, scope: Rotation = Rotation.ALL_TIME) -> Taker:
    return order(takers, state, scope, NOW)[0]


def test_the_fewest_leads_come_first() -> None:
    state = after((A, NOW), (A, NOW), (B, NOW))
    assert order([A, B, C], state, Rotation.ALL_TIME, NOW) == [C, B, A]


def test_of_equal_counts_the_longest_ago_comes_first_and_never_before_all() -> None:
    state = after((B, NOW - 2 * SECOND), (A, NOW - SECOND))
    assert due(state, A, B) == B
    yesterday = after((A, NOW - timedelta(days=1)))
    assert due(yesterday, A, B, scope=Rotation.TODAY) == B


def test_customers_come_before_partners_and_then_the_lower_id() -> None:
    assert order([PARTNER, B, A], rotation(), Rotation.ALL_TIME, NOW) == [A, B, PARTNER]
    assert order([receiver(2), PARTNER], rotation(), Rotation.ALL_TIME, NOW)[0] == PARTNER


@pytest.mark.parametrize(
    ("ago", "counts"),
    [
        (timedelta(hours=12), (1, 1, 1, 1)),
        (timedelta(hours=13), (1, 0, 1, 1)),
        (timedelta(days=2, hours=12), (1, 0, 1, 1)),
        (timedelta(days=2, hours=13), (1, 0, 0, 1)),
        (timedelta(days=10, hours=12), (1, 0, 0, 1)),
        (timedelta(days=10, hours=13), (1, 0, 0, 0)),
    ],
)
def test_windows_begin_at_midnight_on_monday_and_on_the_first(
    ago: timedelta, counts: tuple[int, ...]
) -> None:
    tallies = after((A, NOW - ago)).of(A)
    assert tuple(tallies.within(scope, NOW) for scope in Rotation) == counts


def test_counts_of_a_new_period_begin_anew_and_the_total_goes_on() -> None:
    tallies = after((A, NOW - timedelta(days=40)), (A, NOW - timedelta(days=1)), (A, NOW)).of(A)
    assert [tallies.within(scope, NOW) for scope in Rotation] == [3, 1, 2, 2]


def test_a_late_clock_counts_in_the_newer_period() -> None:
    tallies = after((A, NOW), (A, NOW - timedelta(days=1))).of(A)
    assert tallies.within(Rotation.TODAY, NOW) == 2


def test_every_change_is_a_new_version() -> None:
    state = rotation().taken(A, NOW)
    assert (rotation().version, state.version) == (0, 1)
    assert state.given_back(Turn(A, NOW)).version == 2
    assert state.passed_on(Turn(A, NOW), B, NOW).version == 2
    assert state.passed_on(None, B, NOW).version == 2


def test_a_turn_given_back_leaves_counts_and_time_as_before() -> None:
    before = after((A, NOW - SECOND))
    back = before.taken(A, NOW).given_back(Turn(A, NOW))
    assert back.of(A).last_at == NOW - SECOND
    assert [back.of(A).within(scope, NOW) for scope in Rotation] == [1, 1, 1, 1]


def test_a_first_turn_given_back_counts_as_never_taken() -> None:
    back = after((A, NOW)).given_back(Turn(A, NOW))
    assert back.of(A).last_at is None
    assert due(back, A, B) == A


def test_a_later_turn_stays_the_last_one_when_an_earlier_one_is_given_back() -> None:
    first, second = NOW - SECOND, NOW
    back = after((A, first), (A, second)).given_back(Turn(A, first))
    assert (back.of(A).total, back.of(A).last_at) == (1, second)


def test_a_turn_of_yesterday_is_given_back_to_yesterday() -> None:
    yesterday = NOW - timedelta(days=1)
    back = after((A, yesterday), (A, NOW)).given_back(Turn(A, yesterday))
    assert [back.of(A).within(scope, NOW) for scope in Rotation] == [1, 1, 1, 1]


def test_what_was_never_taken_can_be_given_back_without_harm() -> None:
    back = rotation().given_back(Turn(A, NOW)).of(A)
    assert [back.within(scope, NOW) for scope in Rotation] == [0, 0, 0, 0]


def test_a_turn_is_passed_on_in_one_change() -> None:
    passed = after((PARTNER, NOW)).passed_on(Turn(PARTNER, NOW), A, NOW + SECOND)
    assert (passed.of(PARTNER).total, passed.of(A).total) == (0, 1)


def test_a_rotation_survives_its_way_through_json() -> None:
    state = after((A, datetime(2026, 3, 1, 1, 2, 3, 456789, UTC)), (B, NOW))
    assert RotationState.model_validate_json(state.model_dump_json()) == state


TAKERS = [A, B, C, PARTNER]


@given(
    some.lists(
        some.tuples(some.booleans(), some.integers(0, 5), some.integers(0, 90_000)), max_size=60
    ),
    some.sets(some.sampled_from(TAKERS)),
    some.sampled_from(Rotation),
)
def test_counts_of_those_who_take_every_lead_differ_by_at_most_one(
    moves: list[tuple[bool, int, int]], refusing: set[Taker], scope: Rotation
) -> None:
    """Leads arrive, and refusals come in late, in any order; clocks go on as they like."""
    state, now = rotation(), NOW
    pending: list[Turn] = []
    for arrives, which, seconds in moves:
        now += timedelta(seconds=seconds)
        if arrives or not pending:
            taker = order(TAKERS, state, scope, now)[0]
            state = state.taken(taker, now)
            pending += [Turn(taker, now)] if taker in refusing else []
        else:
            state = state.given_back(pending.pop(which % len(pending)))
    for turn in pending:
        state = state.given_back(turn)
    counts = [state.of(one).within(scope, now) for one in TAKERS if one not in refusing]
    assert max(counts, default=0) - min(counts, default=0) <= 1
    assert all(not state.of(one).total for one in refusing)


@given(some.integers(1, 5), some.integers(0, 40))
def test_everybody_gets_the_same_share(takers: int, leads: int) -> None:
    state, everybody = rotation(), [buyer(number) for number in range(takers)]
    got = Counter(everybody)
    for number in range(leads):
        now = NOW + number * SECOND
        taker = order(everybody, state, Rotation.ALL_TIME, now)[0]
        state, got = state.taken(taker, now), got + Counter([taker])
    assert max(got.values()) - min(got.values()) <= 1
    assert got.total() == leads + takers
