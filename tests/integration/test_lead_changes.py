"""Stored leads that are changed, opened again and deleted: the fake and DynamoDB behave alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.adapters.dynamodb.flow_lists import DynamoFlowLists
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.lead_items import DELETED, LeadItem
from leadflow.adapters.dynamodb.lead_lists import DynamoLeadLists
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.marketplace import DynamoMarketplace
from leadflow.adapters.dynamodb.marketplace_items import AuctionItem
from leadflow.adapters.dynamodb.pings import DynamoPings
from leadflow.adapters.dynamodb.submissions import DynamoSubmissions
from leadflow.application.lead_ports import Deletion, Gone, NewFlow, StoredLeads
from leadflow.application.ports import Claim, Intake, Refused
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.auction_listings import AuctionStatus
from leadflow.domain.enrichment import EnrichedData, OwnerData
from leadflow.domain.flows import FlowKind, FlowStep
from leadflow.domain.identifiers import FlowId, TenantId, UserId
from leadflow.domain.leads import Lead, LeadStatus, SearchKeys
from tests.builders import TENANT_ID, flow, lead, numbered, submission
from tests.fakes.leads import MemoryLeads
from tests.integration.seeds import store_lead
from tests.unit.application.test_delete_lead import LISTED, auction
from tests.unit.domain.bidding_examples import NOW, customer

LATER = NOW + timedelta(minutes=3)
USER = UserId("user_1")
OTHER_TENANT = TenantId("tenant_" + "9" * 26)
WAITING = lead(status=LeadStatus.UNASSIGNED)
ADA = SearchKeys(email="ada@example.com", phone="+15125550142", name="ada byron")

Keeper = Callable[[Lead], StoredLeads]


def in_memory(one: Lead) -> StoredLeads:
    return MemoryLeads.of(one)


def in_dynamo(one: Lead) -> StoredLeads:
    store_lead(one)
    return DynamoLeads()


@pytest.fixture(params=[in_memory, in_dynamo])
def keep(request: pytest.FixtureRequest, tables: dict[str, str]) -> Keeper:
    """What stores one lead, in memory or in a table."""
    keeper: Keeper = request.param
    return keeper


def second_flow(one: Lead = WAITING, number: int = 7) -> NewFlow:
    """The lead as it goes on with another flow."""
    flow_id = FlowId(numbered("flow", number))
    again = one.moved(LeadStatus.PROCESSING, NOW, flow_ids=(*one.flow_ids, flow_id))
    head = flow(number, kind=FlowKind.REPROCESS, lead_id=one.id, submission_ids=())
    return NewFlow(again, head, FlowStep(number=0))


def deletion(one: Lead = WAITING) -> Deletion:
    return Deletion(one, LATER, USER)


class TestStoredLeads:
    """The contract of the port."""

    def test_the_next_version_of_a_lead_is_stored(self, keep: Keeper) -> None:
        leads = keep(WAITING)
        after = WAITING.changed(LATER, values={"zip": "78701"})
        assert leads.change(TENANT_ID, after)
        assert leads.get(TENANT_ID, WAITING.id) == after

    def test_a_lead_that_has_moved_on_stays_as_it_is(self, keep: Keeper) -> None:
        leads = keep(WAITING)
        first = WAITING.changed(LATER)
        assert leads.change(TENANT_ID, first)
        assert not leads.change(TENANT_ID, WAITING.changed(NOW, payout_cents=7))
        assert leads.reopen(TENANT_ID, second_flow()) == {Refused.LEAD}
        assert not leads.delete(TENANT_ID, deletion())
        assert leads.get(TENANT_ID, WAITING.id) == first

    def test_a_lead_goes_on_with_another_flow(self, keep: Keeper) -> None:
        leads = keep(WAITING)
        new = second_flow()
        assert not leads.reopen(TENANT_ID, new)
        assert leads.get(TENANT_ID, WAITING.id) == new.lead

    def test_a_flow_is_opened_once(self, keep: Keeper) -> None:
        leads = keep(WAITING)
        new = second_flow()
        assert not leads.reopen(TENANT_ID, new)
        unsold = new.lead.moved(LeadStatus.UNASSIGNED, NOW)
        assert leads.change(TENANT_ID, unsold)
        assert leads.reopen(TENANT_ID, second_flow(unsold)) == {Refused.STEP}
        assert leads.get(TENANT_ID, WAITING.id) == unsold

    def test_a_deleted_lead_knows_the_request_that_deleted_it(self, keep: Keeper) -> None:
        leads = keep(WAITING)
        assert leads.gone(TENANT_ID, WAITING.id) is None
        made = replace(deletion(), repeat="mark")
        assert leads.delete(TENANT_ID, made)
        assert leads.gone(TENANT_ID, WAITING.id) == Gone(made.deleted_at, "mark")
        assert leads.gone(TENANT_ID, lead(9).id) is None

    def test_a_deleted_lead_looks_like_none_and_stays_so(self, keep: Keeper) -> None:
        leads = keep(WAITING)
        assert leads.delete(TENANT_ID, deletion())
        assert leads.get(TENANT_ID, WAITING.id) is None
        assert not leads.delete(TENANT_ID, deletion())
        assert not leads.change(TENANT_ID, WAITING.changed(NOW))
        assert leads.reopen(TENANT_ID, second_flow()) == {Refused.LEAD}
        assert leads.get(TENANT_ID, WAITING.id) is None


@pytest.mark.usefixtures("tables")
class TestInTables:
    """What becomes of the items."""

    def test_a_second_flow_is_stored_with_its_first_step(self) -> None:
        store_lead(WAITING)
        new = second_flow()
        assert not DynamoLeads().reopen(TENANT_ID, new)
        assert DynamoFlows().get(TENANT_ID, new.flow.id) == new.flow
        assert DynamoFlows().steps(TENANT_ID, new.flow.id) == [new.step]

    def test_nothing_of_the_person_is_left_and_no_key_of_an_index(self) -> None:
        sold = Assignment(
            customer_id=customer(1).id,
            assigned_via=AssignedVia.BIDDING,
            charged_cents=100,
            assigned_at=NOW,
        )
        owner = EnrichedData(owner=OwnerData(name="Ada Byron"))
        one = lead(status=LeadStatus.ASSIGNED, search=ADA, assignment=sold, enriched=owner)
        store_lead(one)
        assert DynamoLeads().delete(TENANT_ID, deletion(one))
        item = LeadItem.get(f"{TENANT_ID}#{one.id}", "LEAD")
        assert item.status == DELETED
        kept = {name for name, value in item.attribute_values.items() if value is not None}
        assert kept == {"pk", "sk", "document", "version", "status"}
        assert "Ada" not in item.document
        assert "78701" not in item.document
        assert DynamoLeadLists().many(TENANT_ID, [one.id]) == {}

    def test_every_flow_of_the_lead_tells_when_it_was_deleted(self) -> None:
        store_lead(WAITING)
        new = second_flow()
        DynamoLeads().reopen(TENANT_ID, new)
        unsold = new.lead.moved(LeadStatus.UNASSIGNED, NOW)
        DynamoLeads().change(TENANT_ID, unsold)
        assert DynamoLeads().delete(TENANT_ID, deletion(unsold))
        for head in DynamoFlows().many(TENANT_ID, unsold.flow_ids):
            assert (head.lead_id, head.lead_deleted_at) == (WAITING.id, LATER)
        assert DynamoFlowLists().attempts(TENANT_ID, unsold.flow_ids)

    def test_a_deleted_lead_is_never_stray(self) -> None:
        store_lead(lead())
        before = NOW + timedelta(minutes=9)
        assert DynamoLeads().stray(TENANT_ID, before=before, limit=5)
        DynamoLeads().delete(TENANT_ID, deletion(lead()))
        assert not DynamoLeads().stray(TENANT_ID, before=before, limit=5)

    def test_the_auction_leaves_the_lists_together_with_its_lead(self) -> None:
        processing = lead()
        store_lead(processing)
        listed = processing.moved(LeadStatus.MARKETPLACE, NOW)
        market, step = DynamoMarketplace(), FlowStep(number=3)
        assert not market.open(TENANT_ID, listed, auction(), step)
        removed = auction(status=AuctionStatus.REMOVED, version=2)
        assert DynamoLeads().delete(TENANT_ID, Deletion(listed, LATER, USER, removed))
        assert market.get(TENANT_ID, auction().id) == removed
        item = AuctionItem.get(f"{TENANT_ID}#{auction().id}", "AUCTION")
        assert {item.list_bucket, item.list_key, item.due_shard, item.due_key} == {None}

    def test_a_lead_whose_auction_has_moved_on_is_not_deleted(self) -> None:
        store_lead(lead())
        listed = lead().moved(LeadStatus.MARKETPLACE, NOW)
        DynamoMarketplace().open(TENANT_ID, listed, auction(), FlowStep(number=3))
        stale = auction(status=AuctionStatus.REMOVED, version=7)
        assert not DynamoLeads().delete(TENANT_ID, Deletion(listed, LATER, USER, stale))
        assert DynamoLeads().get(TENANT_ID, LISTED.id) == listed


def claim(text: str = "ada", check: str = "check_1") -> Claim:
    return Claim(check, text, NOW - timedelta(days=30))


def accepted(number: int, *claims: Claim) -> frozenset[str]:
    """Try to store a lead that claims fingerprints."""
    DynamoSubmissions().keep(TENANT_ID, submission(number), per_minute=600)
    one = lead(number, status=LeadStatus.UNASSIGNED)
    taken = submission(number).accepted(one.id)
    return DynamoLeads().accept(
        TENANT_ID, Intake(one, taken, flow(number), FlowStep(number=0), claims)
    )


def deleted(number: int) -> None:
    assert DynamoLeads().delete(TENANT_ID, deletion(lead(number, status=LeadStatus.UNASSIGNED)))


@pytest.mark.usefixtures("tables")
class TestClaimsOfDeletedLeads:
    """Duplicate checks meet only leads that are there."""

    def test_a_deleted_lead_is_no_reason_to_refuse_another(self) -> None:
        assert not accepted(1, claim())
        assert DynamoPings().duplicates(TENANT_ID, [claim()])
        deleted(1)
        assert not DynamoPings().duplicates(TENANT_ID, [claim()])
        assert not accepted(2, claim())
        assert accepted(3, claim()) == {"check_1"}
        assert DynamoPings().duplicates(TENANT_ID, [claim()])

    def test_another_lead_that_is_there_still_counts(self) -> None:
        both = (claim("one", "check_1"), claim("two", "check_2"))
        assert not accepted(1, both[0])
        assert not accepted(2, both[1])
        deleted(1)
        assert accepted(3, *both) == {"check_2"}
        assert DynamoPings().duplicates(TENANT_ID, both)
        assert DynamoLeads().get(TENANT_ID, lead(3).id) is None
