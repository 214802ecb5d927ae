"""Bids in memory, as people keep them and as auctions read them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leadflow.application.customer_ports import Author
from leadflow.application.list_ports import Spot
from leadflow.domain.bids import Bid
from leadflow.domain.errors import Conflict, NotFound
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId, TenantId
from leadflow.domain.reading import stream_key
from leadflow.domain.scopes import Scope
from tests.fakes.spots import behind


@dataclass
class MemoryBidStore:
    """Implements `BidStore` and `BidBook`; `audit` has the id of every object that changed."""

    stored: dict[tuple[TenantId, BidId], Bid] = field(default_factory=dict)
    audit: list[tuple[str, str]] = field(default_factory=list)

    def add(self, tenant_id: TenantId, bid: Bid, author: Author) -> None:
        place = bid.customer_id, bid.lead_type_id, bid.location_key
        for other in self._live(tenant_id):
            if (other.customer_id, other.lead_type_id, other.location_key) == place:
                raise Conflict("There is one.", code="bid_exists")
        self._put(tenant_id, bid, author)

    def _put(self, tenant_id: TenantId, bid: Bid, author: Author) -> None:
        self.stored[tenant_id, bid.id] = bid
        self.audit.append((author.actor, bid.id))

    def find(self, tenant_id: TenantId, bid_id: BidId) -> Bid | None:
        return self.stored.get((tenant_id, bid_id))

    def change(
        self, tenant_id: TenantId, bid_id: BidId, change: Callable[[Bid], Bid], author: Author
    ) -> Bid:
        before = self.find(tenant_id, bid_id)
        if before is None:
            raise NotFound
        after = change(before)
        if after != before:
            self._put(tenant_id, after, author)
        return after

    def spots(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId | None,
        *,
        limit: int,
        position: str | None,
    ) -> Sequence[Spot]:
        meant = (
            Spot(bid.id, bid.id)
            for (tenant, _), bid in self.stored.items()
            if tenant == tenant_id and customer_id in {None, bid.customer_id}
        )
        return behind(meant, limit=limit, position=position)

    def many(self, tenant_id: TenantId, spot_ids: Sequence[str]) -> Mapping[str, Bid]:
        found = {one: self.stored.get((tenant_id, BidId(one))) for one in spot_ids}
        return {one: bid for one, bid in found.items() if bid}

    def live_of(self, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[Bid]:
        return [bid for bid in self._live(tenant_id) if bid.customer_id == customer_id]

    def ranked(
        self, tenant_id: TenantId, lead_type_id: LeadTypeId, scope: Scope, location_key: str
    ) -> Iterator[Bid]:
        here = [
            bid
            for bid in self._live(tenant_id)
            if (bid.lead_type_id, bid.scope, bid.location_key)
            == (lead_type_id, scope, location_key)
        ]
        return iter(sorted(here, key=stream_key))

    def get(self, tenant_id: TenantId, customer_id: CustomerId, bid_id: BidId) -> Bid | None:
        bid = self.find(tenant_id, bid_id)
        return bid if bid and bid.customer_id == customer_id else None

    def of_customer(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId,
        lead_type_id: LeadTypeId,
        location_keys: Collection[str],
    ) -> Sequence[Bid]:
        own = self.live_of(tenant_id, customer_id)
        typed = [bid for bid in own if bid.lead_type_id == lead_type_id]
        return [bid for bid in typed if bid.location_key in location_keys]

    def _live(self, tenant_id: TenantId) -> list[Bid]:
        own = [bid for (tenant, _), bid in self.stored.items() if tenant == tenant_id]
        return [bid for bid in own if not bid.archived]
