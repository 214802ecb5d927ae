"""The port that bounds how often something is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from leadflow.domain.identifiers import TenantId


class RequestRates(Protocol):
    """How often something is asked for."""

    def admit(self, tenant_id: TenantId, counter: str, at: datetime, *, per_minute: int) -> bool:
        """Count one more request in this minute. False, and not counted, above the limit."""
        ...
