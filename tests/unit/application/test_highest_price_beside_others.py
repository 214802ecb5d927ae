"""Executions of one stage beside others, in time, and over corrupt states."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.application import contention
from leadflow.application.exchange_ports import Reply
from leadflow.application.partner_posts import (
    OPEN_LOOKS_MAX,
    POSTED_WITHIN,
    POSTING_MAX,
    MovedOn,
    NotDelivered,
    settled,
)
from leadflow.application.run_ports import RunResult
from leadflow.domain.decisions import Reason, Verdict
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.reservations import PartnerOffer
from tests.builders import TENANT_ID, lead, partner, plan, stage
from tests.unit.application.highest_price_world import (
    HUNG,
    NEXT,
    REFUSED,
    RUN,
    World,
    pinged,
    post_url,
)
from tests.unit.application.troubles import (
    LATER,
    MARKETS,
    PINGS,
    Crashed,
    Trouble,
    crash,
    crash_points,
    is_sold_once,
    market,
    troubled,
)
from tests.unit.domain.bidding_examples import NOW, dollars
from tests.unit.domain.round_robin_examples import round_robin


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


class TestBesideOthers:
    @pytest.mark.parametrize(("reply", "rule"), MARKETS)
    def test_a_lead_is_sold_once_whenever_a_second_execution_runs(
        self, reply: Reply | None, rule: TreatUnknownAs
    ) -> None:
        for at, behind in crash_points():
            world = market(reply, rule)
            trouble = Trouble(at, behind, lambda world=world: _second(world))  # type: ignore[misc] # bound at once
            troubled(world.action, trouble)(RUN)
            world.clock.at += LATER
            world.sell()
            is_sold_once(world)

    def test_an_open_post_is_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        world = market(None)
        world.on_post(crash)
        with pytest.raises(Crashed):
            world.sell()
        looks = _counted(monkeypatch, world)
        with pytest.raises(TransientFault):
            world.sell()
        assert len(looks) == OPEN_LOOKS_MAX
        assert not world.posted

    def test_a_post_that_ends_meanwhile_is_told_as_it_ended(self) -> None:
        world = market(None)
        results: list[object] = []

        def second() -> None:
            world.on_post(lambda: None)
            world.clock.at += LATER
            results.append(world.sell())

        world.on_post(second)
        assert world.sell() == results[0] == RunResult(LeadStatus.POSTED, dollars(50))
        is_sold_once(world)

    def test_an_execution_ends_where_another_one_has_come_further(self) -> None:
        world = market(None)
        world.on_post(crash)
        with pytest.raises(Crashed):
            world.sell()
        ahead = replace(RUN, step=2, stage_id=stage(1).id)
        assert world.sell(ahead) == RunResult(LeadStatus.PROCESSING)
        assert not world.posted

    def test_a_stage_that_another_execution_passed_is_passed_before_anybody_is_posted_to(
        self,
    ) -> None:
        world = market(None)
        earlier = FlowStep(number=RUN.step)
        world.once_pinged(lambda: world.flows.add_step(TENANT_ID, RUN.flow_id, earlier))
        assert world.sell() == NEXT
        assert world.step == earlier
        assert not world.posted

    def test_a_lead_that_was_sold_meanwhile_is_posted_to_nobody(self) -> None:
        world = market(None)
        sold = lead(status=LeadStatus.ASSIGNED, payout_cents=700, version=2)
        world.once_pinged(lambda: world.leads.stored.update({sold.id: sold}))
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, 700)
        assert not world.posted

    def test_a_sale_to_a_partner_is_booked_behind_a_step_that_came_first(self) -> None:
        world = market(None)
        earlier = FlowStep(number=RUN.step)
        world.on_post(lambda: world.flows.add_step(TENANT_ID, RUN.flow_id, earlier))
        assert world.sell() == RunResult(LeadStatus.POSTED, dollars(50))
        assert world.sale.step.number == RUN.step + 1

    def test_a_lead_that_was_settled_during_its_post_is_told_as_it_is(self) -> None:
        world = market(None)
        gone = lead(status=LeadStatus.DISTRIBUTION_ERROR, version=3)
        world.on_post(lambda: world.leads.stored.update({gone.id: gone}))
        assert world.sell() == RunResult(LeadStatus.DISTRIBUTION_ERROR)
        assert not world.sales.booked

    def test_a_stage_that_was_passed_while_a_partner_refused_lets_go_of_the_lead(self) -> None:
        world = World(partners=(pinged(1), pinged(2)), replies={**PINGS, post_url(1): REFUSED})
        earlier = FlowStep(number=RUN.step)
        world.on_post(lambda: world.flows.add_step(TENANT_ID, RUN.flow_id, earlier))
        assert world.sell() == replace(NEXT, step=RUN.step + 2)
        assert world.posted == [post_url(1)]
        assert world.lead.reservation is None
        assert world.lead.tried == (partner(1).id,)

    def test_a_stage_that_was_passed_and_had_posted_nothing_adds_no_step(self) -> None:
        world = World(partners=(pinged(1),), replies=dict(PINGS))
        earlier = FlowStep(number=RUN.step)

        def meanwhile() -> None:
            world.configure(pinged(1, archived=True))
            world.flows.add_step(TENANT_ID, RUN.flow_id, earlier)

        world.once_pinged(meanwhile)
        assert world.sell() == NEXT
        assert world.step == earlier

    def test_a_refusal_that_comes_too_late_to_be_noted_ends_the_execution(self) -> None:
        world = market(REFUSED)
        gone = lead(status=LeadStatus.DISTRIBUTION_ERROR, version=3)
        world.on_post(lambda: world.leads.stored.update({gone.id: gone}))
        assert world.sell() == RunResult(LeadStatus.DISTRIBUTION_ERROR)
        assert world.posted == [post_url(1)]


class TestTime:
    def test_offers_that_there_is_no_time_left_for_are_not_posted(self) -> None:
        world = World(partners=(pinged(1), pinged(2)), replies=dict(PINGS))
        world.replies[post_url(1)] = REFUSED
        world.on_post(lambda: _pass(world, POSTING_MAX))
        assert world.sell() == NEXT
        assert world.posted == [post_url(1)]
        late = world.decision(partner(2).id)
        assert (late.reason, late.verdict) == (
            Reason.PARTNER_POST_CONNECTION_FAILED,
            Verdict.NO_ANSWER,
        )
        assert late.detail == {"cause": "stage_out_of_time"}

    def test_a_bid_needs_no_post_and_gets_the_lead_all_the_same(self) -> None:
        world = market(REFUSED)
        world.on_post(lambda: _pass(world, POSTING_MAX))
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(10))
        assert world.posted == [post_url(1)]

    def test_a_lead_whose_run_began_long_ago_is_posted_to_nobody(self) -> None:
        old = lead(received_at=NOW - POSTED_WITHIN)
        world = World(partners=(pinged(1),), replies=dict(PINGS), lead_before=old)
        assert world.sell() == NEXT
        assert not world.posted
        young = lead(received_at=NOW - POSTED_WITHIN + timedelta(seconds=1))
        world = World(partners=(pinged(1),), replies=dict(PINGS), lead_before=young)
        world.sell()
        assert world.posted == [post_url(1)]

    def test_time_that_an_open_post_was_waited_for_counts(self) -> None:
        world = market(None, TreatUnknownAs.NOT_SOLD)
        world.on_post(crash)
        with pytest.raises(Crashed):
            world.sell()
        action = world.action
        resumed = action.posts.resumed

        def slow(entered: object) -> object:
            _pass(world, POSTING_MAX)
            return resumed(entered)  # type: ignore[arg-type] # passed through

        object.__setattr__(action.posts, "resumed", slow)
        world.on_post(lambda: None)
        action(RUN)
        assert not world.posted


class TestCorruption:
    def test_a_run_that_names_a_stage_of_another_method_is_a_corrupt_state(self) -> None:
        world = World()
        by_plan = plan(round_robin())
        world.configuration.newest = replace(world.configured, plan=by_plan)
        with pytest.raises(CorruptState):
            world.sell()

    def test_a_post_without_a_reservation_is_a_corrupt_state(self) -> None:
        world = market(HUNG, TreatUnknownAs.NOT_SOLD)
        world.on_post(crash)
        with pytest.raises(Crashed):
            world.sell()
        reservation = world.lead.reservation
        assert reservation
        assert reservation.offer
        with pytest.raises(CorruptState):
            settled(lead(), reservation, reservation.offer)

    def test_partners_that_refuse_more_often_than_they_offered_are_a_corrupt_state(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = market(REFUSED)
        deliver = type(world.posts).deliver

        def forgetful(*args: object, **options: object) -> NotDelivered | MovedOn:
            delivery = deliver(*args, **options)  # type: ignore[arg-type] # passed through
            assert isinstance(delivery, NotDelivered)
            stranger = delivery.offer.model_copy(update={"partner_id": partner(9).id})
            return replace(delivery, lead=_refused_by(delivery.lead, stranger))

        monkeypatch.setattr(type(world.posts), "deliver", forgetful)
        with pytest.raises(CorruptState):
            world.sell()


def _refused_by(of: Lead, offer: PartnerOffer) -> Lead:
    assert of.reservation
    refusals = tuple(one.model_copy(update={"offer": offer}) for one in of.reservation.refusals)
    reservation = of.reservation.model_copy(update={"refusals": refusals})
    return of.model_copy(update={"reservation": reservation})


def _pass(world: World, time: timedelta) -> None:
    world.clock.at += time


def _second(world: World) -> None:
    """Another execution of the same stage; one that meets an open post ends."""
    try:
        world.sell()
    except TransientFault:
        return


def _counted(monkeypatch: pytest.MonkeyPatch, world: World) -> list[TenantId]:
    looks: list[TenantId] = []
    get = world.leads.get

    def counted(tenant_id: TenantId, lead_id: object) -> Lead | None:
        looks.append(tenant_id)
        return get(tenant_id, lead_id)  # type: ignore[arg-type] # passed through

    monkeypatch.setattr(world.leads, "get", counted)
    return looks
