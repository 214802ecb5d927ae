"""How a posted lead and its flow begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadflow.application.ports import Claim, Intake
from leadflow.application.run_ports import Run
from leadflow.application.stages import entering, next_stage
from leadflow.domain.conditions import Fact
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.flows import EventName, Flow, FlowKind, FlowStep, TimelineEvent, joined
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.submissions import Submission


@dataclass(frozen=True)
class Opening:
    """A lead with its flow, and the run to start (None when the gates have settled it)."""

    lead: Lead
    flow: Flow
    step: FlowStep
    run: Run | None

    def intake(self, submission: Submission, claims: Sequence[Claim]) -> Intake:
        """All that is stored together."""
        return Intake(self.lead, submission.accepted(self.lead.id), self.flow, self.step, claims)


def opened(
    tenant_id: TenantId,
    lead: Lead,
    configuration: Configuration,
    kind: FlowKind,
    *,
    facts: Mapping[str, Fact],
    outcome: Outcome | None,
    now: datetime,
) -> Opening:
    """Begin the newest flow of a lead; with an outcome it ends at once, without a run."""
    flow = Flow(
        id=lead.flow_ids[-1],
        kind=kind,
        lead_id=lead.id,
        source_id=lead.source_id,
        plan_version=configuration.plan.version,
        submission_ids=(lead.submission_id,),
        is_test=lead.is_test,
        started_at=now,
        updated_at=now,
        ended_at=now if outcome else None,
        outcome=outcome,
    )
    begun = FlowStep(number=0, timeline=_begun(lead, kind, outcome, now))
    if outcome is not None:
        return Opening(lead, flow, begun, None)
    upcoming = next_stage(configuration.plan, None, facts, now)
    run = entering(tenant_id, lead, flow, configuration.stamp, step=1, upcoming=upcoming)
    return Opening(lead, flow, joined(0, begun, upcoming.skipped), run)


def _begun(
    lead: Lead, kind: FlowKind, outcome: Outcome | None, now: datetime
) -> tuple[TimelineEvent, ...]:
    events = {
        EventName.INITIATED: f"A {kind} opened the flow.",
        EventName.SUBMISSION_ACCEPTED: "The submission was accepted.",
        EventName.LEAD: f"The lead was stored as {lead.status}.",
    }
    return tuple(
        TimelineEvent(
            at=now,
            event=event,
            description=description,
            reason=outcome if event is EventName.LEAD else None,
        )
        for event, description in events.items()
    )
