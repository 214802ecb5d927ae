"""Leads in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from leadflow.application.lead_ports import Deletion, Gone, NewFlow
from leadflow.application.ports import PING_USED, THRESHOLD_REACHED, Intake, Refused
from leadflow.domain.flows import Flow, FlowEnding, FlowStep
from leadflow.domain.identifiers import FlowId, LeadId, StageId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.pings import Ping
from leadflow.domain.rotations import RotationState
from tests.fakes.plan_usage import MemoryPlanUsage


@dataclass
class MemoryLeads:
    """Implements `Leads`; `taken` are the checks whose fingerprints are claimed already.

    `steps` and `heads` are those of the flows: the dictionaries of `MemoryFlows`, if a test has
    one. `rotations` are the stages' turns, `pings` what posts may use up, `usage` what counts them.
    """

    stored: dict[LeadId, Lead] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    accepted: list[Intake] = field(default_factory=list)
    settled: list[tuple[Lead, FlowEnding, FlowStep]] = field(default_factory=list)
    steps: dict[tuple[FlowId, int], FlowStep] = field(default_factory=dict)
    rotations: dict[StageId, RotationState] = field(default_factory=dict)
    heads: dict[FlowId, Flow] = field(default_factory=dict)
    pings: dict[UUID, Ping] = field(default_factory=dict)
    deleted: list[Deletion] = field(default_factory=list)
    usage: MemoryPlanUsage = field(default_factory=MemoryPlanUsage)

    @classmethod
    def of(cls, *leads: Lead) -> "MemoryLeads":
        return cls({lead.id: lead for lead in leads})

    def accept(self, _tenant_id: TenantId, intake: Intake) -> frozenset[str]:
        hits = self.taken & {claim.check_id for claim in intake.claims}
        if intake.ping and self.pings[intake.ping.id].version != intake.ping.version - 1:
            hits |= {PING_USED}
        lead = intake.lead
        if not hits and not self.usage.admits(intake.admission, lead.id, lead.received_at):
            hits = frozenset({THRESHOLD_REACHED})
        if not hits:
            self.stored[intake.lead.id] = intake.lead
            self.accepted.append(intake)
            self.heads[intake.flow.id] = intake.flow
            self.steps[intake.flow.id, intake.step.number] = intake.step
            self.pings |= {intake.ping.id: intake.ping} if intake.ping else {}
        return hits

    def get(self, _tenant_id: TenantId, lead_id: LeadId) -> Lead | None:
        return self.stored.get(lead_id)

    def settle(
        self, tenant_id: TenantId, lead: Lead, *, ending: FlowEnding, step: FlowStep
    ) -> bool:
        refused = self.advance(tenant_id, lead, step)
        if not refused:
            self.settled.append((lead, ending, step))
        return not refused

    def advance(
        self,
        _tenant_id: TenantId,
        lead: Lead,
        step: FlowStep,
        rotation: RotationState | None = None,
    ) -> frozenset[Refused]:
        refused = self._stored(lead, step.number, rotation)
        if not refused:
            self.steps[lead.flow_ids[-1], step.number] = step
        return refused

    def reserve(
        self, _tenant_id: TenantId, lead: Lead, rotation: RotationState | None = None
    ) -> frozenset[Refused]:
        assert lead.reservation
        return self._stored(lead, lead.reservation.step, rotation)

    def change(self, _tenant_id: TenantId, lead: Lead) -> bool:
        stored = self.stored.get(lead.id)
        moved_on = stored is None or stored.version != lead.version - 1
        self.stored |= {} if moved_on else {lead.id: lead}
        return not moved_on

    def reopen(self, tenant_id: TenantId, opened: NewFlow) -> frozenset[Refused]:
        lead, flow = opened.lead, opened.flow
        before = self.stored.get(lead.id)
        if flow.id in self.heads:
            return frozenset({Refused.STEP})
        if before is None or not self.change(tenant_id, lead):
            return frozenset({Refused.LEAD})
        if not self.usage.admits(opened.admission, lead.id, flow.started_at):
            self.stored[lead.id] = before
            return frozenset({Refused.THRESHOLD})
        self.heads[flow.id] = flow
        self.steps[flow.id, opened.step.number] = opened.step
        return frozenset()

    def gone(self, _tenant_id: TenantId, lead_id: LeadId) -> Gone | None:
        found = [one for one in self.deleted if one.lead.id == lead_id]
        return Gone(found[0].deleted_at, found[0].repeat) if found else None

    def delete(self, _tenant_id: TenantId, deletion: Deletion) -> bool:
        if self.stored.get(deletion.lead.id) != deletion.lead:
            return False
        del self.stored[deletion.lead.id]
        self.deleted.append(deletion)
        return True

    def stray(self, _tenant_id: TenantId, *, before: datetime, limit: int) -> Sequence[Lead]:
        return [lead for lead in self.stored.values() if lead.run_started_at < before][:limit]

    def _stored(self, lead: Lead, step: int, rotation: RotationState | None) -> frozenset[Refused]:
        checks = {
            Refused.LEAD: self.stored[lead.id].version == lead.version - 1,
            Refused.STEP: (lead.flow_ids[-1], step) not in self.steps,
            Refused.ROTATION: self.takes(rotation),
        }
        refused = frozenset(what for what, holds in checks.items() if not holds)
        if not refused:
            self.stored[lead.id] = lead
            self.turn(rotation)
        return refused

    def takes(self, rotation: RotationState | None) -> bool:
        """Whether a rotation is the next version."""
        if rotation is None:
            return True
        last = self.rotations.get(rotation.stage_id)
        return rotation.version == (last.version if last else 0) + 1

    def turn(self, rotation: RotationState | None) -> None:
        """Store a rotation."""
        self.rotations |= {rotation.stage_id: rotation} if rotation else {}
