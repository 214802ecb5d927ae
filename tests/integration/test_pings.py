"""Pings: the fake and the real store keep the same contract; races are decided by the store."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.pings import DynamoPings
from leadflow.adapters.dynamodb.submissions import DynamoSubmissions
from leadflow.application.ping_ports import PingIntake, Pings, PingStored
from leadflow.application.ports import PING_USED, Claim, Flows, Intake, Leads, Submissions
from leadflow.domain.flows import EventName, Flow, FlowKind, FlowStep, TimelineEvent
from leadflow.domain.identifiers import SourceId, TenantId
from leadflow.domain.pings import Ping, PingStatus
from leadflow.domain.reservations import PartnerOffer
from leadflow.domain.submissions import SubmissionKind, SubmissionStatus
from tests.builders import (
    SOURCE_ID,
    TENANT_ID,
    flow,
    lead,
    partner,
    ping,
    ping_offer,
    submission,
)
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads
from tests.fakes.pings import MemoryPings
from tests.fakes.submissions import MemorySubmissions
from tests.unit.domain.bidding_examples import NOW

STRANGER = TenantId("tenant_" + "1" * 26)
MARK = "marked"
OFFERED = PartnerOffer(
    partner_id=partner(2).id,
    amount_cents=4_500,
    penalty_percentage=Decimal("12.5"),
    offered_at=NOW,
    response={"metadata.campaign_id": "c-1"},
)


@dataclass
class Ports:
    """The stores under test."""

    pings: Pings
    leads: Leads
    flows: Flows
    submissions: Submissions

    def answered(self, one: Ping, number: int = 0, replaces: UUID | None = None) -> PingStored:
        """Keep the submission of a ping and answer it."""
        asked = submission(900 + number, kind=SubmissionKind.PING)
        assert self.submissions.keep(TENANT_ID, asked, per_minute=600)
        intake = PingIntake(one, asked.answered(one.id), head(one), told(0), replaces)
        return self.pings.answer(TENANT_ID, intake)

    def posted(self, used: Ping, number: int) -> frozenset[str]:
        """Keep the submission of a post and store its lead, which uses the ping up."""
        sent, made = submission(number), lead(number, ping_id=used.id)
        assert self.submissions.keep(TENANT_ID, sent, per_minute=600)
        intake = Intake(
            made, sent.accepted(made.id, used.id), head(used), told(1), (), used.used(made.id)
        )
        return self.leads.accept(TENANT_ID, intake)


@pytest.fixture(params=["memory", "dynamo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        leads, submissions = MemoryLeads(), MemorySubmissions()
        flows = MemoryFlows(leads.heads, leads.steps)
        return Ports(MemoryPings(leads, flows, submissions), leads, flows, submissions)
    request.getfixturevalue("tables")
    return real()


def real() -> Ports:
    return Ports(DynamoPings(), DynamoLeads(), DynamoFlows(), DynamoSubmissions())


def head(of: Ping, **changes: object) -> Flow:
    """The flow of a ping."""
    known = {"kind": FlowKind.PING, "ping_id": of.id, "ping_status": of.status, "id": of.flow_id}
    return flow(lead_id=None).model_copy(update=known | changes)


def told(number: int, reason: str | None = None) -> FlowStep:
    event = TimelineEvent(at=NOW, event=EventName.PING, description="Said.", reason=reason)
    return FlowStep(number=number, timeline=(event,))


class TestAnswers:
    def test_a_ping_is_read_as_it_was_answered(self, ports: Ports) -> None:
        by_partner = ping_offer(2, offer=OFFERED, customer_number=None)
        one = ping(
            offers=(ping_offer(), by_partner),
            partner_offers=(OFFERED,),
            values={"zip": "78701", "rooms": 3.5, "open": True},
            received_at=NOW + timedelta(microseconds=5),
        )
        assert ports.answered(one) is PingStored.STORED
        assert ports.pings.get(TENANT_ID, one.id) == one
        assert ports.flows.get(TENANT_ID, one.flow_id) == head(one)
        assert list(ports.flows.steps(TENANT_ID, one.flow_id)) == [told(0)]
        kept = ports.submissions.get(TENANT_ID, submission(900).id)
        assert kept
        assert (kept.status, kept.ping_id) == (SubmissionStatus.ACCEPTED, one.id)

    def test_a_ping_is_found_by_the_data_that_it_asked_about(self, ports: Ports) -> None:
        one = ping()
        ports.answered(one)
        assert ports.pings.newest_equal(TENANT_ID, SOURCE_ID, one.digest) == one
        assert ports.pings.newest_equal(TENANT_ID, SOURCE_ID, "other") is None
        assert ports.pings.newest_equal(TENANT_ID, SourceId("source_x"), one.digest) is None

    def test_unknown_pings_are_none(self, ports: Ports) -> None:
        assert ports.pings.get(TENANT_ID, UUID(int=9)) is None

    def test_an_equal_ping_comes_after_the_one_that_it_replaces(self, ports: Ports) -> None:
        first, second = ping(1), ping(2)
        ports.answered(first, 1)
        assert ports.answered(second, 2, first.id) is PingStored.STORED
        assert ports.pings.newest_equal(TENANT_ID, SOURCE_ID, first.digest) == second

    @pytest.mark.parametrize("replaces", [None, UUID(int=8)])
    def test_a_ping_that_was_overtaken_leaves_nothing(
        self, ports: Ports, replaces: UUID | None
    ) -> None:
        first, second = ping(1), ping(2)
        ports.answered(first, 1)
        assert ports.answered(second, 2, replaces) is PingStored.OVERTAKEN
        assert ports.pings.get(TENANT_ID, second.id) is None
        assert ports.flows.get(TENANT_ID, second.flow_id) is None
        kept = ports.submissions.get(TENANT_ID, submission(902).id)
        assert kept
        assert kept.status is SubmissionStatus.PENDING

    def test_a_flow_that_is_shown_while_partners_are_asked_is_completed(self, ports: Ports) -> None:
        one = ping()
        ports.pings.open(TENANT_ID, head(one, ping_status=PingStatus.PENDING))
        shown = ports.flows.get(TENANT_ID, one.flow_id)
        assert shown
        assert shown.ping_status == PingStatus.PENDING
        ports.answered(one)
        assert ports.flows.get(TENANT_ID, one.flow_id) == head(one)


class TestUse:
    def test_a_post_uses_a_ping_up_once(self, ports: Ports) -> None:
        one = ping()
        ports.answered(one)
        assert ports.posted(one, 1) == frozenset()
        used = ports.pings.get(TENANT_ID, one.id)
        assert used
        assert (used.used_by, used.version) == (lead(1).id, 2)
        assert ports.posted(one, 2) == {PING_USED}
        assert ports.leads.get(TENANT_ID, lead(2).id) is None
        assert ports.pings.get(TENANT_ID, one.id) == used

    def test_the_post_goes_on_in_the_flow_of_the_ping(self, ports: Ports) -> None:
        one = ping()
        ports.answered(one)
        ports.posted(one, 1)
        assert [step.number for step in ports.flows.steps(TENANT_ID, one.flow_id)] == [0, 1]

    def test_refused_posts_are_told_of_between_the_ping_and_the_post(self, ports: Ports) -> None:
        one = ping()
        ports.answered(one)
        for number in (5, 6):
            refusal = told(0, MARK)
            ports.pings.add_refusal(TENANT_ID, one.flow_id, submission(number).id, refusal)
        ports.posted(one, 1)
        ports.pings.add_refusal(TENANT_ID, one.flow_id, submission(7).id, told(0, MARK))
        steps = ports.flows.steps(TENANT_ID, one.flow_id)
        assert [step.timeline[0].reason for step in steps] == [None, MARK, MARK, MARK, None]
        assert [step.number for step in steps] == [0, 0, 0, 0, 1]


class TestRealStore:
    @pytest.mark.usefixtures("tables")
    def test_another_tenants_pings_look_like_none(self) -> None:
        ports, one = real(), ping()
        ports.answered(one)
        assert ports.pings.get(STRANGER, one.id) is None
        assert ports.pings.newest_equal(STRANGER, SOURCE_ID, one.digest) is None

    @pytest.mark.usefixtures("tables")
    @pytest.mark.parametrize(("days", "hit"), [(29, True), (30, True), (31, False)])
    def test_a_lead_that_claimed_a_fingerprint_within_the_look_back_is_a_hit(
        self, days: int, hit: bool
    ) -> None:
        ports = real()
        made = lead(received_at=NOW - timedelta(days=days))
        ports.submissions.keep(TENANT_ID, submission(), per_minute=600)
        claimed = Claim("check_1", "print", made.received_at - timedelta(days=30))
        accepted = submission().accepted(made.id)
        ports.leads.accept(TENANT_ID, Intake(made, accepted, flow(), told(0), (claimed,)))
        asked = [
            Claim("check_0", "other print", NOW - timedelta(days=30)),
            Claim("check_1", "print", NOW - timedelta(days=30)),
        ]
        assert ports.pings.duplicates(TENANT_ID, asked) is hit
        assert not ports.pings.duplicates(TENANT_ID, asked[:1])
        assert not ports.pings.duplicates(STRANGER, asked)

    @pytest.mark.usefixtures("tables")
    def test_of_equal_pings_at_once_one_is_stored(self) -> None:
        ports = real()
        with ThreadPoolExecutor(6) as threads:
            stored = list(
                threads.map(lambda number: ports.answered(ping(number), number), range(6))
            )
        assert Counter(stored) == {PingStored.STORED: 1, PingStored.OVERTAKEN: 5}
        [one] = [ping(number) for number in range(6) if stored[number] is PingStored.STORED]
        assert ports.pings.newest_equal(TENANT_ID, SOURCE_ID, one.digest) == one

    @pytest.mark.usefixtures("tables")
    def test_of_posts_at_once_one_gets_the_ping(self) -> None:
        ports, one = real(), ping(50)
        ports.answered(one, 50)
        with ThreadPoolExecutor(6) as threads:
            taken = list(threads.map(lambda number: ports.posted(one, number), range(1, 7)))
        assert Counter(taken) == {frozenset(): 1, frozenset({PING_USED}): 5}
        used = ports.pings.get(TENANT_ID, one.id)
        assert used
        assert used.used_by == lead(taken.index(frozenset()) + 1).id
