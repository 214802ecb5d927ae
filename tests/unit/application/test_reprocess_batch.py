"""The leads of one batch, each as if it were asked for by itself."""

import pytest

from leadflow.application.bulk_reprocess import Batch
from leadflow.application.flow_opening import OpenedFlow
from leadflow.application.reprocess_lead import Reprocess, ReprocessLead
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import TransientFault
from leadflow.domain.jobs import Job
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.reprocess_results import ItemOutcome, ItemResult
from tests.builders import TENANT_ID, configuration, lead, lead_type
from tests.fakes.leads import MemoryLeads
from tests.unit.application.bulk_world import World
from tests.unit.domain.bidding_examples import NOW

WAITING = lead(1, status=LeadStatus.UNASSIGNED)
SOLD = lead(2, status=LeadStatus.ASSIGNED)
BATCH = Batch(list_number=0, number=0, lead_ids=(WAITING.id, SOLD.id, lead(9).id))
TYPELESS = configuration(of_type=lead_type(archived=True))


def world_of(*leads: Lead, configured: Configuration | None = None) -> tuple[World, Job]:
    """A world with these leads and a job over them."""
    world = World(MemoryLeads.of(*leads), configured or configuration())
    return world, world.job(lead_ids=[one.id for one in leads])


def handled(world: World, job: Job, batch: Batch = BATCH) -> int:
    return world.reprocess_batch(TENANT_ID, job.id, batch)


def results(world: World, job: Job, batch: Batch = BATCH) -> dict[str, ItemResult]:
    """What is kept of a batch, by lead."""
    kept = world.bulk_files.results(TENANT_ID, job.id, batch)
    assert kept is not None
    assert [one.lead_id for one in kept] == list(batch.lead_ids)
    return {one.lead_id: one for one in kept}


def test_each_lead_is_queued_or_told_why_not() -> None:
    world, job = world_of(WAITING, SOLD)
    assert handled(world, job) == 3
    told = results(world, job)
    flow_id = world.leads.stored[WAITING.id].flow_ids[-1]
    assert told[WAITING.id] == ItemResult(
        lead_id=WAITING.id,
        outcome=ItemOutcome.QUEUED,
        status=LeadStatus.PROCESSING,
        flow_id=flow_id,
    )
    assert told[SOLD.id] == ItemResult(
        lead_id=SOLD.id,
        outcome=ItemOutcome.REFUSED,
        status=LeadStatus.ASSIGNED,
        reason="status_not_reprocessable",
    )
    assert (told[lead(9).id].status, told[lead(9).id].reason) == (None, "not_found")
    assert [run.flow_id for run, _ in world.distribution.started] == [flow_id]
    assert world.now(job).progress.done == 3
    assert world.leads.stored[SOLD.id] == SOLD


def test_every_lead_gets_a_flow_of_its_own() -> None:
    leads = [lead(number, status=LeadStatus.UNASSIGNED) for number in (1, 2)]
    world, job = world_of(*leads)
    batch = Batch(list_number=0, number=0, lead_ids=tuple(one.id for one in leads))
    handled(world, job, batch)
    told = results(world, job, batch).values()
    assert [one.outcome for one in told] == [ItemOutcome.QUEUED] * 2
    assert len({one.flow_id for one in told}) == 2


def test_a_text_that_is_no_id_is_told_of_as_well() -> None:
    world, job = world_of(WAITING)
    batch = Batch(list_number=0, number=0, lead_ids=("nonsense",))
    handled(world, job, batch)
    assert results(world, job, batch)["nonsense"].reason == "not_found"


def test_a_refusal_of_the_single_reprocess_keeps_its_code() -> None:
    world, _ = world_of(WAITING)
    # The plan had the stage when the job was asked for.
    job = world.job(filter={}).model_copy(update={"wish": {"start": "ping_post", "filter": {}}})
    world.jobs.kept[TENANT_ID, job.id] = job
    handled(world, job)
    assert results(world, job)[WAITING.id].reason == "stage_not_available"


def test_a_lead_that_a_gate_settles_is_told_with_what_settled_it() -> None:
    typeless = lead(1, status=LeadStatus.UNCATEGORIZED, lead_type_id=None)
    world, job = world_of(typeless, configured=TYPELESS)
    handled(world, job)
    told = results(world, job)[typeless.id]
    assert (told.outcome, told.status, told.reason) == (
        ItemOutcome.SETTLED,
        LeadStatus.UNCATEGORIZED,
        "no_lead_type",
    )
    assert told.flow_id == world.leads.stored[typeless.id].flow_ids[-1]


def test_a_batch_that_was_done_is_only_counted_again() -> None:
    world, job = world_of(WAITING, SOLD)
    handled(world, job)
    kept = dict(world.files.kept)
    world.leads.stored[SOLD.id] = SOLD.model_copy(update={"status": LeadStatus.UNASSIGNED})
    assert handled(world, job) == 3
    assert world.files.kept == kept
    assert len(world.distribution.started) == 1
    assert world.now(job).progress.done == 3


def test_a_batch_that_broke_off_meets_the_flows_that_it_has_opened() -> None:
    world, job = world_of(WAITING, SOLD)
    handled(world, job)
    first = results(world, job)
    world.files.kept.clear()
    settled = world.leads.stored[WAITING.id].moved(LeadStatus.UNASSIGNED, NOW)
    world.leads.stored[WAITING.id] = settled
    handled(world, job)
    again = results(world, job)[WAITING.id]
    assert (again.outcome, again.flow_id) == (ItemOutcome.QUEUED, first[WAITING.id].flow_id)
    assert world.leads.stored[WAITING.id] == settled
    assert len(world.distribution.started) == 1


@pytest.mark.parametrize("is_gone", [False, True])
def test_nothing_is_touched_once_the_job_has_ended(*, is_gone: bool) -> None:
    world, job = world_of(WAITING)
    world.jobs.cancel(TENANT_ID, job.id, NOW)
    if is_gone:
        world.jobs.kept.clear()
    assert handled(world, job) == 0
    assert world.leads.stored[WAITING.id] == WAITING
    assert world.bulk_files.results(TENANT_ID, job.id, BATCH) is None


def test_a_fault_with_one_lead_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, job = world_of(WAITING, lead(3, status=LeadStatus.PENDING))
    batch = Batch(list_number=0, number=0, lead_ids=(WAITING.id, lead(3).id))
    once = ReprocessLead.open

    def busy(action: ReprocessLead, wish: Reprocess) -> OpenedFlow:
        if wish.lead_id == WAITING.id:
            raise TransientFault("busy")
        return once(action, wish)

    monkeypatch.setattr(ReprocessLead, "open", busy)
    with pytest.raises(TransientFault):
        handled(world, job, batch)
    assert world.leads.stored[lead(3).id].status is LeadStatus.PROCESSING
    assert world.bulk_files.results(TENANT_ID, job.id, batch) is None
    assert world.now(job).progress.done == 0
