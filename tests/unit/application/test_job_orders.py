from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from leadflow.application.job_orders import JobOrders
from leadflow.domain.errors import Conflict, TransientFault, Unprocessable
from leadflow.domain.identifiers import JobId, UserId
from leadflow.domain.jobs import Job, JobKind, JobOutcome, JobStatus
from leadflow.domain.repeats import GENERATIONS_MAX, REPEATABLE_FOR
from tests.builders import TENANT_ID, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.jobs import MemoryJobs, ScriptedRuns
from tests.unit.domain.bidding_examples import NOW

KEY = "user_1 POST /x key-1"


@dataclass
class World:
    """Orders, and what became of them."""

    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    runs: ScriptedRuns = field(default_factory=ScriptedRuns)
    clock: FixedClock = field(default_factory=FixedClock)
    ordered: int = 0

    def place(self, repeat: str | None = KEY, **wish: str) -> Job:
        self.ordered += 1
        job = Job(
            id=JobId(numbered("job", self.ordered)),
            kind=JobKind.LEAD_EXPORT,
            owner=UserId("user_1"),
            wish=wish,
            created_at=self.clock.now(),
        )
        orders = JobOrders(jobs=self.jobs, runs=self.runs, clock=self.clock)
        return orders.place(TENANT_ID, job, repeat)


@pytest.fixture
def world() -> World:
    return World()


def test_a_job_is_stored_and_then_started(world: World) -> None:
    job = world.place(None)
    assert world.jobs.get(TENANT_ID, job.id) == job
    assert world.runs.started == [job.id]
    assert world.place(None).id != job.id


def test_a_repeat_meets_the_job_that_it_has_made(world: World) -> None:
    job = world.place()
    world.jobs.end(TENANT_ID, job.id, JobStatus.SUCCEEDED, JobOutcome(), NOW)
    again = world.place()
    assert (again.id, again.status) == (job.id, JobStatus.SUCCEEDED)
    assert world.runs.started == [job.id]
    assert len(world.jobs.kept) == 1


def test_a_job_that_cannot_be_started_is_kept_and_a_repeat_tries_again(world: World) -> None:
    world.runs.fault = TransientFault("out of reach")
    job = world.place()
    assert world.jobs.get(TENANT_ID, job.id) == job
    assert not world.runs.started
    world.runs.fault = None
    assert world.place() == job
    assert world.runs.started == [job.id]


def test_of_two_of_the_same_request_at_once_both_are_told_of_one_job(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.place()
    seen = [None, first]
    monkeypatch.setattr(world.jobs, "get", lambda *_: seen.pop(0))
    assert world.place() == first
    assert len(world.jobs.kept) == 1


def test_a_key_that_comes_with_another_wish_is_refused(world: World) -> None:
    world.place(view="tenant")
    with pytest.raises(Unprocessable) as refused:
        world.place(view="customer")
    assert refused.value.code == "idempotency_key_reused"
    assert len(world.runs.started) == 1


def test_a_key_means_another_job_after_a_day(world: World) -> None:
    first = world.place()
    world.clock.at = NOW + REPEATABLE_FOR - timedelta(seconds=1)
    assert world.place().id == first.id
    world.clock.at = NOW + REPEATABLE_FOR
    assert world.place().id != first.id


def test_a_key_cannot_be_used_for_ever(world: World) -> None:
    for _ in range(GENERATIONS_MAX):
        world.place()
        world.clock.at += REPEATABLE_FOR
    with pytest.raises(Conflict):
        world.place()
