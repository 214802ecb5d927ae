"""What the tasks of an import hand on: ids in the workflow, everything else in files.

<job>/table.json           how the file is to be read
<job>/batches.json         a list of batches, which the workflow maps over
<job>/errors/00012.csv     the rows of a batch that are invalid, as lines of the errors file
<job>/errors.csv           the errors file
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from leadflow.application.import_ports import BLOCK_ROWS, Imports
from leadflow.application.job_ports import Files, job_folder
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import ImportId, JobId, TenantId
from leadflow.domain.jobs import Job
from leadflow.domain.lead_imports import LeadImport
from leadflow.domain.model import Frozen

BATCH_ROWS = 5 * BLOCK_ROWS
"""Rows that one task handles."""

BATCH_BYTES = 1024 * 1024
"""No row is added to a batch that is longer."""


class ImportState(StrEnum):
    """What the workflow does next."""

    SPLITTING = "splitting"
    SPLIT = "split"
    ENDED = "ended"


class ImportWish(Frozen):
    """What a job was asked for."""

    import_id: ImportId


@dataclass(frozen=True)
class ImportStep:
    """Where the workflow of an import stands."""

    tenant_id: TenantId
    job_id: JobId
    state: ImportState = ImportState.SPLITTING

    @property
    def batches_key(self) -> str:
        """The file of the list of batches."""
        return f"{job_folder(self.tenant_id, self.job_id)}batches.json"


class ImportTable(Frozen):
    """How the file is to be read, and that it is still this one: `version`.

    Demands are numbered by the import that `origin` names: the first of this content.
    """

    version: str
    separator: str
    columns: Sequence[str]
    origin: ImportId


class RowBatch(Frozen):
    """Rows that one task handles: so many from `first_row` on (1: the first), and their bytes."""

    number: int
    first_row: int
    rows: int
    start: int
    end: int

    @property
    def name(self) -> str:
        """The same whenever the batch is repeated; names sort like the batches."""
        return f"{self.number:05d}"


def ordered_import(imports: Imports, tenant_id: TenantId, job: Job | None) -> LeadImport:
    """What a job carries out. Raises `NotFound` when there is no job or no import."""
    wish = ImportWish.model_validate(job.wish) if job else None
    found = imports.get(tenant_id, wish.import_id) if wish else None
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, kw_only=True)
class ImportFiles:
    """The files of these jobs; a step that is repeated replaces its own."""

    files: Files

    def put_table(self, step: ImportStep, table: ImportTable) -> None:
        """Keep how the file is to be read."""
        self.files.put(_key(step, "table.json"), table.model_dump_json().encode())

    def table(self, step: ImportStep) -> ImportTable:
        """How the file is to be read. Raises `NotFound`."""
        return ImportTable.model_validate_json(self.files.read(_key(step, "table.json")))

    def put_batches(self, step: ImportStep, batches: Sequence[RowBatch]) -> None:
        """Keep the list of batches."""
        listed = ",".join(batch.model_dump_json() for batch in batches)
        self.files.put(step.batches_key, f"[{listed}]".encode())

    def put_errors(self, step: ImportStep, batch: RowBatch, lines: bytes) -> None:
        """Keep lines of the errors file."""
        self.files.put(_key(step, f"errors/{batch.name}.csv"), lines)

    def join_errors(self, step: ImportStep, head: bytes) -> str | None:
        """Make the errors file of its lines, those of one batch at a time; None without any."""
        parts = list(self.files.keys(_key(step, "errors/")))
        if not parts:
            return None
        key = _key(step, "errors.csv")
        with self.files.writer(key) as writer:
            writer.write(head)
            for part in parts:
                writer.write(self.files.read(part))
        return key


def _key(step: ImportStep, name: str) -> str:
    return f"{job_folder(step.tenant_id, step.job_id)}{name}"
