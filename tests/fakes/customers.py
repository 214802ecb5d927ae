"""Customers in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId, TenantId


@dataclass
class MemoryCustomers:
    """Implements `Customers`."""

    stored: dict[CustomerId, Customer] = field(default_factory=dict)

    @classmethod
    def of(cls, *customers: Customer) -> "MemoryCustomers":
        return cls({customer.id: customer for customer in customers})

    def many(
        self, _tenant_id: TenantId, customer_ids: Sequence[CustomerId]
    ) -> Mapping[CustomerId, Customer]:
        return {one: self.stored[one] for one in customer_ids if one in self.stored}
