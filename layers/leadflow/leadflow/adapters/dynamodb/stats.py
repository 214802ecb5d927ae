"""Statistics: lines by the hour, each put under a key of its own, so that a repeat adds none."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from leadflow.adapters.dynamodb.keys import moment_key, tenant_key
from leadflow.adapters.dynamodb.stats_items import StatsLineItem, StatsPeriodItem
from leadflow.adapters.dynamodb.store import faults_translated, query, read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.stats_ports import StatsPeriod
from leadflow.domain.identifiers import TenantId
from leadflow.domain.lead_stats import StatsLine

KEPT_FOR = timedelta(days=4)
"""How long lines are kept: the longest period, and time to tell it."""

_HOUR = timedelta(hours=1)
_PERIOD: Final = "PERIOD"


class DynamoStats:
    """Implements `StatsLines` and `StatsPeriods`."""

    def add(self, lines: Iterable[StatsLine]) -> None:
        """One call for every 25 lines."""
        with faults_translated(), StatsLineItem.batch_write() as batch:
            for line in lines:
                batch.save(_line_item(line))

    def between(self, tenant_id: TenantId, since: datetime, until: datetime) -> Iterator[StatsLine]:
        """A query for each hour."""
        within = StatsLineItem.sk.between(moment_key(since), moment_key(until))
        hour = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        while hour < until:
            items = query(StatsLineItem, _hour_key(tenant_id, hour), condition=within)
            yield from (StatsLine.model_validate_json(item.document) for item in items)
            hour += _HOUR

    def last(self, tenant_id: TenantId) -> StatsPeriod | None:
        """One consistent read."""
        item = read(StatsPeriodItem, _period_key(tenant_id), _PERIOD)
        return StatsPeriod.model_validate_json(item.document) if item else None

    def put(self, tenant_id: TenantId, period: StatsPeriod) -> bool:
        """One conditional put."""
        is_first = period.version == 1
        absent = StatsPeriodItem.pk.does_not_exist()
        transaction = Transaction()
        transaction.put(
            StatsPeriodItem(
                _period_key(tenant_id),
                _PERIOD,
                document=period.model_dump_json(),
                version=period.version,
            ),
            condition=absent if is_first else StatsPeriodItem.version == period.version - 1,
            label=_PERIOD,
        )
        return not transaction.refused()


def _line_item(line: StatsLine) -> StatsLineItem:
    return StatsLineItem(
        _hour_key(line.tenant_id, line.at),
        moment_key(line.at, line.id),
        document=line.model_dump_json(exclude_none=True),
        expires_at=int((line.at + KEPT_FOR).timestamp()),
    )


def _hour_key(tenant_id: TenantId, at: datetime) -> str:
    return tenant_key(tenant_id, "STATS", at.astimezone(UTC).strftime("%Y-%m-%dT%H"))


def _period_key(tenant_id: TenantId) -> str:
    return tenant_key(tenant_id, "STATS")
