"""The simulations behind `docs/scale.md`: bounds that hold whatever the times are."""

import pytest

from tools.scale.assumed import REFUSED_COST, Latencies
from tools.scale.buckets import Bucket, share_passed
from tools.scale.executions import held_by, little, seconds_held
from tools.scale.limits import API_BURST, API_REQUESTS, LAMBDA_CONCURRENCY, PARTITION_WRITES
from tools.scale.shares import drawn_by
from tools.scale.wallet import (
    ADDED,
    AS_BUILT,
    LEASED,
    LOOKS_AGAIN,
    Design,
    sold_by,
    sold_in_a_burst,
)

UNITS = 12
MANY_UNITS = 60
"""So many that units run out long before sellers get in each other's way."""
EVERY_DESIGN = pytest.mark.parametrize(
    "design", [AS_BUILT, LOOKS_AGAIN, ADDED, LEASED], ids=["built", "again", "added", "leased"]
)


def test_one_seller_meets_nobody_and_sells_as_fast_as_calls_are() -> None:
    sold = sold_by(1, UNITS)
    assert sold.tries_per_sale == pytest.approx(1, abs=0.01)
    assert sold.per_second == pytest.approx(1 / Latencies().whole, rel=0.02)


@EVERY_DESIGN
def test_no_wallet_sells_more_than_its_partition_has_units_for(design: Design) -> None:
    sold = sold_by(32, MANY_UNITS, design)
    # A bucket is full at the beginning: a second's worth over the twenty that are simulated.
    assert sold.per_second <= design.pockets * PARTITION_WRITES.value / MANY_UNITS * 1.05


@EVERY_DESIGN
def test_one_transaction_holds_an_item_at_a_time(design: Design) -> None:
    sold = sold_by(32, 0, design)
    assert sold.per_second <= design.pockets / (Latencies().held * 0.9)


def test_the_same_seed_sells_the_same_and_another_one_does_not() -> None:
    assert sold_by(8, UNITS, seed=1) == sold_by(8, UNITS, seed=1)
    assert sold_by(8, UNITS, seed=1) != sold_by(8, UNITS, seed=2)


@EVERY_DESIGN
def test_every_lead_of_a_burst_is_sold(design: Design) -> None:
    assert sold_in_a_burst(64, UNITS, design).failed_share == 0


def test_sellers_who_decide_on_a_version_are_overtaken_and_those_who_add_are_not() -> None:
    assert sold_by(16, 0).tries_per_sale > 2
    assert sold_by(16, 0, ADDED).tries_per_sale < 1.1


def test_a_refused_transaction_takes_units_unless_it_is_said_to_be_free() -> None:
    assert REFUSED_COST == 1
    assert sold_by(64, UNITS).per_second < 0.7 * sold_by(64, UNITS, refused_cost=0).per_second


def test_the_less_a_refused_transaction_takes_the_more_is_sold() -> None:
    sold = [sold_by(64, UNITS, refused_cost=cost).per_second for cost in (1, 0.5, 0)]
    assert sold == sorted(sold)


def test_looking_again_at_a_conflict_gains_nothing_where_refusals_are_free() -> None:
    built, again = (sold_by(64, UNITS, one, refused_cost=0) for one in (AS_BUILT, LOOKS_AGAIN))
    assert again.per_second == pytest.approx(built.per_second, rel=0.1)


def test_more_shares_of_usage_meet_less() -> None:
    few, many = drawn_by(100, 2, 8), drawn_by(100, 2, 32)
    assert many.conflicts_per_draw < few.conflicts_per_draw / 2
    assert few.contended_share == 0


def test_a_lone_lead_waits_for_no_share() -> None:
    assert drawn_by(1, 2).conflicts_per_draw == 0


@pytest.mark.parametrize("hung_share", [0.0, 0.1])
def test_below_the_limit_as_many_executions_run_as_littles_law_says(hung_share: float) -> None:
    held = held_by(50, hung_share)
    assert held.at_once == pytest.approx(little(50, seconds_held(hung_share)), rel=0.15)
    assert held.refused_share == held.late_share == 0


def test_above_the_limit_posts_are_refused_and_no_more_than_the_limit_run() -> None:
    held = held_by(50, 1.0)
    assert held.at_once <= LAMBDA_CONCURRENCY.value
    assert held.refused_share > 0.3


def test_executions_kept_for_stages_leave_no_accepted_lead_without_one() -> None:
    assert held_by(100, 0.5).late_share > 0
    assert held_by(100, 0.5, reserved=500).late_share == 0


def test_a_bucket_lets_its_rate_pass_and_its_size_once() -> None:
    assert share_passed(Bucket(100, 50), 100, 3) == 1
    assert share_passed(Bucket(100, 50), 1_000, 1) == pytest.approx(0.15, abs=0.01)
    assert share_passed(Bucket(API_REQUESTS.value, API_BURST.value), 20_000, 1) == pytest.approx(
        0.75, abs=0.01
    )


def test_a_bucket_never_holds_more_than_its_size() -> None:
    bucket = Bucket(10, 5)
    bucket.give_back(3)
    assert not bucket.take(100, 6)
    assert bucket.take(100, 5)
