"""The items of plan usage: a total for each tenant, and shares for each tenant and cycle.

Shares have partitions of their own, so that a tenant's leads do not all write to one. They are
added to, so that transactions on the same share need not have seen each other.
"""

from functools import reduce
from operator import and_

from pynamodb.expressions.condition import Condition

from leadflow.adapters.dynamodb.flow_items import UsageShareItem, UsageTotalItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import read, read_many
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.domain.identifiers import TenantId
from leadflow.domain.plan_usage import SHARES, Books, Change, Move, Share, Total
from leadflow.domain.subscriptions import Amounts

USAGE = "usage"
"""Label of every write to usage items."""

_TOTAL = "TOTAL"


def read_total(tenant_id: TenantId, cycle: str) -> Total:
    """The total, in that cycle unless it is in a later one; one consistent read."""
    item = read(UsageTotalItem, _key(tenant_id), _TOTAL)
    total = Total.model_validate_json(item.document) if item else Total()
    return total.at(cycle)


def read_books(tenant_id: TenantId, cycle: str) -> Books:
    """The total, and then the shares of its cycle in one batch of consistent reads."""
    return books_of(tenant_id, read_total(tenant_id, cycle))


def books_of(tenant_id: TenantId, total: Total) -> Books:
    """The shares of a total's cycle."""
    keys = {_key(tenant_id, number): number for number in range(SHARES)}
    items = read_many(UsageShareItem, [(key, total.cycle) for key in keys])
    return Books(total, {keys[item.pk]: _share_of(item) for item in items})


def put_total(transaction: Transaction, tenant_id: TenantId, total: Total) -> None:
    """Write a total on the condition that the version before is stored."""
    is_first = total.version == 1
    absent = UsageTotalItem.pk.does_not_exist()
    item = UsageTotalItem(
        _key(tenant_id), _TOTAL, document=total.model_dump_json(), version=total.version
    )
    before = UsageTotalItem.version == total.version - 1
    transaction.put(item, condition=absent if is_first else before, label=USAGE)


def put_change(transaction: Transaction, tenant_id: TenantId, cycle: str, change: Change) -> None:
    """Make a change of the books part of a transaction."""
    for move in change.moves:
        _put_move(transaction, UsageShareItem(_key(tenant_id, move.number), cycle), move)
    if change.total is not None:
        put_total(transaction, tenant_id, change.total)


def _put_move(transaction: Transaction, item: UsageShareItem, move: Move) -> None:
    added = (
        (UsageShareItem.leads_used, move.used.leads),
        (UsageShareItem.leads_left, move.left.leads),
        (UsageShareItem.sales_used_cents, move.used.sales_cents),
        (UsageShareItem.sales_left_cents, move.left.sales_cents),
    )
    actions = [attribute.add(number) for attribute, number in added if number]
    condition = _has_left(move.least)
    if actions:
        transaction.update(item, actions, condition=condition, label=USAGE)
    elif condition is not None:
        transaction.check(item, condition=condition, label=USAGE)


def _has_left(least: Amounts) -> Condition | None:
    wanted = (
        (UsageShareItem.leads_left, least.leads),
        (UsageShareItem.sales_left_cents, least.sales_cents),
    )
    conditions = [attribute >= number for attribute, number in wanted if number]
    return reduce(and_, conditions) if conditions else None


def _share_of(item: UsageShareItem) -> Share:
    return Share(
        used=_amounts(item.leads_used, item.sales_used_cents),
        left=_amounts(item.leads_left, item.sales_left_cents),
    )


def _amounts(leads: float | None, cents: float | None) -> Amounts:
    return Amounts(leads=int(leads or 0), sales_cents=int(cents or 0))


def _key(tenant_id: TenantId, *number: int) -> str:
    return tenant_key(tenant_id, "USAGE", *map(str, number))
