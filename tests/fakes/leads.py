"""Leads in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.ports import Intake
from leadflow.domain.flows import FlowEnding, FlowStep
from leadflow.domain.identifiers import LeadId, TenantId
from leadflow.domain.leads import Lead


@dataclass
class MemoryLeads:
    """Implements `Leads`; `taken` are the checks whose fingerprints are claimed already."""

    stored: dict[LeadId, Lead] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    accepted: list[Intake] = field(default_factory=list)
    settled: list[tuple[Lead, FlowEnding, FlowStep]] = field(default_factory=list)

    @classmethod
    def of(cls, *leads: Lead) -> "MemoryLeads":
        return cls({lead.id: lead for lead in leads})

    def accept(self, _tenant_id: TenantId, intake: Intake) -> frozenset[str]:
        hits = self.taken & {claim.check_id for claim in intake.claims}
        if not hits:
            self.stored[intake.lead.id] = intake.lead
            self.accepted.append(intake)
        return hits

    def get(self, _tenant_id: TenantId, lead_id: LeadId) -> Lead | None:
        return self.stored.get(lead_id)

    def settle(
        self, _tenant_id: TenantId, lead: Lead, *, ending: FlowEnding, step: FlowStep
    ) -> bool:
        if self.stored[lead.id].version != lead.version - 1:
            return False
        self.stored[lead.id] = lead
        self.settled.append((lead, ending, step))
        return True

    def stray(self, _tenant_id: TenantId, *, before: datetime, limit: int) -> Sequence[Lead]:
        return [lead for lead in self.stored.values() if lead.received_at < before][:limit]
