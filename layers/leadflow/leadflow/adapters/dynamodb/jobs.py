"""Jobs: counters that every part moves once, a status that is left only forward."""

from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from leadflow.adapters.dynamodb.job_items import JobItem, JobPartItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.job_ports import Part
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import ENDED, Job, JobOutcome, JobProgress, JobStatus

_JOB = "JOB"
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
        )
        transaction.put(item, condition=JobItem.pk.does_not_exist(), label=_JOB)
        return not transaction.refused()

    def get(self, tenant_id: TenantId, job_id: JobId) -> Job | None:
        """One consistent read."""
        item = read(JobItem, tenant_key(tenant_id, job_id), _JOB)
        return _job_of(item) if item else None

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
    return [JobItem.status.set(status), JobItem.finished_at.set(at.isoformat())]


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
