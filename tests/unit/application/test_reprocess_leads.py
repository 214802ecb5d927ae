"""A confirmed reprocess of many leads becomes a job."""

from datetime import timedelta
from typing import Any

import pytest

from leadflow.application import job_orders
from leadflow.domain.errors import Conflict, TransientFault, Unprocessable, ValidationFailed
from leadflow.domain.jobs import JobKind, JobStatus
from leadflow.domain.repeats import REPEATABLE_FOR
from tests.builders import TENANT_ID, lead, stage
from tests.fakes.jobs import ScriptedRuns
from tests.fakes.leads import MemoryLeads
from tests.unit.application.bulk_world import ADMIN, World
from tests.unit.domain.bidding_examples import NOW

KEY = "key"


@pytest.fixture
def world() -> World:
    return World(MemoryLeads())


def test_a_job_is_stored_with_what_was_asked_for_and_started(world: World) -> None:
    job = world.job(filter={"status": "unassigned"}, start=stage(0).id)
    assert (job.kind, job.status, job.owner) == (
        JobKind.LEAD_REPROCESS,
        JobStatus.QUEUED,
        ADMIN.user_id,
    )
    assert world.now(job).wish == {"start": stage(0).id, "filter": {"status": "unassigned"}}
    assert world.runs.started == [job.id]


def test_ids_are_kept_in_a_file_each_once(world: World) -> None:
    job = world.job(lead_ids=["b", "a", "b"])
    assert world.bulk_files.ids(TENANT_ID, job.id) == ["b", "a"]
    assert "filter" not in job.wish
    assert len(str(job.wish["ids_digest"])) == 64


def test_a_workflow_that_cannot_be_started_now_leaves_the_job_queued() -> None:
    world = World(MemoryLeads(), runs=ScriptedRuns(TransientFault("down")))
    assert world.now(world.job(filter={})).status is JobStatus.QUEUED


def test_a_repeat_is_told_of_the_same_job_and_starts_it_if_that_was_not_done(world: World) -> None:
    world.runs.fault = TransientFault("down")
    first = world.job(KEY, filter={})
    world.runs.fault = None
    assert world.job(KEY, filter={}) == first
    assert world.runs.started == [first.id]


def test_a_repeat_of_a_job_that_has_ended_starts_nothing(world: World) -> None:
    first = world.job(KEY, filter={})
    world.jobs.cancel(TENANT_ID, first.id, NOW)
    assert world.job(KEY, filter={}).status is JobStatus.CANCELLED
    assert world.runs.started == [first.id]


@pytest.mark.parametrize("other", [{"lead_ids": ["b"]}, {"filter": {}}])
def test_a_key_of_another_request_is_refused(world: World, other: dict[str, object]) -> None:
    first = world.job(KEY, lead_ids=["a"])
    with pytest.raises(Unprocessable) as refused:
        world.job(repeat=KEY, **other)
    assert refused.value.code == "idempotency_key_reused"
    assert world.bulk_files.ids(TENANT_ID, first.id) == ["a"]


def test_a_key_that_is_used_again_after_a_day_means_another_job(world: World) -> None:
    first = world.job(KEY, filter={})
    world.clock.at = NOW + REPEATABLE_FOR + timedelta(seconds=1)
    assert world.job(KEY, filter={}).id != first.id


def test_a_key_can_be_used_too_often(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_orders, "GENERATIONS_MAX", 1)
    world.job(KEY, filter={})
    world.clock.at = NOW + REPEATABLE_FOR + timedelta(seconds=1)
    with pytest.raises(Conflict, match="too often"):
        world.job(KEY, filter={})


def test_two_of_the_same_request_at_once_make_one_job(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.job(KEY, filter={})
    monkeypatch.setattr(world.jobs, "get", lambda *_: None)
    with pytest.raises(TransientFault):
        world.job(KEY, filter={})
    assert len(world.jobs.kept) == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"filter": {"status": "gone"}}, ValidationFailed),
        ({"filter": {}, "start": stage(9).id}, Unprocessable),
        ({"lead_ids": [lead(1).id], "start": "ping_post"}, Unprocessable),
    ],
)
def test_a_wrong_wish_stores_nothing(
    world: World, body: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        world.job(None, **body)
    assert not world.jobs.kept
    assert not world.files.kept
    assert not world.runs.started
