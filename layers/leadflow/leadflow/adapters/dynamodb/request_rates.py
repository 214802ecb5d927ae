"""Requests, counted by the minute; the counters expire soon after."""

from datetime import datetime

from pynamodb.exceptions import UpdateError

from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.rate_items import RequestRateItem
from leadflow.adapters.dynamodb.source_rates import RATE_KEPT_MINUTES
from leadflow.adapters.dynamodb.store import faults_translated
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import TenantId
from leadflow.domain.submissions import MINUTE_SECONDS

_CONDITION_FAILED = "ConditionalCheckFailedException"


class DynamoRequestRates:
    """Implements `RequestRates`."""

    def admit(self, tenant_id: TenantId, counter: str, at: datetime, *, per_minute: int) -> bool:
        """One conditional update."""
        minute = int(at.timestamp()) // MINUTE_SECONDS
        item = RequestRateItem(tenant_key("RATE", tenant_id, counter, str(minute)))
        try:
            with faults_translated():
                item.update(
                    [
                        RequestRateItem.requests.add(1),
                        RequestRateItem.expiration.set(
                            (minute + RATE_KEPT_MINUTES) * MINUTE_SECONDS
                        ),
                    ],
                    condition=RequestRateItem.id.does_not_exist()
                    | (RequestRateItem.requests < per_minute),
                )
        except TransientFault as fault:
            cause = fault.__cause__
            if isinstance(cause, UpdateError) and cause.cause_response_code == _CONDITION_FAILED:
                return False
            raise
        return True
