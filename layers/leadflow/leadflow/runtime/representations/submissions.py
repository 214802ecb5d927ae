"""Submissions with what was sent, and what became of it (`api.md`, 3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import JsonValue

from leadflow.domain.errors import MalformedRequest
from leadflow.domain.json_objects import parse_object
from leadflow.domain.leads import LeadStatus
from leadflow.domain.model import Frozen
from leadflow.domain.money import dollars
from leadflow.domain.submissions import SubmissionKind, SubmissionStatus

if TYPE_CHECKING:
    from leadflow.application.view_submissions import SubmissionView
    from leadflow.domain.leads import Lead


class OutcomeBody(Frozen):
    """The lead's status, and what the source is paid for it in dollars."""

    status: LeadStatus
    price: float


class SubmissionBody(Frozen):
    """A submission. `raw` is a text where the body was no JSON object that can be shown exactly."""

    object: Literal["submission"] = "submission"
    id: str
    kind: SubmissionKind
    status: SubmissionStatus
    http_status: int | None
    source_id: str
    is_test: bool
    received_at: datetime
    raw: Mapping[str, JsonValue] | str
    errors: Mapping[str, Sequence[str]] | None
    ping_id: UUID | None
    lead_id: str | None
    outcome: OutcomeBody | None


def submission_body(view: SubmissionView) -> SubmissionBody:
    """The body of a submission."""
    submission = view.submission
    return SubmissionBody(
        id=submission.id,
        kind=submission.kind,
        status=submission.status,
        http_status=submission.http_status,
        source_id=submission.source_id,
        is_test=submission.is_test,
        received_at=submission.received_at,
        raw=_shown(submission.raw),
        errors=submission.errors,
        ping_id=submission.ping_id,
        lead_id=submission.lead_id,
        outcome=_outcome(view.lead),
    )


def _outcome(lead: Lead | None) -> OutcomeBody | None:
    if lead is None:
        return None
    return OutcomeBody(status=lead.status, price=dollars(lead.payout_cents))


def _shown(raw: str) -> dict[str, JsonValue] | str:
    """The body as the object that it spells, or else as it came."""
    try:
        parse_object(raw)
        parsed: dict[str, JsonValue] = json.loads(
            raw, parse_float=_exact, object_pairs_hook=_distinct
        )
        json.dumps(parsed, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (MalformedRequest, ValueError):
        return raw
    return parsed


def _exact(text: str) -> float:
    number = float(text)
    if Decimal(repr(number)) != Decimal(text):
        message = "the number would lose digits"
        raise ValueError(message)
    return number


def _distinct(members: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    parsed = dict(members)
    if len(parsed) < len(members):
        message = "a member would get lost"
        raise ValueError(message)
    return parsed
