"""How often sources call, counted by the minute."""

from datetime import datetime

from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.rate_items import RateItem
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.domain.identifiers import SourceId, TenantId
from leadflow.domain.submissions import MINUTE_SECONDS

RATE_KEPT_MINUTES = 10
"""Minutes after which a counter is of no use to anyone."""


class DynamoSourceRates:
    """Implements `SourceRates`."""

    def admits(
        self, tenant_id: TenantId, source_id: SourceId, at: datetime, per_minute: int
    ) -> bool:
        """One conditional update."""
        transaction = Transaction()
        count_call(transaction, tenant_id, source_id, at, per_minute)
        return not transaction.refused()


def count_call(
    transaction: Transaction,
    tenant_id: TenantId,
    source_id: SourceId,
    at: datetime,
    per_minute: int,
) -> None:
    """Count a call of a source as part of a transaction, unless it has called that often."""
    minute = int(at.timestamp()) // MINUTE_SECONDS
    transaction.update(
        RateItem(tenant_key("RATE", tenant_id, source_id, str(minute))),
        [
            RateItem.submissions.add(1),
            RateItem.expiration.set((minute + RATE_KEPT_MINUTES) * MINUTE_SECONDS),
        ],
        condition=RateItem.id.does_not_exist() | (RateItem.submissions < per_minute),
    )
