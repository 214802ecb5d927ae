"""Searching, filtering and sorting customers."""

from unittest.mock import patch

import pytest

from leadflow.application.list_customers import CustomerFilters
from leadflow.application.ports import Window
from leadflow.domain.errors import ValidationFailed
from tests.trade import Trade, admin, buyer
from tests.unit.domain.bidding_examples import bid, customer

PEOPLE = (
    customer(1, name="Acme Solar", email="sales@acme.com", spendable=0),
    customer(2, name="Beta", email="info@solar.org", spendable=50),
    customer(3, name="acme Roofs", spendable=5, paused=True),
    customer(4, name="Gone", spendable=5, archived=True),
)


@pytest.fixture
def trade() -> Trade:
    return Trade.of(*PEOPLE)


def numbers(trade: Trade, size: int = 10, **filters: object) -> list[int]:
    """The numbers of all customers found, walked in pages."""
    wanted = CustomerFilters.model_validate(filters)
    found: list[int] = []
    position = None
    while True:
        page = trade.list_customers(admin(), wanted, Window(size, position))
        assert len(page.items) <= size
        found += (view.customer.number for view in page.items)
        position = page.position
        if position is None:
            return found


def test_the_newest_come_first_and_archived_ones_not_at_all(trade: Trade) -> None:
    assert numbers(trade) == [3, 2, 1]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "solar"}, [2, 1]),
        ({"q": "ACME  r"}, [3]),
        ({"q": "nobody"}, []),
        ({"operational": "active"}, [2, 1]),
        ({"operational": "paused"}, [3]),
        ({"operational": "archived"}, [4]),
        ({"archived": "true"}, [4]),
        ({"archived": "false"}, [3, 2, 1]),
        ({"balance_from": "500"}, [3, 2]),
        ({"balance_to": "500"}, [3, 1]),
        ({"balance_from": "1", "balance_to": "4999"}, [3]),
        ({"funding": "exhausted"}, [1]),
        ({"funding": "limited"}, [2]),
        ({"funding": "available"}, [3]),
        ({"sort": "name"}, [3, 1, 2]),
        ({"sort": "-name"}, [2, 1, 3]),
        ({"sort": "balance"}, [1, 3, 2]),
        ({"sort": "-balance"}, [2, 3, 1]),
        ({"sort": "name", "q": "acme", "operational": "active"}, [1]),
    ],
)
@pytest.mark.parametrize("size", [1, 10])
def test_customers_are_found_by_what_is_asked_for(
    trade: Trade, filters: dict[str, object], found: list[int], size: int
) -> None:
    trade.has(bid(100, 2))

    assert numbers(trade, size, **filters) == found


def test_equal_keys_are_walked_without_loss() -> None:
    trade = Trade()
    trade.has(*(customer(number, name="Same") for number in range(1, 6)))

    assert sorted(numbers(trade, 2, sort="name")) == [1, 2, 3, 4, 5]


def test_too_many_customers_are_not_sorted(trade: Trade) -> None:
    with (
        patch("leadflow.application.list_customers.SORTED_MAX", 3),
        pytest.raises(ValidationFailed) as refused,
    ):
        numbers(trade, sort="name")

    assert "sort" in refused.value.errors


def test_a_customers_user_sees_itself_alone(trade: Trade) -> None:
    page = trade.list_customers(buyer(PEOPLE[1]), CustomerFilters(), Window(5))

    assert [view.customer.number for view in page.items] == [2]
    assert page.position is None
