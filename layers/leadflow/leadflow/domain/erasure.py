"""What is left of a deleted lead, and whom its data had been given to (`docs/privacy.md`).

Nothing here is contact data: ids, moments, and digests.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from leadflow.domain.assignments import Assignment
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Kind, Outcome, Reason
from leadflow.domain.flows import Attempt, Flow, FlowStep
from leadflow.domain.identifiers import (
    DemandId,
    FlowId,
    LeadId,
    ReturnRequestId,
    SourceId,
    SubmissionId,
)
from leadflow.domain.leads import Lead, SearchKeys
from leadflow.domain.model import Frozen
from leadflow.domain.plans import Method

ALIKE_MAX = 100
"""Other leads of the same person that an erasure names, for each of phone and e-mail."""

_R = Reason
NOT_CALLED = frozenset(
    {
        _R.LEAD_TYPE_CHANGED,
        _R.ALREADY_TRIED,
        _R.NOT_IN_STAGE,
        _R.ROTATION_NOT_DUE,
        _R.PARTNER_NOT_ELIGIBLE,
        _R.PARTNER_ARCHIVED,
        _R.PARTNER_NOT_PINGED,
        _R.PARTNER_PING_NOT_CONFIGURED,
        _R.PARTNER_PING_PAUSED,
        _R.PARTNER_POST_NOT_CONFIGURED,
        _R.PARTNER_POST_PAUSED,
        _R.PARTNER_PING_CONNECTION_FAILED,
        _R.PARTNER_POST_CONNECTION_FAILED,
    }
)
"""Reasons with which a partner was sent nothing."""

_NOT_LOOKED_UP = frozenset(
    {AttemptReason.INTEGRATION_NOT_CONFIGURED, AttemptReason.INCOMPLETE_ADDRESS}
)


class Way(StrEnum):
    """How somebody got data of a lead."""

    ASSIGNED = "assigned"
    PINGED = "pinged"
    POSTED = "posted"
    DIRECT_POST = "direct_post"
    LOOKED_UP = "looked_up"
    WEBHOOK = "webhook"
    EXPORT = "export"


class Recipient(Frozen):
    """Somebody who got data of a lead.

    `id` is that of the customer (assigned), partner (pinged, posted), webhook or job (export).
    """

    way: Way
    id: str | None = None
    at: datetime


class Traces(NamedTuple):
    """What an erasure keeps of a person: digests that recognise it, and its other leads."""

    digests: tuple[str, ...] = ()
    alike: tuple[LeadId, ...] = ()


class Remains(Frozen):
    """Where data of a deleted lead may still lie, as its tombstone says.

    `fingerprints` are those of its duplicate claims, until they are gone. `recipients` are found
    before anything of what tells of them is erased. `erased_at`: nothing is left to be erased.
    """

    lead_id: LeadId
    is_test: bool = False
    source_id: SourceId
    deleted_at: datetime
    flow_ids: tuple[FlowId, ...] = ()
    submission_id: SubmissionId | None = None
    ping_id: UUID | None = None
    return_request_id: ReturnRequestId | None = None
    demand_id: DemandId | None = None
    assignment: Assignment | None = None
    looked_up: bool = False
    fingerprints: tuple[str, ...] = ()
    alike: tuple[LeadId, ...] = ()
    recipients: tuple[Recipient, ...] | None = None
    erased_at: datetime | None = None

    def told(self, recipients: Sequence[Recipient]) -> "Remains":
        """The remains once it is known who got the data."""
        return self.model_copy(update={"recipients": tuple(recipients)})

    def erased(self, at: datetime) -> "Remains":
        """The remains once nothing is left that was made of the person's data."""
        return self.model_copy(update={"fingerprints": (), "erased_at": at})


def remains_of(lead: Lead, at: datetime, traces: Traces) -> Remains:
    """What the tombstone of a lead says."""
    return Remains(
        lead_id=lead.id,
        is_test=lead.is_test,
        source_id=lead.source_id,
        deleted_at=at,
        flow_ids=lead.flow_ids,
        submission_id=lead.submission_id,
        ping_id=lead.ping_id,
        return_request_id=lead.return_request_id,
        demand_id=lead.demand_id,
        assignment=lead.assignment,
        looked_up=lead.enriched is not None,
        fingerprints=lead.fingerprints,
        alike=traces.alike,
    )


def suppression_digests(key: str, person: SearchKeys) -> tuple[str, ...]:
    """What recognises a person's phone and e-mail, in normal form, to whoever has the key."""
    named = (("phone", person.phone), ("email", person.email))
    return tuple(_digest(key, f"{kind}#{value}") for kind, value in named if value)


def _digest(key: str, text: str) -> str:
    # The key signs cursors as well: the prefix keeps the two uses apart.
    return hmac.new(key.encode(), f"erased#{text}".encode(), hashlib.sha256).hexdigest()


def recipients_of(
    remains: Remains, flows: Sequence[Flow], steps: Sequence[FlowStep]
) -> tuple[Recipient, ...]:
    """Who got data of the lead, as far as lead and flows know: in order of time, each once."""
    found = [
        *_buyers(remains),
        *(one for step in steps for one in _called(remains, step)),
        *_direct_posts(flows),
        *_look_ups(remains, steps),
    ]
    return in_order(found)


def in_order(found: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Recipients by time; one that stands twice stands once."""
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.at, one.way, one.id or "")))


def _buyers(remains: Remains) -> Iterator[Recipient]:
    sale = remains.assignment
    if sale is None:
        return
    if sale.customer_id is not None:
        yield Recipient(way=Way.ASSIGNED, id=sale.customer_id, at=sale.assigned_at)
    elif sale.partner_id is not None:
        yield Recipient(way=Way.POSTED, id=sale.partner_id, at=sale.assigned_at)
    else:
        yield Recipient(way=Way.DIRECT_POST, at=sale.assigned_at)


def _called(remains: Remains, step: FlowStep) -> Iterator[Recipient]:
    """The partners that were called in a step."""
    at = max((event.at for event in step.timeline), default=remains.deleted_at)
    for one in step.decisions:
        if one.candidate.kind is not Kind.PARTNER or one.reason in NOT_CALLED:
            continue
        way = Way.PINGED if one.phase == "ping" else Way.POSTED
        yield Recipient(way=way, id=one.candidate.id, at=at)


def _direct_posts(flows: Sequence[Flow]) -> Iterator[Recipient]:
    for flow in flows:
        if flow.outcome is Outcome.DIRECT_POST_FAILED:
            yield Recipient(way=Way.DIRECT_POST, at=flow.ended_at or flow.updated_at)


def _look_ups(remains: Remains, steps: Sequence[FlowStep]) -> Iterator[Recipient]:
    looked = [one for step in steps for one in step.attempts if _is_look_up(one)]
    yield from (Recipient(way=Way.LOOKED_UP, at=one.started_at) for one in looked)
    if remains.looked_up and not looked:
        # A person asked, and the moment is not kept: it was before the lead was deleted.
        yield Recipient(way=Way.LOOKED_UP, at=remains.deleted_at)


def _is_look_up(attempt: Attempt) -> bool:
    is_of_api = attempt.method is Method.REAL_ESTATE_API
    was_entered = attempt.status is AttemptStatus.CONTINUE
    return is_of_api and was_entered and attempt.reason not in _NOT_LOOKED_UP
