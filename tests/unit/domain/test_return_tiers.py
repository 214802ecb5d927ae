"""In which tier a customer is, and what that does to its bids (`product.md`, 20.2, 23)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.contenders import TierTerms
from leadflow.domain.customers import Customer
from leadflow.domain.return_tiers import NO_TIER, ReturnTier, TierLadder
from tests.unit.domain.bidding_examples import customer
from tests.unit.domain.tier_examples import ladder, tier

FIRST, SECOND, THIRD, LAST = (
    tier(number, lower, upper)
    for number, (lower, upper) in enumerate([("0", "5"), ("5", "15"), ("15", "25"), ("25", "100")])
)
ENTRANCE = tier(9, "0", "100", apply_to_new_customers=True)
LADDER = ladder(LAST, SECOND, FIRST, THIRD)


def with_rate(rate: str, charged_cents: int = 1_000_000) -> Customer:
    """A customer that has given back that share, in percent, of what it was charged."""
    refunded = int(charged_cents * Decimal(rate) / 100)
    return customer(lifetime_charged_cents=charged_cents, lifetime_refunded_cents=refunded)


def placed(tiers: TierLadder, one: Customer) -> ReturnTier | None:
    return tiers.tier_of(tiers.placed(one))


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("0", FIRST),
        ("4.99", FIRST),
        ("5", SECOND),
        ("14.99", SECOND),
        ("15", THIRD),
        ("25", LAST),
        ("100", LAST),
    ],
)
def test_a_rate_is_in_the_tier_whose_lower_bound_it_has_reached(
    rate: str, expected: ReturnTier
) -> None:
    assert placed(LADDER, with_rate(rate)) == expected


@pytest.mark.parametrize(("rate", "inside"), [("9.99", True), ("10", True), ("10.01", False)])
def test_the_highest_tier_includes_its_upper_bound_wherever_that_is(
    rate: str, inside: bool
) -> None:
    assert (placed(ladder(tier(1, "0", "10")), with_rate(rate)) is not None) is inside


def test_a_rate_in_a_gap_has_no_tier() -> None:
    gapped = ladder(FIRST, LAST)
    before = gapped.placed(with_rate("30"))
    after = before.model_copy(update={"lifetime_refunded_cents": 100_000})
    assert placed(gapped, after) is None


def test_a_point_is_a_tier_where_it_is_the_highest() -> None:
    point = tier(5, "5", "5")
    assert placed(ladder(point, FIRST), with_rate("5")) == point
    assert placed(ladder(point, SECOND), with_rate("5")) == SECOND


@pytest.mark.parametrize(
    ("charged_cents", "expected"), [(0, ENTRANCE), (499_999, ENTRANCE), (500_000, LAST)]
)
def test_a_customer_is_new_below_5000_charged_returns_not_subtracted(
    charged_cents: int, expected: ReturnTier
) -> None:
    entered = ladder(*LADDER.tiers, ENTRANCE)
    assert placed(entered, with_rate("100" if charged_cents else "0", charged_cents)) == expected


def test_without_a_tier_for_new_customers_their_rate_decides() -> None:
    assert placed(LADDER, customer()) == FIRST


def test_the_bounds_of_the_tier_for_new_customers_mean_nothing() -> None:
    assert placed(ladder(ENTRANCE), with_rate("50")) is None


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (("0", "5"), ("5", "15"), False),
        (("0", "5.01"), ("5", "15"), True),
        (("0", "100"), ("40", "60"), True),
        (("7", "7"), ("5", "15"), True),
        (("5", "5"), ("5", "15"), False),
        (("15", "15"), ("5", "15"), False),
        (("5", "5"), ("5", "5"), True),
    ],
)
def test_tiers_overlap_where_a_rate_could_be_in_both(
    one: tuple[str, str], other: tuple[str, str], overlap: bool
) -> None:
    assert tier(1, *one).overlaps(tier(2, *other)) is overlap
    assert tier(2, *other).overlaps(tier(1, *one)) is overlap


def test_a_tier_for_new_customers_overlaps_nothing() -> None:
    assert not ENTRANCE.overlaps(FIRST)
    assert not FIRST.overlaps(ENTRANCE)


def test_a_placed_customer_stays_though_the_tiers_have_changed() -> None:
    stays = LADDER.placed(with_rate("10"))
    moved = SECOND.model_copy(update={"lower_percentage": Decimal(11)})
    assert ladder(FIRST, moved).tier_of(stays) == moved


def test_a_deleted_tier_is_gone_from_its_customers() -> None:
    assert ladder(FIRST, LAST).tier_of(LADDER.placed(with_rate("10"))) is None


def test_disabled_tiers_and_customers_that_ignore_them_have_none() -> None:
    harsh = tier(1, penalty_percentage=10, discount_percentage=5)
    one = ladder(harsh).placed(with_rate("10"))
    assert ladder(harsh).terms_of(one) == TierTerms(Decimal(10), Decimal(5))
    assert ladder(harsh, enabled=False).terms_of(one) == NO_TIER
    ignoring = one.model_copy(update={"ignore_return_tiers": True})
    assert ladder(harsh).terms_of(ignoring) == NO_TIER
    assert ignoring.return_rate == Decimal("10.00")


def test_a_tier_is_found_whether_or_not_tiers_act() -> None:
    off = ladder(FIRST, enabled=False)
    assert off.placed(customer(ignore_return_tiers=True)).return_tier_id == FIRST.id


def test_a_blank_penalty_is_none_and_a_matched_one_is_the_customers_rate() -> None:
    assert tier(1).terms_of(customer()) == NO_TIER
    matched = tier(1, penalty_matches_return_rate=True)
    assert matched.terms_of(with_rate("7.5", 600_000)).penalty == Decimal("7.50")


def test_a_customer_that_stays_is_the_same_object() -> None:
    there = LADDER.placed(customer())
    assert LADDER.placed(there) is there


BOUNDS = st.sampled_from(["0", "4.99", "5", "15", "15.01", "40", "100"])


@given(st.lists(st.tuples(BOUNDS, BOUNDS, st.booleans()), max_size=6), st.integers(0, 10_000))
def test_of_tiers_that_do_not_overlap_a_rate_is_in_one_the_narrowest_at_the_top(
    wanted: list[tuple[str, str, bool]], hundredths: int
) -> None:
    tiers: list[ReturnTier] = []
    for number, (lower, upper, is_new) in enumerate(wanted):
        one = tier(number, *sorted((lower, upper), key=Decimal), apply_to_new_customers=is_new)
        if not any(one.overlaps(other) for other in tiers):
            tiers.append(one)
    rate, by_rate = (
        Decimal(hundredths) / 100,
        [one for one in tiers if not one.apply_to_new_customers],
    )
    top = max((one.upper_percentage for one in by_rate), default=None)
    inside = [
        one
        for one in by_rate
        if one.lower_percentage <= rate < one.upper_percentage
        or (rate == top == one.upper_percentage and one.lower_percentage <= rate)
    ]
    expected: ReturnTier | None = max(inside, key=lambda one: one.lower_percentage, default=None)
    assert placed(ladder(*tiers), with_rate(str(rate))) == expected
    assert len(inside) <= 1 or rate == top
