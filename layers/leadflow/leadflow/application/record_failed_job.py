"""The last resort of a job's workflow: whatever went wrong, the job says that it failed."""

from dataclasses import dataclass

from leadflow.application.finish_lead_import import NOT_STORED, import_result
from leadflow.application.job_ports import Jobs
from leadflow.application.ports import Clock
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import JobKind, JobOutcome, JobStatus
from leadflow.domain.model import Frozen


class FailedJob(Frozen):
    """Which job, and what its state machine carries."""

    tenant_id: TenantId
    job_id: JobId
    kind: JobKind


@dataclass(frozen=True, kw_only=True)
class RecordFailedJob:
    """The action with its ports."""

    jobs: Jobs
    clock: Clock

    def __call__(self, failed: FailedJob) -> None:
        """End the job as failed, unless it has ended; what was done by then stays done.

        It has no file. Only an import has something to tell: what was counted.
        """
        outcome = self._outcome(failed)
        now = self.clock.now()
        self.jobs.end(failed.tenant_id, failed.job_id, JobStatus.FAILED, outcome, now)

    def _outcome(self, failed: FailedJob) -> JobOutcome:
        if failed.kind is not JobKind.LEAD_IMPORT:
            return JobOutcome()
        job = self.jobs.get(failed.tenant_id, failed.job_id)
        return JobOutcome(result=import_result(job) | {"message": NOT_STORED})
