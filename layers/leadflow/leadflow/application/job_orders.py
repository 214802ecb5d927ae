"""Order a job: store it, then start the workflow that carries it (`product.md`, 3.4)."""

from contextlib import suppress
from dataclasses import dataclass

from leadflow.application.job_ports import JobRuns, Jobs
from leadflow.application.ports import Clock
from leadflow.domain.errors import Conflict, TransientFault, Unprocessable
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import Job, JobStatus
from leadflow.domain.repeats import GENERATIONS_MAX, derived_job_id, is_repeatable


@dataclass(frozen=True, kw_only=True)
class JobOrders:
    """How requests order jobs."""

    jobs: Jobs
    runs: JobRuns
    clock: Clock

    def place(self, tenant_id: TenantId, job: Job, repeat: str | None) -> Job:
        """The job that is stored and under way; one that cannot be started now is started later.

        With `repeat`, which names a request that may come again, the job gets an id that is
        derived from it, and a repeat meets that job. Raises `Unprocessable`
        (`idempotency_key_reused`) when it asks for something else.
        """
        if repeat is not None:
            job = job.model_copy(update={"id": self._id_for(tenant_id, repeat)})
        if not self.jobs.add(tenant_id, job):
            job = self._ordered_before(tenant_id, job)
        if job.status is JobStatus.QUEUED:
            # `WatchJobs` starts what cannot be started now.
            with suppress(TransientFault):
                self.runs.start(tenant_id, job)
        return job

    def _id_for(self, tenant_id: TenantId, repeat: str) -> JobId:
        now = self.clock.now()
        for generation in range(GENERATIONS_MAX):
            job_id = derived_job_id(repeat, generation)
            found = self.jobs.get(tenant_id, job_id)
            if found is None or is_repeatable(found.created_at, now):
                return job_id
        raise Conflict("This Idempotency-Key has been used too often; take another one.")

    def _ordered_before(self, tenant_id: TenantId, job: Job) -> Job:
        found = self.jobs.get(tenant_id, job.id)
        if found is None or found.wish != job.wish:
            message = "The Idempotency-Key was used for another request."
            raise Unprocessable(message, code="idempotency_key_reused")
        return found
