"""Jobs in memory, and workflows that are only noted down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.job_ports import Part
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import Job, JobOutcome, JobStatus


@dataclass
class MemoryJobs:
    """Implements `Jobs`; `parts` has the names of what was counted."""

    kept: dict[tuple[TenantId, JobId], Job] = field(default_factory=dict)
    parts: set[tuple[JobId, str]] = field(default_factory=set)

    def add(self, tenant_id: TenantId, job: Job) -> bool:
        return self.kept.setdefault((tenant_id, job.id), job) is job

    def get(self, tenant_id: TenantId, job_id: JobId) -> Job | None:
        return self.kept.get((tenant_id, job_id))

    def unfinished(self, tenant_id: TenantId, *, before: datetime, limit: int) -> Sequence[Job]:
        own = [job for (owner, _), job in self.kept.items() if owner == tenant_id]
        return [job for job in own if job.created_at < before and not job.has_ended][:limit]

    def begin(self, tenant_id: TenantId, job_id: JobId, total: int | None) -> JobStatus:
        job = self._known(tenant_id, job_id)
        if not job.has_ended:
            known = job.progress.total if total is None else total
            progress = job.progress.model_copy(update={"total": known})
            job = self._change(tenant_id, job, status=JobStatus.RUNNING, progress=progress)
        return job.status

    def count(self, tenant_id: TenantId, job_id: JobId, part: Part) -> None:
        if (job_id, part.name) not in self.parts:
            self.parts.add((job_id, part.name))
            job = self._known(tenant_id, job_id)
            was = job.progress
            now = {"done": was.done + part.done, "failed": was.failed + part.failed}
            self._change(tenant_id, job, progress=was.model_copy(update=now))

    def cancel(self, tenant_id: TenantId, job_id: JobId, at: datetime) -> bool:
        job = self._known(tenant_id, job_id)
        if job.has_ended:
            return False
        self._change(tenant_id, job, status=JobStatus.CANCELLED, finished_at=at)
        return True

    def end(
        self,
        tenant_id: TenantId,
        job_id: JobId,
        status: JobStatus,
        outcome: JobOutcome,
        at: datetime,
    ) -> None:
        job = self._known(tenant_id, job_id)
        changes = {} if job.has_ended else {"status": status, "finished_at": at}
        self._change(tenant_id, job, outcome=job.outcome or outcome, **changes)

    def _known(self, tenant_id: TenantId, job_id: JobId) -> Job:
        job = self.get(tenant_id, job_id)
        if job is None:
            raise NotFound
        return job

    def _change(self, tenant_id: TenantId, job: Job, **changes: object) -> Job:
        changed = job.model_copy(update=changes)
        self.kept[tenant_id, job.id] = changed
        return changed


@dataclass
class NotedRuns:
    """Implements `JobRuns`; `faults` are raised, one a call, instead of starting."""

    started: list[Job] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def start(self, _tenant_id: TenantId, job: Job) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.started.append(job)
