"""What is left of deleted leads, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from leadflow.application.erasure_ports import LeadDelivery
from leadflow.domain.demands import Demand
from leadflow.domain.erasure import Remains, remains_of
from leadflow.domain.identifiers import (
    DemandId,
    FlowId,
    LeadId,
    ReturnRequestId,
    SubmissionId,
    TenantId,
)
from leadflow.domain.pings import Ping
from leadflow.domain.returns import ReturnRequest
from tests.fakes.leads import MemoryLeads
from tests.fakes.submission_lists import FakeSubmissionLists


@dataclass
class MemoryErasures:
    """Implements `Erasures` beside the leads and submissions that it empties.

    `claims` are fingerprints with the lead that holds each.
    """

    leads: MemoryLeads
    submissions: FakeSubmissionLists
    kept: dict[LeadId, Remains] = field(default_factory=dict)
    pings: dict[UUID, Ping] = field(default_factory=dict)
    refused: dict[FlowId, list[SubmissionId]] = field(default_factory=dict)
    told: list[LeadDelivery] = field(default_factory=list)
    claims: dict[str, LeadId] = field(default_factory=dict)
    requests: dict[ReturnRequestId, ReturnRequest] = field(default_factory=dict)
    demands: dict[DemandId, Demand] = field(default_factory=dict)

    def remains(self, _tenant_id: TenantId, lead_id: LeadId) -> Remains | None:
        for one in self.leads.deleted:
            found = remains_of(one.lead, one.deleted_at, one.traces)
            self.kept.setdefault(one.lead.id, found)
        return self.kept.get(lead_id)

    def keep(self, _tenant_id: TenantId, remains: Remains) -> None:
        self.kept[remains.lead_id] = remains

    def ping(self, _tenant_id: TenantId, ping_id: UUID) -> Ping | None:
        return self.pings.get(ping_id)

    def refused_posts(self, _tenant_id: TenantId, flow_id: FlowId) -> Sequence[SubmissionId]:
        return self.refused.get(flow_id, [])

    def deliveries(self, _tenant_id: TenantId, lead_id: LeadId) -> Sequence[LeadDelivery]:
        return [one for one in self.told if one.delivery.fact["lead_id"] == lead_id]

    def erase_submissions(self, tenant_id: TenantId, ids: Sequence[SubmissionId]) -> None:
        for one in self.submissions.many(tenant_id, ids).values():
            self.submissions.put(tenant_id, one.erased())

    def erase_ping(self, _tenant_id: TenantId, ping: Ping) -> None:
        self.pings[ping.id] = ping.erased()

    def erase_claims(
        self, _tenant_id: TenantId, lead_id: LeadId, fingerprints: Sequence[str]
    ) -> None:
        for one in fingerprints:
            if self.claims.get(one) == lead_id:
                del self.claims[one]

    def erase_return_request(self, _tenant_id: TenantId, request_id: ReturnRequestId) -> None:
        self.requests[request_id] = self.requests[request_id].erased()

    def erase_demand(self, _tenant_id: TenantId, demand_id: DemandId) -> None:
        self.demands[demand_id] = self.demands[demand_id].erased()

    def erase_delivery(self, _tenant_id: TenantId, told: LeadDelivery) -> None:
        place = self.told.index(told)
        self.told[place] = LeadDelivery(told.webhook_id, told.delivery.erased())
