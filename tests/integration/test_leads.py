"""Leads in a real table: claims, versions, strays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from leadflow.adapters.dynamodb import leads as leads_module
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.lead_items import LeadItem
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.submissions import DynamoSubmissions
from leadflow.application.lead_ports import NewFlow
from leadflow.application.ports import Claim, Intake
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import CorruptState
from leadflow.domain.flows import FlowEnding, FlowStep
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead, LeadStatus, SearchKeys
from leadflow.domain.submissions import SubmissionStatus
from tests.builders import TENANT_ID, flow, lead, submission
from tests.integration.seeds import store_lead
from tests.unit.domain.bidding_examples import NOW, customer

pytestmark = pytest.mark.usefixtures("tables")

LEADS = DynamoLeads()
ENDING = FlowEnding(updated_at=NOW, ended_at=NOW, outcome=Outcome.NO_STAGE_ACCEPTED)
OTHER_TENANT = TenantId("tenant_" + "9" * 26)
MONTH_END = datetime.fromisoformat("2026-02-28T23:59:00+00:00")


def accept(number: int, *claims: Claim, at: datetime = NOW) -> frozenset[str]:
    """Try to store a lead that was received at that moment."""
    DynamoSubmissions().keep(TENANT_ID, submission(number), per_minute=600)
    waiting = lead(number, received_at=at)
    accepted = submission(number).accepted(waiting.id)
    intake = Intake(waiting, accepted, flow(number), FlowStep(number=0), claims)
    return LEADS.accept(TENANT_ID, intake)


def claim(check: str = "check_1", text: str = "ada", days: int = 30, at: datetime = NOW) -> Claim:
    return Claim(check, text, at - timedelta(days=days))


def settle(after: Lead, number: int = 0) -> bool:
    return LEADS.settle(TENANT_ID, after, ending=ENDING, step=FlowStep(number=number))


def test_a_lead_is_stored_with_its_submission_and_its_flow() -> None:
    assert not accept(1)
    assert LEADS.get(TENANT_ID, lead(1).id) == lead(1)
    settled = DynamoSubmissions().get(TENANT_ID, submission(1).id)
    assert settled
    assert (settled.status, settled.lead_id) == (SubmissionStatus.ACCEPTED, lead(1).id)
    assert DynamoFlows().get(TENANT_ID, flow(1).id) == flow(1)
    assert DynamoFlows().steps(TENANT_ID, flow(1).id) == [FlowStep(number=0)]


def test_another_tenants_lead_looks_like_none() -> None:
    accept(1)
    assert LEADS.get(OTHER_TENANT, lead(1).id) is None


def test_a_taken_fingerprint_keeps_everything_out() -> None:
    accept(1, claim())
    assert accept(2, claim(), claim("check_2", "ada byron")) == {"check_1"}
    assert LEADS.get(TENANT_ID, lead(2).id) is None
    assert DynamoFlows().get(TENANT_ID, flow(2).id) is None
    kept = DynamoSubmissions().get(TENANT_ID, submission(2).id)
    assert kept
    assert kept.status is SubmissionStatus.PENDING
    assert not accept(3, claim("check_2", "ada byron"))


def test_every_check_that_hits_is_named() -> None:
    both = (claim("check_1", "one"), claim("check_2", "two"))
    accept(1, *both)
    assert accept(2, *both) == {"check_1", "check_2"}


@pytest.mark.parametrize(
    ("later", "hits"),
    [
        (timedelta(days=30), {"check_1"}),
        (timedelta(days=30, milliseconds=1), set()),
    ],
)
def test_a_fingerprint_is_free_again_behind_the_look_back(later: timedelta, hits: set[str]) -> None:
    accept(1, claim())
    assert accept(2, claim(at=NOW + later), at=NOW + later) == hits


def test_a_fingerprint_that_was_claimed_again_counts_from_then_on() -> None:
    later = NOW + timedelta(days=40)
    accept(1, claim())
    accept(2, claim(at=later), at=later)
    latest = later + timedelta(days=20)
    assert accept(3, claim(at=latest), at=latest) == {"check_1"}


def test_of_leads_that_arrive_together_exactly_one_gets_the_claim() -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: accept(number, claim()), range(8)))
    assert answers.count(frozenset()) == 1
    assert answers.count(frozenset({"check_1"})) == 7


def test_an_identifier_that_is_taken_is_a_corrupt_state() -> None:
    accept(1)
    with pytest.raises(CorruptState):
        accept(1)


def test_a_lead_is_settled_with_the_end_of_its_flow() -> None:
    store_lead(lead())
    assert settle(lead().moved(LeadStatus.UNASSIGNED, NOW), number=2)
    stored = LEADS.get(TENANT_ID, lead().id)
    assert stored
    assert (stored.status, stored.version) == (LeadStatus.UNASSIGNED, 2)
    ended = DynamoFlows().get(TENANT_ID, flow().id)
    assert ended
    assert (ended.outcome, ended.started_at) == (ENDING.outcome, flow().started_at)
    assert [step.number for step in DynamoFlows().steps(TENANT_ID, flow().id)] == [0, 2]


def test_a_lead_that_has_moved_on_is_not_settled_again() -> None:
    store_lead(lead())
    settle(lead().moved(LeadStatus.UNASSIGNED, NOW), number=2)
    assert not settle(lead().moved(LeadStatus.DISTRIBUTION_ERROR, NOW), number=3)
    stored = LEADS.get(TENANT_ID, lead().id)
    assert stored
    assert stored.status is LeadStatus.UNASSIGNED
    assert len(DynamoFlows().steps(TENANT_ID, flow().id)) == 2


def test_a_step_that_is_recorded_already_keeps_a_lead_from_being_settled() -> None:
    store_lead(lead())
    DynamoFlows().add_step(TENANT_ID, flow().id, FlowStep(number=1))
    assert not settle(lead().moved(LeadStatus.UNASSIGNED, NOW), number=1)
    assert LEADS.get(TENANT_ID, lead().id) == lead()


def test_stray_leads_are_those_still_processing_oldest_first() -> None:
    for number, minutes in ((1, 9), (2, 20), (3, 1), (4, 30)):
        store_lead(lead(number, received_at=NOW - timedelta(minutes=minutes)), number)
    settled = lead(4, received_at=NOW - timedelta(minutes=30))
    settle(settled.moved(LeadStatus.UNASSIGNED, NOW), number=1)
    before = NOW - timedelta(minutes=5)
    found = LEADS.stray(TENANT_ID, before=before, limit=10)
    assert [one.id for one in found] == [lead(2).id, lead(1).id]
    assert [one.id for one in LEADS.stray(TENANT_ID, before=before, limit=1)] == [lead(2).id]
    assert not LEADS.stray(OTHER_TENANT, before=before, limit=10)


def test_a_lead_that_the_last_minute_of_a_month_left_is_found_in_the_next() -> None:
    store_lead(lead(1, received_at=MONTH_END), 1)
    found = LEADS.stray(TENANT_ID, before=MONTH_END + timedelta(minutes=5), limit=10)
    assert [one.id for one in found] == [lead(1).id]


def test_a_lead_is_indexed_by_what_it_is_found_by_and_test_leads_apart() -> None:
    search = SearchKeys(email="ada@example.com", phone="+15125550142", name="ada byron")
    sold = Assignment(
        customer_id=customer(1).id,
        assigned_via=AssignedVia.BIDDING,
        charged_cents=100,
        assigned_at=NOW,
    )
    store_lead(lead(1, search=search, assignment=sold, is_test=True), 1)
    store_lead(lead(2), 2)
    found, bare = (LeadItem.get(f"{TENANT_ID}#{lead(n).id}", "LEAD") for n in (1, 2))
    buckets = (found.email_bucket, found.phone_bucket, found.name_bucket, found.customer_bucket)
    assert all(bucket and "TEST" in bucket for bucket in buckets)
    assert (found.name_key or "").startswith("ada byron#")
    absent = {bare.email_bucket, bare.phone_bucket, bare.name_bucket, bare.name_key}
    assert absent | {bare.customer_bucket} == {None}
    assert "LIVE" in bare.received_bucket


def reopened_lead(number: int, *, received: timedelta, began: timedelta) -> Lead:
    """A stored lead that was received and distributed again so long ago."""
    old = lead(number, received_at=NOW - received)
    store_lead(old, number)
    waiting = old.moved(LeadStatus.UNASSIGNED, NOW)
    settle(waiting, number=1)
    head = flow(100 + number, started_at=NOW - began)
    again = waiting.moved(
        LeadStatus.PROCESSING,
        NOW,
        run_began_at=NOW - began,
        flow_ids=(*waiting.flow_ids, head.id),
    )
    assert not LEADS.reopen(TENANT_ID, NewFlow(again, head, FlowStep(number=0)))
    return again


def test_leads_that_are_distributed_again_stray_by_the_time_of_their_run_however_old() -> None:
    minutes, days = timedelta(minutes=1), timedelta(days=1)
    ancient = reopened_lead(1, received=400 * days, began=6 * minutes)
    recent = reopened_lead(2, received=2 * days, began=9 * minutes)
    reopened_lead(3, received=2 * days, began=4 * minutes)
    store_lead(lead(4, received_at=NOW - 7 * minutes), 4)
    before = NOW - 5 * minutes
    found = LEADS.stray(TENANT_ID, before=before, limit=10)
    assert [one.id for one in found] == [recent.id, lead(4).id, ancient.id]
    settled = ancient.moved(LeadStatus.UNASSIGNED, NOW)
    assert settle(settled, number=1)
    assert ancient.id not in {one.id for one in LEADS.stray(TENANT_ID, before=before, limit=10)}


def test_leads_that_are_just_distributed_again_do_not_crowd_out_stray_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    minutes = timedelta(minutes=1)
    for number in range(1, 5):
        reopened_lead(number, received=60 * minutes, began=1 * minutes)
    store_lead(lead(5, received_at=NOW - 7 * minutes), 5)
    monkeypatch.setattr(leads_module, "STRAYS_AT_ONCE", 2)
    before = NOW - 5 * minutes
    assert [one.id for one in LEADS.stray(TENANT_ID, before=before, limit=1)] == [lead(5).id]
    monkeypatch.setattr(leads_module, "STRAY_BATCHES_MAX", 1)
    assert not LEADS.stray(TENANT_ID, before=before, limit=1)
