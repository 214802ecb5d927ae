"""The index of what is due, of all tenants together: a kind of thing has partitions of its own."""

from collections.abc import Sequence
from datetime import datetime
from zlib import crc32

from leadflow.adapters.dynamodb.keys import moment_key
from leadflow.adapters.dynamodb.marketplace_items import AuctionItem, AuctionsByDue
from leadflow.adapters.dynamodb.store import query
from leadflow.adapters.dynamodb.walks import LAST

DUE_SHARDS = 8
"""Partitions over which what is due is spread, for each takes only so many writes."""

DUE_MAX_BY_SHARD = 250
"""Things of one shard that one call gets."""

AUCTIONS, DEMANDS, ARCHIVINGS = "DUE", "DUE#DEMANDS", "DUE#ARCHIVINGS"
"""How the partitions of a kind are called, before the number of the shard."""


def shard_of(kind: str, identifier: str) -> str:
    """The partition in which something waits; always the same."""
    return f"{kind}#{crc32(identifier.encode()) % DUE_SHARDS}"


def due_items(kind: str, until: datetime) -> Sequence[AuctionItem]:
    """What was due at a moment, the longest due first: one query for each shard.

    The index has the same keys of all kinds, so one class of items reads them.
    """
    found = [
        item
        for shard in range(DUE_SHARDS)
        for item in query(
            AuctionItem,
            f"{kind}#{shard}",
            index=AuctionItem.by_due,
            condition=AuctionsByDue.due_key <= moment_key(until, LAST),
            limit=DUE_MAX_BY_SHARD,
        )
    ]
    return sorted(found, key=lambda item: str(item.due_key))
