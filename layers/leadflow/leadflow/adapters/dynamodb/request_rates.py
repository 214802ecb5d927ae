"""Requests, counted by the minute; the counters expire soon after."""

from datetime import datetime
from functools import partial

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.rate_items import RateItem
from leadflow.adapters.dynamodb.store import is_written
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.domain.identifiers import TenantId
from leadflow.domain.submissions import MINUTE_SECONDS

KEPT_MINUTES = 10
"""Minutes after which a counter is of no use to anyone."""


class DynamoRequestRates:
    """Implements `RequestRates`."""

    def admit(self, tenant_id: TenantId, counter: str, at: datetime, *, per_minute: int) -> bool:
        """One conditional update."""
        item = _item(tenant_id, counter, at)
        return is_written(partial(item.update, _one_more(at), condition=_below(per_minute)))


def count_request(
    transaction: Transaction, tenant_id: TenantId, counter: str, at: datetime, per_minute: int
) -> None:
    """Count a request as part of a transaction, unless there have been that many."""
    transaction.update(_item(tenant_id, counter, at), _one_more(at), condition=_below(per_minute))


def _item(tenant_id: TenantId, counter: str, at: datetime) -> RateItem:
    return RateItem(tenant_key("RATE", tenant_id, counter, str(_minute(at))))


def _one_more(at: datetime) -> list[Action]:
    expires_at = (_minute(at) + KEPT_MINUTES) * MINUTE_SECONDS
    return [RateItem.requests.add(1), RateItem.expiration.set(expires_at)]


def _below(per_minute: int) -> Condition:
    below: Condition = RateItem.id.does_not_exist() | (RateItem.requests < per_minute)
    return below


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // MINUTE_SECONDS
