"""Reprocess the leads of one batch, one by one, and keep what was done (`product.md`, 11.6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from leadflow.application.bulk_reprocess import Batch, BulkFiles, ReprocessWish
from leadflow.application.job_ports import Jobs, Part
from leadflow.application.list_ports import LeadReader
from leadflow.application.reprocess_lead import Reprocess, ReprocessLead
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import Refusal, TransientFault
from leadflow.domain.identifiers import JobId, LeadId, TenantId, is_identifier
from leadflow.domain.reprocess_results import ItemOutcome, ItemResult
from leadflow.domain.starts import Start

_REASONS: dict[str, str] = {"invalid_status": Outcome.STATUS_NOT_REPROCESSABLE}
"""Bulk items have a code of their own for this refusal (24.3)."""


@dataclass(frozen=True, kw_only=True)
class ReprocessBatch:
    """The action with its ports."""

    jobs: Jobs
    files: BulkFiles
    leads: LeadReader
    reprocess_lead: ReprocessLead

    def __call__(self, tenant_id: TenantId, job_id: JobId, batch: Batch) -> int:
        """Reprocess each lead as if it were asked for by itself; how many were handled.

        Nothing is done once the job has ended. A lead that refuses is told of and left alone. A
        repeat of a batch meets the flows that it has opened, and tells of them again. Raises
        `TransientFault`, behind the last lead, when one could not be handled.
        """
        job = self.jobs.get(tenant_id, job_id)
        if job is None or job.has_ended:
            return 0
        results = self.files.results(tenant_id, job_id, batch)
        if results is None:
            start = ReprocessWish.model_validate(job.wish).start
            results = self._done(tenant_id, job_id, batch, start)
            self.files.put_results(tenant_id, job_id, batch, results)
        self.jobs.count(tenant_id, job_id, Part(batch.name, done=len(results)))
        return len(results)

    def _done(
        self, tenant_id: TenantId, job_id: JobId, batch: Batch, start: Start
    ) -> Sequence[ItemResult]:
        results: list[ItemResult] = []
        fault: TransientFault | None = None
        for lead_id in batch.lead_ids:
            repeat = repeat_of(job_id, lead_id)
            try:
                results.append(self._one(Reprocess(tenant_id, lead_id, start, repeat)))
            except TransientFault as error:
                fault = error
        if fault:
            raise fault
        return results

    def _one(self, wish: Reprocess) -> ItemResult:
        try:
            opened = self.reprocess_lead.open(wish)
        except Refusal as refusal:
            return self._refused(wish, refusal)
        settled_by = opened.settled_by
        return ItemResult(
            lead_id=wish.lead_id,
            outcome=ItemOutcome.SETTLED if settled_by else ItemOutcome.QUEUED,
            status=opened.after.status,
            reason=settled_by,
            flow_id=opened.flow_id,
        )

    def _refused(self, wish: Reprocess, refusal: Refusal) -> ItemResult:
        known = is_identifier("lead", wish.lead_id)
        lead = self.leads.get(wish.tenant_id, LeadId(wish.lead_id)) if known else None
        return ItemResult(
            lead_id=wish.lead_id,
            outcome=ItemOutcome.REFUSED,
            status=lead.status if lead else None,
            reason=_REASONS.get(refusal.code, refusal.code),
        )


def repeat_of(job_id: JobId, lead_id: str) -> str:
    """Names the reprocess of one lead by a job, so that a repeat of its batch meets its flow."""
    return f"{job_id}#{lead_id}"
