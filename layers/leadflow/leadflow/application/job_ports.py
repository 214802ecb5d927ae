"""Jobs, the workflows that carry them, and the files that they read and write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime, timedelta

    from leadflow.domain.identifiers import JobId, TenantId
    from leadflow.domain.jobs import Job, JobOutcome, JobStatus


@dataclass(frozen=True)
class Part:
    """What one step of a job has handled; `name` is the same whenever that step is repeated."""

    name: str
    done: int
    failed: int = 0


class Jobs(Protocol):
    """The jobs of a tenant. Every change is conditional, so that any step may be repeated."""

    def add(self, tenant_id: TenantId, job: Job) -> bool:
        """Store a new job. False, and nothing stored, when there is one of that id."""
        ...

    def get(self, tenant_id: TenantId, job_id: JobId) -> Job | None:
        """One job, as of now."""
        ...

    def unfinished(self, tenant_id: TenantId, *, before: datetime, limit: int) -> Sequence[Job]:
        """Jobs that have not ended and were made before a moment, oldest first."""
        ...

    def begin(self, tenant_id: TenantId, job_id: JobId, total: int | None) -> JobStatus:
        """Say that a queued job is running, and how many items it has; the status it has now.

        A job that has ended, or was cancelled before it began, stays so.
        """
        ...

    def count(self, tenant_id: TenantId, job_id: JobId, part: Part) -> None:
        """Add a part to the progress, once for each name."""
        ...

    def cancel(self, tenant_id: TenantId, job_id: JobId, at: datetime) -> bool:
        """End a job that has not ended. False, and nothing changed, when it had ended."""
        ...

    def end(
        self,
        tenant_id: TenantId,
        job_id: JobId,
        status: JobStatus,
        outcome: JobOutcome,
        at: datetime,
    ) -> None:
        """End a job. One that has ended keeps its status, and gets the outcome if it has none."""
        ...


class JobRuns(Protocol):
    """The workflows behind the jobs."""

    def start(self, tenant_id: TenantId, job: Job) -> None:
        """Start the workflow of a job, once for each job however often it is asked."""
        ...


class FileWriter(Protocol):
    """A file that is being written in order, in constant memory."""

    def write(self, data: bytes) -> None:
        """Add bytes at the end."""
        ...


class Files(Protocol):
    """Files that expire. Keys begin with the tenant's id."""

    def put(self, key: str, data: bytes) -> None:
        """Store a small file whole; one of that key is replaced."""
        ...

    def read(self, key: str) -> bytes:
        """A small file whole. Raises `NotFound` when there is none."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys that begin with a text, in ascending order, read page by page."""
        ...

    def writer(self, key: str) -> AbstractContextManager[FileWriter]:
        """Write a file of any size; it is there once the context ends without an error."""
        ...

    def signed_url(self, key: str, *, filename: str, lifetime: timedelta) -> str:
        """A link that downloads a file under that name, for that long and without credentials."""
        ...


def job_folder(tenant_id: TenantId, job_id: JobId) -> str:
    """Where the files of a job lie; ends in a slash."""
    return f"{tenant_id}/jobs/{job_id}/"
