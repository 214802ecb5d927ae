"""Auctions in memory."""

from dataclasses import dataclass, field

from leadflow.application.ports import Refused
from leadflow.domain.auction_listings import Auction
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import AuctionId, TenantId
from leadflow.domain.leads import Lead
from tests.fakes.leads import MemoryLeads


@dataclass
class MemoryMarketplace:
    """Implements `Marketplace`."""

    leads: MemoryLeads
    opened: dict[tuple[TenantId, AuctionId], Auction] = field(default_factory=dict)

    def open(
        self, tenant_id: TenantId, lead: Lead, auction: Auction, step: FlowStep
    ) -> frozenset[Refused]:
        if (tenant_id, auction.id) in self.opened:
            return frozenset({Refused.STEP})
        refused = self.leads.advance(tenant_id, lead, step)
        if not refused:
            self.opened[tenant_id, auction.id] = auction
        return refused

    def get(self, tenant_id: TenantId, auction_id: AuctionId) -> Auction | None:
        return self.opened.get((tenant_id, auction_id))
