"""A task of an export: write the next leads of the list as a part of the file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from leadflow.application.export_leads import ExportWish
from leadflow.application.filter_members import filters_of
from leadflow.application.job_ports import Files, Jobs, Part
from leadflow.application.lead_export_steps import (
    ExportMark,
    ExportState,
    ExportStep,
    mark_key,
    part_key,
    read_mark,
)
from leadflow.application.lead_export_tables import ExportTable, ExportView, RowMaker, table_for
from leadflow.application.lead_views import LeadView
from leadflow.application.list_leads import ListLeads
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory, Page, Window
from leadflow.domain.errors import CorruptState, NotFound
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.jobs import Job, JobStatus
from leadflow.domain.spreadsheets import csv_lines

PAGE_LEADS = 99
"""Leads of a page. The list looks one further, and a hundred are read in one batch."""

PAGES_PER_STEP = 50

SECONDS_PER_STEP = timedelta(seconds=25)
"""No page is begun later than that; the function has time left for one, and for its files."""

PART_BYTES_MAX = 8 * 1024 * 1024
"""No page is added to a part that is larger. A page is as small as an answer of the API."""

PARTS_MAX = 2_000
"""Parts of a file, almost ten million leads. A workflow has a history of 25,000 events at most,
and each part makes seven."""


@dataclass(frozen=True, kw_only=True)
class WriteExportedLeads:
    """The action with its ports."""

    configuration: ConfigurationReader
    list_leads: ListLeads
    jobs: Jobs
    files: Files
    clock: Clock
    ids: IdFactory

    def __call__(self, step: ExportStep) -> ExportStep:
        """Write a part, and hand on where the next one begins. The first step decides the columns.

        Leads are as they are when they are read. Nothing is written once the job has ended. Raises
        `CorruptState` for more than `PARTS_MAX` parts.
        """
        job = self.jobs.get(step.tenant_id, step.job_id)
        if job is None or job.customer_id is None:
            raise NotFound
        if self.jobs.begin(step.tenant_id, step.job_id, None) is not JobStatus.RUNNING:
            return replace(step, state=ExportState.ENDED)
        before = read_mark(self.files, step) or self._first_mark(step, job)
        if len(before.parts) >= PARTS_MAX:
            raise CorruptState(f"An export has at most {PARTS_MAX} parts.")
        return self._written(step, job, before)

    def _first_mark(self, step: ExportStep, job: Job) -> ExportMark:
        wish = ExportWish.model_validate(job.wish)
        configuration = self.configuration.current(step.tenant_id)
        return ExportMark(table=table_for(wish.view, configuration))

    def _written(self, step: ExportStep, job: Job, before: ExportMark) -> ExportStep:
        name = self.ids.new("part")
        lines, after = self._read(step, job, before, name)
        self.files.put(part_key(step, name), lines)
        self.files.put(mark_key(step, name), after.model_dump_json().encode())
        part = Part(str(len(after.parts)), done=after.rows - before.rows)
        self.jobs.count(step.tenant_id, step.job_id, part)
        is_last = after.position is None
        state = ExportState.WRITTEN if is_last else ExportState.WRITING
        return replace(step, mark=name, state=state)

    def _read(
        self, step: ExportStep, job: Job, before: ExportMark, name: str
    ) -> tuple[bytes, ExportMark]:
        """The rows of as many pages as a step may take, and the mark behind them."""
        page_behind, until = self._list(step, job), self.clock.now() + SECONDS_PER_STEP
        lines, rows, position = bytearray(), before.rows, before.position
        for _ in range(PAGES_PER_STEP):
            page = page_behind(position)
            lines += self._lines(step, before.table, page.items)
            rows, position = rows + len(page.items), page.position
            if position is None or len(lines) > PART_BYTES_MAX or self.clock.now() >= until:
                break
        changes = {"parts": (*before.parts, name), "rows": rows, "position": position}
        return bytes(lines), before.model_copy(update=changes)

    def _list(self, step: ExportStep, job: Job) -> Callable[[str | None], Page[LeadView]]:
        """The list that is exported: its page behind a position."""
        wish = ExportWish.model_validate(job.wish)
        customer_id = CustomerId(str(job.customer_id))
        filters = filters_of(wish.filter).model_copy(update={"customer_id": customer_id})

        def page(position: str | None) -> Page[LeadView]:
            window = Window(PAGE_LEADS, position)
            if wish.view is ExportView.CUSTOMER:
                own = self.list_leads.of_customer(step.tenant_id, customer_id, filters, window)
                return Page(own.items, own.position)
            found = self.list_leads.of_tenant(step.tenant_id, filters, window)
            return Page(found.items, found.position)

        return page

    def _lines(self, step: ExportStep, table: ExportTable, leads: Sequence[LeadView]) -> bytes:
        """Read behind the page, the configuration knows whatever its leads name."""
        maker = RowMaker(table, self.configuration.current(step.tenant_id))
        return csv_lines(map(maker.row, leads))
