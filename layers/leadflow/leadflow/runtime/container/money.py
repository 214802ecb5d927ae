"""Where customers, bids and money are."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime.container.foundation import clock, ids, tables_named

if TYPE_CHECKING:
    from leadflow.adapters.dynamodb.bid_store import DynamoBidsOfType, DynamoBidStore
    from leadflow.adapters.dynamodb.bids import DynamoBidBook
    from leadflow.adapters.dynamodb.customer_store import DynamoCustomerStore
    from leadflow.adapters.dynamodb.customers import DynamoCustomers
    from leadflow.adapters.dynamodb.ledger import DynamoWallets
    from leadflow.adapters.dynamodb.sales import DynamoSales


@cache
def customer_store() -> DynamoCustomerStore:
    """Customers, read and written."""
    from leadflow.adapters.dynamodb.customer_store import DynamoCustomerStore

    tables_named()
    return DynamoCustomerStore(ids())


@cache
def customers() -> DynamoCustomers:
    """Customers by id."""
    from leadflow.adapters.dynamodb.customers import DynamoCustomers

    tables_named()
    return DynamoCustomers()


@cache
def bid_store() -> DynamoBidStore:
    """Bids, read and written."""
    from leadflow.adapters.dynamodb.bid_store import DynamoBidStore

    tables_named()
    return DynamoBidStore(ids())


@cache
def bid_book() -> DynamoBidBook:
    """Bids in the order in which they would win."""
    from leadflow.adapters.dynamodb.bids import DynamoBidBook

    tables_named()
    return DynamoBidBook()


@cache
def bids_of_type() -> DynamoBidsOfType:
    """All bids on a lead type."""
    from leadflow.adapters.dynamodb.bid_store import DynamoBidsOfType

    tables_named()
    return DynamoBidsOfType(bid_store(), clock())


@cache
def sales() -> DynamoSales:
    """Sales."""
    from leadflow.adapters.dynamodb.sales import DynamoSales

    tables_named()
    return DynamoSales()


@cache
def wallets() -> DynamoWallets:
    """Wallets and their ledgers."""
    from leadflow.adapters.dynamodb.ledger import DynamoWallets

    tables_named()
    return DynamoWallets()
