"""Order a job: store it, then start the workflow that carries it (`product.md`, 3.4)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from leadflow.application.job_ports import JobRuns, Jobs
from leadflow.application.ports import Clock
from leadflow.domain.errors import Conflict, TransientFault, Unprocessable
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import Job, JobStatus
from leadflow.domain.repeats import GENERATIONS_MAX, derived_job_id, is_repeatable

Prepare = Callable[[JobId], None]
"""Stores what a job of that id needs; storing it again changes nothing."""


def _nothing(_job_id: JobId) -> None:
    """What most jobs need."""


@dataclass(frozen=True, kw_only=True)
class JobOrders:
    """How requests order jobs."""

    jobs: Jobs
    runs: JobRuns
    clock: Clock

    def place(
        self, tenant_id: TenantId, job: Job, repeat: str | None, prepare: Prepare = _nothing
    ) -> Job:
        """The job that is stored and under way; one that cannot be started now is started later.

        With `repeat`, which names a request that may come again, the job gets an id that is
        derived from it, and a repeat meets that job. `prepare` stores what a new job needs before
        it can be started. Raises `Unprocessable` (`idempotency_key_reused`) when a repeat asks for
        something else, and `Conflict` for a key that has been used too often.
        """
        met = None
        if repeat is not None:
            job_id, met = self._identified(tenant_id, repeat)
            job = job.model_copy(update={"id": job_id})
        placed = met or self._stored(tenant_id, job, prepare)
        if placed.wish != job.wish:
            message = "The Idempotency-Key was used for another request."
            raise Unprocessable(message, code="idempotency_key_reused")
        if placed.status is JobStatus.QUEUED:
            # `WatchJobs` starts what cannot be started now.
            with suppress(TransientFault):
                self.runs.start(tenant_id, placed)
        return placed

    def _identified(self, tenant_id: TenantId, repeat: str) -> tuple[JobId, Job | None]:
        """The id for a request, and the job that an earlier one with the same key has made."""
        now = self.clock.now()
        for generation in range(GENERATIONS_MAX):
            job_id = derived_job_id(repeat, generation)
            found = self.jobs.get(tenant_id, job_id)
            if found is None or is_repeatable(found.created_at, now):
                return job_id, found
        raise Conflict("This Idempotency-Key has been used too often; take another one.")

    def _stored(self, tenant_id: TenantId, job: Job, prepare: Prepare) -> Job:
        prepare(job.id)
        if self.jobs.add(tenant_id, job):
            return job
        found = self.jobs.get(tenant_id, job.id)
        if found is None:
            raise TransientFault("The same request is being answered at this moment.")
        return found
