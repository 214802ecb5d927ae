"""How a posted lead and its flow begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from leadflow.application.admissions import Admission
from leadflow.application.flow_heads import flow_head, told_of
from leadflow.application.ports import Claim, Intake
from leadflow.application.run_ports import Run
from leadflow.application.stages import NextStage, entering, next_stage
from leadflow.domain.conditions import Fact
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.flows import EventName, Flow, FlowKind, FlowStep, TimelineEvent, joined
from leadflow.domain.identifiers import SubmissionId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.pings import Ping
from leadflow.domain.plans import Plan
from leadflow.domain.submissions import Submission

PING_STEPS = 1
"""Steps that a flow has from its ping: what was answered, and why."""


def submission_id_of(lead: Lead) -> SubmissionId:
    """The submission by which a posted lead came; only those of demands have none."""
    return cast("SubmissionId", lead.submission_id)


@dataclass(frozen=True)
class Opening:
    """A lead with its flow, and the run to start (None when the gates have settled it)."""

    lead: Lead
    flow: Flow
    step: FlowStep
    run: Run | None

    def intake(
        self, submission: Submission, claims: Sequence[Claim], ping: Ping | None = None
    ) -> Intake:
        """All that is stored together; the ping is used up by it, and the lead may be counted."""
        accepted = submission.accepted(self.lead.id, self.lead.ping_id)
        used = ping.used(self.lead.id) if ping else None
        admission = Admission.COUNT if self.lead.is_counted else Admission.NONE
        fingerprints = tuple(claim.fingerprint for claim in claims)
        lead = self.lead.model_copy(update={"fingerprints": fingerprints})
        return Intake(lead, accepted, self.flow, self.step, claims, used, admission)


def opened(
    tenant_id: TenantId,
    lead: Lead,
    configuration: Configuration,
    kind: FlowKind,
    *,
    plan: Plan,
    facts: Mapping[str, Fact],
    outcome: Outcome | None,
    now: datetime,
    ping: Ping | None = None,
) -> Opening:
    """Begin the newest flow of a lead, or go on with that of its ping.

    With an outcome the flow ends at once, without a run.
    """
    head = flow_head(lead, kind, plan, now, outcome=outcome)
    flow = head.model_copy(update={"submission_ids": (submission_id_of(lead),)})
    number = 0
    if ping is not None:
        flow, number = _continued(flow, ping), PING_STEPS
    begun = FlowStep(number=number, timeline=_begun(lead, kind, outcome, now, of_ping=bool(ping)))
    if outcome is not None:
        return Opening(lead, flow, begun, None)
    upcoming = first_stage(lead, plan, facts, now)
    run = entering(tenant_id, lead, flow, configuration.stamp, step=number + 1, upcoming=upcoming)
    return Opening(lead, flow, joined(number, begun, upcoming.skipped), run)


def first_stage(lead: Lead, plan: Plan, facts: Mapping[str, Fact], now: datetime) -> NextStage:
    """Where a run begins: with the promise of its ping while that is open, else with the plan."""
    promise = lead.promise
    if promise is None or promise.kept is not None:
        return next_stage(plan, None, facts, now)
    return NextStage(plan.stage(promise.stage_id), FlowStep(number=0), promised=True)


def _continued(flow: Flow, ping: Ping) -> Flow:
    """The flow that a ping opened, as the post goes on with it."""
    update = {
        "kind": FlowKind.PING,
        "ping_id": ping.id,
        "ping_status": ping.status,
        "submission_ids": (ping.submission_id, *flow.submission_ids),
        "started_at": ping.received_at,
        "offers_count": ping.offers_count,
    }
    return flow.model_copy(update=update)


def _begun(
    lead: Lead, kind: FlowKind, outcome: Outcome | None, now: datetime, *, of_ping: bool
) -> tuple[TimelineEvent, ...]:
    events = {
        EventName.INITIATED: f"A {kind} opened the flow.",
        EventName.SUBMISSION_ACCEPTED: "The submission was accepted.",
        EventName.LEAD: f"The lead was stored as {lead.status}.",
    }
    if of_ping:
        del events[EventName.INITIATED]
    return told_of(lead, events, outcome, now)
