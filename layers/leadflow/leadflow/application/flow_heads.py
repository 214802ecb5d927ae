"""What every flow of a lead begins with, however it was opened (`product.md`, 15.6)."""

from collections.abc import Mapping
from datetime import datetime

from leadflow.domain.decisions import Outcome
from leadflow.domain.flows import EventName, Flow, FlowKind, TimelineEvent
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import Plan
from leadflow.domain.starts import Start


def flow_head(
    lead: Lead,
    kind: FlowKind,
    plan: Plan,
    now: datetime,
    *,
    start: Start | None = None,
    outcome: Outcome | None = None,
) -> Flow:
    """The head of a lead's newest flow; with an outcome it has ended already."""
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
        ended_at=now if outcome else None,
        outcome=outcome,
    )


def told_of(
    lead: Lead, events: Mapping[EventName, str], outcome: Outcome | None, now: datetime
) -> tuple[TimelineEvent, ...]:
    """Events of a moment; `LEAD` has the outcome as its reason, `WITHHELD` follows if it is."""
    told = dict(events)
    if lead.status is LeadStatus.WITHHELD:
        told[EventName.WITHHELD] = "The lead waits for room under the subscription threshold."
    reasoned = {EventName.LEAD, EventName.WITHHELD}
    return tuple(
        TimelineEvent(
            at=now, event=event, description=text, reason=outcome if event in reasoned else None
        )
        for event, text in told.items()
    )
