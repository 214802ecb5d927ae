"""No job is left behind."""

from datetime import timedelta

import pytest

from leadflow.application.watch_jobs import (
    GIVEN_UP_AFTER,
    STARTED_AFTER,
    HandledJob,
    JobHandling,
    WatchJobs,
)
from leadflow.domain.errors import TransientFault
from leadflow.domain.jobs import Job, JobStatus
from tests.builders import TENANT_ID
from tests.fakes.clock import FixedClock
from tests.fakes.jobs import MemoryJobs, ScriptedRuns
from tests.unit.application.test_track_jobs import JOB
from tests.unit.domain.bidding_examples import NOW

LATE = STARTED_AFTER + timedelta(seconds=1)


def watched(
    age: timedelta, runs: ScriptedRuns, status: JobStatus = JobStatus.QUEUED
) -> tuple[list[JobHandling], Job]:
    """What is done about a job of that age, and the job then."""
    job = JOB.model_copy(update={"status": status, "created_at": NOW - age})
    jobs = MemoryJobs({(TENANT_ID, job.id): job})
    handled = WatchJobs(jobs=jobs, runs=runs, clock=FixedClock())(TENANT_ID)
    assert all(isinstance(one, HandledJob) and one.job_id == job.id for one in handled)
    return [one.handling for one in handled], jobs.kept[TENANT_ID, job.id]


def test_a_job_that_was_not_started_is_started() -> None:
    runs = ScriptedRuns()
    assert watched(LATE, runs)[0] == [JobHandling.STARTED]
    assert runs.started == [JOB.id]


def test_a_young_job_is_left_to_whoever_made_it() -> None:
    runs = ScriptedRuns()
    assert watched(STARTED_AFTER, runs)[0] == []
    assert not runs.started


def test_what_cannot_be_started_now_is_tried_again_next_time() -> None:
    handled, job = watched(LATE, ScriptedRuns(TransientFault("down")))
    assert (handled, job.status) == ([JobHandling.LEFT], JobStatus.QUEUED)


def test_a_job_that_is_running_is_left_to_its_workflow() -> None:
    runs = ScriptedRuns()
    handled, job = watched(LATE, runs, JobStatus.RUNNING)
    assert (handled, job.status, runs.started) == ([JobHandling.LEFT], JobStatus.RUNNING, [])


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_a_job_that_nobody_can_end_any_more_is_given_up(status: JobStatus) -> None:
    handled, job = watched(GIVEN_UP_AFTER, ScriptedRuns(), status)
    assert (handled, job.status) == ([JobHandling.GIVEN_UP], JobStatus.FAILED)


def test_a_job_that_has_ended_is_no_concern() -> None:
    assert watched(GIVEN_UP_AFTER, ScriptedRuns(), JobStatus.CANCELLED)[0] == []
