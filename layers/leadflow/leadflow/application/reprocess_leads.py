"""Reprocess many leads once that is confirmed: a job, and its workflow (`product.md`, 11.6)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from leadflow.application.bulk_reprocess import BulkFiles, ReprocessWish
from leadflow.application.filter_members import filters_of
from leadflow.application.job_orders import JobOrders
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory
from leadflow.application.reprocess_selection import ReprocessSelection
from leadflow.application.reprocessing import check_startable
from leadflow.domain.identifiers import JobId
from leadflow.domain.jobs import Job, JobKind
from leadflow.domain.principals import UserPrincipal


@dataclass(frozen=True, kw_only=True)
class ReprocessLeads:
    """The action with its ports."""

    configuration: ConfigurationReader
    orders: JobOrders
    files: BulkFiles
    ids: IdFactory
    clock: Clock

    def __call__(
        self, user: UserPrincipal, selection: ReprocessSelection, repeat: str | None = None
    ) -> Job:
        """Order the job. `repeat` names a request that may be repeated.

        Raises `ValidationFailed` for wrong filters, what `check_startable` raises, and what
        `JobOrders.place` raises; then nothing is stored.
        """
        filters_of(selection.filter or {})
        check_startable(self.configuration.current(user.tenant_id), selection.start)
        ids = selection.ids
        wish = ReprocessWish(
            start=selection.start,
            filter=selection.filter,
            ids_digest=_digest(ids) if ids else None,
        )
        job = Job(
            id=JobId(self.ids.new("job")),
            kind=JobKind.LEAD_REPROCESS,
            owner=user.user_id,
            wish=wish.model_dump(mode="json", exclude_none=True),
            created_at=self.clock.now(),
        )

        def keep_ids(job_id: JobId) -> None:
            if ids:
                self.files.put_ids(user.tenant_id, job_id, ids)

        return self.orders.place(user.tenant_id, job, repeat, keep_ids)


def _digest(ids: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()
