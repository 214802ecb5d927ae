"""What was done is collected list by list, and ends in one report."""

import tracemalloc

import pytest

from leadflow.application import bulk_reprocess
from leadflow.application.bulk_reprocess import Batch, BulkRun, NextStep
from leadflow.application.reprocess_report import report_lines
from leadflow.domain.identifiers import JobId
from leadflow.domain.jobs import Job, JobStatus
from leadflow.domain.leads import LeadStatus
from leadflow.domain.reprocess_results import ItemOutcome, ItemResult
from tests.builders import TENANT_ID, lead, numbered
from tests.fakes.files import MemoryFiles, MemoryWriter
from tests.fakes.leads import MemoryLeads
from tests.unit.application.bulk_world import World
from tests.unit.domain.bidding_examples import NOW

HEAD = "lead_id,outcome,status,reason,flow_id"
MEMORY_BYTES_MORE_MAX = 256 * 1024
"""What the memory may differ by, whatever the number of lists."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_reprocess, "BATCH_LEADS", 2)


def begun(count: int = 5) -> tuple[World, Job, BulkRun]:
    """Leads that nobody took, and a job that has selected them."""
    leads = [lead(number, status=LeadStatus.UNASSIGNED) for number in range(1, count + 1)]
    world = World(MemoryLeads.of(*leads))
    job = world.job(lead_ids=[one.id for one in leads])
    return world, job, world.selected(job)


def outcomes(world: World, run: BulkRun) -> list[str]:
    return [line.split(",")[1] for line in world.lines(run)]


def report(world: World, job: Job) -> list[str]:
    outcome = world.now(job).outcome
    assert outcome
    assert outcome.file
    return world.files.read(outcome.file).decode().splitlines()


def test_the_lines_of_a_list_are_kept_and_tallied() -> None:
    world, job, run = begun()
    world.worked_off(run)
    after = world.collect(run)
    assert (after.collected, after.next_step) == (1, NextStep.FINISH)
    assert after.result == {"queued": 5, "refused": 0, "by_reason": {}}
    flow_id = world.leads.stored[lead(1).id].flow_ids[-1]
    assert world.lines(run)[0] == f"{lead(1).id},queued,processing,,{flow_id}"
    assert world.collect(run) == after
    assert world.now(job).progress.done == 5


def test_a_batch_that_did_not_end_is_told_of_as_its_leads_show() -> None:
    world, job, run = begun()
    world.worked_off(run)
    second = world.batches(run)[1]
    del world.files.kept[f"{TENANT_ID}/jobs/{job.id}/results/{second.name}.json"]
    done = lead(3).id
    world.leads.stored[lead(4).id] = lead(4, status=LeadStatus.UNASSIGNED)
    world.jobs.parts.clear()
    after = world.collect(run)
    assert outcomes(world, run) == ["queued"] * 3 + ["failed", "queued"]
    assert world.lines(run)[3] == f"{lead(4).id},failed,unassigned,unavailable,"
    assert world.lines(run)[2].endswith(world.leads.stored[done].flow_ids[-1])
    assert after.result["by_reason"] == {"unavailable": 1}


def test_failed_leads_are_part_of_the_progress_once() -> None:
    world, job, run = begun()
    for _ in range(2):
        world.collect(run)
    progress = world.now(job).progress
    assert (progress.total, progress.done, progress.failed) == (5, 5, 5)


def test_what_a_cancelled_job_left_is_cancelled_and_no_progress() -> None:
    world, job, run = begun()
    world.reprocess_batch(TENANT_ID, job.id, world.batches(run)[0])
    world.jobs.cancel(TENANT_ID, job.id, NOW)
    world.worked_off(run)
    after = world.collect(run)
    assert after.is_stopped
    assert outcomes(world, run) == ["queued"] * 2 + ["cancelled"] * 3
    assert after.result == {"queued": 2, "refused": 0, "cancelled": 3, "by_reason": {}}
    assert world.now(job).progress.done == 2


def test_a_lead_that_is_gone_and_a_job_that_is_gone_are_told_of() -> None:
    world, _, run = begun(1)
    world.leads.stored.clear()
    world.jobs.kept.clear()
    world.collect(run)
    assert world.lines(run) == [f"{lead(1).id},cancelled,,,"]


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, NextStep.SELECT),
        ({"is_selected": True}, NextStep.FINISH),
        ({"is_selected": True, "lists": 1}, NextStep.REPROCESS),
        ({"is_selected": True, "lists": 1, "is_stopped": True}, NextStep.COLLECT),
        ({"is_selected": True, "lists": 1, "is_broken": True}, NextStep.COLLECT),
        ({"is_selected": True, "lists": 1, "collected": 1, "is_broken": True}, NextStep.FAIL),
        ({"is_selected": True, "lists": 1, "collected": 1, "is_stopped": True}, NextStep.FINISH),
    ],
)
def test_what_comes_next_depends_on_how_far_the_job_is(
    changes: dict[str, object], step: NextStep
) -> None:
    run = BulkRun(tenant_id=TENANT_ID, job_id=JobId(numbered("job", 1)))
    assert run.model_copy(update=changes).next_step is step


@pytest.mark.parametrize("status", [JobStatus.SUCCEEDED, JobStatus.FAILED])
def test_a_job_ends_with_one_report_of_all_lists(status: JobStatus) -> None:
    world, job, run = begun()
    world.worked_off(run)
    after = world.collect(run)
    for _ in range(2):
        world.finish(after, status)
    ended = world.now(job)
    assert (ended.status, ended.finished_at) == (status, NOW)
    assert ended.outcome
    assert ended.outcome.result == after.result
    assert report(world, job) == [HEAD, *world.lines(run)]


def test_a_cancelled_job_stays_cancelled_and_gets_its_report() -> None:
    world, job, run = begun()
    world.jobs.cancel(TENANT_ID, job.id, NOW)
    world.finish(world.collect(run), JobStatus.SUCCEEDED)
    assert world.now(job).status is JobStatus.CANCELLED
    assert len(report(world, job)) == 6


class Discarding(MemoryFiles):
    """Files that keep nothing of what is written part by part."""

    def put(self, key: str, data: bytes) -> None:
        if "/report/" not in key:
            super().put(key, data)


def _peak_of_collecting(leads: int) -> int:
    """Bytes that collecting takes, list by list of a thousand leads."""
    files = Discarding()
    world = World(MemoryLeads(), files=files)
    job = world.job(filter={})
    lists = leads // 1_000
    run = BulkRun(tenant_id=TENANT_ID, job_id=job.id, lists=lists, is_selected=True)
    bulk = world.bulk_files
    for number in range(lists):
        ids = [numbered("lead", number * 1_000 + one) for one in range(1_000)]
        bulk.put_list(run.model_copy(update={"lists": number}), ids)
        for batch in bulk_reprocess.batched(number, ids):
            bulk.put_results(TENANT_ID, job.id, batch, [_refused(one) for one in batch.lead_ids])
    collect, taken = world.collect, 0
    while run.collected < run.lists:
        tracemalloc.start()
        run = collect(run)
        taken = max(taken, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return taken


def _refused(lead_id: str) -> ItemResult:
    return ItemResult(lead_id=lead_id, outcome=ItemOutcome.REFUSED, reason="not_found")


class Nowhere(MemoryWriter):
    """Takes bytes and keeps none."""

    def write(self, data: bytes) -> None:
        assert data


def _peak_of_finishing(lists: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Bytes that the report takes when it is made of so many lists."""
    monkeypatch.setattr("tests.fakes.files.MemoryWriter", Nowhere)
    world = World(MemoryLeads())
    job = world.job(filter={})
    run = BulkRun(tenant_id=TENANT_ID, job_id=job.id)
    lines = b"x" * 100_000
    for number in range(lists):
        world.bulk_files.put_lines(run, f"{number:05d}", lines)
    finish = world.finish
    tracemalloc.start()
    finish(run, JobStatus.SUCCEEDED)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return taken


def test_memory_does_not_grow_with_the_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _peak_of_collecting(5_000) - _peak_of_collecting(1_000) < MEMORY_BYTES_MORE_MAX
    few, many = (_peak_of_finishing(lists, monkeypatch) for lists in (1, 50))
    assert many - few < MEMORY_BYTES_MORE_MAX


def test_batches_are_named_so_that_they_sort() -> None:
    names = [Batch(list_number=a, number=b, lead_ids=("x",)).name for a in (2, 10) for b in (9, 10)]
    assert names == sorted(names)


def test_a_lead_by_any_name_is_harmless_in_the_report() -> None:
    ids = ["=1+1", " -x", "@a", "+1", "\tx", 'a"b,c']
    results = [_refused(one) for one in ids]
    lines = report_lines(results).decode().splitlines()
    assert [line.partition(",refused")[0] for line in lines] == [
        "'=1+1",
        "' -x",
        "'@a",
        "'+1",
        "'\tx",
        '"a""b,c"',
    ]
