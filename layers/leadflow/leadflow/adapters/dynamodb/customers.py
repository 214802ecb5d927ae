"""Customers with their wallets: one item each, every change of it conditional on its version.

What is as a model has it by default is not stored: an item of up to 1,024 bytes is one write unit.
"""

from collections.abc import Mapping, Sequence

from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import read_many
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.wallet_items import BidderItem, CustomerItem
from leadflow.application.auction_ports import KnownBidders, Place
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId, LeadTypeId, TenantId

CUSTOMER = "CUSTOMER"
"""The sort key of every customer's item."""


class DynamoCustomers:
    """Implements `Customers` and `Bidders`."""

    def many(
        self, tenant_id: TenantId, customer_ids: Sequence[CustomerId]
    ) -> Mapping[CustomerId, Customer]:
        """Customers by id: one BatchGetItem for up to a hundred."""
        keys = ((wallet_key(tenant_id, one), CUSTOMER) for one in customer_ids)
        found = map(customer_of, read_many(CustomerItem, keys))
        return {customer.id: customer for customer in found}

    def bidders(
        self,
        tenant_id: TenantId,
        customer_ids: Sequence[CustomerId],
        lead_type_id: LeadTypeId,
        places: Sequence[Place],
    ) -> KnownBidders:
        """Customers and the guards of live bids, which lie beside them: one BatchGetItem."""
        guards = {
            (wallet_key(tenant_id, customer_id), guard_key(lead_type_id, location_key)): (
                customer_id,
                location_key,
            )
            for customer_id, location_key in places
        }
        keys = [(wallet_key(tenant_id, one), CUSTOMER) for one in customer_ids]
        items = read_many(BidderItem, [*keys, *guards])
        customers = [_customer(item.document) for item in items if item.sk == CUSTOMER]
        live = {
            guards[(item.pk, item.sk)]: int(item.amount_cents or 0)
            for item in items
            if item.sk != CUSTOMER
        }
        return KnownBidders({one.id: one for one in customers}, live)


def put_customer(
    transaction: Transaction, tenant_id: TenantId, before: Customer, after: Customer
) -> None:
    """Write a customer on the condition that it is still as it was; labelled `CUSTOMER`."""
    transaction.put(
        customer_item(tenant_id, after),
        condition=CustomerItem.version == before.version,
        label=CUSTOMER,
    )


def guard_key(lead_type_id: LeadTypeId, location_key: str) -> str:
    """The sort key of the guard that a customer's live bid holds; the location names the scope."""
    return f"LIVE#{lead_type_id}#{location_key}"


def wallet_key(tenant_id: TenantId, customer_id: CustomerId) -> str:
    """The partition of a customer, its bids and its ledger entries."""
    return tenant_key(tenant_id, customer_id)


def customer_item(tenant_id: TenantId, customer: Customer) -> CustomerItem:
    """The item of a customer."""
    return CustomerItem(
        wallet_key(tenant_id, customer.id),
        CUSTOMER,
        document=customer.model_dump_json(exclude_defaults=True),
        version=customer.version,
        balance_cents=customer.balance_cents,
        held_cents=customer.held_cents,
        list_bucket=customer_list(tenant_id),
        list_key=customer.id,
    )


def customer_of(item: CustomerItem) -> Customer:
    """The customer of an item."""
    return _customer(item.document)


def _customer(document: str | None) -> Customer:
    return Customer.model_validate_json(str(document))


def customer_list(tenant_id: TenantId) -> str:
    """The partition that lists a tenant's customers."""
    return tenant_key(tenant_id, "CUSTOMERS")
