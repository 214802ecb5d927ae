"""Customers as people keep them: added, changed, archived and listed."""

from collections.abc import Callable, Sequence

from leadflow.adapters.dynamodb.audit_lines import audit_line
from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.customers import (
    CUSTOMER,
    DynamoCustomers,
    customer_item,
    customer_list,
    customer_of,
    put_customer,
    wallet_key,
)
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.optimistic import changed
from leadflow.adapters.dynamodb.store import faults_translated, query, read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.wallet_items import CustomerItem
from leadflow.adapters.system import Ulids
from leadflow.application.customer_ports import Author
from leadflow.application.list_ports import Spot
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId, TenantId


class DynamoCustomerStore(DynamoCustomers):
    """Implements `CustomerStore`."""

    def __init__(self, ids: Ulids) -> None:
        self._ids = ids

    def next_number(self, tenant_id: TenantId) -> int:
        """Count one up in one atomic write; a failed creation leaves a gap."""
        counter = ConfigurationItem(tenant_key(tenant_id, "COUNTERS"), CUSTOMER)
        with faults_translated():
            counter.update(actions=[ConfigurationItem.version.add(1)])
        return int(counter.version or 0)

    def add(self, tenant_id: TenantId, customer: Customer, author: Author) -> None:
        """Store a new customer."""
        transaction = Transaction()
        absent = CustomerItem.pk.does_not_exist()
        transaction.put(customer_item(tenant_id, customer), condition=absent)
        transaction.put(audit_line(self._ids, tenant_id, None, customer, author))
        transaction.commit()

    def get(self, tenant_id: TenantId, customer_id: CustomerId) -> Customer | None:
        """One customer, read consistently."""
        item = read(CustomerItem, wallet_key(tenant_id, customer_id), CUSTOMER)
        return customer_of(item) if item else None

    def change(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId,
        change: Callable[[Customer], Customer],
        author: Author,
    ) -> Customer:
        """Store a changed customer on the version that it was made of."""

        def put(transaction: Transaction, before: Customer, after: Customer) -> None:
            put_customer(transaction, tenant_id, before, after)
            transaction.put(audit_line(self._ids, tenant_id, before, after, author))

        return changed(lambda: self.get(tenant_id, customer_id), change, put)

    def spots(self, tenant_id: TenantId, *, limit: int, position: str | None) -> Sequence[Spot]:
        """Places in the list, from the index: ids grow with time, so they are positions too."""
        items = query(
            CustomerItem,
            customer_list(tenant_id),
            index=CustomerItem.by_tenant,
            condition=CustomerItem.list_key < position if position else None,
            ascending=False,
            limit=limit,
        )
        return [Spot(item.list_key, item.list_key) for item in items]
