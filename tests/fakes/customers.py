"""Customers in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from leadflow.application.auction_ports import KnownBidders, Place
from leadflow.application.list_ports import Spot
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId, LeadTypeId, TenantId
from leadflow.domain.money import CENTS_MAX
from tests.fakes.spots import behind


@dataclass
class MemoryCustomers:
    """Implements `Customers`, `CustomerList` and `Bidders`."""

    stored: dict[CustomerId, Customer] = field(default_factory=dict)

    @classmethod
    def of(cls, *customers: Customer) -> "MemoryCustomers":
        return cls({customer.id: customer for customer in customers})

    def spots(self, _tenant_id: TenantId, *, limit: int, position: str | None) -> Sequence[Spot]:
        return behind((Spot(one, one) for one in self.stored), limit=limit, position=position)

    def many(
        self, _tenant_id: TenantId, customer_ids: Sequence[CustomerId]
    ) -> Mapping[CustomerId, Customer]:
        return {one: self.stored[one] for one in customer_ids if one in self.stored}

    def bidders(
        self,
        tenant_id: TenantId,
        customer_ids: Sequence[CustomerId],
        _lead_type_id: LeadTypeId,
        places: Sequence[Place],
    ) -> KnownBidders:
        """Every place may have any live bid: what reads on this finds out."""
        return KnownBidders(self.many(tenant_id, customer_ids), dict.fromkeys(places, CENTS_MAX))
