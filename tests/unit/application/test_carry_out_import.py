"""The tasks of an import, one after the other: rows to demands, and what goes wrong on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.application import import_batch, import_tables, split_lead_import
from leadflow.application.finish_lead_import import NOT_STORED
from leadflow.application.import_ports import DemandBlock
from leadflow.application.lead_import_steps import ImportState, ImportStep
from leadflow.domain.demands import Demand
from leadflow.domain.errors import CorruptState, NotFound, TransientFault
from leadflow.domain.identifiers import JobId
from leadflow.domain.jobs import JobProgress, JobStatus
from tests.builders import TENANT_ID, TYPE_ID, lead_type, numbered
from tests.unit.application.import_world import (
    ADMIN,
    BAD,
    GOOD,
    HEADER,
    MIXED,
    ImportWorld,
    first_step,
    result,
    table,
)
from tests.unit.domain.bidding_examples import NOW


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ImportWorld:
    """Two rows to a batch."""
    monkeypatch.setattr(split_lead_import, "BATCH_ROWS", 2)
    return ImportWorld()


def test_valid_rows_become_demands_and_the_others_are_told_of(world: ImportWorld) -> None:
    job = world.imported(MIXED)
    assert (job.status, job.finished_at) == (JobStatus.SUCCEEDED, NOW)
    assert job.progress == JobProgress(total=5, done=5, failed=2)
    assert result(job) == {"created": 3, "rejected": 2, "errors_url": None}
    assert [one.row for one in world.made()] == [1, 3, 4]
    assert world.made()[0].values == {"zip": "78701", "email": "ada1@example.com"}
    assert {one.closes_at for one in world.made()} == {NOW + timedelta(minutes=120)}


def test_the_errors_file_has_a_line_for_each_mistake_with_the_row_as_it_was(
    world: ImportWorld,
) -> None:
    lines = world.errors(world.imported(MIXED))
    assert [(line["row"], line["field"]) for line in lines] == [
        ("2", "email"),
        ("2", "zip"),
        ("5", ""),
    ]
    assert lines[0]["message"] == "The email field must be a valid email address."
    assert (lines[0]["ZIP"], lines[0]["Note"], lines[0]["E-mail"]) == ("99999", "'=bad", "nobody")
    assert lines[2]["message"] == "The row has 2 cells, the header has 3."


def test_without_mistakes_there_is_no_errors_file(world: ImportWorld) -> None:
    job = world.imported(table(*GOOD))
    assert job.outcome
    assert job.outcome.file is None


def test_rows_are_numbered_across_batches_that_are_bounded_by_rows_and_bytes(
    world: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, step = world.in_batches(table(*GOOD, *GOOD))
    assert [(one.first_row, one.rows) for one in world.batches(step)] == [(1, 2), (3, 2), (5, 2)]
    monkeypatch.setattr(split_lead_import, "BATCH_BYTES", 10)
    _, step = world.in_batches(table(*GOOD, "1,2,3"))
    assert [(one.first_row, one.rows) for one in world.batches(step)] == [
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 1),
    ]


def test_the_type_that_was_named_counts_for_every_row(world: ImportWorld) -> None:
    job = world.imported(table(*GOOD), lead_type_id=TYPE_ID)
    assert result(job)["created"] == 3
    off = {TYPE_ID: lead_type(name="Any")}
    job = world.begun(table(*GOOD[:2]), lead_type_id=TYPE_ID)
    world.configured.newest = replace(world.configured.newest, lead_types=off)
    job = world.run(job)
    assert result(job)["rejected"] == 2
    assert world.errors(job)[0]["message"] == "The lead type Any is not on the marketplace."


def test_progress_is_told_batch_by_batch(world: ImportWorld) -> None:
    job, step = world.in_batches(MIXED)
    assert world.stored(job).status is JobStatus.RUNNING
    assert world.stored(job).progress == JobProgress(total=5)
    assert world.batch(step, world.batches(step)[0]) == 2
    assert world.stored(job).progress == JobProgress(total=5, done=2, failed=1)


def test_every_step_may_be_repeated(world: ImportWorld) -> None:
    job = world.begun(MIXED)
    assert world.split(first_step(job)) == world.split(first_step(job))
    step = replace(first_step(job), state=ImportState.SPLIT)
    first, *others = world.batches(step)
    world.batch(step, first)
    before = world.made()
    world.clock.at += timedelta(hours=1)
    for batch in (first, *others):
        world.batch(step, batch)
    assert world.made()[: len(before)] == before
    world.finish(step)
    done = world.stored(job)
    world.finish(step)
    assert world.stored(job) == done
    assert done.progress == JobProgress(total=5, done=5, failed=2)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (table(*GOOD) + b"78701,\xe9,x\n", "Line 5 of the file is not UTF-8."),
        (table(*GOOD, '78701,"open'), "A quote that opens in line 5 is not closed."),
        (table(*GOOD, *GOOD[:2]), "The file has more than 4 rows."),
        (table("", "", "", "", ""), "The file has no rows below its header."),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_makes_nothing_and_says_why(
    world: ImportWorld, monkeypatch: pytest.MonkeyPatch, data: bytes, message: str
) -> None:
    monkeypatch.setattr(import_tables, "HEAD_BYTES", len(HEADER) + 3)
    monkeypatch.setattr(split_lead_import, "ROWS_MAX", 4)
    job = world.imported(data)
    assert job.status is JobStatus.FAILED
    assert result(job) == {"created": 0, "rejected": 0, "errors_url": None, "message": message}
    assert not world.made()
    assert not world.imports.claims


def test_a_file_that_is_replaced_behind_the_start_is_looked_at_again(world: ImportWorld) -> None:
    prepared = world.prepare()
    world.upload(prepared, table(*GOOD))
    job = world.start(ADMIN, prepared.lead_import.id)
    world.upload(prepared, table("78701", header="ZIP"))
    job = world.run(job)
    assert result(job)["message"] == "mapping.E-mail: The file has no such column."


def test_a_file_that_is_replaced_while_it_is_read_is_a_fault(world: ImportWorld) -> None:
    _, step = world.in_batches(MIXED)
    [key] = world.uploads.kept
    world.uploads.kept[key] = table(*GOOD)
    with pytest.raises(CorruptState):
        world.batch(step, world.batches(step)[0])
    assert not world.made()


def test_a_store_that_fails_is_asked_again_by_the_workflow(
    world: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise TransientFault("out of reach")

    job, step = world.in_batches(MIXED)
    with monkeypatch.context() as patched:
        patched.setattr(world.demands, "put_block", fail)
        with pytest.raises(TransientFault):
            world.batch(step, world.batches(step)[0])
    assert world.stored(job).progress.done == 0
    assert result(world.run(job))["created"] == 3


def test_an_import_without_all_of_its_batches_has_failed_and_tells_what_it_made(
    world: ImportWorld,
) -> None:
    job, step = world.in_batches(MIXED)
    world.batch(step, world.batches(step)[0])
    world.finish(step)
    failed = world.stored(job)
    assert failed.status is JobStatus.FAILED
    assert result(failed)["message"] == NOT_STORED
    assert (result(failed)["created"], result(failed)["rejected"]) == (1, 1)
    assert {line["row"] for line in world.errors(failed)} == {"2"}


def test_a_cancelled_import_does_no_more_and_tells_what_it_made(world: ImportWorld) -> None:
    job, step = world.in_batches(MIXED)
    first, *others = world.batches(step)
    world.batch(step, first)
    world.jobs.cancel(TENANT_ID, job.id, NOW)
    assert [world.batch(step, batch) for batch in others] == [0, 0]
    world.finish(step)
    assert world.stored(job).status is JobStatus.CANCELLED
    assert result(world.stored(job)) == {"created": 1, "rejected": 1, "errors_url": None}
    assert world.split(first_step(job)).state is ImportState.ENDED


def test_a_failure_is_told_once(world: ImportWorld) -> None:
    job = world.begun(MIXED)
    world.record_failed(job)
    failed = world.stored(job)
    assert (failed.status, result(failed)["message"]) == (JobStatus.FAILED, NOT_STORED)
    world.record_failed(job)
    assert world.stored(job) == failed


def test_what_is_there_no_more_ends_in_a_fault(world: ImportWorld) -> None:
    unknown = ImportStep(TENANT_ID, JobId(numbered("job", 9)))
    job, step = world.in_batches(MIXED)
    [batch, *_] = world.batches(step)
    for call in (
        lambda: world.split(unknown),
        lambda: world.batch(unknown, batch),
        lambda: world.finish(unknown),
    ):
        with pytest.raises(NotFound):
            call()
    world.uploads.kept.clear()
    with pytest.raises(NotFound):
        world.split(first_step(job))
    world.imports.kept.clear()
    with pytest.raises(NotFound):
        world.batch(step, batch)


def test_the_workflow_holds_ids_alone(world: ImportWorld) -> None:
    _, step = world.in_batches(MIXED)
    listed = world.files.read(step.batches_key).decode()
    assert "ada" not in str(step) + listed


def test_demands_are_stored_in_blocks_that_depend_on_no_row_being_valid(
    world: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks: list[tuple[int, list[int]]] = []

    def noted(_tenant: str, block: DemandBlock, demands: list[Demand]) -> None:
        blocks.append((block.first_row, [one.row for one in demands]))

    monkeypatch.setattr(split_lead_import, "BATCH_ROWS", 5)
    monkeypatch.setattr(import_batch, "BLOCK_ROWS", 2)
    monkeypatch.setattr(world.demands, "put_block", noted)
    job = world.imported(table(BAD, GOOD[0], BAD, BAD, GOOD[1], GOOD[2]))
    assert result(job)["created"] == 3
    assert blocks == [(1, [2]), (5, [5]), (6, [6])]
