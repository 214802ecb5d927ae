"""A task of an import: make demands of the valid rows of one batch, and tell of the others."""

from dataclasses import dataclass

from leadflow.application.demand_ports import DemandWriter
from leadflow.application.import_ports import Imports, Uploads
from leadflow.application.job_ports import Jobs, Part
from leadflow.application.lead_import_steps import (
    ImportFiles,
    ImportStep,
    RowBatch,
    import_of,
)
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.domain.errors import NotFound
from leadflow.domain.formats import Formats


@dataclass(frozen=True, kw_only=True)
class ImportBatch:
    """The action with its ports."""

    configuration: ConfigurationReader
    formats: Formats
    imports: Imports
    uploads: Uploads
    demands: DemandWriter
    jobs: Jobs
    files: ImportFiles
    clock: Clock

    def __call__(self, step: ImportStep, batch: RowBatch) -> int:
        """Import the rows; how many were handled.

        Nothing is done once the job has ended. Repeating it makes no demand twice and counts none
        twice. Memory is that of one batch.
        """
        job = self.jobs.get(step.tenant_id, step.job_id)
        import_id = import_of(job)
        if job is None or job.has_ended:
            return 0
        lead_import = self.imports.get(step.tenant_id, import_id)
        if lead_import is None:
            raise NotFound
        failed = self._imported(step, batch, lead_import)
        part = Part(batch.name, done=batch.rows, failed=failed)
        self.jobs.count(step.tenant_id, step.job_id, part)
        return batch.rows
