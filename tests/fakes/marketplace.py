"""Auctions and buy orders in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.list_ports import Spot
from leadflow.application.marketplace_ports import AuctionChange, DueAuction
from leadflow.application.ports import Page, Refused, Window
from leadflow.domain.auction_listings import Auction, AuctionStatus
from leadflow.domain.buy_orders import BuyOrder, OrderStatus
from leadflow.domain.flows import FlowEnding, FlowStep
from leadflow.domain.identifiers import (
    AuctionId,
    CustomerId,
    FlowId,
    OrderId,
    TenantId,
    TransactionId,
)
from leadflow.domain.leads import Lead
from leadflow.domain.ledger import Entry
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.leads import MemoryLeads
from tests.fakes.spots import behind


@dataclass
class MemoryMarketplace:
    """Implements `Marketplace`, `DueAuctions` and `MarketplaceLists`.

    `changes_max`: behind so many changes somebody else is always faster. `races` is what others do
    just before a change, once each.
    """

    leads: MemoryLeads
    opened: dict[tuple[TenantId, AuctionId], Auction] = field(default_factory=dict)
    customers: MemoryCustomerStore = field(default_factory=MemoryCustomerStore)
    ordered: dict[tuple[TenantId, OrderId], BuyOrder] = field(default_factory=dict)
    booked: dict[TransactionId, Entry] = field(default_factory=dict)
    endings: dict[FlowId, FlowEnding] = field(default_factory=dict)
    changes_max: int | None = None
    changes: int = 0
    races: list[Callable[[], object]] = field(default_factory=list)

    def open(
        self, tenant_id: TenantId, lead: Lead, auction: Auction, step: FlowStep
    ) -> frozenset[Refused]:
        if (tenant_id, auction.id) in self.opened:
            return frozenset({Refused.STEP})
        refused = self.leads.advance(tenant_id, lead, step)
        if not refused:
            self.opened[tenant_id, auction.id] = auction
        return refused

    def change(self, tenant_id: TenantId, change: AuctionChange) -> bool:
        if self.races:
            self.races.pop()()
        if self.changes == self.changes_max or not self._fits(tenant_id, change):
            return False
        self.changes += 1
        self.opened[tenant_id, change.auction.id] = change.auction
        if change.lead:
            self.leads.stored[change.lead.id] = change.lead
        if change.customer:
            self.customers.stored[tenant_id, change.customer.id] = change.customer
        if change.order:
            self.ordered[tenant_id, change.order.id] = change.order
        if change.step:
            self.leads.steps[change.auction.flow_id, change.step.number] = change.step
        if change.ending:
            self.endings[change.auction.flow_id] = change.ending
        self.booked |= {entry.id: entry for entry in change.entries}
        return True

    def get(self, tenant_id: TenantId, auction_id: AuctionId) -> Auction | None:
        return self.opened.get((tenant_id, auction_id))

    def order(
        self, tenant_id: TenantId, customer_id: CustomerId, order_id: OrderId
    ) -> BuyOrder | None:
        order = self.ordered.get((tenant_id, order_id))
        return order if order and order.customer_id == customer_id else None

    def active_orders(self, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[BuyOrder]:
        own = self.orders(tenant_id, customer_id, Window(1_000)).items
        return [order for order in reversed(own) if order.status is OrderStatus.ACTIVE]

    def due(self, until: datetime) -> Sequence[DueAuction]:
        due = {key: one.due_at for key, one in self.opened.items()}
        keys = sorted((at, key) for key, at in due.items() if at and at <= until)
        return [DueAuction(*key) for _, key in keys]

    def spots(self, tenant_id: TenantId, *, limit: int, position: str | None) -> Sequence[Spot]:
        active = (
            Spot(one.id, f"{one.started_at.isoformat()}#{one.id}")
            for (tenant, _), one in self.opened.items()
            if tenant == tenant_id and one.status is AuctionStatus.ACTIVE
        )
        return behind(active, limit=limit, position=position)

    def many(self, tenant_id: TenantId, auction_ids: Sequence[str]) -> Mapping[str, Auction]:
        found = {one: self.opened.get((tenant_id, AuctionId(one))) for one in auction_ids}
        return {name: one for name, one in found.items() if one}

    def orders(
        self, tenant_id: TenantId, customer_id: CustomerId, window: Window
    ) -> Page[BuyOrder]:
        own = {
            one.id: one
            for (tenant, _), one in self.ordered.items()
            if (tenant, one.customer_id) == (tenant_id, customer_id)
        }
        places = (Spot(one, one) for one in own)
        spots = behind(places, limit=window.limit + 1, position=window.position)
        shown = spots[: window.limit]
        more = len(spots) > len(shown)
        return Page([own[OrderId(spot.id)] for spot in shown], shown[-1].id if more else None)

    def _fits(self, tenant_id: TenantId, change: AuctionChange) -> bool:
        stored = self.opened.get((tenant_id, change.auction.id))
        versions: list[tuple[Lead | BuyOrder | Auction | None, int]] = [
            (stored, change.auction.version)
        ]
        if change.lead:
            versions.append((self.leads.stored.get(change.lead.id), change.lead.version))
        if change.order:
            before = self.ordered.get((tenant_id, change.order.id))
            versions.append((before, change.order.version))
        customer = change.customer
        if customer and self.customers.stored[tenant_id, customer.id].version != (
            customer.version - 1
        ):
            return False
        step = change.step
        return (
            all(version == (one.version if one else 0) + 1 for one, version in versions)
            and not any(entry.id in self.booked for entry in change.entries)
            and (not step or (change.auction.flow_id, step.number) not in self.leads.steps)
        )
