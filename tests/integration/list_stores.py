"""Lists in memory and in tables that a test can fill, and walks through them."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from leadflow.adapters.dynamodb.flow_lists import DynamoFlowLists
from leadflow.adapters.dynamodb.flows import flow_item, step_item
from leadflow.adapters.dynamodb.lead_lists import DynamoLeadLists
from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.adapters.dynamodb.submission_lists import DynamoSubmissionLists
from leadflow.adapters.dynamodb.submissions import submission_item
from leadflow.application.list_ports import FlowLists, LeadCounts, LeadLists, Spot, SubmissionLists
from leadflow.domain.flows import Flow, FlowStep
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.submissions import Submission
from tests.reading import TENANT

Walk_contra = TypeVar("Walk_contra", contravariant=True)
STEPS = (1, 2, 50)
"""How many places are asked for at once; what a walk shows must not depend on it."""


class LeadStore(LeadLists, LeadCounts, Protocol):
    """Lists of leads that a test can fill."""

    def put(self, tenant_id: TenantId, *leads: Lead) -> None: ...


class SubmissionStore(SubmissionLists, Protocol):
    """Lists of submissions that a test can fill."""

    def put(self, tenant_id: TenantId, *submissions: Submission) -> None: ...


class FlowStore(FlowLists, Protocol):
    """Lists of flows that a test can fill."""

    def put(self, tenant_id: TenantId, flow: Flow, *steps: FlowStep) -> None: ...


class StoredLeads(DynamoLeadLists):
    """Leads in tables."""

    def put(self, tenant_id: TenantId, *leads: Lead) -> None:
        for one in leads:
            lead_item(tenant_id, one).save()


class StoredSubmissions(DynamoSubmissionLists):
    """Submissions in tables."""

    def put(self, tenant_id: TenantId, *submissions: Submission) -> None:
        for one in submissions:
            submission_item(tenant_id, one).save()


class StoredFlows(DynamoFlowLists):
    """Flows in tables."""

    def put(self, tenant_id: TenantId, flow: Flow, *steps: FlowStep) -> None:
        flow_item(tenant_id, flow).save()
        for step in steps:
            step_item(tenant_id, flow.id, step).save()


class Walkable(Protocol[Walk_contra]):
    """What can be walked through."""

    def spots(
        self, tenant_id: TenantId, walk: Walk_contra, *, limit: int, position: str | None
    ) -> Sequence[Spot]: ...


def numbers(
    lists: Walkable[Walk_contra], walk: Walk_contra, tenant_id: TenantId = TENANT
) -> list[int]:
    """The whole walk, as the numbers of the objects."""
    walks = [_walked(lists, walk, tenant_id, limit) for limit in STEPS]
    assert walks == walks[:1] * len(STEPS)
    return walks[0]


def _walked(
    lists: Walkable[Walk_contra], walk: Walk_contra, tenant_id: TenantId, limit: int
) -> list[int]:
    found: list[int] = []
    position: str | None = None
    while True:
        spots = lists.spots(tenant_id, walk, limit=limit, position=position)
        assert len(spots) <= limit
        found += [int(spot.id[-9:]) for spot in spots]
        if len(spots) < limit:
            return found
        position = spots[-1].position
