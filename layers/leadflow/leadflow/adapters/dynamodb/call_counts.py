"""Calls to partners, counted by the minute: one item a tenant and minute, gone after a while."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.update import Action

from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.rate_items import CallCountItem
from leadflow.adapters.dynamodb.store import faults_translated
from leadflow.application.exchange_ports import Call, MinuteCount
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import PartnerId, TenantId

COUNTERS_AT_ONCE = 100
"""Counters that one update raises: an update expression has at most 4 KiB and 300 operators."""

MINUTES_MAX = 100
"""Minutes that are read together, the latest ones: what one BatchGetItem takes."""

KEPT_MINUTES = 120
"""Minutes after which a count is of no use to anyone."""

_MINUTE_SECONDS = 60
_MOMENT = timedelta(microseconds=1)
_LATE = "timeouts"
_ALL = "calls"


class DynamoCallCounts:
    """Implements `CallCounts`."""

    def count(self, tenant_id: TenantId, calls: Sequence[Call], at: datetime) -> None:
        """One UpdateItem for every hundred counters."""
        minute, counters = _minute(at), list(_additions(calls))
        expiry = CallCountItem.expiration.set((minute + KEPT_MINUTES) * _MINUTE_SECONDS)
        for start in range(0, len(counters), COUNTERS_AT_ONCE):
            actions = [expiry, *counters[start : start + COUNTERS_AT_ONCE]]
            # A count that is lost delays a pause; a lead must not wait for it, let alone fail.
            with suppress(TransientFault), faults_translated():
                CallCountItem(_key(tenant_id, minute)).update(actions=actions)

    def since(self, tenant_id: TenantId, since: datetime, until: datetime) -> Sequence[MinuteCount]:
        """One BatchGetItem."""
        last = _minute(until)
        first = max(_minute(since - _MOMENT) + 1, last - MINUTES_MAX + 1)
        minutes = {_key(tenant_id, minute): minute for minute in range(first, last + 1)}
        with faults_translated():
            items = list(CallCountItem.batch_get(list(minutes))) if minutes else []
        found = sorted(((minutes[item.id], item) for item in items), key=lambda one: one[0])
        return [one for minute, item in found for one in _counts(minute, item.counters)]


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // _MINUTE_SECONDS


def _key(tenant_id: TenantId, minute: int) -> str:
    return tenant_key("CALLS", tenant_id, str(minute))


def _additions(calls: Iterable[Call]) -> Iterator[Action]:
    counted = Counter[str]()
    for call in calls:
        for what in (_ALL, _LATE) if call.timed_out else (_ALL,):
            counted[f"{call.kind}#{call.partner_id}#{what}"] += 1
    for name, number in counted.items():
        yield NumberAttribute(attr_name=name).add(number)


def _counts(minute: int, counters: Mapping[str, int]) -> Iterator[MinuteCount]:
    at = datetime.fromtimestamp(minute * _MINUTE_SECONDS, UTC)
    for name, calls in sorted(counters.items()):
        kind, partner_id, what = name.split("#")
        if what == _ALL:
            late = counters.get(f"{kind}#{partner_id}#{_LATE}", 0)
            yield MinuteCount(
                PartnerId(partner_id), "ping" if kind == "ping" else "post", at, calls, late
            )
