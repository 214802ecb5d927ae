"""The last resort of an import: whatever went wrong, its job says that it failed."""

from dataclasses import dataclass, replace

from leadflow.application.finish_lead_import import NOT_STORED, import_result
from leadflow.application.job_ports import Jobs
from leadflow.application.lead_import_steps import ImportState, ImportStep
from leadflow.application.ports import Clock
from leadflow.domain.jobs import JobOutcome, JobStatus


@dataclass(frozen=True, kw_only=True)
class RecordFailedImport:
    """The action with its ports."""

    jobs: Jobs
    clock: Clock

    def __call__(self, step: ImportStep) -> ImportStep:
        """End the job as failed, unless it has ended, with what was counted and no file."""
        job = self.jobs.get(step.tenant_id, step.job_id)
        outcome = JobOutcome(result=import_result(job) | {"message": NOT_STORED})
        now = self.clock.now()
        self.jobs.end(step.tenant_id, step.job_id, JobStatus.FAILED, outcome, now)
        return replace(step, state=ImportState.ENDED)
