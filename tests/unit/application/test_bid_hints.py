"""Hints about the amounts of a grid."""

import pytest

from leadflow.application.bid_hints import HintRequest
from leadflow.application.caller_scope import CallerScope
from leadflow.application.ports import Window
from leadflow.domain.errors import NotFound, Unprocessable, ValidationFailed
from leadflow.domain.scopes import Scope
from tests.builders import TYPE_ID, lead_type
from tests.trade import UNKNOWN, Trade, admin, buyer
from tests.unit.domain.bidding_examples import bid, customer, grid

COUNTY = {"scope": "county", "country": "US", "state": "tx", "county": "TRAVIS"}


@pytest.fixture
def trade() -> Trade:
    trade = Trade()
    trade.sells(lead_type(bidding_scopes=tuple(grid(10, 10, 40, scope=scope) for scope in Scope)))
    trade.has(customer(1), customer(2), customer(3, paused=True))
    return trade


def shown(
    trade: Trade, scope: CallerScope | None = None, size: int = 10, /, **members: object
) -> list[str]:
    """The hints of the grid's amounts, lowest first, walked in pages."""
    wanted = HintRequest.model_validate({"lead_type_id": TYPE_ID, **COUNTY, **members})
    found: list[str] = []
    position = None
    while True:
        page = trade.hint_at_positions(scope or admin(), wanted, Window(size, position))
        found += (hint.hint for hint in page.items)
        position = page.position
        if position is None:
            return found


@pytest.mark.parametrize("size", [1, 10])
def test_each_amount_is_compared_with_the_highest_of_all_that_reach_there(
    trade: Trade, size: int
) -> None:
    trade.has(bid(20, 1), bid(30, 2, Scope.STATE), bid(40, 3))

    assert shown(trade, None, size) == ["under", "under", "tied", "top"]


def test_alone_every_amount_is_on_top(trade: Trade) -> None:
    assert set(shown(trade)) == {"top"}


def test_the_own_bid_there_does_not_count(trade: Trade) -> None:
    trade.has(bid(30, 1), bid(20, 2))

    assert shown(trade, buyer(customer(1))) == ["under", "tied", "top", "top"]
    assert shown(trade, customer_id=customer(1).id) == ["under", "tied", "top", "top"]
    assert shown(trade, buyer(customer(2))) == ["under", "under", "tied", "top"]


def test_another_customer_is_not_found(trade: Trade) -> None:
    with pytest.raises(NotFound):
        shown(trade, buyer(customer(1)), customer_id=UNKNOWN)


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({"lead_type_id": "type_" + "9" * 26}, "lead_type_id"),
        ({"state": "ZZ"}, "state"),
        ({"county": None}, "county"),
        ({"country": "CA"}, "country"),
    ],
)
def test_what_is_not_there_has_no_hints(
    trade: Trade, members: dict[str, object], wrong: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        shown(trade, **members)

    assert wrong in refused.value.errors


def test_a_disabled_scope_has_no_hints(trade: Trade) -> None:
    trade.sells(lead_type(bidding_scopes=()))

    with pytest.raises(Unprocessable) as refused:
        shown(trade)

    assert refused.value.code == "scope_disabled"
