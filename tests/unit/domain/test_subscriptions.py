"""Limits, plans, cycles and warnings (`product.md`, 19.1 and 19.2)."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from pydantic import ValidationError

from leadflow.domain.subscriptions import (
    PLANS,
    UNLIMITED,
    Amounts,
    Limits,
    Measure,
    Standing,
    Terms,
    cycle_label,
    cycle_of,
    next_plan,
    upgraded,
    warning_level,
)

MARCH, APRIL, MAY = "2026-03-01", "2026-04-01", "2026-05-01"
CYCLE = cycle_of(MARCH)


def standing(leads: int, sales_cents: int = 0, **changes: object) -> Standing:
    """A tenant with limits of 100 leads and $10.00."""
    base = Standing(
        cycle=CYCLE,
        limits=Limits(leads=100, sales_cents=1_000),
        used=Amounts(leads=leads, sales_cents=sales_cents),
    )
    return base.model_copy(update=changes)


def test_the_plans_are_those_of_the_specification() -> None:
    assert [plan.name for plan in PLANS] == [f"Tier {number}" for number in range(1, 11)]
    assert PLANS[0].limits == Limits(leads=5_000, sales_cents=2_500_000)
    assert PLANS[5].limits == Limits(leads=1_000_000, sales_cents=50_000_000)
    assert PLANS[-1].limits == Limits(leads=None, sales_cents=200_000_000)
    assert (PLANS[0].price_cents, PLANS[-1].price_cents) == (25_000, 1_200_000)


def test_every_plan_has_more_of_everything_than_the_one_before() -> None:
    for smaller, greater in pairwise(PLANS):
        assert all(greater.limits.of(one) > smaller.limits.of(one) for one in Measure)
        assert greater.price_cents > smaller.price_cents


@pytest.mark.parametrize("member", ["leads", "sales_cents"])
@pytest.mark.parametrize("value", [-1, "5", 1.5, True, 10**14])
def test_a_limit_is_a_whole_number_that_is_not_negative(member: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Limits.model_validate({member: value})


@pytest.mark.parametrize(
    ("limits", "used", "tier"),
    [
        (Limits(leads=5_000, sales_cents=2_500_000), Amounts(leads=5_000), 2),
        (Limits(leads=5_000, sales_cents=2_500_000), Amounts(sales_cents=2_600_000), 2),
        (Limits(leads=5_000, sales_cents=2_500_000), Amounts(sales_cents=7_000_000), 3),
        (Limits(leads=3), Amounts(leads=3), 1),
        (Limits(leads=5_000, sales_cents=90_000_000), Amounts(leads=5_000), 8),
        (Limits(sales_cents=200_000_000), Amounts(sales_cents=200_000_000), None),
        (Limits(leads=10_000_000), Amounts(leads=10_000_000), 10),
    ],
)
def test_an_upgrade_leads_to_the_first_plan_with_room_that_takes_nothing_away(
    limits: Limits, used: Amounts, tier: int | None
) -> None:
    assert next_plan(limits, used) == (PLANS[tier - 1] if tier else None)


def test_an_upgrade_sets_no_limit_that_the_tenant_does_not_have() -> None:
    assert upgraded(Limits(leads=3), Amounts(leads=3)) == Limits(leads=5_000)
    sold = Amounts(sales_cents=100)
    assert upgraded(Limits(sales_cents=100), sold) == Limits(sales_cents=2_500_000)
    assert upgraded(Limits(sales_cents=200_000_000), Amounts(sales_cents=200_000_000)) is None


def test_a_cycle_is_a_calendar_month_in_utc() -> None:
    assert (CYCLE.start, CYCLE.end) == (
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 4, 1, tzinfo=UTC),
    )
    december = cycle_of("2026-12-01")
    assert december.end == datetime(2027, 1, 1, tzinfo=UTC)
    assert december.label == "2026-12-01"
    assert cycle_label(CYCLE.end - timedelta(microseconds=1)) == MARCH
    assert cycle_label(CYCLE.end) == APRIL
    late_in_march = datetime(2026, 4, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert cycle_label(late_in_march) == MARCH


def test_first_limits_act_at_once() -> None:
    assert Terms().changed(Limits(leads=5), MARCH) == Terms(limits=Limits(leads=5))


def test_a_raise_acts_at_once_and_a_cut_with_the_next_cycle_each_by_itself() -> None:
    terms = Terms(limits=Limits(leads=10, sales_cents=1_000))
    changed = terms.changed(Limits(leads=20, sales_cents=500), MARCH)
    assert changed.limits == Limits(leads=20, sales_cents=1_000)
    assert changed.at(MARCH) == changed
    assert changed.at(APRIL) == Terms(limits=Limits(leads=20, sales_cents=500))
    assert changed.at(MAY) == changed.at(APRIL)


def test_taking_a_limit_away_is_a_raise_and_adding_one_is_a_cut() -> None:
    terms = Terms(limits=Limits(leads=10))
    assert terms.changed(Limits(), MARCH) == Terms()
    added = terms.changed(Limits(leads=10, sales_cents=500), MARCH)
    assert added.limits == Limits(leads=10)
    assert added.at(APRIL).limits == Limits(leads=10, sales_cents=500)


def test_a_later_wish_takes_the_place_of_what_was_to_come() -> None:
    cut = Terms(limits=Limits(leads=10)).changed(Limits(leads=5), MARCH)
    assert cut.changed(Limits(leads=10), MARCH) == Terms(limits=Limits(leads=10))


def test_an_upgrade_leaves_what_a_person_wants_for_the_next_cycle() -> None:
    cut = Terms(limits=Limits(leads=10)).changed(Limits(leads=5), MARCH)
    raised = cut.raised(Limits(leads=5_000))
    assert raised.limits == Limits(leads=5_000)
    assert raised.at(APRIL).limits == Limits(leads=5)


@pytest.mark.parametrize(
    ("used", "limit", "level"),
    [
        *((74, 100, 0), (75, 100, 75), (89, 100, 75), (90, 100, 90), (99, 100, 90)),
        *((100, 100, 100), (130, 100, 100), (2, 3, 0), (0, 0, 100), (10**12, UNLIMITED, 0)),
    ],
)
def test_a_warning_level_is_the_highest_that_is_reached(used: int, limit: int, level: int) -> None:
    assert warning_level(used, limit) == level


@pytest.mark.parametrize(
    ("one", "reached"),
    [
        (standing(99, 999), set()),
        (standing(100), {Measure.LEADS}),
        (standing(0, 1_000), {Measure.SALES_CENTS}),
        (standing(100, 1_200), {Measure.LEADS, Measure.SALES_CENTS}),
        (standing(10**9, limits=Limits()), set()),
        (standing(0, limits=Limits(leads=0)), {Measure.LEADS}),
    ],
)
def test_the_threshold_is_reached_by_leads_at_or_sales_at_or_above_their_limit(
    one: Standing, reached: set[Measure]
) -> None:
    assert one.reached == reached
    assert one.is_reached == bool(reached)


def test_levels_are_due_until_they_are_announced() -> None:
    crossed = standing(95, 800)
    assert crossed.warnings == {Measure.LEADS: 90, Measure.SALES_CENTS: 75}
    leads, sales = Measure.LEADS, Measure.SALES_CENTS
    assert crossed.due == ((leads, 75), (leads, 90), (sales, 75))
    told = crossed.model_copy(update={"announced": Amounts(leads=75, sales_cents=75)})
    assert told.due == ((leads, 90),)
