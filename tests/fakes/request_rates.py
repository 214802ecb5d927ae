"""Counted requests in memory."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.domain.identifiers import TenantId


@dataclass
class MemoryRequestRates:
    """Implements `RequestRates`."""

    counted: Counter[tuple[TenantId, str, datetime]] = field(default_factory=Counter)

    def admit(self, tenant_id: TenantId, counter: str, at: datetime, *, per_minute: int) -> bool:
        key = tenant_id, counter, at.replace(second=0, microsecond=0)
        if self.counted[key] >= per_minute:
            return False
        self.counted[key] += 1
        return True
