"""Reprocess many leads once that is confirmed: a job, and its workflow (`product.md`, 11.6)."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from leadflow.application.bulk_reprocess import BulkFiles, ReprocessWish
from leadflow.application.filter_members import filters_of
from leadflow.application.job_ports import JobRuns, Jobs
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory
from leadflow.application.reprocess_selection import ReprocessSelection
from leadflow.application.reprocessing import check_startable
from leadflow.domain.errors import Conflict, TransientFault, Unprocessable
from leadflow.domain.identifiers import JobId
from leadflow.domain.jobs import Job, JobKind
from leadflow.domain.principals import UserPrincipal
from leadflow.domain.repeats import GENERATIONS_MAX, derived_job_id, is_repeatable


class _Identity(NamedTuple):
    """The id of a job; `known` is the job that an earlier request with the same key made."""

    job_id: JobId
    known: Job | None = None


@dataclass(frozen=True, kw_only=True)
class ReprocessLeads:
    """The action with its ports."""

    configuration: ConfigurationReader
    jobs: Jobs
    runs: JobRuns
    files: BulkFiles
    ids: IdFactory
    clock: Clock

    def __call__(
        self, user: UserPrincipal, selection: ReprocessSelection, repeat: str | None = None
    ) -> Job:
        """Store the job, then start its workflow. `repeat` names a request that may be repeated.

        A repeat whose first answer was lost is told of the job that it made, and starts it if that
        was not done. A workflow that cannot be started now is started later. Raises
        `ValidationFailed` for wrong filters, what `check_startable` raises, and `Unprocessable`
        (`idempotency_key_reused`) or `Conflict` for a key of another request; then nothing is
        stored.
        """
        filters_of(selection.filter or {})
        check_startable(self.configuration.current(user.tenant_id), selection.start)
        ids = selection.ids
        wish = ReprocessWish(
            start=selection.start,
            filter=selection.filter,
            ids_digest=_digest(ids) if ids else None,
        ).model_dump(mode="json", exclude_none=True)
        identity = self._identified(user, repeat)
        job = identity.known or self._stored(user, identity.job_id, wish, ids)
        if job.wish != wish:
            message = "The Idempotency-Key was used for another request."
            raise Unprocessable(message, code="idempotency_key_reused")
        if not job.has_ended:
            # The job is stored as queued; `WatchJobs` starts what cannot be started now.
            with suppress(TransientFault):
                self.runs.start(user.tenant_id, job)
        return job

    def _stored(
        self, user: UserPrincipal, job_id: JobId, wish: dict[str, object], ids: Sequence[str]
    ) -> Job:
        if ids:
            self.files.put_ids(user.tenant_id, job_id, ids)
        job = Job(
            id=job_id,
            kind=JobKind.LEAD_REPROCESS,
            owner=user.user_id,
            wish=wish,
            created_at=self.clock.now(),
        )
        if self.jobs.add(user.tenant_id, job):
            return job
        raise TransientFault("The same request is being answered at this moment.")

    def _identified(self, user: UserPrincipal, repeat: str | None) -> _Identity:
        if repeat is None:
            return _Identity(JobId(self.ids.new("job")))
        now = self.clock.now()
        for generation in range(GENERATIONS_MAX):
            job_id = derived_job_id(repeat, generation)
            job = self.jobs.get(user.tenant_id, job_id)
            if job is None:
                return _Identity(job_id)
            if is_repeatable(job.created_at, now):
                return _Identity(job_id, job)
        raise Conflict("This Idempotency-Key has been used too often; take another one.")


def _digest(ids: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()
