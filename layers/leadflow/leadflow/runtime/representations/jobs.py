"""Jobs over HTTP (`api.md`, 4 and 8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from leadflow.domain.jobs import JobKind, JobProgress, JobStatus
from leadflow.domain.model import Frozen

if TYPE_CHECKING:
    from leadflow.application.track_jobs import JobView, Link
    from leadflow.domain.jobs import Job

_LINK_NAMES = {
    JobKind.LEAD_REPROCESS: "report_url",
    JobKind.LEAD_EXPORT: "download_url",
    JobKind.LEAD_IMPORT: "errors_url",
}


class JobBody(Frozen):
    """A job; `result` is null until it has one."""

    object: Literal["job"] = "job"
    id: str
    kind: JobKind
    status: JobStatus
    progress: JobProgress
    result: Mapping[str, JsonValue] | None
    created_at: datetime
    finished_at: datetime | None


def job_body(view: JobView) -> JobBody:
    """The body of a job, with a link while its file is there."""
    job = view.job
    return JobBody(
        id=job.id,
        kind=job.kind,
        status=job.status,
        progress=job.progress,
        result=_result(job, view.link),
        created_at=job.created_at,
        finished_at=job.finished_at,
    )


def _result(job: Job, link: Link | None) -> Mapping[str, JsonValue] | None:
    if job.outcome is None:
        return None
    if link is None:
        return job.outcome.result
    expiry = link.expires_at.isoformat().replace("+00:00", "Z")
    return {**job.outcome.result, _LINK_NAMES[job.kind]: link.url, "expires_at": expiry}
