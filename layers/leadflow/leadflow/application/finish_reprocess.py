"""End a reprocess of many leads: one report of all that was collected, and the job's result."""

from dataclasses import dataclass

from leadflow.application.bulk_reprocess import BulkFiles, BulkRun
from leadflow.application.job_ports import Jobs
from leadflow.application.ports import Clock
from leadflow.application.reprocess_report import report_head
from leadflow.domain.jobs import JobOutcome, JobStatus


@dataclass(frozen=True, kw_only=True)
class FinishReprocess:
    """The action with its ports."""

    jobs: Jobs
    files: BulkFiles
    clock: Clock

    def __call__(self, run: BulkRun, status: JobStatus) -> None:
        """Write the report and end the job; a cancelled one stays so and gets its report.

        Repeating it writes the same report again. Memory does not grow with the leads.
        """
        report = self.files.put_report(run, report_head())
        outcome = JobOutcome(result=run.result, file=report)
        self.jobs.end(run.tenant_id, run.job_id, status, outcome, self.clock.now())
