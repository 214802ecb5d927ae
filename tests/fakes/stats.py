"""Lines of statistics and their periods in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.stats_ports import StatsPeriod
from leadflow.domain.identifiers import TenantId
from leadflow.domain.lead_stats import StatsLine


@dataclass
class MemoryStats:
    """Implements `StatsLines` and `StatsPeriods`; `fault` is raised in place of keeping lines."""

    lines: dict[str, StatsLine] = field(default_factory=dict)
    periods: dict[TenantId, StatsPeriod] = field(default_factory=dict)
    fault: Exception | None = None

    def add(self, lines: Iterable[StatsLine]) -> None:
        if self.fault:
            raise self.fault
        self.lines |= {line.id: line for line in lines}

    def between(self, tenant_id: TenantId, since: datetime, until: datetime) -> Iterator[StatsLine]:
        of_tenant = (line for line in self.lines.values() if line.tenant_id == tenant_id)
        within = (line for line in of_tenant if since <= line.at < until)
        return iter(sorted(within, key=lambda line: (line.at, line.id)))

    def last(self, tenant_id: TenantId) -> StatsPeriod | None:
        return self.periods.get(tenant_id)

    def put(self, tenant_id: TenantId, period: StatsPeriod) -> bool:
        last = self.periods.get(tenant_id)
        if period.version != (last.version if last else 0) + 1:
            return False
        self.periods[tenant_id] = period
        return True
