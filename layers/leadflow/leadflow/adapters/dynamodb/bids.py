"""Bids: stored with their customer, the live ones indexed in the order in which they would win.

What is as a model has it by default is not stored: an item of up to 1,024 bytes is one write unit,
and its copy in the index another one.
"""

from collections.abc import Collection, Iterator, Sequence

from leadflow.adapters.dynamodb.customers import guard_key, wallet_key
from leadflow.adapters.dynamodb.keys import rank_key, tenant_key
from leadflow.adapters.dynamodb.store import query, read, read_many
from leadflow.adapters.dynamodb.wallet_items import BidGuardItem, BidItem
from leadflow.domain.bids import Bid
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId, TenantId
from leadflow.domain.scopes import Scope

FIRST_PAGE = 10
"""Bids of the first page of a location; each further page is twice as long."""

PAGE_MAX = 160
"""Most bids of one page."""


class DynamoBidBook:
    """Implements `BidBook`."""

    def ranked(
        self, tenant_id: TenantId, lead_type_id: LeadTypeId, scope: Scope, location_key: str
    ) -> Iterator[Bid]:
        """Live bids of one location, best first.

        `location_key` names its scope already. Pages are read as they are asked for. The index
        follows writes within moments, so a bid may be seen at its old place, or twice.
        """
        market = market_key(tenant_id, lead_type_id, location_key)
        behind, size = None, FIRST_PAGE
        while True:
            page = _page(market, behind, size)
            yield from (bid_of(item) for item in page)
            if len(page) < size:
                return
            behind, size = page[-1].rank, min(2 * size, PAGE_MAX)

    def get(self, tenant_id: TenantId, customer_id: CustomerId, bid_id: BidId) -> Bid | None:
        """One bid, read consistently."""
        item = read(BidItem, wallet_key(tenant_id, customer_id), bid_key(bid_id))
        return bid_of(item) if item else None

    def of_customer(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId,
        lead_type_id: LeadTypeId,
        location_keys: Collection[str],
    ) -> Sequence[Bid]:
        """A customer's live bids in any of the locations: two calls, however many it has."""
        pk = wallet_key(tenant_id, customer_id)
        guards = read_many(BidGuardItem, ((pk, guard_key(lead_type_id, k)) for k in location_keys))
        if not guards:
            return ()
        items = read_many(BidItem, ((pk, bid_key(BidId(guard.bid_id))) for guard in guards))
        return [bid for bid in map(bid_of, items) if not bid.archived]


def _page(market: str, behind: str | None, size: int) -> list[BidItem]:
    return list(
        query(
            BidItem,
            market,
            index=BidItem.by_rank,
            condition=BidItem.rank < behind if behind else None,
            ascending=False,
            limit=size,
        )
    )


def market_key(tenant_id: TenantId, lead_type_id: LeadTypeId, location_key: str) -> str:
    """The partition in which the live bids of one type and location are ranked."""
    return tenant_key(tenant_id, lead_type_id, location_key)


def bid_key(bid_id: BidId) -> str:
    """The sort key of a bid."""
    return f"BID#{bid_id}"


def bid_list(tenant_id: TenantId) -> str:
    """The partition that lists a tenant's bids."""
    return tenant_key(tenant_id, "BIDS")


def bid_item(tenant_id: TenantId, bid: Bid) -> BidItem:
    """The item of a bid; an archived one has neither market nor rank."""
    live = not bid.archived
    market = market_key(tenant_id, bid.lead_type_id, bid.location_key)
    rank = rank_key(bid.amount_cents, bid.last_won_at, bid.customer_number)
    return BidItem(
        wallet_key(tenant_id, bid.customer_id),
        bid_key(bid.id),
        document=bid.model_dump_json(exclude_defaults=True),
        version=bid.version,
        market=market if live else None,
        rank=rank if live else None,
        list_bucket=bid_list(tenant_id),
        list_key=bid.id,
    )


def bid_of(item: BidItem) -> Bid:
    """The bid of an item."""
    return Bid.model_validate_json(str(item.document))
