"""Counted calls in memory."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.exchange_ports import Call, MinuteCount
from leadflow.domain.exchanges import ExchangeKind
from leadflow.domain.identifiers import PartnerId, TenantId

Key = tuple[TenantId, datetime, ExchangeKind, PartnerId]


@dataclass
class MemoryCallCounts:
    """Implements `CallCounts`."""

    calls: Counter[Key] = field(default_factory=Counter)
    timeouts: Counter[Key] = field(default_factory=Counter)

    def count(self, tenant_id: TenantId, calls: Sequence[Call], at: datetime) -> None:
        minute = at.replace(second=0, microsecond=0)
        for call in calls:
            key = tenant_id, minute, call.kind, call.partner_id
            self.calls[key] += 1
            self.timeouts[key] += call.timed_out

    def since(self, tenant_id: TenantId, since: datetime, until: datetime) -> Sequence[MinuteCount]:
        return [
            MinuteCount(partner_id, kind, minute, self.calls[key], self.timeouts[key])
            for key in sorted(self.calls)
            for tenant, minute, kind, partner_id in [key]
            if tenant == tenant_id and since <= minute <= until
        ]
