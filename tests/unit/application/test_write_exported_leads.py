"""The tasks of an export, one after the other as the workflow calls them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.application import write_exported_leads
from leadflow.application.lead_export_steps import ExportState
from leadflow.domain.errors import CorruptState, NotFound, TransientFault
from leadflow.domain.identifiers import JobId
from leadflow.domain.jobs import JobOutcome, JobProgress, JobStatus
from leadflow.domain.leads import LeadStatus
from tests.reading import BUYER, NOON, RIVAL, TENANT, buyer, identify, lead, sold_lead
from tests.unit.application.export_world import ExportWorld, first_step


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ExportWorld:
    """Two pages of two leads to a part."""
    monkeypatch.setattr(write_exported_leads, "PAGE_LEADS", 2)
    monkeypatch.setattr(write_exported_leads, "PAGES_PER_STEP", 2)
    made = ExportWorld()
    made.has(*(sold_lead(number) for number in range(1, 10)))
    return made


def ids(*numbers: int) -> list[str]:
    return [identify("lead", number) for number in numbers]


def test_all_leads_of_the_customer_are_in_the_file_newest_first(world: ExportWorld) -> None:
    world.has(sold_lead(20, RIVAL), lead(21), lead(22, is_test=True))
    world.has(sold_lead(10, status=LeadStatus.RETURNED))
    job = world.order()
    ended = world.run(job)
    assert [row["id"] for row in world.rows(job)] == ids(*range(10, 0, -1))
    assert (ended.status, ended.finished_at) == (JobStatus.SUCCEEDED, NOON)
    assert ended.progress == JobProgress(total=10, done=10)
    assert ended.outcome
    assert ended.outcome.result == {"rows": 10}


def test_an_export_without_leads_is_a_header(world: ExportWorld) -> None:
    job = world.order(status="audit")
    assert world.run(job).progress == JobProgress(total=0)
    assert world.text(job).startswith('"id","status","lead_type"')
    assert world.rows(job) == []


def test_filters_and_search_count_for_tenants_and_customers(world: ExportWorld) -> None:
    world.has(sold_lead(10, status=LeadStatus.RETURNED), sold_lead(11, RIVAL))
    assert world.exported(status="returned", customer_id=BUYER) == ids(10)
    assert world.exported(q="jane roe", received_from=lead(9).received_at.isoformat()) == ids(9, 10)
    assert world.exported(test_mode=True) == []
    assert world.exported(buyer(), status="returned") == ids(10)
    assert world.exported(buyer(), q="JANE@example.com", status="assigned") == ids(*range(9, 0, -1))


def test_a_customer_gets_deliverable_fields_only(world: ExportWorld) -> None:
    job = world.order(buyer())
    world.run(job)
    row = world.rows(job)[0]
    assert row["roof"] == "flat"
    assert not {"source", "credit_score", "campaign", "payout_cents", "bid_id"} & set(row)
    assert "spring" not in world.text(job)


def test_progress_is_told_part_by_part_and_the_total_at_the_end(world: ExportWorld) -> None:
    job = world.order()
    step = world.write(first_step(job))
    assert step.state is ExportState.WRITING
    assert world.stored(job).status is JobStatus.RUNNING
    assert world.stored(job).progress == JobProgress(done=4)
    step = world.write(step)
    assert world.stored(job).progress == JobProgress(done=8)
    step = world.write(step)
    assert step.state is ExportState.WRITTEN
    assert world.stored(job).progress == JobProgress(done=9)


def test_a_step_that_is_repeated_leaves_the_file_as_it_would_have_been(
    world: ExportWorld,
) -> None:
    job = world.order()
    world.write(first_step(job))
    step = world.write(first_step(job))
    late = world.write(step)
    step = world.write(step)
    world.lists.kept.pop((TENANT, identify("lead", 9)))
    world.write(first_step(job))
    world.write(late)
    step = world.write(step)
    world.finish(step)
    ended = world.finish(step)
    assert [row["id"] for row in world.rows(job)] == ids(*range(9, 0, -1))
    assert ended.state is ExportState.ENDED
    assert world.stored(job).progress == JobProgress(total=9, done=9)


def test_the_workflow_holds_ids_alone(world: ExportWorld) -> None:
    step = world.write(first_step(world.order(q="jane")))
    assert "jane" not in str(step).lower()
    assert str(lead(9).received_at.date()) not in str(step)


def test_a_part_ends_when_time_is_up_or_it_is_large_enough(
    world: ExportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = world.order()
    world.clock.tick = timedelta(seconds=20)
    world.write(first_step(job))
    assert world.stored(job).progress.done == 2
    world.clock.tick = timedelta(0)
    monkeypatch.setattr(write_exported_leads, "PART_BYTES_MAX", 100)
    job = world.order()
    world.write(first_step(job))
    assert world.stored(job).progress.done == 2


def test_columns_are_those_of_the_beginning(world: ExportWorld) -> None:
    job = world.order()
    step = world.write(first_step(job))
    before = world.configured.newest
    fewer = {
        key: one.model_copy(update={"fields": one.fields[:-1]})
        for key, one in before.categories.items()
    }
    world.configured.newest = replace(before, categories=fewer)
    for _ in range(2):
        step = world.write(step)
    world.finish(step)
    rows = world.rows(job)
    assert {row["credit_score"] for row in rows} == {"700"}
    assert all(None not in row for row in rows)


def test_a_cancelled_export_stops_at_its_next_step(world: ExportWorld) -> None:
    job = world.order()
    step = world.write(first_step(job))
    world.jobs.cancel(TENANT, job.id, NOON)
    files = dict(world.files.kept)
    assert world.write(step) == replace(step, state=ExportState.ENDED)
    assert world.finish(step).state is ExportState.ENDED
    assert world.files.kept == files
    assert world.stored(job).status is JobStatus.CANCELLED


def test_a_failure_is_told_once_and_leaves_no_file(world: ExportWorld) -> None:
    job = world.order()
    step = world.write(first_step(job))
    world.record_failed(job)
    failed = world.stored(job)
    assert (failed.status, failed.outcome) == (JobStatus.FAILED, JobOutcome())
    world.finish(step)
    assert world.stored(job) == failed


def test_what_is_there_no_more_ends_in_a_fault(
    world: ExportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = world.order()
    with pytest.raises(NotFound):
        world.write(replace(first_step(job), job_id=JobId(identify("job", 9))))
    with pytest.raises(CorruptState):
        world.finish(first_step(job))
    step = world.write(first_step(job))
    monkeypatch.setattr(write_exported_leads, "PARTS_MAX", 1)
    with pytest.raises(CorruptState):
        world.write(step)


def test_a_store_that_fails_is_asked_again_by_the_workflow(
    world: ExportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_key: str, _data: bytes) -> None:
        raise TransientFault("out of reach")

    job = world.order()
    with monkeypatch.context() as patched:
        patched.setattr(world.files, "put", fail)
        with pytest.raises(TransientFault):
            world.write(first_step(job))
    assert world.stored(job).progress.done == 0
    world.run(job)
    assert len(world.rows(job)) == 9
