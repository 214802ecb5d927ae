"""Listing bids, and where they stand among each other."""

import pytest

from leadflow.application.list_bids import BidFilters
from leadflow.application.ports import Window
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.scopes import Scope
from tests.builders import lead_type
from tests.trade import UNKNOWN, Trade, admin, buyer
from tests.unit.domain.bidding_examples import bid, customer, grid

OTHER_TYPE = LeadTypeId("type_" + "5" * 26)


@pytest.fixture
def trade() -> Trade:
    trade = Trade()
    trade.has(customer(1), customer(2), customer(3, spendable=0), customer(4, paused=True))
    trade.has(
        bid(100, 1),
        bid(100, 2),
        bid(300, 3),
        bid(300, 4),
        bid(200, 2, Scope.STATE),
        bid(50, 1, Scope.NATIONWIDE),
        bid(70, 4, Scope.NATIONWIDE, archived=True),
    )
    return trade


def found(trade: Trade, size: int = 20, /, **filters: str) -> dict[str, str]:
    """Position and rank of each bid found, by owner and scope."""
    wanted = BidFilters.model_validate(filters)
    places: dict[str, str] = {}
    position = None
    while True:
        page = trade.list_bids(admin(), wanted, Window(size, position))
        for view in page.items:
            name = f"{view.bid.customer_number} {view.bid.scope}"
            assert name not in places
            places[name] = f"{view.placing.position} {view.placing.rank}"
        position = page.position
        if position is None:
            return places


@pytest.mark.parametrize("size", [1, 20])
def test_bids_are_placed_among_those_that_reach_into_their_location(
    trade: Trade, size: int
) -> None:
    assert found(trade, size) == {
        "1 county": "under 2",
        "2 county": "under 2",
        "3 county": "out None",
        "4 county": "out None",
        "2 state": "top 1",
        "1 nationwide": "top 1",
    }


def test_equal_amounts_share_a_rank() -> None:
    trade = Trade()
    trade.has(*(customer(number) for number in (1, 2, 3)))
    trade.has(bid(100, 1), bid(100, 2), bid(90, 3))

    assert found(trade) == {
        "1 county": "tied 1",
        "2 county": "tied 1",
        "3 county": "under 3",
    }


def test_bids_of_disabled_scopes_are_out_and_compared_with_nobody(trade: Trade) -> None:
    off = grid(scope=Scope.STATE).model_copy(update={"enabled": False})
    trade.sells(lead_type(bidding_scopes=(grid(), off)))

    assert found(trade, customer_id=customer(2).id) == {"2 county": "tied 1", "2 state": "out None"}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"customer_id": customer(2).id}, {"2 county", "2 state"}),
        ({"customer_id": UNKNOWN}, set()),
        ({"scope": "nationwide"}, {"1 nationwide"}),
        ({"lead_type_id": OTHER_TYPE}, set()),
        ({"status": "not_funded"}, {"3 county"}),
        ({"status": "active", "scope": "state"}, {"2 state"}),
        ({"status": "archived"}, {"4 nationwide"}),
        ({"archived": "true"}, {"4 nationwide"}),
    ],
)
def test_bids_are_found_by_what_is_asked_for(
    trade: Trade, filters: dict[str, str], names: set[str]
) -> None:
    assert set(found(trade, **filters)) == names


def test_a_customers_user_sees_its_own_bids_alone(trade: Trade) -> None:
    page = trade.list_bids(buyer(customer(2)), BidFilters(), Window(5))
    assert {view.bid.customer_id for view in page.items} == {customer(2).id}

    with pytest.raises(NotFound):
        trade.list_bids(buyer(customer(2)), BidFilters(customer_id=customer(1).id), Window(5))
