"""Auctions as items: the keys under which they are listed and found when they are due."""

from datetime import datetime

from leadflow.adapters.dynamodb.due_index import AUCTIONS, shard_of
from leadflow.adapters.dynamodb.keys import moment_key, tenant_key
from leadflow.adapters.dynamodb.marketplace_items import AuctionItem
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.ports import Refused
from leadflow.domain.auction_listings import KEPT_FOR, Auction, AuctionStatus
from leadflow.domain.identifiers import AuctionId, TenantId

AUCTION = "AUCTION"
"""The sort key of every auction."""


def put_auction(transaction: Transaction, tenant_id: TenantId, auction: Auction) -> None:
    """Write the next version of an auction as part of a transaction; labelled `STEP`."""
    transaction.put(
        auction_item(tenant_id, auction),
        condition=AuctionItem.version == auction.version - 1,
        label=Refused.STEP,
    )


def auction_item(tenant_id: TenantId, auction: Auction) -> AuctionItem:
    """An auction with the keys under which it is listed and found when it is due."""
    is_listed = auction.status is not AuctionStatus.REMOVED
    due_at = auction.due_at
    return AuctionItem(
        tenant_key(tenant_id, auction.id),
        AUCTION,
        document=auction.model_dump_json(exclude_none=True),
        version=auction.version,
        list_bucket=auction_list(tenant_id, auction.status) if is_listed else None,
        list_key=moment_key(auction.started_at, auction.id) if is_listed else None,
        due_shard=due_shard(auction.id) if due_at else None,
        due_key=moment_key(due_at, auction.id) if due_at else None,
        expires_at=None if due_at else expiry(auction.closed_at or auction.started_at),
    )


def expiry(ended_at: datetime) -> int:
    """When something that has ended is removed by the store, in Unix seconds (13.2)."""
    return int((ended_at + KEPT_FOR).timestamp())


def auction_list(tenant_id: TenantId, status: AuctionStatus) -> str:
    """The partition that lists a tenant's auctions in one status."""
    return tenant_key(tenant_id, "AUCTIONS", status)


def due_shard(auction_id: AuctionId) -> str:
    """The partition in which an auction waits; all tenants' auctions share them."""
    return shard_of(AUCTIONS, auction_id)
