"""The last resort of an erasure: whatever went wrong, its job says that it failed."""

from dataclasses import dataclass, replace

from leadflow.application.erasure_steps import ErasureState, ErasureStep
from leadflow.application.job_ports import Jobs
from leadflow.application.ports import Clock
from leadflow.domain.jobs import JobOutcome, JobStatus


@dataclass(frozen=True, kw_only=True)
class RecordFailedErasure:
    """The action with its ports."""

    jobs: Jobs
    clock: Clock

    def __call__(self, step: ErasureStep) -> ErasureStep:
        """End the job as failed, unless it has ended; another order goes on where it broke off."""
        now = self.clock.now()
        self.jobs.end(step.tenant_id, step.job_id, JobStatus.FAILED, JobOutcome(), now)
        return replace(step, state=ErasureState.ENDED)
