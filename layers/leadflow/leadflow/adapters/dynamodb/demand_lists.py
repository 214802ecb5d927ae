"""Demands and offers in their orders."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from leadflow.adapters.dynamodb.demand_items import DEMAND, demand_list, demand_of, open_demands
from leadflow.adapters.dynamodb.keys import moment_key, tenant_key
from leadflow.adapters.dynamodb.marketplace_items import (
    AuctionItem,
    AuctionsByTenant,
    DemandItem,
    DemandsByCategory,
    DemandsByOwner,
    OfferItem,
)
from leadflow.adapters.dynamodb.offer_items import offer_key, offer_list, offer_of
from leadflow.adapters.dynamodb.store import read_many
from leadflow.adapters.dynamodb.walks import LAST, KeyIndex, in_order_by_month
from leadflow.application.demand_ports import DemandWalk
from leadflow.application.list_ports import Spot
from leadflow.domain.demand_offers import DemandOffer
from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import CategoryId, DemandId, SourceId, TenantId

# Demands and offers share indexes, one with the auctions; the partition says which are meant.
_BY_TENANT = KeyIndex(AuctionItem, AuctionItem.by_tenant, AuctionsByTenant.list_key)
_BY_OWNER = KeyIndex(DemandItem, DemandItem.by_owner, DemandsByOwner.list_key)
_BY_CATEGORY = KeyIndex(DemandItem, DemandItem.by_category, DemandsByCategory.closes_key)


class DynamoDemandLists:
    """Implements `DemandLists`."""

    def spots(
        self, tenant_id: TenantId, walk: DemandWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """One query; more only where months have run out."""

        def partition(at_month: str) -> str:
            return demand_list(tenant_id, at_month, walk.customer_id)

        if walk.customer_id is None:
            return in_order_by_month(
                _BY_TENANT, partition, walk.period, limit=limit, position=position
            )
        return in_order_by_month(_BY_OWNER, partition, walk.period, limit=limit, position=position)

    def open_spots(
        self,
        tenant_id: TenantId,
        category_id: CategoryId,
        now: datetime,
        *,
        limit: int,
        position: str | None,
    ) -> Sequence[Spot]:
        """One query; what has closed is not read."""
        partition = open_demands(tenant_id, category_id)
        low, high = moment_key(now, LAST), position or LAST
        return _BY_CATEGORY.between(partition, low, high, limit=limit, position=position)

    def many(self, tenant_id: TenantId, demand_ids: Sequence[str]) -> Mapping[str, Demand]:
        """One batch for every hundred demands."""
        keys = [(tenant_key(tenant_id, one), DEMAND) for one in demand_ids]
        return {one.id: one for one in map(demand_of, read_many(DemandItem, keys))}

    def offer_spots(
        self,
        tenant_id: TenantId,
        demand_id: DemandId,
        source_id: SourceId | None,
        *,
        limit: int,
        position: str | None,
    ) -> Sequence[Spot]:
        """One query."""
        between = _BY_OWNER.between if source_id else _BY_TENANT.between
        partition = offer_list(tenant_id, demand_id, source_id)
        spots = between(partition, "0", position or LAST, limit=limit, position=position)
        # All of them lie in the partition of the demand: the end of their key tells them apart.
        return [Spot(spot.position.rpartition("#")[2], spot.position) for spot in spots]

    def offers(
        self, tenant_id: TenantId, demand_id: DemandId, offer_ids: Sequence[str]
    ) -> Mapping[str, DemandOffer]:
        """One batch for every hundred offers."""
        keys = [offer_key(tenant_id, demand_id, one) for one in offer_ids]
        return {one.id: one for one in map(offer_of, read_many(OfferItem, keys))}
