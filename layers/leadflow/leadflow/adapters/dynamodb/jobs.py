"""Jobs: counters that every part moves once, a status that is left only forward."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from leadflow.adapters.dynamodb.flow_items import FlowItem, FlowsByStarted
from leadflow.adapters.dynamodb.job_items import JobItem, JobPartItem
from leadflow.adapters.dynamodb.keys import moment_key, tenant_key
from leadflow.adapters.dynamodb.store import read, read_many
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.walks import KeyIndex
from leadflow.application.job_ports import Part
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import ENDED, Job, JobOutcome, JobProgress, JobStatus

_JOB = "JOB"
_FIRST = datetime.min.replace(tzinfo=UTC)
_BY_START = KeyIndex(FlowItem, FlowItem.by_started, FlowsByStarted.started_key)
_LATER = {"status", "progress", "outcome", "finished_at"}


class DynamoJobs:
    """Implements `Jobs`."""

    def add(self, tenant_id: TenantId, job: Job) -> bool:
        """One conditional put."""
        transaction = Transaction()
        item = JobItem(
            tenant_key(tenant_id, job.id),
            _JOB,
            document=job.model_dump_json(exclude=_LATER, exclude_none=True),
            status=job.status,
            total=job.progress.total,
            started_bucket=_unfinished(tenant_id),
            started_key=moment_key(job.created_at, job.id),
        )
        transaction.put(item, condition=JobItem.pk.does_not_exist(), label=_JOB)
        return not transaction.refused()

    def get(self, tenant_id: TenantId, job_id: JobId) -> Job | None:
        """One consistent read."""
        item = read(JobItem, tenant_key(tenant_id, job_id), _JOB)
        return _job_of(item) if item else None

    def unfinished(self, tenant_id: TenantId, *, before: datetime, limit: int) -> Sequence[Job]:
        """One query of an index that holds nothing else, and one batch."""
        spots = _BY_START.between(
            _unfinished(tenant_id),
            moment_key(_FIRST),
            moment_key(before),
            limit=limit,
            position=None,
            ascending=True,
        )
        items = read_many(JobItem, [(tenant_key(tenant_id, spot.id), _JOB) for spot in spots])
        found = sorted(map(_job_of, items), key=lambda job: (job.created_at, job.id))
        return [job for job in found if not job.has_ended]

    def begin(self, tenant_id: TenantId, job_id: JobId, total: int | None) -> JobStatus:
        """One conditional update, and a read."""
        actions: list[Action] = [JobItem.status.set(JobStatus.RUNNING)]
        actions += [JobItem.total.set(total)] if total is not None else []
        _update(tenant_id, job_id, actions, _goes_on())
        job = self.get(tenant_id, job_id)
        if job is None:
            raise NotFound
        return job.status

    def count(self, tenant_id: TenantId, job_id: JobId, part: Part) -> None:
        """The part and the counters in one transaction; nothing when the part is there."""
        transaction = Transaction()
        key = tenant_key(tenant_id, job_id)
        transaction.put(
            JobPartItem(key, f"PART#{part.name}"), condition=JobPartItem.pk.does_not_exist()
        )
        transaction.update(
            JobItem(key, _JOB), [JobItem.done.add(part.done), JobItem.failed.add(part.failed)]
        )
        transaction.refused()

    def cancel(self, tenant_id: TenantId, job_id: JobId, at: datetime) -> bool:
        """One conditional update."""
        return _update(tenant_id, job_id, _ended(JobStatus.CANCELLED, at), _goes_on())

    def end(
        self,
        tenant_id: TenantId,
        job_id: JobId,
        status: JobStatus,
        outcome: JobOutcome,
        at: datetime,
    ) -> None:
        """One conditional update; a second one for a job that had ended."""
        told = JobItem.outcome.set(outcome.model_dump_json(exclude_none=True))
        if not _update(tenant_id, job_id, [told, *_ended(status, at)], _goes_on()):
            _update(tenant_id, job_id, [told], JobItem.outcome.does_not_exist())


def _goes_on() -> Condition:
    has_ended: Condition = JobItem.status.is_in(*sorted(ENDED))
    goes_on: Condition = JobItem.pk.exists() & ~has_ended
    return goes_on


def _ended(status: JobStatus, at: datetime) -> list[Action]:
    return [
        JobItem.status.set(status),
        JobItem.finished_at.set(at.isoformat()),
        JobItem.started_bucket.remove(),
        JobItem.started_key.remove(),
    ]


def _unfinished(tenant_id: TenantId) -> str:
    return tenant_key(tenant_id, "UNFINISHED_JOBS")


def _update(
    tenant_id: TenantId, job_id: JobId, actions: list[Action], condition: Condition
) -> bool:
    transaction = Transaction()
    item = JobItem(tenant_key(tenant_id, job_id), _JOB)
    transaction.update(item, actions, condition=condition, label=_JOB)
    return not transaction.refused()


def _job_of(item: JobItem) -> Job:
    job = Job.model_validate_json(item.document)
    outcome, finished_at = item.outcome, item.finished_at
    changes = {
        "status": JobStatus(item.status),
        "progress": JobProgress(
            total=None if item.total is None else int(item.total),
            done=int(item.done),
            failed=int(item.failed),
        ),
        "outcome": JobOutcome.model_validate_json(outcome) if outcome else None,
        "finished_at": datetime.fromisoformat(finished_at) if finished_at else None,
    }
    return job.model_copy(update=changes)
