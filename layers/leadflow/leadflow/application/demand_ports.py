"""Demands, and what sources offer for them."""

from collections.abc import Sequence
from typing import Protocol

from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import TenantId


class DemandWriter(Protocol):
    """New demands, many at a time."""

    def put_all(self, tenant_id: TenantId, demands: Sequence[Demand]) -> None:
        """Store demands that are not there yet; what is there stays, whatever became of it.

        So it may be repeated at any time. A part may be stored when it raises `TransientFault`.
        """
        ...
