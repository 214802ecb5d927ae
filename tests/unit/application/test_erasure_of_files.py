"""Erasing a lead of which files were made: exports that have it, and those that cannot."""

from datetime import timedelta

import pytest

from leadflow.application import erase_lead_data
from leadflow.application.erasure_steps import ErasureState
from leadflow.domain.errors import CorruptState
from leadflow.domain.jobs import JobKind, JobStatus
from tests.builders import TENANT_ID
from tests.unit.application.erasure_world import WORD, World, told
from tests.unit.domain.bidding_examples import NOW, customer


def test_an_export_that_has_read_the_lead_is_waited_for() -> None:
    world = World()
    export = world.export(status=JobStatus.RUNNING)
    job = world.order()
    step = world.erasing()(world.step(job))
    assert (step.state, step.waits) == (ErasureState.WAITING, 1)
    assert world.words == [], "all else is gone at once"
    world.files.put(f"{TENANT_ID}/jobs/{export.id}/leads.csv", WORD.encode())
    world.jobs.kept[TENANT_ID, export.id] = export.model_copy(
        update={"status": JobStatus.SUCCEEDED}
    )
    ended = world.erased(job)
    assert (ended.status, world.words) == (JobStatus.SUCCEEDED, [])
    assert ("export", export.id) in told(ended)


def test_an_export_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase_lead_data, "WAITS_MAX", 3)
    world = World()
    world.export(status=JobStatus.RUNNING)
    with pytest.raises(CorruptState, match="3 looks"):
        world.erased()


@pytest.mark.parametrize(
    "changes",
    [
        {"customer_id": customer(2).id},
        {"kind": JobKind.LEAD_REPROCESS, "customer_id": None},
        {"kind": JobKind.LEAD_IMPORT},
    ],
    ids=["another customer", "a report of ids", "an import"],
)
def test_files_that_cannot_have_the_lead_stay(changes: dict[str, object]) -> None:
    world = World()
    early = NOW - timedelta(minutes=1)
    world.export(**changes, status=JobStatus.RUNNING, created_at=early)
    world.files.put(f"{TENANT_ID}/jobs/unknown/leads.csv", b"")
    world.erased()
    assert len(world.files.kept) == 2
