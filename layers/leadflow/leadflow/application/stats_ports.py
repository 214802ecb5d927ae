"""Where statistics are counted from, and up to when they have been told (`product.md`, 21.1)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leadflow.domain.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leadflow.domain.identifiers import TenantId
    from leadflow.domain.lead_stats import StatsLine


class StatsPeriod(Frozen):
    """The last period of a tenant's statistics, `until` left out; `version` guards every write."""

    since: datetime
    until: datetime
    is_told: bool = False
    version: int = 1


class StatsLines(Protocol):
    """What was counted, one line for each lead received or assigned."""

    def add(self, lines: Iterable[StatsLine]) -> None:
        """Keep lines for some days; one that is there already stays as it is.

        Raises `TransientFault` when one of them may be missing.
        """
        ...

    def between(self, tenant_id: TenantId, since: datetime, until: datetime) -> Iterator[StatsLine]:
        """Lines of a period, oldest first, `until` left out, read as they are asked for."""
        ...


class StatsPeriods(Protocol):
    """The last period of each tenant."""

    def last(self, tenant_id: TenantId) -> StatsPeriod | None:
        """The period as of now; None before the first."""
        ...

    def put(self, tenant_id: TenantId, period: StatsPeriod) -> bool:
        """Store a period over the version before it; False when another write came first."""
        ...
