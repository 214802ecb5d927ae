"""Bids as people keep them: added, changed, archived and listed."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from leadflow.adapters.dynamodb.audit_lines import audit_line
from leadflow.adapters.dynamodb.bids import (
    bid_item,
    bid_key,
    bid_list,
    bid_of,
)
from leadflow.adapters.dynamodb.customers import guard_key, wallet_key
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.optimistic import changed
from leadflow.adapters.dynamodb.store import query, read, read_many
from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.adapters.dynamodb.wallet_items import BidGuardItem, BidItem, BidOwnerItem
from leadflow.adapters.system import SystemClock, Ulids
from leadflow.application.customer_ports import Author
from leadflow.application.list_ports import Spot
from leadflow.domain.bids import Bid
from leadflow.domain.errors import Conflict, TransientFault
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId, TenantId
from leadflow.domain.revisions import revised

if TYPE_CHECKING:
    from pynamodb.indexes import Index

CUSTOMER_BIDS_MAX = 1_000
"""Newest bids of one customer that are looked at to tell its funding."""

ROUND_BIDS = 100
"""Bids of one round of archiving: one batch of reads."""

ROUNDS_MAX = 10_000
"""Rounds of archiving the bids of a type: a million bids of the tenant are looked at."""

_BID = "BID"
_GUARD = "GUARD"
_OWNER = "OWNER"
_AFTER_ALL = "~"
_SYSTEM = "system"


class DynamoBidStore:
    """Implements `BidStore`."""

    def __init__(self, ids: Ulids) -> None:
        self._ids = ids

    def add(self, tenant_id: TenantId, bid: Bid, author: Author) -> None:
        """Store a new bid with the guard of its place and the note whose it is."""
        transaction = Transaction()
        absent = BidItem.pk.does_not_exist()
        transaction.put(bid_item(tenant_id, bid), condition=absent, label=_BID)
        transaction.put(_guard(tenant_id, bid), condition=absent, label=_GUARD)
        transaction.put(_owner(tenant_id, bid), condition=absent, label=_OWNER)
        transaction.put(audit_line(self._ids, tenant_id, None, bid, author))
        try:
            transaction.commit()
        except ConditionFailed as error:
            message = "The customer has a live bid on this lead type in this location."
            raise Conflict(message, code="bid_exists") from error

    def find(self, tenant_id: TenantId, bid_id: BidId) -> Bid | None:
        """One bid: two reads, for the id does not say whose it is."""
        owner = read(BidOwnerItem, tenant_key(tenant_id, bid_id), _OWNER)
        if owner is None:
            return None
        item = read(BidItem, tenant_key(tenant_id, owner.customer_id), bid_key(bid_id))
        return bid_of(item) if item else None

    def change(
        self, tenant_id: TenantId, bid_id: BidId, change: Callable[[Bid], Bid], author: Author
    ) -> Bid:
        """Store a changed bid on the version that it was made of."""

        def put(transaction: Transaction, before: Bid, after: Bid) -> None:
            still_there = BidItem.version == before.version
            transaction.put(bid_item(tenant_id, after), condition=still_there, label=_BID)
            if after.archived and not before.archived:
                transaction.delete(_guard(tenant_id, before))
            elif after.amount_cents != before.amount_cents:
                transaction.put(_guard(tenant_id, after))
            transaction.put(audit_line(self._ids, tenant_id, before, after, author))

        return changed(lambda: self.find(tenant_id, bid_id), change, put)

    def spots(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId | None,
        *,
        limit: int,
        position: str | None,
    ) -> Sequence[Spot]:
        """Places in the list of a customer, or in that of all bids. A spot's id names both keys."""
        items = (
            _of_tenant(tenant_id, limit, position)
            if customer_id is None
            else _of_customer(tenant_id, customer_id, limit, position)
        )
        return [Spot(f"{item.pk}/{item.sk}", item.list_key) for item in items]

    def many(self, tenant_id: TenantId, spot_ids: Sequence[str]) -> Mapping[str, Bid]:
        """Bids by their keys, in batches; keys of other tenants are passed over."""
        own = tenant_key(tenant_id, "")
        keys = [tuple(one.split("/", 1)) for one in spot_ids if one.startswith(own)]
        items = read_many(BidItem, ((pk, sk) for pk, sk in keys))
        return {f"{item.pk}/{item.sk}": bid_of(item) for item in items}

    def live_of(self, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[Bid]:
        """A customer's live bids, from its own partition."""
        items = _of_customer(tenant_id, customer_id, CUSTOMER_BIDS_MAX, None)
        return [bid for bid in map(bid_of, items) if not bid.archived]


class DynamoBidsOfType:
    """Implements `BidsOfType`."""

    def __init__(self, store: DynamoBidStore, clock: SystemClock) -> None:
        self._store = store
        self._clock = clock

    def archive(self, tenant_id: TenantId, lead_type_id: LeadTypeId) -> None:
        """Walk all bids of the tenant and archive those of the type, one by one.

        Raises `TransientFault` when there are more than it can look at; bids that are archived
        already cost a repeat no writes.
        """
        position: str | None = None
        for _ in range(ROUNDS_MAX):
            spots = self._store.spots(tenant_id, None, limit=ROUND_BIDS, position=position)
            for bid in self._store.many(tenant_id, [spot.id for spot in spots]).values():
                if bid.lead_type_id == lead_type_id and not bid.archived:
                    self._archive(tenant_id, bid.id)
            if len(spots) < ROUND_BIDS:
                return
            position = spots[-1].position
        raise TransientFault("The tenant has too many bids to archive at once.")

    def _archive(self, tenant_id: TenantId, bid_id: BidId) -> None:
        author = Author(_SYSTEM, self._clock.now())
        self._store.change(
            tenant_id, bid_id, lambda bid: revised(bid, author.at, archived=True), author
        )


def _of_tenant(tenant_id: TenantId, limit: int, position: str | None) -> list[BidItem]:
    found = query(
        BidItem,
        bid_list(tenant_id),
        index=cast("Index[BidItem]", BidItem.by_tenant),
        condition=BidItem.list_key < position if position else None,
        ascending=False,
        limit=limit,
    )
    return list(found)


def _of_customer(
    tenant_id: TenantId, customer_id: CustomerId, limit: int, position: str | None
) -> list[BidItem]:
    # No other sort key of the partition precedes those of bids.
    behind = BidItem.sk < bid_key(BidId(position or _AFTER_ALL))
    pk = wallet_key(tenant_id, customer_id)
    found = query(BidItem, pk, condition=behind, ascending=False, limit=limit, consistent=True)
    return list(found)


def _guard(tenant_id: TenantId, bid: Bid) -> BidGuardItem:
    key = guard_key(bid.lead_type_id, bid.location_key)
    return BidGuardItem(
        wallet_key(tenant_id, bid.customer_id),
        key,
        bid_id=bid.id,
        amount_cents=bid.amount_cents,
    )


def _owner(tenant_id: TenantId, bid: Bid) -> BidOwnerItem:
    return BidOwnerItem(tenant_key(tenant_id, bid.id), _OWNER, customer_id=bid.customer_id)
