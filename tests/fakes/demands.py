"""Demands and offers in memory, with what is sold by them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.demand_ports import DemandSale, DemandWalk, DueDemand, Fill
from leadflow.application.list_ports import Spot
from leadflow.application.ports import Claim
from leadflow.domain.demand_offers import DemandOffer, OfferStatus
from leadflow.domain.demands import Demand, DemandStatus
from leadflow.domain.identifiers import (
    CategoryId,
    DemandId,
    LeadId,
    OfferId,
    SourceId,
    TenantId,
    TransactionId,
)
from leadflow.domain.leads import Lead
from leadflow.domain.ledger import Entry
from leadflow.domain.plan_usage import counted_sale
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.fakes.spots import behind


@dataclass
class MemoryDemands:
    """Implements `DemandWriter`, `DemandStore`, `DueDemands` and `DemandLists`.

    `claimed` are fingerprints with the time of their leads. `races` is what others do just before
    a write, once each.
    """

    stored: dict[tuple[TenantId, DemandId], Demand] = field(default_factory=dict)
    made: dict[tuple[TenantId, OfferId], DemandOffer] = field(default_factory=dict)
    customers: MemoryCustomerStore = field(default_factory=MemoryCustomerStore)
    usage: MemoryPlanUsage = field(default_factory=MemoryPlanUsage)
    claimed: dict[str, datetime] = field(default_factory=dict)
    leads: dict[LeadId, Lead] = field(default_factory=dict)
    booked: dict[TransactionId, Entry] = field(default_factory=dict)
    sales: list[DemandSale] = field(default_factory=list)
    races: list[Callable[[], object]] = field(default_factory=list)

    def put_all(self, tenant_id: TenantId, demands: Sequence[Demand]) -> None:
        for demand in demands:
            self.stored.setdefault((tenant_id, demand.id), demand)

    def get(self, tenant_id: TenantId, demand_id: DemandId) -> Demand | None:
        return self.stored.get((tenant_id, demand_id))

    def offer(
        self, tenant_id: TenantId, demand_id: DemandId, offer_id: OfferId
    ) -> DemandOffer | None:
        offer = self.made.get((tenant_id, offer_id))
        return offer if offer and offer.demand_id == demand_id else None

    def waiting(self, tenant_id: TenantId, demand: Demand) -> Iterator[DemandOffer]:
        own = self._offers(tenant_id, demand.id)
        pending = (one for one in own if one.status is OfferStatus.PENDING)
        ranked = sorted(pending, key=lambda one: one.rank)
        return (one for one in ranked if one.rank > (demand.tried_until or ""))

    def wait(self, tenant_id: TenantId, demand: Demand, offer: DemandOffer) -> bool:
        now = self._raced().stored[tenant_id, demand.id]
        if now.version != demand.version or not self._fits(tenant_id, offer=offer):
            return False
        self.made[tenant_id, offer.id] = offer
        self.stored[tenant_id, demand.id] = now.model_copy(update={"awaits_close": True})
        return True

    def fill(self, tenant_id: TenantId, sale: DemandSale) -> Fill:
        customer = self._raced().customers.stored[tenant_id, sale.customer.id]
        is_known = any(entry.id in self.booked for entry in sale.entries)
        is_new = sale.lead.id not in self.leads and not is_known
        has_moved = customer.version != sale.customer.version - 1
        if has_moved or not is_new or not self._fits(tenant_id, sale.demand, sale.offer):
            return Fill.MOVED_ON
        if self.duplicates(tenant_id, sale.claims):
            return Fill.DUPLICATE
        charged = sum(entry.amount_cents for entry in sale.entries)
        if not self.usage.draws(counted_sale(charged), sale.lead.id, sale.lead.received_at):
            return Fill.THRESHOLD
        self.stored[tenant_id, sale.demand.id] = sale.demand
        self.made[tenant_id, sale.offer.id] = sale.offer
        self.customers.stored[tenant_id, sale.customer.id] = sale.customer
        self.claimed |= {claim.fingerprint: sale.lead.received_at for claim in sale.claims}
        self.leads[sale.lead.id] = sale.lead
        self.booked |= {entry.id: entry for entry in sale.entries}
        self.sales.append(sale)
        return Fill.BOOKED

    def refuse(self, tenant_id: TenantId, offer: DemandOffer, demand: Demand | None = None) -> bool:
        if not self._raced()._fits(tenant_id, demand, offer):
            return False
        self.made[tenant_id, offer.id] = offer
        self.stored |= {(tenant_id, demand.id): demand} if demand else {}
        return True

    def end(self, tenant_id: TenantId, demand: Demand) -> bool:
        fits = self._raced()._fits(tenant_id, demand)
        self.stored |= {(tenant_id, demand.id): demand} if fits else {}
        return fits

    def duplicates(self, _tenant_id: TenantId, claims: Sequence[Claim]) -> bool:
        return any(
            claim.fingerprint in self.claimed and self.claimed[claim.fingerprint] >= claim.since
            for claim in claims
        )

    def due(self, until: datetime) -> Sequence[DueDemand]:
        waiting = (
            (one.closes_at, tenant, one.id)
            for (tenant, _), one in self.stored.items()
            if one.status is DemandStatus.OPEN and one.awaits_close and one.closes_at <= until
        )
        return [DueDemand(tenant, demand) for _, tenant, demand in sorted(waiting)]

    def spots(
        self, tenant_id: TenantId, walk: DemandWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        own = (
            Spot(one.id, f"{one.created_at.isoformat()}#{one.id}")
            for (tenant, _), one in self.stored.items()
            if tenant == tenant_id and walk.customer_id in {None, one.customer_id}
        )
        return behind(own, limit=limit, position=position)

    def open_spots(
        self,
        tenant_id: TenantId,
        category_id: CategoryId,
        now: datetime,
        *,
        limit: int,
        position: str | None,
    ) -> Sequence[Spot]:
        wanted = (
            Spot(one.id, f"{one.closes_at.isoformat()}#{one.id}")
            for (tenant, _), one in self.stored.items()
            if (tenant, one.lead_category_id) == (tenant_id, category_id)
            and one.status is DemandStatus.OPEN
            and one.closes_at > now
        )
        return behind(wanted, limit=limit, position=position)

    def many(self, tenant_id: TenantId, demand_ids: Sequence[str]) -> Mapping[str, Demand]:
        found = {one: self.stored.get((tenant_id, DemandId(one))) for one in demand_ids}
        return {name: one for name, one in found.items() if one}

    def offer_spots(
        self,
        tenant_id: TenantId,
        demand_id: DemandId,
        source_id: SourceId | None,
        *,
        limit: int,
        position: str | None,
    ) -> Sequence[Spot]:
        own = (
            Spot(one.id, f"{one.received_at.isoformat()}#{one.id}")
            for one in self._offers(tenant_id, demand_id)
            if source_id in {None, one.source_id}
        )
        return behind(own, limit=limit, position=position)

    def offers(
        self, tenant_id: TenantId, demand_id: DemandId, offer_ids: Sequence[str]
    ) -> Mapping[str, DemandOffer]:
        return {one.id: one for one in self._offers(tenant_id, demand_id) if one.id in offer_ids}

    def _offers(self, tenant_id: TenantId, demand_id: DemandId) -> list[DemandOffer]:
        own = ((tenant, one) for (tenant, _), one in self.made.items())
        return [one for tenant, one in own if (tenant, one.demand_id) == (tenant_id, demand_id)]

    def _raced(self) -> "MemoryDemands":
        if self.races:
            self.races.pop()()
        return self

    def _fits(
        self, tenant_id: TenantId, demand: Demand | None = None, offer: DemandOffer | None = None
    ) -> bool:
        """Whether these are the next versions of what is stored."""
        before = self.stored[tenant_id, demand.id] if demand else None
        if demand and before and before.version != demand.version - 1:
            return False
        known = self.made.get((tenant_id, offer.id)) if offer else None
        return not offer or offer.version == (known.version if known else 0) + 1
