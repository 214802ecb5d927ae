"""The last task of an import: the errors file, and how many demands were made."""

from dataclasses import dataclass, replace

from pydantic import JsonValue

from leadflow.application.job_ports import Jobs
from leadflow.application.lead_import_steps import ImportFiles, ImportState, ImportStep
from leadflow.application.ports import Clock
from leadflow.domain.errors import NotFound
from leadflow.domain.jobs import Job, JobOutcome, JobStatus
from leadflow.domain.spreadsheets import csv_lines

ERROR_COLUMNS = ("row", "field", "message")
"""What stands before the columns of the row itself."""

NOT_STORED = "Some rows could not be stored. Import the same file again: nothing is made twice."


@dataclass(frozen=True, kw_only=True)
class FinishLeadImport:
    """The action with its ports."""

    jobs: Jobs
    files: ImportFiles
    clock: Clock

    def __call__(self, step: ImportStep) -> ImportStep:
        """Join the errors of all batches and end the job; a cancelled one stays so.

        It has failed when a batch could not be handled. Memory is that of the errors of one batch.
        """
        job = self.jobs.get(step.tenant_id, step.job_id)
        if job is None:
            raise NotFound
        table = self.files.table(step)
        errors = self.files.join_errors(step, csv_lines([(*ERROR_COLUMNS, *table.columns)]))
        is_complete = job.progress.done == job.progress.total
        status = JobStatus.SUCCEEDED if is_complete else JobStatus.FAILED
        told = {} if is_complete or job.has_ended else {"message": NOT_STORED}
        outcome = JobOutcome(result=import_result(job) | told, file=errors)
        self.jobs.end(step.tenant_id, step.job_id, status, outcome, self.clock.now())
        return replace(step, state=ImportState.ENDED)


def import_result(job: Job | None = None) -> dict[str, JsonValue]:
    """The `result` of a job by what was counted; the link to the errors is added when it is read.

    Without a job no row was read.
    """
    rejected = job.progress.failed if job else 0
    created = job.progress.done - rejected if job else 0
    return {"created": created, "rejected": rejected, "errors_url": None}
