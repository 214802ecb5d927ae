"""What an auction needs: bids, and customers with their wallets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from leadflow.domain.identifiers import CustomerId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from leadflow.domain.bids import Bid
    from leadflow.domain.customers import Customer
    from leadflow.domain.identifiers import BidId, LeadTypeId, TenantId
    from leadflow.domain.scopes import Scope


class BidBook(Protocol):
    """Customers' standing offers."""

    def ranked(
        self, tenant_id: TenantId, lead_type_id: LeadTypeId, scope: Scope, location_key: str
    ) -> Iterator[Bid]:
        """Live bids of one location in the order in which they would win, read as asked for."""
        ...

    def get(self, tenant_id: TenantId, customer_id: CustomerId, bid_id: BidId) -> Bid | None:
        """One bid, as of now."""
        ...

    def of_customer(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId,
        lead_type_id: LeadTypeId,
        location_keys: Collection[str],
    ) -> Sequence[Bid]:
        """A customer's live bids on a lead type in any of the locations, as of now."""
        ...


Place = tuple[CustomerId, str]
"""A customer and the key of a location in which it may have a live bid on a lead type."""


@dataclass(frozen=True)
class KnownBidders:
    """Customers, and what they bid (cents) in those of the places asked for where they do."""

    customers: Mapping[CustomerId, Customer]
    live: Mapping[Place, int]


class Bidders(Protocol):
    """Customers as an auction sees them."""

    def bidders(
        self,
        tenant_id: TenantId,
        customer_ids: Sequence[CustomerId],
        lead_type_id: LeadTypeId,
        places: Sequence[Place],
    ) -> KnownBidders:
        """Customers by id, and what they bid in these places, as of now, in one call."""
        ...


class Customers(Protocol):
    """Customers with their wallets."""

    def many(
        self, tenant_id: TenantId, customer_ids: Sequence[CustomerId]
    ) -> Mapping[CustomerId, Customer]:
        """Customers by id, as of now, in one call; unknown ones are left out."""
        ...
