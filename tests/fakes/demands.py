"""Demands in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import DemandId, TenantId


@dataclass
class MemoryDemands:
    """Implements `DemandWriter`."""

    stored: dict[tuple[TenantId, DemandId], Demand] = field(default_factory=dict)

    def put_all(self, tenant_id: TenantId, demands: Sequence[Demand]) -> None:
        for demand in demands:
            self.stored.setdefault((tenant_id, demand.id), demand)
