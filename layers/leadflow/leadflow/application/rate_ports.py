"""The port that bounds how often something is asked for."""

from datetime import datetime
from typing import Protocol

from leadflow.domain.identifiers import TenantId


class RequestRates(Protocol):
    """How often something is asked for."""

    def admit(self, tenant_id: TenantId, counter: str, at: datetime, *, per_minute: int) -> bool:
        """Count one more request in this minute. False, and not counted, above the limit."""
        ...
