"""The falling price (F10, F11), by the table of 13.2."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from leadflow.domain.auction_listings import (
    AuctionPrices,
    AuctionSale,
    AuctionStatus,
    StandingOrder,
    auction_id,
)
from leadflow.domain.identifiers import FlowId, OrderId, StageId, is_identifier
from tests.unit.domain.auction_examples import PRICES, auction
from tests.unit.domain.bidding_examples import NOW, customer, dollars

FLOOR = auction().floor_cents()


def minute(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


@pytest.mark.parametrize(
    ("at", "cents"),
    [
        (0, 2_500),
        (14, 2_500),
        (14.999, 2_500),
        (15, 2_250),
        (60, 1_500),
        (75, 1_250),
        (90, 1_000),
        (119, 750),
        (120, 500),
        (134, 500),
        (-1, 2_500),
    ],
)
def test_without_a_buy_order_the_price_falls_to_the_last_one(at: float, cents: int) -> None:
    assert auction().price_at(minute(at), FLOOR) == cents


@pytest.mark.parametrize(("at", "cents"), [(75, 1_250), (90, 1_100), (500, 1_100)])
def test_a_buy_order_is_a_floor(at: float, cents: int) -> None:
    floor = auction().floor_cents(1_100)
    assert auction().price_at(minute(at), floor) == cents


def test_an_order_below_the_last_price_is_no_floor() -> None:
    assert auction().floor_cents(100) == auction().floor_cents(None) == dollars(5)


def test_it_is_unsold_one_interval_after_the_last_price() -> None:
    assert auction().ends_at == minute(135)


@pytest.mark.parametrize(("last", "ends"), [(600, 135), (2_500, 15), (2_499, 30), (1, 165)])
def test_a_last_step_that_is_smaller_counts_as_a_whole_one(last: int, ends: int) -> None:
    prices = PRICES.model_copy(update={"last_price_cents": last})
    assert auction(prices=prices).ends_at == minute(ends)


@pytest.mark.parametrize(("amount", "at"), [(1_100, 90), (1_000, 90), (2_500, 0), (9_000, 0)])
def test_an_amount_is_reached_with_the_drop_that_goes_to_it_or_below(amount: int, at: int) -> None:
    assert auction().reaches_at(amount) == minute(at)


@pytest.mark.parametrize(
    ("at", "floor", "left", "following"),
    [(0, 500, 8, 15), (14, 500, 8, 15), (15, 500, 7, 30), (119, 500, 1, 120), (120, 500, 0, None)],
)
def test_the_drops_that_are_left(at: float, floor: int, left: int, following: int | None) -> None:
    listing = auction()
    assert listing.drops_left(minute(at), floor) == left
    wanted = None if following is None else minute(following)
    assert listing.next_drop_at(minute(at), floor) == wanted


def test_an_order_above_the_grid_takes_a_part_of_a_drop() -> None:
    assert auction().drops_left(minute(75), 1_100) == 1
    assert auction().drops_left(minute(90), 1_100) == 0


@given(
    some.integers(1, 5_000),
    some.integers(0, 5_000),
    some.integers(1, 700),
    some.integers(1, 90),
    some.integers(0, 100_000),
)
def test_the_price_never_rises_and_is_the_last_one_before_the_end(
    last: int, above: int, increment: int, interval: int, at: int
) -> None:
    prices = AuctionPrices(
        first_price_cents=last + above,
        last_price_cents=last,
        increment_cents=increment,
        interval_minutes=interval,
    )
    listing = auction(prices=prices)
    before, after = (listing.price_at(minute(at + late), last) for late in (0, 1))
    assert last <= after <= before <= last + above
    assert listing.price_at(listing.ends_at - listing.interval, last) == last


def test_one_stage_of_one_run_has_one_auction() -> None:
    flow_id, stage_id = FlowId("flow_1"), StageId("stage_1")
    made = auction_id(flow_id, stage_id, 1)
    assert is_identifier("auction", made)
    assert made == auction_id(flow_id, stage_id, 1)
    others = {auction_id(flow_id, stage_id, 2), auction_id(flow_id, StageId("stage_2"), 1)}
    assert len({made, *others}) == 3


def test_nothing_in_it_tells_who_the_person_is() -> None:
    assert not {"values", "zip", "search", "location"} & set(auction().model_dump())


def standing(number: int, cents: int) -> StandingOrder:
    """An order of that customer."""
    return StandingOrder(
        order_id=OrderId(f"order_{number}"), customer_id=customer(number).id, amount_cents=cents
    )


def test_the_highest_order_leads_and_one_customer_has_one() -> None:
    listed = auction().with_order(standing(1, 600)).with_order(standing(2, 700))
    assert listed.leader == standing(2, 700)
    assert listed.version == 3
    raised = listed.with_order(standing(1, 800))
    assert raised.orders == (standing(1, 800), standing(2, 700))
    assert raised.order_of(customer(1).id) == standing(1, 800)
    assert raised.without_order(customer(1).id).leader == standing(2, 700)


@pytest.mark.parametrize(
    ("cents", "at"), [(None, 135), (1_100, 90), (1_000, 90), (999, 105), (500, 120)]
)
def test_it_is_due_when_the_price_reaches_the_leader_or_nobody_has_bought(
    cents: int | None, at: int
) -> None:
    listed = auction() if cents is None else auction().with_order(standing(1, cents))
    assert listed.due_at == minute(at)
    assert listed.is_open(minute(at - 0.01))
    assert not listed.is_open(minute(at))


@given(some.integers(500, 2_249), some.integers(0, 134))
def test_while_it_is_open_the_price_is_above_every_order(cents: int, at: int) -> None:
    listed = auction().with_order(standing(1, cents))
    if listed.is_open(minute(at)):
        assert listed.price_now(minute(at)) > cents
    else:
        assert listed.price_now(minute(at)) == cents


def test_what_has_ended_is_due_until_all_holds_are_released() -> None:
    listed = auction().with_order(standing(1, 600)).with_order(standing(2, 700))
    ended = listed.ended(AuctionStatus.UNSOLD, minute(7))
    assert ended.due_at == minute(7)
    assert not ended.is_open(minute(7))
    freed = ended.without_order(customer(1).id).without_order(customer(2).id)
    assert freed.due_at is None


def test_an_auction_that_ended_before_its_end_was_noted_is_due_at_once() -> None:
    ended = auction(status=AuctionStatus.REMOVED, orders=(standing(1, 600),))
    assert ended.due_at == NOW


def test_the_buyers_own_order_is_settled_with_the_sale() -> None:
    listed = auction().with_order(standing(1, 600)).with_order(standing(2, 700))
    sale = AuctionSale(customer_id=customer(2).id, charged_cents=2_500)
    sold = listed.sold(sale, minute(1))
    assert (sold.status, sold.orders, sold.sale) == (
        AuctionStatus.SOLD,
        (standing(1, 600),),
        sale,
    )
