"""The marketplace: an auction is opened together with its lead's change of status."""

import zlib

from leadflow.adapters.dynamodb.flows import put_step
from leadflow.adapters.dynamodb.keys import moment_key, tenant_key
from leadflow.adapters.dynamodb.leads import put_lead
from leadflow.adapters.dynamodb.marketplace_items import AuctionItem
from leadflow.adapters.dynamodb.store import read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.ports import Refused
from leadflow.domain.auction_listings import Auction, AuctionStatus
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import AuctionId, TenantId
from leadflow.domain.leads import Lead

DUE_SHARDS = 8
"""Partitions over which auctions that are due are spread, for each takes only so many writes."""

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


def auction_item(tenant_id: TenantId, auction: Auction) -> AuctionItem:
    """An auction with the keys under which it is listed and found when it is due."""
    is_active = auction.status is AuctionStatus.ACTIVE
    return AuctionItem(
        tenant_key(tenant_id, auction.id),
        _AUCTION,
        document=auction.model_dump_json(exclude_none=True),
        version=auction.version,
        list_bucket=auction_list(tenant_id, auction.status),
        list_key=moment_key(auction.started_at, auction.id),
        due_shard=due_shard(auction.id) if is_active else None,
        due_key=moment_key(auction.ends_at, auction.id) if is_active else None,
    )


def auction_list(tenant_id: TenantId, status: AuctionStatus) -> str:
    """The partition that lists a tenant's auctions in one status."""
    return tenant_key(tenant_id, "AUCTIONS", status)


def due_shard(auction_id: AuctionId) -> str:
    """The partition in which an auction waits; all tenants' auctions share them."""
    return f"DUE#{zlib.crc32(auction_id.encode()) % DUE_SHARDS}"
