"""Demands of rows, their duration (F11), and their statuses over time."""

from datetime import timedelta

import pytest

from leadflow.domain.auction_listings import AuctionPrices
from leadflow.domain.demands import OPEN_FOR_MAX, DemandStatus, demand_closed, demand_of, open_for
from leadflow.domain.identifiers import is_identifier
from leadflow.domain.lead_types import MarketplaceSettings
from leadflow.domain.money import CENTS_MAX
from tests.builders import CATEGORY_ID, TYPE_ID, VALUES, lead_type
from tests.unit.domain.auction_examples import ON_MARKETPLACE, PRICES
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.demand_examples import WANTED_TYPE, demand, imported_row

CLOSE = NOW + timedelta(minutes=120)
MOMENT = timedelta(microseconds=1)


def prices(first: int, last: int, increment: int, minutes: int) -> AuctionPrices:
    return AuctionPrices(
        first_price_cents=first,
        last_price_cents=last,
        increment_cents=increment,
        interval_minutes=minutes,
    )


def test_a_row_becomes_a_demand_at_the_prices_of_its_type() -> None:
    made = demand()
    assert is_identifier("demand", made.id)
    assert (made.customer_id, made.lead_category_id, made.lead_type_id) == (
        customer(1).id,
        CATEGORY_ID,
        TYPE_ID,
    )
    assert (made.ceiling_cents, made.instant_price_cents) == (2_500, 500)
    assert (made.created_at, made.closes_at, made.status) == (NOW, CLOSE, DemandStatus.OPEN)


def test_a_row_has_one_demand_and_every_row_its_own() -> None:
    assert demand(1).id == demand(1).id
    assert demand(1).id != demand(2).id


@pytest.mark.parametrize("market", [None, ON_MARKETPLACE.model_copy(update={"enabled": False})])
def test_a_type_off_the_marketplace_takes_no_demand(market: MarketplaceSettings | None) -> None:
    assert demand_of(imported_row(), lead_type(marketplace=market), NOW) is None


def test_later_changes_of_the_type_change_no_demand() -> None:
    dearer = ON_MARKETPLACE.model_copy(update={"first_price_cents": 9_000})
    made = demand_of(imported_row(), WANTED_TYPE.model_copy(update={"marketplace": dearer}), NOW)
    assert made
    assert made.ceiling_cents == 9_000
    assert demand().ceiling_cents == 2_500


def test_criteria_hold_nothing_that_tells_who_the_person_is() -> None:
    row = imported_row(
        last_name="B", phone="+15125550100", address_1="1 Way", address_2="2", beds=3, city="Austin"
    )
    made = demand_of(row, WANTED_TYPE, NOW)
    assert made
    assert made.criteria == {
        "zip": VALUES["zip"],
        "county": "Travis",
        "city": "Austin",
        "beds": 3,
    }
    assert made.values == row.values


@pytest.mark.parametrize(
    ("terms", "minutes"),
    [
        (PRICES, 120),
        (prices(2_500, 600, 250, 15), 120),
        (prices(500, 500, 250, 15), 15),
        (prices(501, 500, 250, 7), 7),
    ],
)
def test_a_demand_is_open_as_long_as_a_price_would_fall(terms: AuctionPrices, minutes: int) -> None:
    assert open_for(terms) == timedelta(minutes=minutes)


def test_no_parameters_lead_beyond_the_calendar() -> None:
    longest = open_for(prices(CENTS_MAX, 1, 1, 43_200))
    assert OPEN_FOR_MAX - timedelta(minutes=43_200) < longest <= OPEN_FOR_MAX


def test_a_demand_is_open_until_the_moment_it_closes() -> None:
    assert demand().is_open(customer(), CLOSE - MOMENT)
    assert not demand().is_open(customer(), CLOSE)
    assert not demand(awaits_close=True).is_open(customer(), CLOSE)
    assert not demand(status=DemandStatus.CANCELLED).is_open(customer(), NOW)


def test_without_offers_a_demand_is_unfilled_once_it_has_closed() -> None:
    assert demand().status_at(customer(), CLOSE - MOMENT) is DemandStatus.OPEN
    assert demand().status_at(customer(), CLOSE) is DemandStatus.UNFILLED


def test_while_an_offer_waits_a_closed_demand_is_not_decided() -> None:
    assert demand(awaits_close=True).status_at(customer(), CLOSE) is DemandStatus.OPEN


def test_what_has_ended_stays_as_it_ended() -> None:
    filled = demand(awaits_close=True).ended(DemandStatus.FILLED, NOW)
    archived = customer(archived=True, last_archived_at=NOW)
    assert filled.status_at(archived, CLOSE) is DemandStatus.FILLED
    assert (filled.ended_at, filled.version) == (NOW, 2)


def test_a_demand_is_cancelled_with_its_customer_and_stays_so() -> None:
    restored = customer(last_archived_at=NOW + MOMENT)
    assert demand().status_at(restored, NOW + MOMENT) is DemandStatus.CANCELLED
    assert demand().status_at(restored, CLOSE) is DemandStatus.CANCELLED
    assert not demand().is_open(restored, NOW + MOMENT)


def test_a_demand_that_is_made_later_is_not() -> None:
    restored = customer(last_archived_at=NOW - MOMENT)
    assert demand().status_at(restored, NOW) is DemandStatus.OPEN


def test_what_was_over_when_its_customer_was_archived_is_unfilled() -> None:
    archived = customer(archived=True, last_archived_at=CLOSE)
    assert demand().status_at(archived, CLOSE) is DemandStatus.UNFILLED
    assert demand(awaits_close=True).status_at(archived, CLOSE) is DemandStatus.CANCELLED


def test_a_demand_remembers_the_offer_that_was_tried_last() -> None:
    tried = demand(awaits_close=True).tried("rank")
    assert (tried.tried_until, tried.status, tried.version) == ("rank", DemandStatus.OPEN, 2)


def test_whoever_comes_too_late_is_told_so() -> None:
    assert demand_closed().code == "demand_closed"
