"""The leads of a job, selected in lists of batches."""

import tracemalloc
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from leadflow.application import select_leads_to_reprocess
from leadflow.application.bulk_reprocess import BATCH_LEADS, LIST_LEADS, BulkRun, NextStep
from leadflow.application.list_ports import LeadWalk, Spot
from leadflow.application.reprocess_selection import LEAD_IDS_MAX
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import TenantId
from leadflow.domain.jobs import JobStatus
from leadflow.domain.leads import Lead, LeadStatus
from tests.builders import TENANT_ID, lead, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.leads import MemoryLeads
from tests.unit.application.bulk_world import World
from tests.unit.domain.bidding_examples import NOW

LATER = NOW + timedelta(days=1)
MEMORY_BYTES_MORE_MAX = 256 * 1024
"""What the memory may differ by, whatever else there is."""


def waiting(number: int, **changes: object) -> Lead:
    """A lead that nobody took; higher numbers were received earlier."""
    received_at = LATER - timedelta(seconds=number + 1)
    return lead(number, status=LeadStatus.UNASSIGNED, received_at=received_at, **changes)


def world_of(*leads: Lead) -> World:
    return World(MemoryLeads.of(*leads), clock=FixedClock(LATER))


def in_turn(world: World, run: BulkRun) -> list[str]:
    return [lead_id for batch in world.batches(run) for lead_id in batch.lead_ids]


def test_leads_of_a_filter_come_oldest_first_in_batches() -> None:
    world = world_of(*(waiting(number) for number in range(60)))
    run = world.selected(job := world.job(filter={"status": "unassigned"}))
    assert in_turn(world, run) == [lead(number).id for number in reversed(range(60))]
    assert [len(batch.lead_ids) for batch in world.batches(run)] == [BATCH_LEADS, BATCH_LEADS, 10]
    assert (run.lists, run.leads, run.next_step) == (1, 60, NextStep.REPROCESS)
    assert (world.now(job).status, world.now(job).progress.total) == (JobStatus.RUNNING, 60)


def test_a_filter_that_selects_nothing_comes_to_its_end() -> None:
    world = world_of()
    run = world.selected(job := world.job(filter={}))
    assert (run.lists, run.next_step) == (0, NextStep.FINISH)
    assert world.now(job).progress.total == 0


def test_one_look_reads_so_many_pages_and_the_next_goes_on_behind_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(select_leads_to_reprocess, "PAGE_LEADS", 2)
    monkeypatch.setattr(select_leads_to_reprocess, "PAGES_PER_LIST", 2)
    world = world_of(*(waiting(number) for number in range(9)))
    job = world.job(filter={})
    first = world.select(BulkRun(tenant_id=TENANT_ID, job_id=job.id))
    assert (first.leads, first.next_step) == (4, NextStep.SELECT)
    assert world.select(BulkRun(tenant_id=TENANT_ID, job_id=job.id)) == first
    run = world.selected(job)
    assert (run.lists, run.leads) == (3, 9)
    assert in_turn(world, run) == [lead(number).id for number in reversed(range(9))]


def test_looks_are_bounded_and_the_result_says_that_there_was_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(select_leads_to_reprocess, "PAGE_LEADS", 2)
    monkeypatch.setattr(select_leads_to_reprocess, "PAGES_PER_LIST", 1)
    monkeypatch.setattr(select_leads_to_reprocess, "LOOKS_MAX", 2)
    world = world_of(*(waiting(number) for number in range(9)))
    run = world.selected(world.job(filter={}))
    assert (run.leads, run.result["truncated"]) == (4, True)
    assert "truncated" not in BulkRun(tenant_id=TENANT_ID, job_id=run.job_id).result


def test_leads_that_came_after_the_confirmation_are_not_meant() -> None:
    world = world_of(waiting(1))
    job = world.job(filter={})
    late = lead(2, status=LeadStatus.UNASSIGNED, received_at=LATER + timedelta(seconds=1))
    world.leads.stored[late.id] = late
    world.clock.at = LATER + timedelta(minutes=1)
    assert in_turn(world, world.selected(job)) == [lead(1).id]
    until = (LATER - timedelta(seconds=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert world.selected(world.job(filter={"received_to": until})).leads == 0


def test_ids_come_oldest_first_and_what_is_no_lead_behind_them() -> None:
    world = world_of(waiting(1), waiting(2))
    job = world.job(lead_ids=[lead(9).id, lead(1).id, lead(2).id])
    run = world.selected(job)
    assert in_turn(world, run) == [lead(2).id, lead(1).id, lead(9).id]
    assert world.now(job).progress.total == 3


def test_what_is_no_id_never_gets_into_a_task_and_is_told_at_once() -> None:
    world = world_of()
    job = world.job(lead_ids=["=1+1", "ada@example.com"])
    run = world.selected(job)
    world.selected(job)
    assert (run.lists, run.leads, run.next_step) == (0, 2, NextStep.FINISH)
    assert world.lines(run) == [
        "'=1+1,refused,,not_found,",
        "ada@example.com,refused,,not_found,",
    ]
    assert run.result == {"queued": 0, "refused": 2, "by_reason": {"not_found": 2}}
    assert (world.now(job).progress.total, world.now(job).progress.done) == (2, 2)


def test_a_job_that_was_cancelled_before_selects_no_filter_but_tells_of_its_ids() -> None:
    world = world_of(waiting(1))
    for body, leads in (({"filter": {}}, 0), ({"lead_ids": [lead(1).id]}, 1)):
        job = world.job(**body)
        world.jobs.cancel(TENANT_ID, job.id, NOW)
        run = world.selected(job)
        assert (run.leads, run.is_stopped) == (leads, True)
        assert run.next_step is (NextStep.COLLECT if leads else NextStep.FINISH)


def test_a_job_that_is_gone_is_no_job() -> None:
    world = world_of()
    job = world.job(filter={})
    world.jobs.begin = lambda *_: JobStatus.RUNNING  # type: ignore[method-assign] # lets it pass
    del world.jobs.kept[TENANT_ID, job.id]
    with pytest.raises(CorruptState):
        world.selected(job)


def test_ids_fit_into_one_list() -> None:
    assert LEAD_IDS_MAX <= LIST_LEADS


class ManyLeads(FakeLeadLists):
    """Lists of so many leads, of which none is in memory before it is asked for."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def many(self, _tenant_id: TenantId, lead_ids: Sequence[str]) -> Mapping[str, Lead]:
        return {lead_id: waiting(int(lead_id[-6:])) for lead_id in lead_ids}

    def spots(
        self, _tenant_id: TenantId, _walk: LeadWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        first = int(position) + 1 if position else 0
        numbers = range(first, min(first + limit, self._count))
        return [Spot(numbered("lead", number), str(number)) for number in numbers]


def _peak(leads: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Bytes that one look takes at most, while there are so many leads."""
    monkeypatch.setattr(World, "lists", property(lambda _: ManyLeads(leads)))
    world = world_of()
    run = BulkRun(tenant_id=TENANT_ID, job_id=world.job(filter={}).id)
    select, files, taken = world.select, world.files, []
    while not run.is_selected:
        files.kept.clear()
        tracemalloc.start()
        run = select(run)
        taken.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert run.leads == leads
    return max(taken)


def test_memory_does_not_grow_with_the_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select_leads_to_reprocess, "PAGES_PER_LIST", 5)
    few, many = (_peak(leads, monkeypatch) for leads in (1_000, 5_000))
    assert many - few < MEMORY_BYTES_MORE_MAX
