"""Flows, in lists and by themselves (`api.md`, 4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal
from uuid import UUID

from leadflow.domain.decisions import AttemptReason, AttemptStatus, Decision, Outcome, Phase
from leadflow.domain.flows import Channel, EventName, FlowKind
from leadflow.domain.model import Frozen
from leadflow.domain.plans import Method
from leadflow.runtime.representations.sparse import Sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadflow.application.view_flows import FlowRecord, FlowSummary
    from leadflow.domain.flows import Attempt, Flow


class RecipientBody(Sparse):
    """Who got the lead: a customer or a partner."""

    optional: ClassVar[frozenset[str]] = frozenset({"customer_id", "partner_id"})

    customer_id: str | None
    partner_id: str | None


class AttemptBody(Frozen):
    """One stage entered, or skipped."""

    stage_id: str
    name: str
    method: Method
    phase: Phase
    status: AttemptStatus
    reason: AttemptReason | None
    started_at: datetime
    ended_at: datetime | None


class TimelineEventBody(Sparse):
    """Something that happened."""

    optional: ClassVar[frozenset[str]] = frozenset({"reason"})

    at: datetime
    event: EventName
    description: str
    reason: str | None


class FlowSummaryBody(Sparse):
    """A flow as lists show it."""

    optional: ClassVar[frozenset[str]] = frozenset({"lead_deleted_at", "start"})

    object: Literal["flow"] = "flow"
    id: str
    kind: FlowKind
    lead_id: str | None
    lead_deleted_at: datetime | None
    source_id: str
    plan_version: int
    start: str | None
    ping_id: UUID | None
    submission_ids: tuple[str, ...]
    offers_count: int
    is_test: bool
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    ping_status: str | None
    honored: bool | None
    sold_for_cents: int | None
    recipient: RecipientBody | None
    channel: Channel | None
    attempts: tuple[AttemptBody, ...]


class FlowBody(FlowSummaryBody):
    """A flow with all that happened in it."""

    timeline: tuple[TimelineEventBody, ...]
    decisions: tuple[Decision, ...]


def flow_summary_body(summary: FlowSummary) -> FlowSummaryBody:
    """The body of a flow in a list."""
    return FlowSummaryBody.model_validate(_head(summary.flow, summary.attempts))


def flow_body(view: FlowRecord) -> FlowBody:
    """The body of a flow by itself."""
    timeline = tuple(
        TimelineEventBody(
            at=one.at, event=one.event, description=one.description, reason=one.reason
        )
        for one in view.record.timeline
    )
    history = {"timeline": timeline, "decisions": view.record.decisions}
    return FlowBody.model_validate(_head(view.flow, view.record.attempts) | history)


def _head(flow: Flow, attempts: Sequence[Attempt]) -> dict[str, object]:
    """The members of both bodies: the head of a flow has them under the same names."""
    return flow.model_dump() | {"attempts": [attempt.model_dump() for attempt in attempts]}
