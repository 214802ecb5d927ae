"""The last task of an export: make one file of its parts."""

from dataclasses import dataclass, replace

from leadflow.application.job_ports import Files, Jobs, job_folder
from leadflow.application.lead_export_steps import ExportState, ExportStep, part_key, read_mark
from leadflow.application.ports import Clock
from leadflow.domain.errors import CorruptState
from leadflow.domain.jobs import JobOutcome, JobStatus
from leadflow.domain.spreadsheets import csv_lines


@dataclass(frozen=True, kw_only=True)
class FinishLeadExport:
    """The action with its ports."""

    jobs: Jobs
    files: Files
    clock: Clock

    def __call__(self, step: ExportStep) -> ExportStep:
        """Write the header and all parts as one file, and end the job with it.

        Memory holds one part at a time. A job that has ended meanwhile stays as it is.
        """
        mark = read_mark(self.files, step)
        if mark is None:
            raise CorruptState("An export has no mark to finish at.")
        ended = replace(step, state=ExportState.ENDED)
        if self.jobs.begin(step.tenant_id, step.job_id, mark.rows) is not JobStatus.RUNNING:
            return ended
        key = job_folder(step.tenant_id, step.job_id) + "leads.csv"
        with self.files.writer(key) as writer:
            writer.write(csv_lines([mark.table.header]))
            for part in mark.parts:
                writer.write(self.files.read(part_key(step, part)))
        outcome = JobOutcome(result={"rows": mark.rows}, file=key)
        self.jobs.end(step.tenant_id, step.job_id, JobStatus.SUCCEEDED, outcome, self.clock.now())
        return ended
