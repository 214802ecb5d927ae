"""Leave no job behind: start what was not started, and give up what has broken off unnoticed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from leadflow.application.job_ports import JobRuns, Jobs
from leadflow.application.ports import Clock
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import Job, JobOutcome, JobStatus

STARTED_AFTER = timedelta(minutes=2)
"""How long whoever made a job has to start it."""

RUN_LIFETIME = timedelta(hours=24)
"""The time limit of a job's workflow."""

GIVEN_UP_AFTER = RUN_LIFETIME + timedelta(hours=1)
"""When no workflow can be left that would end the job."""

JOBS_MAX = 100
"""Jobs of one tenant that one call looks at, oldest first."""


class JobHandling(StrEnum):
    """What was done about a job that had not ended."""

    STARTED = "started"
    GIVEN_UP = "given_up"
    LEFT = "left"


@dataclass(frozen=True)
class HandledJob:
    """One such job, and what was done about it."""

    job_id: JobId
    handling: JobHandling


@dataclass(frozen=True, kw_only=True)
class WatchJobs:
    """The action with its ports."""

    jobs: Jobs
    runs: JobRuns
    clock: Clock

    def __call__(self, tenant_id: TenantId) -> Sequence[HandledJob]:
        """Start jobs that are still queued, fail those that nobody can end any more.

        Repeating it changes nothing: a job's workflow is started once.
        """
        before = self.clock.now() - STARTED_AFTER
        waiting = self.jobs.unfinished(tenant_id, before=before, limit=JOBS_MAX)
        return [HandledJob(job.id, self._handled(tenant_id, job)) for job in waiting]

    def _handled(self, tenant_id: TenantId, job: Job) -> JobHandling:
        now = self.clock.now()
        if now - job.created_at >= GIVEN_UP_AFTER:
            self.jobs.end(tenant_id, job.id, JobStatus.FAILED, JobOutcome(), now)
            return JobHandling.GIVEN_UP
        if job.status is not JobStatus.QUEUED:
            return JobHandling.LEFT
        try:
            self.runs.start(tenant_id, job)
        except TransientFault:
            return JobHandling.LEFT
        return JobHandling.STARTED
