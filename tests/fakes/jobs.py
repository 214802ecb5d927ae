"""Jobs and their workflows in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.job_ports import Part
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import Job, JobOutcome, JobStatus


@dataclass
class MemoryJobs:
    """Implements `Jobs`."""

    kept: dict[tuple[TenantId, JobId], Job] = field(default_factory=dict)
    parts: set[tuple[TenantId, JobId, str]] = field(default_factory=set)

    def add(self, tenant_id: TenantId, job: Job) -> bool:
        return self.kept.setdefault((tenant_id, job.id), job) is job

    def get(self, tenant_id: TenantId, job_id: JobId) -> Job | None:
        return self.kept.get((tenant_id, job_id))

    def unfinished(self, tenant_id: TenantId, *, before: datetime, limit: int) -> Sequence[Job]:
        waiting = [
            job
            for (owner, _), job in self.kept.items()
            if owner == tenant_id and not job.has_ended and job.created_at < before
        ]
        return sorted(waiting, key=lambda job: (job.created_at, job.id))[:limit]

    def begin(self, tenant_id: TenantId, job_id: JobId, total: int | None) -> JobStatus:
        job = self.get(tenant_id, job_id)
        if job is None:
            raise NotFound
        if not job.has_ended:
            counted = {} if total is None else {"total": total}
            progress = job.progress.model_copy(update=counted)
            self._change(tenant_id, job, status=JobStatus.RUNNING, progress=progress)
        return self.kept[tenant_id, job_id].status

    def count(self, tenant_id: TenantId, job_id: JobId, part: Part) -> None:
        job = self.kept[tenant_id, job_id]
        if (tenant_id, job_id, part.name) in self.parts:
            return
        self.parts.add((tenant_id, job_id, part.name))
        done, failed = job.progress.done + part.done, job.progress.failed + part.failed
        progress = job.progress.model_copy(update={"done": done, "failed": failed})
        self._change(tenant_id, job, progress=progress)

    def cancel(self, tenant_id: TenantId, job_id: JobId, at: datetime) -> bool:
        job = self.get(tenant_id, job_id)
        if job is None or job.has_ended:
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
        job = self.kept[tenant_id, job_id]
        if not job.has_ended:
            self._change(tenant_id, job, status=status, outcome=outcome, finished_at=at)
        elif job.outcome is None:
            self._change(tenant_id, job, outcome=outcome)

    def _change(self, tenant_id: TenantId, job: Job, **changes: object) -> None:
        self.kept[tenant_id, job.id] = job.model_copy(update=changes)


@dataclass
class ScriptedRuns:
    """Implements `JobRuns`; `fault` is raised in place of a start."""

    fault: Exception | None = None
    started: list[JobId] = field(default_factory=list)

    def start(self, _tenant_id: TenantId, job: Job) -> None:
        if self.fault:
            raise self.fault
        self.started.append(job.id)
