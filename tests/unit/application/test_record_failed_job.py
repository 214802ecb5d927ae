"""The last resort of a job's workflow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from pydantic import JsonValue

from leadflow.application.finish_lead_import import NOT_STORED
from leadflow.application.job_ports import Part
from leadflow.application.record_failed_job import FailedJob, RecordFailedJob
from leadflow.domain.identifiers import JobId, UserId
from leadflow.domain.jobs import Job, JobKind, JobOutcome, JobStatus
from tests.builders import TENANT_ID, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.jobs import MemoryJobs
from tests.unit.domain.bidding_examples import NOW

LATER = NOW + timedelta(hours=1)
COUNTED = {"created": 2, "rejected": 1, "errors_url": None, "message": NOT_STORED}
TELLS: dict[JobKind, Mapping[str, JsonValue]] = {
    JobKind.LEAD_EXPORT: {},
    JobKind.LEAD_ERASURE: {},
    JobKind.RETURN_TIER_RECALCULATION: {},
    JobKind.LEAD_IMPORT: COUNTED,
}


@dataclass
class World:
    """A running job of a kind; three items of it were handled, and one of those failed."""

    kind: JobKind
    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    job_id: JobId = field(default=JobId(numbered("job", 1)))

    def __post_init__(self) -> None:
        job = Job(id=self.job_id, kind=self.kind, owner=UserId("user_1"), wish={}, created_at=NOW)
        self.jobs.add(TENANT_ID, job)
        self.jobs.begin(TENANT_ID, self.job_id, 5)
        self.jobs.count(TENANT_ID, self.job_id, Part("1", done=3, failed=1))

    def recorded(self) -> Job:
        """The job once its failure is recorded."""
        failed = FailedJob(tenant_id=TENANT_ID, job_id=self.job_id, kind=self.kind)
        RecordFailedJob(jobs=self.jobs, clock=FixedClock(LATER))(failed)
        return self.jobs.kept[TENANT_ID, self.job_id]


@pytest.mark.parametrize("kind", TELLS)
def test_a_failed_job_says_so_and_has_no_file(kind: JobKind) -> None:
    job = World(kind).recorded()
    assert (job.status, job.finished_at) == (JobStatus.FAILED, LATER)
    assert job.outcome == JobOutcome(result=TELLS[kind])


@pytest.mark.parametrize("kind", TELLS)
@pytest.mark.parametrize("status", [JobStatus.SUCCEEDED, JobStatus.CANCELLED, JobStatus.FAILED])
def test_a_job_that_has_ended_stays_what_it_is(kind: JobKind, status: JobStatus) -> None:
    world = World(kind)
    told = JobOutcome(result={"created": 5})
    world.jobs.end(TENANT_ID, world.job_id, status, told, NOW)
    before = world.jobs.kept[TENANT_ID, world.job_id]
    assert world.recorded() == before
