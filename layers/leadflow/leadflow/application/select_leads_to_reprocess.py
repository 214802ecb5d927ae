"""Select the leads of a job, oldest received first, in lists of batches (`product.md`, 11.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

from leadflow.application.bulk_reprocess import (
    LIST_LEADS,
    LOOKS_MAX,
    BulkFiles,
    BulkRun,
    ReprocessWish,
)
from leadflow.application.filter_members import filters_of
from leadflow.application.job_ports import Jobs, Part
from leadflow.application.list_leads import LeadFilters, ListLeads
from leadflow.application.list_ports import LeadLists
from leadflow.application.ports import Window
from leadflow.application.reprocess_report import report_lines
from leadflow.application.reprocess_selection import PAGE_LEADS, READ_AT_ONCE
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import TenantId, is_identifier
from leadflow.domain.jobs import ENDED, Job
from leadflow.domain.reprocess_results import ItemOutcome, ItemResult

PAGES_PER_LIST = LIST_LEADS // PAGE_LEADS
"""Pages that one step reads: at most a list full of leads, which may be fewer or none."""

_LAST = datetime.max.replace(tzinfo=UTC)
"""Where what is no lead stands in the order received."""

_STRANGE = "strange"
"""Sorts behind the numbers of the lists."""


@dataclass(frozen=True, kw_only=True)
class SelectLeadsToReprocess:
    """The action with its ports."""

    jobs: Jobs
    files: BulkFiles
    lists: LeadLists
    list_leads: ListLeads

    def __call__(self, run: BulkRun) -> BulkRun:
        """Make the next list of batches; the run says whether there is more to select.

        One call reads no more than `PAGES_PER_LIST` pages, or the ids that a request may name, so
        its time and memory are bounded. Leads that were received after the job was asked for are
        not meant. Whatever is no identifier at all is told of at once, for it must not get into
        the input of a task. Repeating a call makes the same list again.
        """
        status = self.jobs.begin(run.tenant_id, run.job_id, None)
        job = self.jobs.get(run.tenant_id, run.job_id)
        if job is None:
            raise CorruptState("The job is gone.")
        wish = ReprocessWish.model_validate(job.wish)
        if wish.filter is None:
            after = self._of_ids(run)
        elif status in ENDED:
            return run.model_copy(update={"is_selected": True, "is_stopped": True})
        else:
            after = self._of_filter(run, job, wish.filter)
        if after.is_selected:
            self.jobs.begin(run.tenant_id, run.job_id, after.leads)
        return after.model_copy(update={"is_stopped": status in ENDED})

    def _of_ids(self, run: BulkRun) -> BulkRun:
        ids = self.files.ids(run.tenant_id, run.job_id)
        strange = [one for one in ids if not is_identifier("lead", one)]
        leads = [one for one in ids if is_identifier("lead", one)]
        received = self._received(run.tenant_id, leads)
        ordered = sorted(leads, key=lambda one: (received.get(one, _LAST), one))
        after = self._told(run, strange)
        if ordered:
            self.files.put_list(run, ordered)
        return after.model_copy(
            update={"lists": 1 if ordered else 0, "leads": len(ids), "is_selected": True}
        )

    def _received(self, tenant_id: TenantId, ids: Sequence[str]) -> Mapping[str, datetime]:
        """When each lead was received, of those that there are."""
        received: dict[str, datetime] = {}
        for start in range(0, len(ids), READ_AT_ONCE):
            found = self.lists.many(tenant_id, ids[start : start + READ_AT_ONCE])
            received |= {lead_id: lead.received_at for lead_id, lead in found.items()}
        return received

    def _told(self, run: BulkRun, strange: Sequence[str]) -> BulkRun:
        results = [
            ItemResult(lead_id=one, outcome=ItemOutcome.REFUSED, reason=Outcome.NOT_FOUND)
            for one in strange
        ]
        if results:
            self.files.put_lines(run, _STRANGE, report_lines(results))
            self.jobs.count(run.tenant_id, run.job_id, Part(_STRANGE, done=len(results)))
        return run.model_copy(update={"tally": run.tally.plus(results)})

    def _of_filter(self, run: BulkRun, job: Job, given: Mapping[str, JsonValue]) -> BulkRun:
        ids, position = self._looked(run, _asked_for(job, filters_of(given)))
        if ids:
            self.files.put_list(run, ids)
        looks = run.looks + 1
        return run.model_copy(
            update={
                "looks": looks,
                "lists": run.lists + bool(ids),
                "leads": run.leads + len(ids),
                "position": position,
                "is_selected": position is None or looks >= LOOKS_MAX,
                "is_truncated": position is not None and looks >= LOOKS_MAX,
            }
        )

    def _looked(self, run: BulkRun, filters: LeadFilters) -> tuple[list[str], str | None]:
        ids: list[str] = []
        position = run.position
        for _ in range(PAGES_PER_LIST):
            page = self.list_leads.of_tenant(
                run.tenant_id, filters, Window(PAGE_LEADS, position), oldest_first=True
            )
            ids += [lead.id for lead in page.items]
            position = page.position
            if position is None:
                break
        return ids, position


def _asked_for(job: Job, filters: LeadFilters) -> LeadFilters:
    """The filters as they were meant when the job was asked for."""
    until = min(filters.received_to or job.created_at, job.created_at)
    return filters.model_copy(update={"received_to": until})
