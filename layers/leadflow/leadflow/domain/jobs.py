"""Work that goes on behind an answer: what was asked for, how far it is, how it ended.

The wire form is `api.md`, 4 (`GET /jobs/{id}`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field, JsonValue

from leadflow.domain.identifiers import CustomerId, JobId, UserId
from leadflow.domain.model import Frozen

FILES_KEPT = timedelta(days=7)
"""For how long the files of a job are there; the bucket's lifecycle rule ends them."""


class JobKind(StrEnum):
    """What a job does."""

    LEAD_REPROCESS = "lead_reprocess"
    LEAD_EXPORT = "lead_export"
    RETURN_TIER_RECALCULATION = "return_tier_recalculation"
    LEAD_IMPORT = "lead_import"
    LEAD_ERASURE = "lead_erasure"


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})
"""Statuses that a job never leaves."""


class JobProgress(Frozen):
    """How many items there are (None: not counted yet), were handled, and failed of those."""

    total: int | None = None
    done: int = 0
    failed: int = 0


class JobOutcome(Frozen):
    """How a job ended; `file` is the key of what it made, `result` what `api.md`, 8 tells of it."""

    result: Mapping[str, JsonValue] = {}
    file: str | None = None


class Job(Frozen):
    """A job; `wish` is what its kind was asked for. Only its owner sees it."""

    id: JobId
    kind: JobKind
    status: JobStatus = JobStatus.QUEUED
    owner: UserId
    customer_id: CustomerId | None = None
    wish: Mapping[str, JsonValue]
    progress: JobProgress = Field(default_factory=JobProgress)
    outcome: JobOutcome | None = None
    created_at: datetime
    finished_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be done."""
        return self.status in ENDED
