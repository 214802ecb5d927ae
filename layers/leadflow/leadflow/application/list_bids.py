"""The list of bids with its filters (`product.md`, 12 and 3.5)."""

from dataclasses import dataclass
from typing import Annotated

from leadflow.application.bid_standing import BidView, Standing
from leadflow.application.caller_scope import CallerScope
from leadflow.application.customer_ports import BidStore
from leadflow.application.list_filters import Flag, identifier
from leadflow.application.list_pages import Listing
from leadflow.application.manage_bids import ManageBids
from leadflow.application.ports import ConfigurationReader, Page, Window
from leadflow.domain.bids import Bid, BidStatus
from leadflow.domain.model import Frozen
from leadflow.domain.scopes import Scope

BID_CHARACTERS = 1_000
"""More than the texts of a bid ever come to."""


class BidFilters(Frozen):
    """Which bids are wanted. Archived ones are only listed when they are asked for."""

    customer_id: str | None = None
    lead_type_id: Annotated[str, identifier("type")] | None = None
    scope: Scope | None = None
    status: BidStatus | None = None
    archived: Flag | None = None

    def suits(self, bid: Bid) -> bool:
        """Whether the bid itself is wanted; its status takes its customer to tell."""
        return (
            bid.archived == (bool(self.archived) or self.status is BidStatus.ARCHIVED)
            and (self.lead_type_id is None or bid.lead_type_id == self.lead_type_id)
            and (self.scope is None or bid.scope is self.scope)
        )


@dataclass(frozen=True, kw_only=True)
class ListBids:
    """The action with its ports."""

    configuration: ConfigurationReader
    bids: BidStore
    manage: ManageBids

    def __call__(self, scope: CallerScope, filters: BidFilters, window: Window) -> Page[BidView]:
        """A page of bids, newest first. Raises `NotFound` for a customer out of reach."""
        wanted = filters.customer_id or scope.own
        owner = None if wanted is None else scope.customer(wanted)
        standing = self.manage.standing(self.configuration.current(scope.tenant_id))
        listing = Listing(
            spots=lambda *, limit, position: self.bids.spots(
                scope.tenant_id, owner, limit=limit, position=position
            ),
            fetch=lambda ids: self.bids.many(scope.tenant_id, ids),
            keep=lambda bid: filters.suits(bid) and _has_status(bid, filters, standing),
            characters=lambda bid: BID_CHARACTERS,
            is_narrow=bool(filters.model_fields_set),
        )
        page = listing.page(window)
        standing.customers_of(list(page.items))
        return Page([standing.of_bid(bid) for bid in page.items], page.position)


def _has_status(bid: Bid, filters: BidFilters, standing: Standing) -> bool:
    return filters.status is None or standing.bid_statuses(bid).display is filters.status
