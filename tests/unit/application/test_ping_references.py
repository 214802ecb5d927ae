"""Posts that come back to a ping: what is refused, what is used up, what goes on (8.4, 15.6)."""

from collections.abc import Callable
from uuid import UUID

import pytest

from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import MalformedRequest, PayloadTooLarge, Refusal, ValidationFailed
from leadflow.domain.flows import EventName, FlowKind
from leadflow.domain.identifiers import SourceId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.pings import Ping, PingMessage
from leadflow.domain.posts import BODY_BYTES_MAX, PingReferenceFailed, Post
from leadflow.domain.sources import SourceType
from leadflow.domain.submissions import SubmissionStatus
from tests.builders import duplicate_check, plan, source, stage
from tests.unit.application.ping_world import PRINCIPAL, World, bidding, in_stages
from tests.unit.application.test_evaluate_plan import LIST, fallback
from tests.unit.application.test_intake import audit
from tests.unit.domain.bidding_examples import dollars
from tests.unit.domain.test_marketplace_entry import LISTED

UNKNOWN = str(UUID(int=999_999))


def refused(world: World, ping: Ping | None = None, **changes: object) -> Refusal:
    """How a post is refused; nothing but its submission is stored."""
    before = dict(world.leads.stored)
    with pytest.raises(Refusal) as refusal:
        world.post(ping, **changes)
    assert world.leads.stored == before
    assert world.submission.status is SubmissionStatus.REJECTED
    assert world.submission.http_status == refusal.value.status
    return refusal.value


class TestReference:
    @pytest.mark.parametrize("reference", [UNKNOWN, "one", 5, True, ""])
    def test_a_ping_that_does_not_exist_cannot_be_found(self, reference: object) -> None:
        refusal = refused(bidding(), ping_id=reference)
        assert refusal.detail == "Ping could not be found with the provided ping ID"
        assert (refusal.status, refusal.code) == (422, "ping_not_found")

    def test_a_ping_that_a_post_has_used_cannot_be_found(self) -> None:
        world = bidding()
        ping = world.ping().ping
        world.post(ping)
        assert refused(world, ping).code == "ping_not_found"

    def test_an_old_ping_has_expired(self) -> None:
        world = bidding()
        ping = world.ping().ping
        world.later(minutes=5)
        refusal = refused(world, ping, zip="75201")
        assert (refusal.detail, refusal.code) == ("Ping ID has expired", "ping_expired")

    def test_data_that_differ_from_the_ping_do_not_match(self) -> None:
        world = bidding()
        refusal = refused(world, world.ping().ping, zip="75201")
        assert refusal.detail == "Lead data does not match ping data"
        assert refusal.code == "ping_mismatch"

    @pytest.mark.parametrize("reference", [UNKNOWN, "one"])
    def test_what_is_wrong_with_the_lead_is_told_before(self, reference: str) -> None:
        refusal = refused(bidding(), ping_id=reference, zip="00000", timeout_ms="soon")
        assert isinstance(refusal, ValidationFailed)
        assert set(refusal.errors) == {"zip", "timeout_ms"}

    def test_a_post_without_a_reference_uses_no_ping_up(self) -> None:
        world = bidding()
        ping = world.ping().ping
        assert world.post().lead.ping_id is None
        assert world.leads.pings[ping.id].used_by is None


class TestChosenBids:
    def test_a_bid_of_the_ping_may_be_chosen(self) -> None:
        world = bidding()
        ping = world.ping().ping
        assert world.post(ping, bid_id=str(ping.offers[1].id)).payout_cents == dollars(10)

    @pytest.mark.parametrize("named", [UNKNOWN, "one"])
    def test_any_other_is_refused_and_leaves_the_ping(self, named: str) -> None:
        world = bidding()
        ping = world.ping().ping
        refusal = refused(world, ping, bid_id=named)
        assert isinstance(refusal, ValidationFailed)
        assert set(refusal.errors) == {"bid_id"}
        assert world.post(ping).status is LeadStatus.ASSIGNED

    def test_a_bid_of_another_ping_is_refused(self) -> None:
        world = bidding()
        other = world.ping(first_name="Ada").ping
        refusal = refused(world, world.ping().ping, bid_id=str(other.offers[0].id))
        assert isinstance(refusal, ValidationFailed)

    def test_vendors_choose_no_bids(self) -> None:
        world = bidding(from_source=source(type=SourceType.VENDOR))
        ping = world.ping().ping
        refusal = refused(world, ping, bid_id=str(ping.offers[0].id))
        assert isinstance(refusal, ValidationFailed)
        assert set(refusal.errors) == {"bid_id"}

    def test_without_a_ping_there_is_no_bid(self) -> None:
        refusal = refused(bidding(), bid_id=UNKNOWN)
        assert isinstance(refusal, ValidationFailed)

    def test_a_ping_that_cannot_be_found_is_told_before_its_bids(self) -> None:
        assert isinstance(refused(bidding(), ping_id=UNKNOWN, bid_id=UNKNOWN), PingReferenceFailed)


class TestRefusedPosts:
    def test_the_flow_of_the_ping_tells_of_it_between_ping_and_post(self) -> None:
        world = bidding()
        ping = world.ping().ping
        refused(world, ping, email="nobody")
        world.post(ping)
        events = world.events(ping.flow_id)
        told = events.index(EventName.SUBMISSION_REJECTED)
        assert events[told - 1 : told + 2] == [
            EventName.PING_RESPONDED,
            EventName.SUBMISSION_REJECTED,
            EventName.SUBMISSION_ACCEPTED,
        ]
        assert world.record(ping.flow_id).timeline[told].reason == "validation_failed"

    def test_the_submission_names_the_ping(self) -> None:
        world = bidding()
        ping = world.ping().ping
        refused(world, ping, zip="75201")
        assert world.submission.ping_id == ping.id

    @pytest.mark.parametrize("minutes", [0, 5])
    def test_each_refusal_has_its_own_reason(self, minutes: int) -> None:
        world = bidding()
        ping = world.ping().ping
        world.later(minutes=minutes)
        code = refused(world, ping, zip="75201").code
        [step] = world.flows.refused[ping.flow_id]
        [event] = step.timeline
        assert (event.event, event.reason) == (EventName.SUBMISSION_REJECTED, code)
        assert event.at == world.clock.now()

    def test_a_refused_direct_post_has_its_submission_only(self) -> None:
        world = bidding()
        refused(world, zip="00000")
        assert not world.flows.heads
        assert world.submission.ping_id is None

    def test_another_sources_ping_is_told_nothing(self) -> None:
        world = bidding()
        ping = world.ping().ping
        theirs = ping.model_copy(update={"source_id": SourceId("source_other")})
        world.leads.pings[ping.id] = theirs
        assert refused(world, ping).code == "ping_not_found"
        assert not world.flows.refused
        assert world.submission.ping_id is None

    @pytest.mark.parametrize(
        ("body", "error"),
        [("{", MalformedRequest), ("x" * (BODY_BYTES_MAX + 1), PayloadTooLarge)],
        ids=["malformed", "too large"],
    )
    def test_a_body_that_cannot_be_read_names_no_ping(
        self, body: str, error: type[Refusal]
    ) -> None:
        world = bidding()
        with pytest.raises(error):
            world.submit_lead(Post(PRINCIPAL, body))
        assert world.submission.status is SubmissionStatus.REJECTED


class TestAcceptedPosts:
    def test_lead_flow_and_submission_belong_to_the_ping(self) -> None:
        world = bidding()
        ping = world.ping().ping
        answered = world.post(ping)
        assert (answered.flow_id, answered.lead.ping_id) == (ping.flow_id, ping.id)
        assert world.lead.flow_ids == (ping.flow_id,)
        [intake] = world.leads.accepted
        assert (intake.submission.ping_id, intake.submission.lead_id) == (ping.id, world.lead.id)
        assert intake.flow.kind is FlowKind.PING
        assert world.leads.pings[ping.id].used_by == world.lead.id

    def test_of_two_posts_at_once_one_gets_the_ping(self) -> None:
        world = bidding()
        ping = world.ping().ping
        _at_the_last_moment(world, lambda: world.post(ping))
        with pytest.raises(PingReferenceFailed) as refusal:
            world.post(ping)
        assert refusal.value.code == "ping_not_found"
        assert len(world.leads.stored) == len(world.sales.booked) == 1

    def test_a_duplicate_is_an_accepted_post_that_is_promised_nothing(self) -> None:
        check = duplicate_check()
        world = bidding(checks=(check,))
        ping = world.ping().ping
        world.leads.taken = frozenset({check.id})
        answered = world.post(ping)
        assert answered.status is LeadStatus.DUPLICATE
        assert (world.lead.promise, world.lead.honored) == (None, None)
        assert world.leads.pings[ping.id].used_by == world.lead.id
        assert world.flows.heads[ping.flow_id].outcome is Outcome.DUPLICATE
        assert not world.runs

    def test_a_duplicate_whose_ping_was_used_meanwhile_is_refused(self) -> None:
        check = duplicate_check()
        world = bidding(checks=(check,))
        ping = world.ping().ping
        world.leads.taken = frozenset({check.id})
        _at_the_last_moment(world, lambda: world.post(ping), times=2)
        with pytest.raises(PingReferenceFailed):
            world.post(ping)
        assert len(world.leads.stored) == 1

    def test_a_lead_for_audit_is_promised_nothing(self) -> None:
        world = bidding(audits=(audit(),))
        ping = world.ping().ping
        assert world.post(ping).status is LeadStatus.AUDIT
        assert world.lead.promise is None

    def test_a_test_lead_goes_by_its_table_whatever_its_ping_was_offered(self) -> None:
        tester = source(type=SourceType.VENDOR, test_mode=True)
        world = bidding(from_source=tester)
        ping = world.ping().ping
        assert ping.message is PingMessage.MATCH_FOUND
        answered = world.post(ping)
        assert (answered.status, answered.payout_cents) == (LeadStatus.AUDIT, 0)
        assert not world.sales.booked

    def test_a_ping_that_was_rejected_may_be_posted_and_runs_the_plan(self) -> None:
        world = bidding(audits=(audit(),))
        ping = world.ping(first_name="Ada").ping
        assert ping.message is PingMessage.REJECTED
        world.change(audit_conditions={})
        assert world.post(ping).status is LeadStatus.ASSIGNED
        assert world.sale.ending.honored is None

    def test_a_match_by_the_marketplace_is_no_promise(self) -> None:
        sender = fallback(dollars(8))
        world = World(in_stages(LIST, from_source=sender, of_type=LISTED))
        world.stops_before = "marketplace"
        ping = world.ping().ping
        assert ping.message is PingMessage.MATCH_FOUND
        world.post(ping)
        assert world.lead.promise is None
        assert not world.runs

    def test_the_flow_keeps_the_plan_of_its_ping(self) -> None:
        world = bidding()
        ping = world.ping().ping
        world.change(plan=plan(stage(7), version=2))
        world.post(ping)
        assert world.runs[0].plan_version == 1
        assert world.flows.heads[ping.flow_id].plan_version == 1

    def test_where_that_plan_is_lost_the_current_one_runs(self) -> None:
        world = bidding()
        ping = world.ping().ping
        world.change(plan=plan(stage(0), version=2))
        world.configuration.plans.clear()
        world.post(ping)
        assert world.runs[0].plan_version == 2


def _at_the_last_moment(world: World, do: Callable[[], object], times: int = 1) -> None:
    """Something that happens just before a lead is stored for that many times."""
    usual, left = world.leads.accept, iter([*[lambda: None] * (times - 1), do])

    def accept(*args: object) -> frozenset[str]:
        next(left, lambda: None)()
        return usual(*args)  # type: ignore[arg-type] # passed on

    world.leads.accept = accept  # type: ignore[method-assign,assignment] # for this test
