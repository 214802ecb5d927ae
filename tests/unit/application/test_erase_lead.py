"""Erasing a lead: ordered, carried out, broken off and gone on with."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest

from leadflow.application import erase_lead_data
from leadflow.domain.deliveries import DeliveryStatus
from leadflow.domain.erasure import suppression_digests
from leadflow.domain.errors import Conflict, CorruptState, NotFound, ValidationFailed
from leadflow.domain.identifiers import JobId, SubmissionId
from leadflow.domain.jobs import JobStatus
from leadflow.domain.leads import LeadStatus, SearchKeys
from leadflow.domain.transitions import DELETABLE
from tests.builders import TENANT_ID, configuration, lead, numbered, submission
from tests.contract_run import held
from tests.unit.application.erasure_world import (
    EMAIL,
    PHONE,
    PING,
    WORD,
    World,
    bought,
    delivered,
    told,
)
from tests.unit.application.lead_world import ADMIN, any_version
from tests.unit.application.troubles import Crashed, Trouble, Troubled, crash, crash_points
from tests.unit.domain.bidding_examples import NOW, customer

if TYPE_CHECKING:
    from leadflow.application.erasure_ports import Erasures, JobFiles
    from leadflow.application.job_ports import Jobs

LATER = timedelta(seconds=1)
CALLS = range(1, 25)
"""Numbers of port calls: more than one execution makes."""


def test_nothing_of_the_person_is_left_and_the_job_names_who_had_it() -> None:
    world = World()
    export = world.export()
    assert len(world.words) == 8
    job = world.erased()
    assert world.words == []
    assert (job.status, job.progress.total) == (JobStatus.SUCCEEDED, 1)
    buyer, hook = customer(1).id, world.erasures.told[0].webhook_id
    assert sorted(told(job)) == [("assigned", buyer), ("export", export.id), ("webhook", hook)]
    assert job.outcome
    assert job.outcome.result["erased_at"] == "2026-03-11T12:00:00Z"
    assert job.outcome.result["lead_id"] == world.lead.id


def test_what_another_lead_has_left_stays() -> None:
    world = World()
    world.erasures.claims["of its phone"] = lead(9).id
    world.erased()
    assert world.erasures.claims == {"of its phone": lead(9).id}
    assert WORD in str(world.erasures.told[1])


def test_only_digests_of_phone_and_e_mail_are_kept() -> None:
    world = World()
    world.erased()
    [deletion] = world.leads.deleted
    key = configuration().tenant.cursor_key
    assert deletion.traces.digests == suppression_digests(key, world.lead.search)
    assert len(set(deletion.traces.digests)) == 2
    assert suppression_digests("another key", world.lead.search)[0] not in deletion.traces.digests


def test_other_leads_of_the_person_are_named_and_stay() -> None:
    world = World()
    by_phone = lead(3, search=SearchKeys(phone=PHONE))
    by_both = lead(4, search=SearchKeys(phone=PHONE, email=EMAIL))
    world.lists.put(TENANT_ID, by_phone, by_both, lead(5, search=SearchKeys(phone="+1512")))
    job = world.erased()
    assert job.outcome
    assert job.outcome.result["other_lead_ids"] == [by_phone.id, by_both.id]


def test_a_lead_without_phone_and_e_mail_is_erased_as_well() -> None:
    world = World(bought(search=SearchKeys()))
    assert world.erased().status is JobStatus.SUCCEEDED
    assert world.leads.deleted[0].traces == ((), ())


def test_an_unsold_lead_that_came_without_a_ping_leaves_nothing_either() -> None:
    plain = bought(
        status=LeadStatus.UNASSIGNED,
        assignment=None,
        ping_id=None,
        return_request_id=None,
        demand_id=None,
    )
    world = World(plain)
    export = world.export()
    job = world.erased()
    assert told(job) == [("webhook", world.erasures.told[0].webhook_id)]
    assert "submission_00000000000000000000000000" in str(world.submissions.kept)
    assert world.jobs.kept[TENANT_ID, export.id].customer_id
    assert world.files.kept, "exports of customers have sold leads only"


def test_a_lead_of_a_demand_has_no_submission() -> None:
    world = World(bought(submission_id=None, ping_id=None))
    world.erased()
    assert WORD in str(world.submissions.kept[TENANT_ID, submission().id])
    assert "Ada" not in str(world.erasures.demands)


def test_all_calls_about_its_ping_are_emptied() -> None:
    world = World()
    refused = submission(801, raw=WORD, received_at=NOW + timedelta(days=2))
    world.erasures.refused = {PING.flow_id: [SubmissionId(refused.id)]}
    world.submissions.put(TENANT_ID, refused, world.asked(802), submission(803, raw=WORD))
    world.erased()
    left = [one.id for one in world.submissions.kept.values() if WORD in one.raw]
    assert left == [numbered("submission", 803)]


def test_a_ping_that_is_gone_is_no_hindrance() -> None:
    world = World()
    world.erasures.pings = {}
    assert world.erased().status is JobStatus.SUCCEEDED


def test_equal_pings_are_looked_for_page_by_page_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(erase_lead_data, "PAGE_SUBMISSIONS", 2)
    world = World()
    world.submissions.put(TENANT_ID, *(world.asked(number) for number in range(810, 815)))
    world.erased()
    assert world.words == []
    monkeypatch.setattr(erase_lead_data, "PAGES_MAX", 2)
    busy = World()
    busy.submissions.put(TENANT_ID, *(busy.asked(number) for number in range(810, 815)))
    with pytest.raises(CorruptState, match="more than 4 submissions"):
        busy.erased()


def test_a_delivery_that_is_still_to_be_made_counts_as_told() -> None:
    world = World()
    waiting = delivered(world.lead, 3, status=DeliveryStatus.PENDING, attempts=())
    failed = delivered(world.lead, 4, status=DeliveryStatus.FAILED, attempts=())
    world.erasures.told += [waiting, failed]
    versions = [one.delivery.version for one in world.erasures.told]
    names = [name for way, name in told(world.erased()) if way == "webhook"]
    assert names == [world.erasures.told[0].webhook_id, waiting.webhook_id]
    after = [one.delivery.version for one in world.erasures.told]
    assert after == [versions[0] + 1, versions[1], versions[2] + 1, versions[3] + 1]


@pytest.mark.parametrize("status", sorted(LeadStatus))
def test_every_lead_but_one_that_is_processing_can_be_erased(status: LeadStatus) -> None:
    world = World(bought(status=status))
    if status in DELETABLE:
        assert world.erased().status is JobStatus.SUCCEEDED
        return
    with pytest.raises(Conflict) as refused:
        world.order()
    assert refused.value.code == "invalid_status"
    assert not world.jobs.kept


def test_a_lead_that_is_distributed_meanwhile_stays_and_the_job_fails() -> None:
    world = World()
    job = world.order()
    world.leads.stored[world.lead.id] = bought(status=LeadStatus.PROCESSING)
    with pytest.raises(Conflict):
        world.erasing()(world.step(job))
    world.record_failed(job)
    assert world.jobs.kept[TENANT_ID, job.id].status is JobStatus.FAILED
    assert len(world.words) == 7


def test_what_is_not_confirmed_or_not_there_is_refused() -> None:
    world = World()
    with pytest.raises(ValidationFailed) as refused:
        world.order(confirm=False)
    assert set(refused.value.errors) == {"confirm"}
    world.leads.stored.clear()
    with pytest.raises(NotFound):
        world.order()
    world.lead = world.lead.model_copy(update={"id": "lead#1"})
    with pytest.raises(NotFound):
        world.order()


def test_a_deleted_lead_is_erased_as_well() -> None:
    world = World()
    world.around.delete(ADMIN, world.lead.id, any_version)
    job = world.erased()
    assert (job.status, world.words) == (JobStatus.SUCCEEDED, [])
    assert told(job)


def test_an_erasure_that_comes_again_tells_the_same_and_changes_nothing() -> None:
    world = World()
    first = world.erased()
    kept = dict(world.erasures.kept)
    world.clock.at += LATER
    again = world.erased()
    assert again.id != first.id
    assert first.outcome == again.outcome
    assert world.erasures.kept == kept


def test_the_same_order_twice_is_one_job() -> None:
    world = World()
    assert world.order(repeat="key").id == world.order(repeat="key").id


def test_a_cancelled_erasure_erases_nothing_more() -> None:
    world = World()
    job = world.order()
    world.jobs.cancel(TENANT_ID, job.id, NOW)
    assert world.erased(job).status is JobStatus.CANCELLED
    assert world.leads.stored


def test_a_job_that_is_not_there_erases_nothing() -> None:
    world = World()
    step = replace(world.step(world.order()), job_id=JobId(numbered("job", 99)))
    with pytest.raises(NotFound):
        world.erasing()(step)


def test_a_lead_that_is_gone_without_a_tombstone_is_told_of() -> None:
    world = World()
    job = world.order()
    world.erasures.leads = World().leads
    with pytest.raises(NotFound):
        world.erasing()(world.step(job))


def test_an_erasure_that_breaks_off_anywhere_is_gone_on_with() -> None:
    broken = [broken_off(at, behind) for at, behind in crash_points(CALLS)]
    assert broken.count(True) > len(CALLS), "most of the calls are hit, before and behind"
    held("an erasure breaks off", ["C12"], operations=len(broken), faults=broken.count(True))


def broken_off(at: int, behind: bool) -> bool:
    """Break an erasure off at a call and go on; whether it made that many."""
    whole = World()
    whole.export()
    expected = told(whole.erased())
    world, trouble = World(), Trouble(at, behind, crash)
    world.export()
    job = world.order()
    broken = world.erasing(
        cast("Jobs", Troubled(world.jobs, trouble)),
        cast("Erasures", Troubled(world.erasures, trouble)),
        cast("JobFiles", Troubled(world.files, trouble)),
    )
    try:
        broken(world.step(job))
    except Crashed:
        assert trouble.calls == at
    ended = world.erased(job)
    assert (ended.status, world.words) == (JobStatus.SUCCEEDED, [])
    assert told(ended) == expected, "whoever had the data is named, whatever is gone by then"
    return trouble.calls >= at
