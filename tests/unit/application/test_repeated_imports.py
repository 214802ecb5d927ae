"""The same file again: nothing is made twice, and what broke off is gone on with."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from leadflow.application import split_lead_import
from leadflow.application.lead_import_steps import ImportState
from leadflow.domain.jobs import JobStatus
from tests.builders import TENANT_ID
from tests.unit.application.import_world import (
    GOOD,
    MAPPING,
    MIXED,
    ImportWorld,
    first_step,
    result,
    table,
)
from tests.unit.domain.bidding_examples import NOW, customer

if TYPE_CHECKING:
    from leadflow.application.import_ports import DemandBlock


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ImportWorld:
    """Two rows to a batch."""
    monkeypatch.setattr(split_lead_import, "BATCH_ROWS", 2)
    return ImportWorld()


@pytest.mark.parametrize("name", ["again.csv", "other.csv"])
def test_the_same_file_again_makes_nothing_and_names_the_first_import(
    world: ImportWorld, name: str
) -> None:
    first = world.imported(MIXED)
    demands = dict(world.demands.stored)
    again = world.imported(MIXED, filename=name)
    assert again.status is JobStatus.SUCCEEDED
    assert result(again) == {
        "created": 0,
        "rejected": 0,
        "errors_url": None,
        "first_import_id": first.wish["import_id"],
    }
    assert world.demands.stored == demands


def test_another_customer_mapping_or_content_is_another_file(world: ImportWorld) -> None:
    world.imported(table(*GOOD))
    for changed in (
        world.imported(table(*GOOD, "")),
        world.imported(table(*GOOD), of=customer(2).id),
        world.imported(table(*GOOD), mapping={**MAPPING, "Note": "city"}),
    ):
        assert result(changed)["created"] == 3


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED])
def test_the_same_file_goes_on_where_an_import_broke_off(
    world: ImportWorld, status: JobStatus
) -> None:
    broken, step = world.in_batches(MIXED)
    world.batch(step, world.batches(step)[0])
    if status is JobStatus.CANCELLED:
        world.jobs.cancel(TENANT_ID, broken.id, NOW)
    world.finish(step)
    assert world.stored(broken).status is status
    [before] = world.made()
    world.clock.at += timedelta(hours=1)

    again = world.imported(MIXED)

    assert again.status is JobStatus.SUCCEEDED
    assert result(again)["created"] == 3
    assert world.made()[0] == before
    assert [one.row for one in world.made()] == [1, 3, 4]
    third = world.imported(MIXED)
    assert result(third)["first_import_id"] == broken.wish["import_id"]
    assert len(world.made()) == 3


def test_rows_that_another_import_has_had_are_not_taken_for_new(
    world: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks: list[DemandBlock] = []
    monkeypatch.setattr(world.demands, "put_block", lambda _, block, __: blocks.append(block))
    broken, step = world.in_batches(MIXED)
    world.batch(step, world.batches(step)[0])
    world.record_failed(broken)
    world.imported(MIXED)
    assert [(one.first_row, one.is_new) for one in blocks] == [
        (1, True),
        (1, False),
        (3, False),
    ]
    assert {one.origin for one in blocks} == {broken.wish["import_id"]}


def test_of_two_imports_that_would_go_on_one_does(world: ImportWorld) -> None:
    broken, _ = world.in_batches(MIXED)
    world.record_failed(broken)
    later = [world.begun(MIXED) for _ in range(2)]
    states = [world.split(first_step(job)).state for job in later]
    assert states == [ImportState.SPLIT, ImportState.ENDED]


def test_who_is_overtaken_in_going_on_makes_nothing(
    world: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, _ = world.in_batches(MIXED)
    world.record_failed(broken)
    monkeypatch.setattr(world.imports, "take_over", lambda *_: False)
    assert result(world.imported(MIXED))["created"] == 0
