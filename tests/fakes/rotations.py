"""Turns in memory: stored with the leads that take them."""

from dataclasses import dataclass, field

from leadflow.domain.identifiers import StageId, TenantId
from leadflow.domain.rotations import RotationState
from tests.fakes.leads import MemoryLeads


@dataclass
class MemoryRotations:
    """Implements `Rotations`."""

    leads: MemoryLeads = field(default_factory=MemoryLeads)

    def get(self, _tenant_id: TenantId, stage_id: StageId) -> RotationState:
        return self.leads.rotations.get(stage_id, RotationState(stage_id=stage_id))
