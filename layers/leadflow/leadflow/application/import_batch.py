"""A task of an import: make demands of the valid rows of one batch, and tell of the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadflow.application.import_ports import (
    BLOCK_ROWS,
    DemandBlock,
    DemandBlocks,
    Imports,
    Uploads,
    upload_key,
)
from leadflow.application.job_ports import Jobs, Part
from leadflow.application.lead_import_steps import (
    ImportFiles,
    ImportStep,
    ImportTable,
    RowBatch,
    ordered_import,
)
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.domain.csv_tables import records
from leadflow.domain.demands import Demand
from leadflow.domain.formats import Formats
from leadflow.domain.import_rows import InvalidRow, NumberedRow, RowRules, read_row
from leadflow.domain.lead_imports import LeadImport
from leadflow.domain.spreadsheets import Cell, csv_lines


@dataclass(frozen=True, kw_only=True)
class ImportBatch:
    """The action with its ports."""

    configuration: ConfigurationReader
    formats: Formats
    imports: Imports
    uploads: Uploads
    demands: DemandBlocks
    jobs: Jobs
    files: ImportFiles
    clock: Clock

    def __call__(self, step: ImportStep, batch: RowBatch) -> int:
        """Import the rows; how many were handled.

        Nothing is done once the job has ended. Repeating it makes no demand twice and counts none
        twice. Memory is that of one batch.
        """
        job = self.jobs.get(step.tenant_id, step.job_id)
        if job and job.has_ended:
            return 0
        lead_import = ordered_import(self.imports, step.tenant_id, job)
        failed = self._imported(step, batch, lead_import)
        part = Part(batch.name, done=batch.rows, failed=failed)
        self.jobs.count(step.tenant_id, step.job_id, part)
        return batch.rows

    def _imported(self, step: ImportStep, batch: RowBatch, lead_import: LeadImport) -> int:
        """How many rows are invalid; they are told of, and demands made of the others."""
        table = self.files.table(step)
        now = self.clock.now()
        rules = self._rules(step, table, lead_import)
        demands: list[Demand] = []
        errors: list[Sequence[Cell]] = []
        failed = 0
        for row in self._rows(step, table, batch, lead_import):
            read = read_row(row, rules, now)
            if isinstance(read, Demand):
                demands.append(read)
            else:
                failed += 1
                errors.extend(_lines(row, read))
        if errors:
            self.files.put_errors(step, batch, csv_lines(errors))
        is_new = table.origin == lead_import.id
        for first, block in _blocks(batch, demands):
            named = DemandBlock(table.origin, first, is_new)
            self.demands.put_block(step.tenant_id, named, block)
        return failed

    def _rows(
        self, step: ImportStep, table: ImportTable, batch: RowBatch, lead_import: LeadImport
    ) -> Iterator[NumberedRow]:
        key = upload_key(step.tenant_id, lead_import.id)
        data = self.uploads.part(key, table.version, batch.start, batch.end)
        found = records([data], table.separator, start=batch.start)
        for number, record in enumerate(found, batch.first_row):
            yield NumberedRow(number, record)

    def _rules(self, step: ImportStep, table: ImportTable, lead_import: LeadImport) -> RowRules:
        configuration = self.configuration.current(step.tenant_id)
        columns = {column: index for index, column in enumerate(table.columns)}
        category_id, type_id = lead_import.lead_category_id, lead_import.lead_type_id
        return RowRules(
            origin=table.origin,
            customer_id=lead_import.customer_id,
            fields=configuration.categories[category_id].fields,
            positions={
                title: columns[column.strip()] for column, title in lead_import.mapping.items()
            },
            columns=len(table.columns),
            countries=configuration.settings.operating_countries,
            formats=self.formats,
            lead_type=configuration.lead_types[type_id] if type_id else None,
            classifier=configuration.classifiers[category_id],
        )


def _lines(row: NumberedRow, invalid: InvalidRow) -> Iterator[Sequence[Cell]]:
    """A line of the errors file for each message, with the cells as they were."""
    for field, messages in invalid.errors.items():
        for message in messages:
            yield (row.number, field, message, *row.record.cells)


def _blocks(batch: RowBatch, demands: Sequence[Demand]) -> Iterator[tuple[int, Sequence[Demand]]]:
    """Bounded by rows and not by demands: so they are the same in every repeat."""
    by_row = {demand.row: demand for demand in demands}
    end = batch.first_row + batch.rows
    for first in range(batch.first_row, end, BLOCK_ROWS):
        rows = range(first, min(first + BLOCK_ROWS, end))
        if block := [by_row[row] for row in rows if row in by_row]:
            yield first, block
