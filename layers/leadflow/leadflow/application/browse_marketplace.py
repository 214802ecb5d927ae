"""What is on the marketplace, and what a customer has ordered there (`product.md`, 13.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from leadflow.application.caller_scope import CallerScope
from leadflow.application.list_filters import identifier
from leadflow.application.list_pages import Listing
from leadflow.application.list_ports import Spot
from leadflow.application.marketplace_ports import MarketplaceLists
from leadflow.application.ports import Clock, ConfigurationReader, Page, Window
from leadflow.application.rate_ports import RequestRates
from leadflow.domain.auction_listings import Auction
from leadflow.domain.buy_orders import BuyOrder
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import CorruptState, NotFound, RateLimited
from leadflow.domain.identifiers import CustomerId, TenantId, is_identifier
from leadflow.domain.model import Frozen
from leadflow.domain.public_rates import CALLER_PER_MINUTE, TENANT_PER_MINUTE, caller_of
from leadflow.domain.submissions import MINUTE_SECONDS

SEARCH_CHARACTERS_MAX = 200

Words = Annotated[str, Field(min_length=1, max_length=SEARCH_CHARACTERS_MAX)]


class FloorBy(StrEnum):
    """Whose buy order sets the floor, as one customer sees it (13.4)."""

    NONE = "none"
    OTHERS = "others"
    LEADING = "leading"
    TRAILING = "trailing"


class AuctionFilters(Frozen):
    """Which listings are wanted; what is left out does not restrict.

    `search` is looked for in lead type, county and state.
    """

    search: Words | None = None
    lead_type_id: Annotated[str, identifier("type")] | None = None
    state: Words | None = None
    county: Words | None = None
    order: FloorBy | None = None


@dataclass(frozen=True)
class ListedAuction:
    """A listing at a moment, as one customer sees it."""

    auction: Auction
    lead_type: str | None
    floor_by: FloorBy
    at: datetime


def floor_by(auction: Auction, customer_id: CustomerId | None) -> FloorBy:
    """Who sets the floor, for a customer (None: somebody who cannot order)."""
    if auction.leader is None:
        return FloorBy.NONE
    own = auction.order_of(customer_id) if customer_id else None
    if own is None:
        return FloorBy.OTHERS
    return FloorBy.LEADING if own == auction.leader else FloorBy.TRAILING


@dataclass(frozen=True, kw_only=True)
class BrowseMarketplace:
    """The actions with their ports."""

    configuration: ConfigurationReader
    lists: MarketplaceLists
    rates: RequestRates
    clock: Clock

    def auctions(
        self, scope: CallerScope, filters: AuctionFilters, window: Window
    ) -> Page[ListedAuction]:
        """A page of the auctions that can be bought from, newest first."""
        configuration = self.configuration.current(scope.tenant_id)
        return self._page(scope.tenant_id, scope.own, configuration, filters, window)

    def public(
        self, configuration: Configuration, filters: AuctionFilters, window: Window
    ) -> Page[ListedAuction]:
        """The same for anybody who was admitted."""
        return self._page(configuration.tenant.id, None, configuration, filters, window)

    def admitted(self, tenant_id: str, address: str) -> Configuration:
        """What a tenant that shows its listings to anybody has configured.

        Counts the request. Raises `NotFound` for other tenants, and `RateLimited` when the caller
        behind the address, or all callers together, have asked too often in this minute.
        """
        configuration = self._public_configuration(tenant_id)
        tenant, now = configuration.tenant.id, self.clock.now()
        # A caller above its own limit takes nothing from the others.
        for counter, per_minute in (
            (f"PUBLIC#{caller_of(address)}", CALLER_PER_MINUTE),
            ("PUBLIC", TENANT_PER_MINUTE),
        ):
            if not self.rates.admit(tenant, counter, now, per_minute=per_minute):
                raise RateLimited(MINUTE_SECONDS - now.second)
        return configuration

    def _public_configuration(self, tenant_id: str) -> Configuration:
        if not is_identifier("tenant", tenant_id):
            raise NotFound
        try:
            configuration = self.configuration.current(TenantId(tenant_id))
        except CorruptState as unknown:
            raise NotFound from unknown
        settings = configuration.settings
        if not (settings.marketplace_enabled and settings.public_marketplace_enabled):
            raise NotFound
        return configuration

    def orders(self, scope: CallerScope, window: Window) -> Page[BuyOrder]:
        """A page of the customer's own orders, newest first. Raises `NotFound` for others."""
        if scope.own is None:
            raise NotFound
        return self.lists.orders(scope.tenant_id, scope.own, window)

    def _page(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId | None,
        configuration: Configuration,
        filters: AuctionFilters,
        window: Window,
    ) -> Page[ListedAuction]:
        now = self.clock.now()

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            return self.lists.spots(tenant_id, limit=limit, position=position)

        def seen(auction: Auction) -> ListedAuction:
            lead_type = configuration.lead_types.get(auction.lead_type_id)
            name = lead_type.name if lead_type else None
            return ListedAuction(auction, name, floor_by(auction, customer_id), now)

        listing = Listing(
            spots=spots,
            fetch=lambda ids: {
                name: seen(one) for name, one in self.lists.many(tenant_id, ids).items()
            },
            keep=lambda one: one.auction.is_open(now) and _is_wanted(one, filters),
            characters=lambda _: 0,
            is_narrow=bool(filters.model_fields_set),
        )
        return listing.page(window)


def _is_wanted(listed: ListedAuction, filters: AuctionFilters) -> bool:
    auction = listed.auction
    told = " ".join(filter(None, (listed.lead_type, auction.county, auction.state)))
    return (
        filters.order in {None, listed.floor_by}
        and filters.lead_type_id in {None, auction.lead_type_id}
        and _is_named(filters.state, auction.state)
        and _is_named(filters.county, auction.county)
        and (filters.search or "").casefold() in told.casefold()
    )


def _is_named(wanted: str | None, name: str | None) -> bool:
    return wanted is None or wanted.casefold() == (name or "").casefold()
