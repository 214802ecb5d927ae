"""The last resort of a recalculation: whatever went wrong, its job says that it failed."""

from dataclasses import dataclass, replace

from leadflow.application.job_ports import Jobs
from leadflow.application.ports import Clock
from leadflow.application.recalculation_steps import RecalculationState, RecalculationStep
from leadflow.domain.jobs import JobOutcome, JobStatus


@dataclass(frozen=True, kw_only=True)
class RecordFailedRecalculation:
    """The action with its ports."""

    jobs: Jobs
    clock: Clock

    def __call__(self, step: RecalculationStep) -> RecalculationStep:
        """End the job as failed, unless it has ended; who was moved stays moved."""
        now = self.clock.now()
        self.jobs.end(step.tenant_id, step.job_id, JobStatus.FAILED, JobOutcome(), now)
        return replace(step, state=RecalculationState.ENDED)
