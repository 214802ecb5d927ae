"""The marketplace: auctions of leads, and the buy orders of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from leadflow.application.list_ports import Spot
    from leadflow.application.ports import Page, Refused, Window
    from leadflow.domain.auction_listings import Auction
    from leadflow.domain.buy_orders import BuyOrder
    from leadflow.domain.customers import Customer
    from leadflow.domain.flows import FlowEnding, FlowStep
    from leadflow.domain.identifiers import AuctionId, CustomerId, OrderId, TenantId
    from leadflow.domain.leads import Lead
    from leadflow.domain.ledger import Entry


class AuctionReader(Protocol):
    """Auctions by id."""

    def get(self, tenant_id: TenantId, auction_id: AuctionId) -> Auction | None:
        """One auction, as of now."""
        ...


@dataclass(frozen=True, kw_only=True)
class AuctionChange:
    """An auction, with all that changes in the same transaction.

    Objects are the versions after the change; each is stored only if the stored one is the version
    before. Entries and the step are stored only if they are not there.
    """

    auction: Auction
    lead: Lead | None = None
    customer: Customer | None = None
    order: BuyOrder | None = None
    entries: Sequence[Entry] = ()
    step: FlowStep | None = None
    ending: FlowEnding | None = None


class Marketplace(AuctionReader, Protocol):
    """Auctions, each opened once; lead, money and orders change together with them."""

    def open(
        self, tenant_id: TenantId, lead: Lead, auction: Auction, step: FlowStep
    ) -> frozenset[Refused]:
        """List a lead: its next version, a new auction and the step that tells of it.

        Nothing is stored unless the answer is empty; an auction that is there refuses the step.
        """
        ...

    def change(self, tenant_id: TenantId, change: AuctionChange) -> bool:
        """Store a change; False, and nothing stored, when any of it has moved on."""
        ...

    def order(
        self, tenant_id: TenantId, customer_id: CustomerId, order_id: OrderId
    ) -> BuyOrder | None:
        """One order of a customer, as of now."""
        ...

    def active_orders(self, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[BuyOrder]:
        """The orders of a customer for which money is held, as of now."""
        ...


@dataclass(frozen=True)
class DueAuction:
    """An auction about which something has to be done."""

    tenant_id: TenantId
    auction_id: AuctionId


class DueAuctions(Protocol):
    """Auctions of all tenants in the order in which they are due."""

    def due(self, until: datetime) -> Sequence[DueAuction]:
        """Auctions that were due at a moment, the longest due first; a bounded number of them."""
        ...


class MarketplaceLists(Protocol):
    """What is on offer, and what a customer has ordered."""

    def spots(self, tenant_id: TenantId, *, limit: int, position: str | None) -> Sequence[Spot]:
        """The next active auctions behind a position, newest first; fewer only at the end."""
        ...

    def many(self, tenant_id: TenantId, auction_ids: Sequence[str]) -> Mapping[str, Auction]:
        """Auctions by id, as of now; unknown ones are left out."""
        ...

    def orders(
        self, tenant_id: TenantId, customer_id: CustomerId, window: Window
    ) -> Page[BuyOrder]:
        """A customer's orders, newest first."""
        ...
