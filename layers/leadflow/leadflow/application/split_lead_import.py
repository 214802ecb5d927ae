"""The first task of an import: read the whole file once, and part it into batches of rows.

No demand is made before the file has been read to its end, so one that breaks off makes none.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pydantic import JsonValue

from leadflow.application.finish_lead_import import import_result
from leadflow.application.import_ports import Imports, Uploads, upload_key
from leadflow.application.import_tables import uploaded_header
from leadflow.application.job_ports import Jobs
from leadflow.application.lead_import_steps import (
    BATCH_BYTES,
    BATCH_ROWS,
    ImportFiles,
    ImportState,
    ImportStep,
    ImportTable,
    RowBatch,
    ordered_import,
)
from leadflow.application.ports import Clock
from leadflow.domain.csv_tables import FILE, NO_ROWS, BrokenTable, Record, records
from leadflow.domain.errors import NotFound, ValidationFailed
from leadflow.domain.identifiers import ImportId, TenantId
from leadflow.domain.jobs import JobOutcome, JobStatus
from leadflow.domain.lead_imports import ROWS_MAX, LeadImport, import_job_id

BROKEN_OFF = frozenset({JobStatus.FAILED, JobStatus.CANCELLED})
"""How the job of an import ended whose file may be imported again."""


@dataclass(frozen=True)
class _Content:
    """What a file holds."""

    table: ImportTable
    batches: list[RowBatch]
    digest: str

    @property
    def rows(self) -> int:
        return sum(batch.rows for batch in self.batches)


@dataclass(frozen=True, kw_only=True)
class SplitLeadImport:
    """The action with its ports."""

    imports: Imports
    uploads: Uploads
    jobs: Jobs
    files: ImportFiles
    clock: Clock

    def __call__(self, step: ImportStep) -> ImportStep:
        """List the batches, and say how many rows there are.

        The job ends here as failed when the file cannot be read, which its result tells, and as
        succeeded when the same file was imported before. Memory is that of one row, and of the
        list of batches. Repeating it changes nothing.
        """
        job = self.jobs.get(step.tenant_id, step.job_id)
        lead_import = ordered_import(self.imports, step.tenant_id, job)
        if self.jobs.begin(step.tenant_id, step.job_id, None) is not JobStatus.RUNNING:
            return replace(step, state=ImportState.ENDED)
        try:
            content = self._read(step.tenant_id, lead_import)
        except ValidationFailed as broken:
            return self._ended(step, JobStatus.FAILED, {"message": _told(broken)})
        origin, is_own = self._claimed(step.tenant_id, lead_import, content)
        if not is_own:
            return self._ended(step, JobStatus.SUCCEEDED, {"first_import_id": origin})
        self.files.put_table(step, content.table.model_copy(update={"origin": origin}))
        self.files.put_batches(step, content.batches)
        self.jobs.begin(step.tenant_id, step.job_id, content.rows)
        return replace(step, state=ImportState.SPLIT)

    def _read(self, tenant_id: TenantId, lead_import: LeadImport) -> _Content:
        key = upload_key(tenant_id, lead_import.id)
        upload = self.uploads.find(key)
        if upload is None:
            raise NotFound
        header, head = uploaded_header(self.uploads, key, upload, lead_import)
        digest = hashlib.sha256(head)

        def digested() -> Iterator[bytes]:
            for chunk in self.uploads.chunks(key, upload.version, header.end):
                digest.update(chunk)
                yield chunk

        line = len(head.splitlines()) + 1
        found = records(digested(), header.separator, start=header.end, line=line)
        batches = list(_batches(_bounded(found)))
        if not batches:
            raise BrokenTable(NO_ROWS)
        table = ImportTable(
            version=upload.version,
            separator=header.separator,
            columns=header.columns,
            origin=lead_import.id,
        )
        return _Content(table, batches, digest.hexdigest())

    def _claimed(
        self, tenant_id: TenantId, lead_import: LeadImport, content: _Content
    ) -> tuple[ImportId, bool]:
        """The first import of the content, and whether this one carries it out.

        It goes on with what another one has left when that one broke off.
        """
        fingerprint = lead_import.fingerprint(content.digest)
        claim = self.imports.claim(tenant_id, fingerprint, lead_import.id)
        if claim.holder == lead_import.id:
            return claim.origin, True
        job = self.jobs.get(tenant_id, import_job_id(claim.holder))
        has_broken_off = job is not None and job.status in BROKEN_OFF
        return claim.origin, has_broken_off and self.imports.take_over(
            tenant_id, fingerprint, claim, lead_import.id
        )

    def _ended(self, step: ImportStep, status: JobStatus, told: dict[str, JsonValue]) -> ImportStep:
        outcome = JobOutcome(result=import_result() | told)
        self.jobs.end(step.tenant_id, step.job_id, status, outcome, self.clock.now())
        return replace(step, state=ImportState.ENDED)


def _told(broken: ValidationFailed) -> str:
    told = [(path, message) for path, messages in broken.errors.items() for message in messages]
    return " ".join(message if path == FILE else f"{path}: {message}" for path, message in told)


def _bounded(found: Iterable[Record]) -> Iterator[Record]:
    for number, record in enumerate(found, 1):
        if number > ROWS_MAX:
            raise BrokenTable(f"The file has more than {ROWS_MAX} rows.")
        yield record


def _batches(found: Iterable[Record]) -> Iterator[RowBatch]:
    number, first_row, rows, start, end = 0, 1, 0, 0, 0
    for record in found:
        if rows and (rows >= BATCH_ROWS or record.end - start > BATCH_BYTES):
            yield RowBatch(number=number, first_row=first_row, rows=rows, start=start, end=end)
            number, first_row, rows = number + 1, first_row + rows, 0
        start = start if rows else record.start
        rows, end = rows + 1, record.end
    if rows:
        yield RowBatch(number=number, first_row=first_row, rows=rows, start=start, end=end)
