"""How a stored lead is distributed once more: a flow of its own, from any stage of the plan.

Reprocessing and releasing a lead both open a flow here (`product.md`, 11.6, 11.8 and 15.6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from leadflow.application.lead_ports import NewFlow
from leadflow.application.run_ports import Run
from leadflow.application.stages import beginning, entering
from leadflow.domain.conditions import Fact
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import Conflict
from leadflow.domain.flows import EventName, Flow, FlowKind, FlowStep, TimelineEvent, joined
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import Plan
from leadflow.domain.starts import Start

FLOWS_MAX = 80
"""Flows of one lead: deleting it marks all of them in one transaction."""


@dataclass(frozen=True)
class Reopening(NewFlow):
    """A lead with its newest flow, and the run to start once both are stored."""

    run: Run


def reopened(
    tenant_id: TenantId,
    lead: Lead,
    configuration: Configuration,
    kind: FlowKind,
    *,
    facts: Mapping[str, Fact],
    flow_id: FlowId,
    now: datetime,
    start: Start | None = None,
) -> Reopening:
    """Begin another flow of a stored lead, by the current plan.

    `lead` is the stored version with what the gates found, its lead type included; `facts` are
    those of `facts_of_lead`. The run begins at `start`, which the plan must have (None: with its
    first stage); stages before it are not attempted. What an earlier flow knew of promises,
    refusals and reservations is forgotten. Raises `Conflict` (`invalid_status`, or `conflict` for
    a lead that has `FLOWS_MAX` flows).
    """
    begun = _with_flow(lead, LeadStatus.PROCESSING, flow_id, now, run_began_at=now)
    flow = _flow_of(begun, configuration.plan, kind, now, start)
    upcoming = beginning(configuration.plan, start, facts, now)
    step = joined(0, FlowStep(number=0, timeline=_begun(kind, now)), upcoming.skipped)
    run = entering(tenant_id, begun, flow, configuration.stamp, step=1, upcoming=upcoming)
    return Reopening(begun, flow, step, run)


def ended_at_once(
    lead: Lead,
    configuration: Configuration,
    kind: FlowKind,
    *,
    status: LeadStatus,
    outcome: Outcome,
    flow_id: FlowId,
    now: datetime,
    start: Start | None = None,
) -> NewFlow:
    """Another flow of a stored lead that a gate settles, so that no run begins.

    The lead may stay in its status. Raises what `reopened` raises.
    """
    settled = _with_flow(lead, status, flow_id, now)
    ended = {"ended_at": now, "outcome": outcome}
    flow = _flow_of(settled, configuration.plan, kind, now, start).model_copy(update=ended)
    told = TimelineEvent(
        at=now, event=EventName.LEAD, description=f"The lead became {status}.", reason=outcome
    )
    return NewFlow(settled, flow, FlowStep(number=0, timeline=(*_begun(kind, now), told)))


def _with_flow(
    lead: Lead, status: LeadStatus, flow_id: FlowId, now: datetime, **changes: object
) -> Lead:
    if len(lead.flow_ids) >= FLOWS_MAX:
        raise Conflict(f"A lead has at most {FLOWS_MAX} flows.")
    changes |= {"flow_ids": (*lead.flow_ids, flow_id)}
    changes |= {"reservation": None, "tried": (), "promise": None}
    if status is lead.status:
        return lead.changed(now, status=status, **changes)
    return lead.moved(status, now, **changes)


def _flow_of(lead: Lead, plan: Plan, kind: FlowKind, now: datetime, start: Start | None) -> Flow:
    return Flow(
        id=lead.flow_ids[-1],
        kind=kind,
        lead_id=lead.id,
        source_id=lead.source_id,
        plan_version=plan.version,
        start=start,
        is_test=lead.is_test,
        started_at=now,
        updated_at=now,
    )


def _begun(kind: FlowKind, now: datetime) -> tuple[TimelineEvent, ...]:
    told = {EventName.INITIATED: f"A {kind} opened the flow."}
    if kind is FlowKind.REPROCESS:
        told[EventName.REPROCESSED] = "The lead is distributed once more."
    return tuple(TimelineEvent(at=now, event=event, description=told[event]) for event in told)
