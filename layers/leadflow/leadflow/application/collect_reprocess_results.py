"""Collect what was done with the leads of one list of batches, a line for each lead."""

from collections.abc import Sequence
from dataclasses import dataclass

from leadflow.application.bulk_reprocess import Batch, BulkFiles, BulkRun
from leadflow.application.job_ports import Jobs, Part
from leadflow.application.list_ports import LeadLists
from leadflow.application.reprocess_batch import repeat_of
from leadflow.application.reprocess_report import report_lines
from leadflow.domain.identifiers import JobId
from leadflow.domain.jobs import JobStatus
from leadflow.domain.leads import Lead
from leadflow.domain.repeats import derived_flow_id
from leadflow.domain.reprocess_results import UNAVAILABLE, ItemOutcome, ItemResult


@dataclass(frozen=True, kw_only=True)
class CollectReprocessResults:
    """The action with its ports."""

    jobs: Jobs
    files: BulkFiles
    lists: LeadLists

    def __call__(self, run: BulkRun) -> BulkRun:
        """Keep the report's lines of the list; the run with its tally, and on to the next list.

        Batches that did not come to their end are told of as their leads show: a lead that is in a
        flow of this job was queued, the others are `cancelled` if the job is, else `failed`.
        Memory is that of one list. Repeating it changes nothing.
        """
        job = self.jobs.get(run.tenant_id, run.job_id)
        is_stopped = job is None or job.status is JobStatus.CANCELLED
        tally, lines = run.tally, bytearray()
        for batch in self.files.batches(run):
            results = self.files.results(run.tenant_id, run.job_id, batch)
            if results is None:
                results = self._unfinished(run, batch, is_stopped=is_stopped)
            tally = tally.plus(results)
            lines += report_lines(results)
        self.files.put_lines(run, f"{run.collected:05d}", bytes(lines))
        return run.model_copy(
            update={"collected": run.collected + 1, "tally": tally, "is_stopped": is_stopped}
        )

    def _unfinished(self, run: BulkRun, batch: Batch, *, is_stopped: bool) -> Sequence[ItemResult]:
        left = ItemOutcome.CANCELLED if is_stopped else ItemOutcome.FAILED
        leads = self.lists.many(run.tenant_id, batch.lead_ids)
        results = [_seen(run.job_id, one, leads.get(one), left) for one in batch.lead_ids]
        handled = [one for one in results if one.outcome is not ItemOutcome.CANCELLED]
        failed = sum(one.outcome is ItemOutcome.FAILED for one in handled)
        if handled:
            part = Part(batch.name, done=len(handled), failed=failed)
            self.jobs.count(run.tenant_id, run.job_id, part)
        return results


def _seen(job_id: JobId, lead_id: str, lead: Lead | None, left: ItemOutcome) -> ItemResult:
    flow_id = derived_flow_id(repeat_of(job_id, lead_id), 0)
    status = lead.status if lead else None
    if lead and flow_id in lead.flow_ids:
        outcome = ItemOutcome.QUEUED
        return ItemResult(lead_id=lead_id, outcome=outcome, status=status, flow_id=flow_id)
    reason = UNAVAILABLE if left is ItemOutcome.FAILED else None
    return ItemResult(lead_id=lead_id, outcome=left, status=status, reason=reason)
