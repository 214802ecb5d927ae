"""Demands as items: the keys under which they are listed, and found when they are due."""

from leadflow.adapters.dynamodb.due_index import DEMANDS, shard_of
from leadflow.adapters.dynamodb.keys import list_bucket, moment_key, month, tenant_key
from leadflow.adapters.dynamodb.marketplace_items import DemandItem
from leadflow.domain.demands import Demand, DemandStatus
from leadflow.domain.identifiers import CategoryId, CustomerId, DemandId, TenantId

DEMAND = "DEMAND"
"""The sort key of every demand."""

_ALL = "DEMANDS"


def demand_item(tenant_id: TenantId, demand: Demand) -> DemandItem:
    """A demand with its keys; one that has ended is in no list of open ones, and never due."""
    at_month = month(demand.created_at)
    is_open = demand.status is DemandStatus.OPEN
    is_due = is_open and demand.awaits_close
    closes_key = moment_key(demand.closes_at, demand.id)
    return DemandItem(
        tenant_key(tenant_id, demand.id),
        DEMAND,
        document=demand.model_dump_json(exclude_none=True, exclude={"awaits_close"}),
        version=demand.version,
        list_bucket=demand_list(tenant_id, at_month),
        list_key=moment_key(demand.created_at, demand.id),
        owner_bucket=demand_list(tenant_id, at_month, demand.customer_id),
        category_bucket=open_demands(tenant_id, demand.lead_category_id) if is_open else None,
        closes_key=closes_key if is_open else None,
        due_shard=demand_shard(demand.id) if is_due else None,
        due_key=closes_key if is_due else None,
    )


def demand_of(item: DemandItem) -> Demand:
    """The demand in an item. That an offer waits is told by its key alone."""
    demand = Demand.model_validate_json(item.document)
    is_due = item.due_key is not None
    return demand.model_copy(update={"awaits_close": True}) if is_due else demand


def demand_list(tenant_id: TenantId, at_month: str, customer_id: CustomerId | None = None) -> str:
    """The partition that lists demands of a month: all of a tenant, or those of a customer."""
    kind = f"{_ALL}#CUSTOMER#{customer_id}" if customer_id else _ALL
    return list_bucket(tenant_id, kind, is_test=False, at_month=at_month)


def open_demands(tenant_id: TenantId, category_id: CategoryId) -> str:
    """The partition of what is open in a category; what has closed lies before now in it."""
    return tenant_key(tenant_id, f"{_ALL}#OPEN", category_id)


def demand_shard(demand_id: DemandId) -> str:
    """The partition in which a demand waits for its close; all tenants' demands share them."""
    return shard_of(DEMANDS, demand_id)
