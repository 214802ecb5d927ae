"""Bids in memory."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from leadflow.domain.bids import Bid
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId, TenantId
from leadflow.domain.reading import stream_key
from leadflow.domain.scopes import Scope


@dataclass
class MemoryBook:
    """Implements `BidBook`; `seen` says how many bids were read from the ranking."""

    bids: list[Bid] = field(default_factory=list)
    seen: int = 0

    def ranked(
        self, _tenant_id: TenantId, lead_type_id: LeadTypeId, scope: Scope, location_key: str
    ) -> Iterator[Bid]:
        place = lead_type_id, scope, location_key
        here = [
            bid for bid in self.bids if (bid.lead_type_id, bid.scope, bid.location_key) == place
        ]
        for bid in sorted(here, key=stream_key):
            self.seen += 1
            yield bid

    def get(self, _tenant_id: TenantId, _customer_id: CustomerId, bid_id: BidId) -> Bid | None:
        return next((bid for bid in self.bids if bid.id == bid_id), None)

    def of_customer(
        self,
        _tenant_id: TenantId,
        customer_id: CustomerId,
        _lead_type_id: LeadTypeId,
        location_keys: Collection[str],
    ) -> Sequence[Bid]:
        own = [bid for bid in self.bids if bid.customer_id == customer_id]
        return [bid for bid in own if bid.location_key in location_keys]
