"""Flows: the record of a pipeline run, its attempts and its timeline (`product.md`, 15.5, 15.6)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from leadflow.domain.decisions import AttemptReason, AttemptStatus, Decision, Outcome, Phase
from leadflow.domain.identifiers import (
    CustomerId,
    FlowId,
    LeadId,
    PartnerId,
    SourceId,
    StageId,
    SubmissionId,
)
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents
from leadflow.domain.plans import Method, Stage
from leadflow.domain.starts import Start
from leadflow.domain.submissions import BROKEN_OFF_AFTER

_PENDING = "pending"


class FlowKind(StrEnum):
    """What opened a flow."""

    PING = "ping"
    POST = "post"
    REPROCESS = "reprocess"
    RELEASE = "release"
    DEMAND = "demand"


class Channel(StrEnum):
    """The way in which a lead was sold."""

    BID = "bid"
    CUSTOMER = "customer"
    PING_POST = "ping_post"


class EventName(StrEnum):
    """The nineteen events of a timeline."""

    INITIATED = "initiated"
    PING = "ping"
    PING_RESPONDED = "ping_responded"
    PING_HONORED = "ping_honored"
    SUBMISSION_ACCEPTED = "submission_accepted"
    SUBMISSION_REJECTED = "submission_rejected"
    LEAD = "lead"
    ATTEMPT_ACCEPTED = "attempt_accepted"
    ATTEMPT_SUCCEEDED = "attempt_succeeded"
    ATTEMPT_FAILED = "attempt_failed"
    ATTEMPT_SKIPPED = "attempt_skipped"
    ATTEMPT_ERROR = "attempt_error"
    ATTEMPT_CONTINUED = "attempt_continued"
    ON_MARKETPLACE = "on_marketplace"
    SOLD_ON_MARKETPLACE = "sold_on_marketplace"
    MARKETPLACE_UNSOLD = "marketplace_unsold"
    REPROCESSED = "reprocessed"
    WITHHELD = "withheld"
    LEAD_DELETED = "lead_deleted"


class TimelineEvent(Frozen):
    """Something that happened in a flow; attempt events carry the attempt's reason."""

    at: datetime
    event: EventName
    description: str
    reason: str | None = None


class Attempt(Frozen):
    """One stage entered, or skipped."""

    stage_id: StageId
    name: str
    method: Method
    phase: Phase = "post"
    status: AttemptStatus
    reason: AttemptReason | None = None
    started_at: datetime
    ended_at: datetime | None = None


class FlowStep(Frozen):
    """What one task added to a flow: written once, never changed.

    `number` is the task's place in the run (0: what opened the flow), so that a repeated task
    finds its own step and adds nothing.
    """

    number: int
    attempts: tuple[Attempt, ...] = ()
    timeline: tuple[TimelineEvent, ...] = ()
    decisions: tuple[Decision, ...] = ()


class Recipient(Frozen):
    """Who got the lead."""

    customer_id: CustomerId | None = None
    partner_id: PartnerId | None = None


class FlowEnding(Frozen):
    """What is known of a flow once it has ended; it completes the head."""

    updated_at: datetime
    ended_at: datetime
    outcome: Outcome | None = None
    offers_count: int = 0
    sold_for_cents: Cents | None = None
    recipient: Recipient | None = None
    channel: Channel | None = None
    honored: bool | None = None


class Flow(Frozen):
    """The head of a flow; what happened stage by stage is in its steps.

    `start` is where in the plan a reprocess began (11.6).
    """

    id: FlowId
    kind: FlowKind
    lead_id: LeadId | None = None
    lead_deleted_at: datetime | None = None
    source_id: SourceId
    plan_version: int
    start: Start | None = None
    ping_id: UUID | None = None
    submission_ids: tuple[SubmissionId, ...] = ()
    offers_count: int = 0
    is_test: bool = False
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    ping_status: str | None = None
    honored: bool | None = None
    sold_for_cents: Cents | None = None
    recipient: Recipient | None = None
    channel: Channel | None = None

    def as_of(self, now: datetime) -> "Flow":
        """The flow as it counts at a moment: a ping that nobody can be answering any more, failed.

        Only its caller waited for it, and nothing is held for it.
        """
        ends = self.started_at + BROKEN_OFF_AFTER
        if self.ping_status != _PENDING or now < ends:
            return self
        failed = {"ping_status": "error", "outcome": Outcome.DISTRIBUTION_ERROR, "ended_at": ends}
        return self.model_copy(update=failed)


_ENDINGS = {
    AttemptStatus.SUCCESS: (EventName.ATTEMPT_SUCCEEDED, "took the lead"),
    AttemptStatus.FAILED: (EventName.ATTEMPT_FAILED, "found no taker"),
    AttemptStatus.SKIPPED: (EventName.ATTEMPT_SKIPPED, "was skipped"),
    AttemptStatus.CONTINUE: (EventName.ATTEMPT_CONTINUED, "is done"),
    AttemptStatus.ERROR: (EventName.ATTEMPT_ERROR, "broke off"),
}


def attempted(
    stage: Stage,
    status: AttemptStatus,
    reason: AttemptReason | None,
    *,
    started_at: datetime,
    ended_at: datetime,
    phase: Phase = "post",
    told: str | None = None,
) -> FlowStep:
    """An attempt with the events it adds to the timeline (number 0: renumber it).

    One that is still `processing` has entered its stage and ends in a later step. `told` is said
    of it in place of the usual words.
    """
    attempt = Attempt(
        stage_id=stage.id,
        name=stage.name,
        method=stage.method,
        phase=phase,
        status=status,
        reason=reason,
        started_at=started_at,
        ended_at=None if status is AttemptStatus.PROCESSING else ended_at,
    )
    entered = TimelineEvent(
        at=started_at,
        event=EventName.ATTEMPT_ACCEPTED,
        description=f"Stage {stage.name} was entered.",
    )
    if status is AttemptStatus.PROCESSING:
        return FlowStep(number=0, attempts=(attempt,), timeline=(entered,))
    event, words = _ENDINGS[status]
    ending = TimelineEvent(
        at=ended_at, event=event, description=f"Stage {stage.name} {told or words}.", reason=reason
    )
    skipped = status is AttemptStatus.SKIPPED
    return FlowStep(
        number=0, attempts=(attempt,), timeline=(ending,) if skipped else (entered, ending)
    )


def joined(number: int, *steps: FlowStep) -> FlowStep:
    """Several steps as one, in their order."""
    return FlowStep(
        number=number,
        attempts=tuple(attempt for step in steps for attempt in step.attempts),
        timeline=tuple(event for step in steps for event in step.timeline),
        decisions=tuple(decision for step in steps for decision in step.decisions),
    )


def folded(attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """Attempts as they are shown: one that was still processing and has ended stands once.

    It began when it was entered and ended as it ended; it stands where it ended.
    """
    shown: list[Attempt] = []
    for attempt in attempts:
        begun = next((one for one in shown if _is_beginning(one, attempt)), None)
        if begun is None:
            shown.append(attempt)
            continue
        shown.remove(begun)
        shown.append(attempt.model_copy(update={"started_at": begun.started_at}))
    return tuple(shown)


def _is_beginning(one: Attempt, ended: Attempt) -> bool:
    is_open = one.status is AttemptStatus.PROCESSING
    return is_open and (one.stage_id, one.phase) == (ended.stage_id, ended.phase)
