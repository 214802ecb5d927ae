"""Pings in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from leadflow.application.ping_ports import PingIntake, PingStored
from leadflow.application.ports import Claim
from leadflow.domain.flows import Flow, FlowStep
from leadflow.domain.identifiers import FlowId, SourceId, SubmissionId, TenantId
from leadflow.domain.pings import Ping
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads
from tests.fakes.submissions import MemorySubmissions


@dataclass
class MemoryPings:
    """Implements `Pings` beside the stores that an answer goes to.

    `claimed` are the fingerprints of leads with their time. `meanwhile` is what others do while a
    ping is being answered; `heads` are all heads of flows that were shown.
    """

    leads: MemoryLeads
    flows: MemoryFlows
    submissions: MemorySubmissions
    newest: dict[tuple[SourceId, str], UUID] = field(default_factory=dict)
    claimed: dict[str, datetime] = field(default_factory=dict)
    heads: list[Flow] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def get(self, _tenant_id: TenantId, ping_id: UUID) -> Ping | None:
        return self.leads.pings.get(ping_id)

    def newest_equal(self, tenant_id: TenantId, source_id: SourceId, digest: str) -> Ping | None:
        ping_id = self.newest.get((source_id, digest))
        return self.get(tenant_id, ping_id) if ping_id else None

    def open(self, _tenant_id: TenantId, flow: Flow) -> None:
        self.flows.heads[flow.id] = flow
        self.heads.append(flow)

    def answer(self, tenant_id: TenantId, intake: PingIntake) -> PingStored:
        self.meanwhile()
        key = intake.ping.source_id, intake.ping.digest
        if self.newest.get(key) != intake.replaces:
            return PingStored.OVERTAKEN
        self.newest[key] = intake.ping.id
        self.leads.pings[intake.ping.id] = intake.ping
        self.submissions.settle(tenant_id, intake.submission)
        self.flows.heads[intake.flow.id] = intake.flow
        self.flows.written[intake.flow.id, intake.step.number] = intake.step
        return PingStored.STORED

    def duplicates(self, _tenant_id: TenantId, claims: Sequence[Claim]) -> bool:
        return any(
            claim.fingerprint in self.claimed and self.claimed[claim.fingerprint] >= claim.since
            for claim in claims
        )

    def add_refusal(
        self, _tenant_id: TenantId, flow_id: FlowId, _submission_id: SubmissionId, step: FlowStep
    ) -> None:
        self.flows.refused.setdefault(flow_id, []).append(step)
