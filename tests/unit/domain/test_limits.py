from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from leadflow.domain.limits import (
    Budgets,
    LeadCaps,
    Period,
    PeriodSwitches,
    Usage,
    blocking_budget,
    blocking_cap,
    is_unlimited,
    remaining_budget,
)

TUESDAY = datetime(2026, 3, 10, 15, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 11, 9, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 3, 16, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 4, 1, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 11, tzinfo=UTC)
MOMENTS = st.integers(0, 150 * 24).map(lambda hours: TUESDAY + timedelta(hours=hours))


def used(usage: Usage, now: datetime) -> list[tuple[int, int]]:
    current = usage.current(now)
    tallies = (current.daily, current.weekly, current.monthly)
    return [(tally.count, tally.spent_cents) for tally in tallies]


def won(*moments: datetime, cents: int = 40) -> Usage:
    usage = Usage()
    for moment in moments:
        usage = usage.with_win(moment, cents)
    return usage


@pytest.mark.parametrize(
    ("period", "label"),
    [
        (Period.DAILY, "2026-03-11"),
        (Period.WEEKLY, "2026-03-09"),
        (Period.MONTHLY, "2026-03-01"),
    ],
)
def test_periods_begin_at_midnight_on_mondays_and_on_the_first(period: Period, label: str) -> None:
    assert period.label(WEDNESDAY) == period.label(MIDNIGHT) == label


def test_a_day_ends_at_midnight_utc() -> None:
    last = MIDNIGHT - timedelta(microseconds=1)

    assert used(won(last), last)[0] == (1, 40)
    assert used(won(last), MIDNIGHT) == [(0, 0), (1, 40), (1, 40)]


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (WEDNESDAY, [(1, 40), (1, 40), (1, 40)]),
        (NEXT_MONDAY, [(0, 0), (0, 0), (1, 40)]),
        (NEXT_MONTH, [(0, 0), (0, 0), (0, 0)]),
    ],
)
def test_a_return_only_shrinks_current_periods_that_hold_the_assignment(
    now: datetime, left: list[tuple[int, int]]
) -> None:
    usage = won(TUESDAY, WEDNESDAY).with_return(TUESDAY, now, 40)

    assert used(usage, now) == left


def test_a_late_clock_counts_in_the_period_that_has_begun() -> None:
    usage = won(MIDNIGHT).with_win(MIDNIGHT - timedelta(seconds=1), 40)

    assert used(usage, MIDNIGHT)[0] == (2, 80)


def test_a_return_never_takes_usage_below_nothing() -> None:
    assert used(Usage().with_return(TUESDAY, TUESDAY, 40), TUESDAY) == [(0, 0)] * 3


@given(st.lists(MOMENTS, max_size=8), MOMENTS)
def test_returning_every_win_leaves_nothing(moments: list[datetime], now: datetime) -> None:
    later = max([now, *moments])
    usage = won(*sorted(moments))
    for moment in moments:
        usage = usage.with_return(moment, later, 40)

    assert used(usage, later) == [(0, 0)] * 3


def test_a_cap_has_room_up_to_its_last_lead() -> None:
    caps = LeadCaps(weekly=2)

    assert blocking_cap(caps, won(TUESDAY), TUESDAY) is None
    assert blocking_cap(caps, won(TUESDAY, TUESDAY), TUESDAY) is Period.WEEKLY
    assert blocking_cap(caps, won(TUESDAY, TUESDAY), NEXT_MONDAY) is None


def test_the_shortest_full_period_is_named() -> None:
    caps = LeadCaps(daily=1, weekly=1, monthly=1)

    assert blocking_cap(caps, won(TUESDAY), TUESDAY) is Period.DAILY
    assert blocking_cap(caps, won(TUESDAY), WEDNESDAY) is Period.WEEKLY


def test_the_smallest_remaining_budget_counts() -> None:
    budgets = Budgets(daily=100, monthly=110)

    assert remaining_budget(budgets, won(TUESDAY), TUESDAY) == 60
    assert remaining_budget(budgets, won(TUESDAY), WEDNESDAY) == 70
    assert remaining_budget(Budgets(), won(TUESDAY), TUESDAY) is None


def test_a_lowered_budget_leaves_nothing_rather_than_less() -> None:
    assert remaining_budget(Budgets(daily=10), won(TUESDAY), TUESDAY) == 0


def test_a_budget_blocks_when_it_no_longer_covers_the_floor() -> None:
    budgets = Budgets(daily=100, weekly=60)

    assert blocking_budget(budgets, won(TUESDAY), TUESDAY, 20) is None
    assert blocking_budget(budgets, won(TUESDAY), TUESDAY, 21) is Period.WEEKLY


def test_limits_that_are_switched_off_are_not_enforced() -> None:
    off = PeriodSwitches(daily=False)

    assert LeadCaps(daily=1, weekly=2).enforced(off) == LeadCaps(weekly=2)
    assert Budgets(daily=1, monthly=2).enforced(off) == Budgets(monthly=2)
    assert LeadCaps(weekly=2).enforced(off) == LeadCaps(weekly=2)


def test_unlimited_means_that_no_limit_is_set() -> None:
    assert is_unlimited(LeadCaps(), Budgets())
    assert not is_unlimited(LeadCaps(), Budgets(monthly=0))


@pytest.mark.parametrize("value", [-1, "5", True, 1.0, 10**15])
def test_limits_are_whole_numbers_in_range(value: object) -> None:
    for limits in (LeadCaps, Budgets):
        with pytest.raises(ValidationError):
            limits.model_validate({"daily": value})
