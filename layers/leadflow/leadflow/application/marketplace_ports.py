"""The marketplace: auctions of leads."""

from typing import Protocol

from leadflow.application.ports import Refused
from leadflow.domain.auction_listings import Auction
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import AuctionId, TenantId
from leadflow.domain.leads import Lead


class AuctionReader(Protocol):
    """Auctions by id."""

    def get(self, tenant_id: TenantId, auction_id: AuctionId) -> Auction | None:
        """One auction, as of now."""
        ...


class Marketplace(AuctionReader, Protocol):
    """Auctions, each opened once."""

    def open(
        self, tenant_id: TenantId, lead: Lead, auction: Auction, step: FlowStep
    ) -> frozenset[Refused]:
        """List a lead: its next version, a new auction and the step that tells of it.

        Nothing is stored unless the answer is empty; an auction that is there refuses the step.
        """
        ...
