"""Flows in memory."""

from collections.abc import Mapping, Sequence

from leadflow.application.list_ports import FlowWalk, Spot
from leadflow.domain.flows import Attempt, Flow, FlowStep
from leadflow.domain.identifiers import FlowId, TenantId
from tests.fakes.spots import behind


class FakeFlowLists:
    """Implements `FlowLists` and `FlowReader`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], tuple[Flow, tuple[FlowStep, ...]]] = {}

    def put(self, tenant_id: TenantId, flow: Flow, *steps: FlowStep) -> None:
        self.kept[tenant_id, flow.id] = flow, steps

    def get(self, tenant_id: TenantId, flow_id: FlowId) -> Flow | None:
        found = self.kept.get((tenant_id, flow_id))
        return found[0] if found else None

    def many(self, tenant_id: TenantId, flow_ids: Sequence[FlowId]) -> Sequence[Flow]:
        found = (self.get(tenant_id, flow_id) for flow_id in flow_ids)
        return [flow for flow in found if flow]

    def steps(self, tenant_id: TenantId, flow_id: FlowId) -> Sequence[FlowStep]:
        return self.kept[tenant_id, flow_id][1]

    def attempts(
        self, tenant_id: TenantId, flow_ids: Sequence[str]
    ) -> Mapping[str, Sequence[Attempt]]:
        found = {one: self.kept.get((tenant_id, one), (None, ())) for one in flow_ids}
        return {
            one: [a for step in steps for a in step.attempts] for one, (_, steps) in found.items()
        }

    def spots(
        self, tenant_id: TenantId, walk: FlowWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        meant = [
            flow
            for (owner, _), (flow, _) in self.kept.items()
            if owner == tenant_id
            and flow.is_test is walk.is_test
            and walk.period.oldest <= flow.started_at <= walk.period.newest
        ]
        spots = (Spot(one.id, f"{one.started_at.isoformat()}#{one.id}") for one in meant)
        return behind(spots, limit=limit, position=position)
