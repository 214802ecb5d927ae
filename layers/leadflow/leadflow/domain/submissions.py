"""Submissions: what a source sent, word for word (`product.md`, 9)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from leadflow.domain.identifiers import LeadId, PartnerId, SourceId, SubmissionId
from leadflow.domain.model import Frozen

MINUTE_SECONDS = 60
"""The window over which a source's submissions are limited; it begins with the UTC minute."""


BROKEN_OFF_AFTER = timedelta(minutes=5)
"""When a call that is still in process is no more: a request lasts half a minute at most."""

BROKEN_OFF_STATUS = 503
"""What a caller may have been told whose request broke off."""


class SubmissionKind(StrEnum):
    """Which call it was."""

    PING = "ping"
    POST = "post"


class SubmissionStatus(StrEnum):
    """Pending while in process, accepted for 2xx, rejected for 4xx."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Submission(Frozen):
    """The record of one authenticated call. `raw` is its body as it came, not parsed."""

    id: SubmissionId
    kind: SubmissionKind
    status: SubmissionStatus = SubmissionStatus.PENDING
    http_status: int | None = None
    source_id: SourceId
    partner_id: PartnerId | None = None
    is_test: bool = False
    received_at: datetime
    raw: str
    errors: Mapping[str, Sequence[str]] | None = None
    ping_id: UUID | None = None
    lead_id: LeadId | None = None
    version: int = 1

    def accepted(self, lead_id: LeadId, ping_id: UUID | None = None) -> "Submission":
        """The submission of a post once its lead is stored."""
        return self._settled(SubmissionStatus.ACCEPTED, 201, lead_id=lead_id, ping_id=ping_id)

    def answered(self, ping_id: UUID) -> "Submission":
        """The submission of a ping once it is answered."""
        return self._settled(SubmissionStatus.ACCEPTED, 200, ping_id=ping_id)

    def rejected(
        self,
        http_status: int,
        errors: Mapping[str, Sequence[str]] | None,
        ping_id: UUID | None = None,
    ) -> "Submission":
        """The submission once it is refused; it never becomes a lead."""
        return self._settled(SubmissionStatus.REJECTED, http_status, errors=errors, ping_id=ping_id)

    def erased(self) -> "Submission":
        """The submission without a word of what was sent, and of what was said of it."""
        wiped = {"raw": "", "errors": None}
        is_wiped = self.raw == "" and self.errors is None
        changes = wiped | {"version": self.version + 1}
        return self if is_wiped else self.model_copy(update=changes)

    def as_of(self, now: datetime) -> "Submission":
        """The submission as it counts at a moment.

        One that is still pending long after any request has ended was never answered: its request
        broke off, and nothing was made of it. Nobody has to come by for that.
        """
        has_ended = now - self.received_at >= BROKEN_OFF_AFTER
        is_left = self.status is SubmissionStatus.PENDING and has_ended
        return self.rejected(BROKEN_OFF_STATUS, None) if is_left else self

    def _settled(
        self, status: SubmissionStatus, http_status: int, **changes: object
    ) -> "Submission":
        step = {"status": status, "http_status": http_status, "version": self.version + 1}
        return self.model_copy(update=step | changes)
