"""The last resort of an export: whatever went wrong, its job says that it failed."""

from dataclasses import dataclass, replace

from leadflow.application.job_ports import Jobs
from leadflow.application.lead_export_steps import ExportState, ExportStep
from leadflow.application.ports import Clock
from leadflow.domain.jobs import JobOutcome, JobStatus


@dataclass(frozen=True, kw_only=True)
class RecordFailedExport:
    """The action with its ports."""

    jobs: Jobs
    clock: Clock

    def __call__(self, step: ExportStep) -> ExportStep:
        """End the job as failed, unless it has ended; it has no file."""
        now = self.clock.now()
        self.jobs.end(step.tenant_id, step.job_id, JobStatus.FAILED, JobOutcome(), now)
        return replace(step, state=ExportState.ENDED)
