"""Demands and offers as sources, customers and tenants see them (`product.md`, 14.2; `api.md`, 5).

A source sees what is open in its category, and its own offers; never customers or others' offers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from leadflow.application.auction_ports import Customers
from leadflow.application.caller_scope import CallerScope
from leadflow.application.demand_desk import DemandDesk
from leadflow.application.demand_ports import DemandLists, DemandWalk
from leadflow.application.list_filters import identifier
from leadflow.application.list_pages import Listing, period_of
from leadflow.application.list_ports import Spot
from leadflow.application.offer_on_demand import OfferView, offered_demand
from leadflow.application.ports import Page, Window
from leadflow.domain.demands import Demand, DemandStatus
from leadflow.domain.errors import NotFound, Unauthorized
from leadflow.domain.identifiers import SourceId, TenantId
from leadflow.domain.model import Frozen
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.sources import Source


class Audience(StrEnum):
    """Who looks at a demand: each sees another part of it."""

    SOURCE = "source"
    CUSTOMER = "customer"
    TENANT = "tenant"


class DemandFilters(Frozen):
    """Which demands are wanted; what is left out does not restrict."""

    status: DemandStatus | None = None
    customer_id: Annotated[str, identifier("cus")] | None = None


@dataclass(frozen=True)
class DemandView:
    """A demand with its status as of now; `is_open`: offers are taken."""

    demand: Demand
    status: DemandStatus
    is_open: bool
    audience: Audience


@dataclass(frozen=True, kw_only=True)
class BrowseDemands:
    """The actions with their ports."""

    desk: DemandDesk
    lists: DemandLists
    customers: Customers

    def of_tenant(
        self, scope: CallerScope, filters: DemandFilters, window: Window
    ) -> Page[DemandView]:
        """A page of demands, newest first; customers see their own.

        Raises `NotFound` for a customer out of reach.
        """
        wanted = filters.customer_id or scope.own
        owner = None if wanted is None else scope.customer(wanted)
        configuration = self.desk.configuration.current(scope.tenant_id)
        walk = DemandWalk(owner, period_of(configuration, self.desk.clock.now(), None, None))

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            return self.lists.spots(scope.tenant_id, walk, limit=limit, position=position)

        listing = Listing(
            spots=spots,
            fetch=lambda ids: self._views(scope.tenant_id, ids, _audience(scope)),
            keep=lambda one: filters.status in {None, one.status},
            characters=_characters,
            is_narrow=filters.status is not None,
        )
        return listing.page(window)

    def of_source(self, caller: SourcePrincipal, window: Window) -> Page[DemandView]:
        """A page of what is open in the source's category, the last to close first."""
        source, now = self._source(caller), self.desk.clock.now()
        category_id = source.lead_category_id

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            return self.lists.open_spots(
                caller.tenant_id, category_id, now, limit=limit, position=position
            )

        listing = Listing(
            spots=spots,
            fetch=lambda ids: self._views(caller.tenant_id, ids, Audience.SOURCE),
            keep=lambda one: one.is_open,
            characters=_characters,
            is_narrow=False,
        )
        return listing.page(window)

    def one(self, scope: CallerScope, demand_id: str) -> DemandView:
        """One demand. Raises `NotFound` out of reach."""
        demand = self.desk.demand(scope.tenant_id, demand_id)
        if scope.own not in {None, demand.customer_id}:
            raise NotFound
        return self._view(scope.tenant_id, demand, _audience(scope))

    def one_open(self, caller: SourcePrincipal, demand_id: str) -> DemandView:
        """One open demand of the source's category. Raises `NotFound` for any other."""
        demand = offered_demand(self.desk, caller, self._source(caller), demand_id)
        view = self._view(caller.tenant_id, demand, Audience.SOURCE)
        if not view.is_open:
            raise NotFound
        return view

    def offers(self, scope: CallerScope, demand_id: str, window: Window) -> Page[OfferView]:
        """A page of all offers for a demand, newest first. Raises `NotFound`."""
        demand = self.desk.demand(scope.tenant_id, demand_id)
        return self._offers(scope.tenant_id, demand, None, window)

    def own_offers(
        self, caller: SourcePrincipal, demand_id: str, window: Window
    ) -> Page[OfferView]:
        """The same of a source's own offers, for a demand that may have ended."""
        source = self._source(caller)
        demand = offered_demand(self.desk, caller, source, demand_id)
        return self._offers(caller.tenant_id, demand, source.id, window)

    def _offers(
        self, tenant_id: TenantId, demand: Demand, source_id: SourceId | None, window: Window
    ) -> Page[OfferView]:
        status = self._view(tenant_id, demand, Audience.TENANT).status

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            return self.lists.offer_spots(
                tenant_id, demand.id, source_id, limit=limit, position=position
            )

        def fetch(ids: Sequence[str]) -> Mapping[str, OfferView]:
            found = self.lists.offers(tenant_id, demand.id, ids)
            return {name: OfferView(one, one.status_in(status)) for name, one in found.items()}

        listing = Listing(
            spots=spots,
            fetch=fetch,
            keep=lambda one: source_id in {None, one.offer.source_id},
            characters=lambda _: 0,
            is_narrow=False,
        )
        return listing.page(window)

    def _source(self, caller: SourcePrincipal) -> Source:
        source = self.desk.configuration.current(caller.tenant_id).sources[caller.source_id]
        if source.archived:
            raise Unauthorized
        return source

    def _views(
        self, tenant_id: TenantId, demand_ids: Sequence[str], audience: Audience
    ) -> Mapping[str, DemandView]:
        demands = self.lists.many(tenant_id, demand_ids)
        owners = list(dict.fromkeys(one.customer_id for one in demands.values()))
        customers, now = self.customers.many(tenant_id, owners), self.desk.clock.now()
        return {
            name: DemandView(
                one,
                one.status_at(customers[one.customer_id], now),
                one.is_open(customers[one.customer_id], now),
                audience,
            )
            for name, one in demands.items()
        }

    def _view(self, tenant_id: TenantId, demand: Demand, audience: Audience) -> DemandView:
        customer, now = self.desk.customer(tenant_id, demand), self.desk.clock.now()
        status, is_open = demand.status_at(customer, now), demand.is_open(customer, now)
        return DemandView(demand, status, is_open, audience)


def _audience(scope: CallerScope) -> Audience:
    return Audience.CUSTOMER if scope.is_customer else Audience.TENANT


def _characters(view: DemandView) -> int:
    return sum(len(str(value)) for value in view.demand.criteria.values())
