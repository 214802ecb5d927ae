"""Flows in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadflow.domain.flows import Flow, FlowStep
from leadflow.domain.identifiers import FlowId, TenantId


@dataclass
class MemoryFlows:
    """Implements `Flows`; `refused` tell of posts that were refused."""

    heads: dict[FlowId, Flow] = field(default_factory=dict)
    written: dict[tuple[FlowId, int], FlowStep] = field(default_factory=dict)
    refused: dict[FlowId, list[FlowStep]] = field(default_factory=dict)

    def add_step(self, _tenant_id: TenantId, flow_id: FlowId, step: FlowStep) -> None:
        self.written.setdefault((flow_id, step.number), step)

    def get(self, _tenant_id: TenantId, flow_id: FlowId) -> Flow | None:
        return self.heads.get(flow_id)

    def many(self, _tenant_id: TenantId, flow_ids: Sequence[FlowId]) -> Sequence[Flow]:
        return [self.heads[flow_id] for flow_id in flow_ids if flow_id in self.heads]

    def steps(self, _tenant_id: TenantId, flow_id: FlowId) -> Sequence[FlowStep]:
        own = [step for (owner, _), step in self.written.items() if owner == flow_id]
        return sorted((*own, *self.refused.get(flow_id, ())), key=lambda step: step.number)
