"""See how far a job is, and cancel it (`api.md`, 4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from leadflow.application.job_ports import Files, Jobs
from leadflow.application.ports import Clock
from leadflow.domain.errors import Conflict, Forbidden, NotFound
from leadflow.domain.identifiers import JobId, TenantId, is_identifier
from leadflow.domain.jobs import FILES_KEPT, Job, JobKind, JobStatus
from leadflow.domain.principals import Principal, UserPrincipal

LINK_LIFETIME = timedelta(minutes=15)
"""For how long a link works. Every look at a job gives a new one while its file is there."""

OWNER = "owner"
"""Named as missing where only users have jobs."""

_FILE_NAMES = {
    JobKind.LEAD_REPROCESS: "reprocessed-leads.csv",
    JobKind.LEAD_EXPORT: "leads.csv",
    JobKind.LEAD_IMPORT: "import-errors.csv",
}


@dataclass(frozen=True)
class Link:
    """Where a file can be downloaded, and until when."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class JobView:
    """A job, with a link to the file that it made while there is one."""

    job: Job
    link: Link | None


@dataclass(frozen=True, kw_only=True)
class TrackJobs:
    """The actions with their ports."""

    jobs: Jobs
    files: Files
    clock: Clock

    def view(self, principal: Principal, job_id: str) -> JobView:
        """A job of the caller. Raises `Forbidden` for sources and `NotFound` for other jobs."""
        user = owner_of_jobs(principal)
        return self._viewed(user.tenant_id, self._own(user, job_id))

    def cancel(self, principal: Principal, job_id: str) -> JobView:
        """End a job; what was done by then stays done, and its file tells what was not.

        Raises what `view` raises, and `Conflict` (`conflict`) for one that has ended otherwise.
        """
        user = owner_of_jobs(principal)
        job = self._own(user, job_id)
        if not self.jobs.cancel(user.tenant_id, job.id, self.clock.now()):
            job = self._own(user, job_id)
            if job.status is not JobStatus.CANCELLED:
                raise Conflict(f"The job has {job.status} already.")
        return self._viewed(user.tenant_id, self._own(user, job_id))

    def _own(self, user: UserPrincipal, job_id: str) -> Job:
        job = self.jobs.get(user.tenant_id, JobId(job_id)) if is_identifier("job", job_id) else None
        if job is None or job.owner != user.user_id:
            raise NotFound
        return job

    def _viewed(self, tenant_id: TenantId, job: Job) -> JobView:
        now = self.clock.now()
        key = job.outcome.file if job.outcome else None
        if key is None or now >= (job.finished_at or now) + FILES_KEPT:
            return JobView(job, None)
        url = self.files.signed_url(key, filename=_FILE_NAMES[job.kind], lifetime=LINK_LIFETIME)
        return JobView(job, Link(url, now + LINK_LIFETIME))


def owner_of_jobs(principal: Principal) -> UserPrincipal:
    """The user who may have jobs. Raises `Forbidden` for sources."""
    if not isinstance(principal, UserPrincipal):
        raise Forbidden(OWNER)
    return principal
