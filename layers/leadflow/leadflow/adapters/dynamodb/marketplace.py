"""The marketplace: an auction is opened together with its lead's change of status."""

from leadflow.adapters.dynamodb.auction_items import auction_item
from leadflow.adapters.dynamodb.flows import put_step
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.leads import put_lead
from leadflow.adapters.dynamodb.marketplace_items import AuctionItem
from leadflow.adapters.dynamodb.store import read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.ports import Refused
from leadflow.domain.auction_listings import Auction
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import AuctionId, TenantId
from leadflow.domain.leads import Lead

_AUCTION = "AUCTION"


class DynamoMarketplace:
    """Implements `Marketplace`."""

    def open(
        self, tenant_id: TenantId, lead: Lead, auction: Auction, step: FlowStep
    ) -> frozenset[Refused]:
        """Lead, auction and step in one transaction."""
        transaction = Transaction()
        put_lead(transaction, tenant_id, lead)
        transaction.put(
            auction_item(tenant_id, auction),
            condition=AuctionItem.pk.does_not_exist(),
            label=Refused.STEP,
        )
        put_step(transaction, tenant_id, auction.flow_id, step)
        return frozenset(map(Refused, transaction.refused()))

    def get(self, tenant_id: TenantId, auction_id: AuctionId) -> Auction | None:
        """One consistent read."""
        item = read(AuctionItem, tenant_key(tenant_id, auction_id), _AUCTION)
        return Auction.model_validate_json(item.document) if item else None
