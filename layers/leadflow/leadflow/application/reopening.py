"""How a stored lead is distributed once more: a flow of its own, from any stage of the plan.

Reprocessing and releasing a lead both open a flow here (`product.md`, 11.6, 11.8 and 15.6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from leadflow.application.admissions import admission_of
from leadflow.application.flow_heads import flow_head, told_of
from leadflow.application.lead_ports import NewFlow
from leadflow.application.run_ports import Run
from leadflow.application.stages import beginning, entering
from leadflow.domain.conditions import Fact
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import Conflict, Unprocessable
from leadflow.domain.flows import EventName, FlowKind, FlowStep, joined
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.sources import SourceType
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
    refusals and reservations is forgotten. It is counted unless it has been, or passes gate 7 once
    more. Raises `Conflict` (`invalid_status`, or `conflict` for a lead that has `FLOWS_MAX` flows).
    """
    begun = _with_flow(lead, LeadStatus.PROCESSING, flow_id, now, run_began_at=now, is_counted=True)
    flow = flow_head(begun, kind, configuration.plan, now, start=start)
    upcoming = beginning(configuration.plan, start, facts, now)
    told = FlowStep(number=0, timeline=told_of(begun, _begun(kind), None, now))
    run = entering(tenant_id, begun, flow, configuration.stamp, step=1, upcoming=upcoming)
    admission = admission_of(is_counted=lead.is_counted)
    return Reopening(begun, flow, joined(0, told, upcoming.skipped), run, admission=admission)


def without_room(
    lead: Lead,
    configuration: Configuration,
    kind: FlowKind,
    *,
    flow_id: FlowId,
    now: datetime,
    start: Start | None = None,
) -> NewFlow:
    """The flow of a lead that the threshold keeps from being distributed (gate 7): Withheld.

    Raises `Unprocessable` (`subscription_threshold`) for a vendor's, which is left alone, and what
    `reopened` raises.
    """
    if configuration.sources[lead.source_id].type is SourceType.VENDOR:
        told = "The subscription threshold is reached; leads of vendors stay as they are."
        raise Unprocessable(told, code=Outcome.SUBSCRIPTION_THRESHOLD)
    return ended_at_once(
        lead,
        configuration,
        kind,
        status=LeadStatus.WITHHELD,
        outcome=Outcome.SUBSCRIPTION_THRESHOLD,
        flow_id=flow_id,
        now=now,
        start=start,
    )


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
    flow = flow_head(settled, kind, configuration.plan, now, start=start, outcome=outcome)
    events = {**_begun(kind), EventName.LEAD: f"The lead became {status}."}
    told = told_of(settled, events, outcome, now)
    return NewFlow(settled, flow, FlowStep(number=0, timeline=told))


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


def _begun(kind: FlowKind) -> dict[EventName, str]:
    told = {EventName.INITIATED: f"A {kind} opened the flow."}
    if kind is FlowKind.REPROCESS:
        told[EventName.REPROCESSED] = "The lead is distributed once more."
    return told
