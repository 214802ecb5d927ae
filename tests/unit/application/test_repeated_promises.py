"""A promise that is looked at more than once: repeated calls, races, posts left open (15.10)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.application import contention
from leadflow.application.exchange_ports import OutboundRequest
from leadflow.application.partner_posts import OPEN_MARGIN
from leadflow.application.ports import Refused
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.stages import HONOR_PING
from leadflow.domain.decisions import Reason
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.leads import LeadStatus
from leadflow.domain.pings import Ping
from tests.builders import TENANT_ID, post_exchange, stage
from tests.fakes.outbound import answer
from tests.unit.application.highest_price_world import asking, offers, ping_url, pinged, post_url
from tests.unit.application.ping_world import World, in_stages
from tests.unit.application.round_robin_world import posting
from tests.unit.application.round_robin_world import url as flat_url
from tests.unit.application.test_ways_to_promises import AGE, ON_AGED, aging
from tests.unit.domain.bidding_examples import NOW, bid, customer, dollars
from tests.unit.domain.round_robin_examples import NOBODY, receiver, round_robin

POST_OPEN = timedelta(seconds=post_exchange().timeout_seconds) + OPEN_MARGIN


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


def first_run(world: World, ping: Ping) -> Run:
    """The run of the lead that is posted with a ping, before its first task was called."""
    world.stops_before = HONOR_PING
    world.post(ping)
    return Run(
        tenant_id=TENANT_ID,
        lead_id=world.lead.id,
        flow_id=ping.flow_id,
        plan_version=ping.plan_version,
        stamp=0,
        step=2,
        stage_id=ping.stage_id,
        method=HONOR_PING,
    )


class TestCallsThatAreRepeated:
    """The state machine calls a task again if its answer was lost."""

    def test_a_lead_that_is_sold_is_sold_once(self) -> None:
        world = World(in_stages(), [bid(100)])
        run = first_run(world, world.ping().ping)
        assert world.honor_ping(run) == world.honor_ping(run)
        assert len(world.sales.booked) == 1

    def test_a_promise_that_has_lapsed_stays_so_though_it_could_be_kept_by_now(self) -> None:
        world = World(in_stages(), [bid(100)])
        run = first_run(world, world.ping().ping)
        world.change_bid(bid(100), paused=True)
        onward = world.honor_ping(run)
        before = world.lead
        world.change_bid(bid(100), paused=False)
        assert world.honor_ping(run) == onward
        assert isinstance(onward, Run)
        assert (onward.step, onward.method) == (3, "highest_price")
        assert (world.lead, world.sales.booked) == (before, [])

    def test_a_run_that_is_on_its_way_stays_on_it(self) -> None:
        world = aging(stage(0), AGE, stage(1))
        run = first_run(world, world.ping().ping)
        onward = world.honor_ping(run)
        record = dict(world.flows.written)
        assert world.honor_ping(run) == onward
        assert world.flows.written == record

    def test_a_run_that_is_on_its_way_stays_on_it_though_its_promise_cannot_be_kept(self) -> None:
        world = aging(stage(0), AGE, stage(1))
        run = first_run(world, world.ping().ping)
        onward = world.honor_ping(run)
        world.change_bid(ON_AGED, paused=True)
        assert world.honor_ping(run) == onward
        assert world.lead.honored is None

    def test_a_lead_without_a_promise_is_corrupt(self) -> None:
        world = World(in_stages(), [bid(100)])
        run = first_run(world, world.ping().ping)
        world.leads.stored[run.lead_id] = world.lead.model_copy(update={"promise": None})
        with pytest.raises(CorruptState):
            world.honor_ping(run)

    def test_a_partner_without_an_offer_is_corrupt(self) -> None:
        world = World(in_stages(asking(), partners=(pinged(1),)))
        world.replies[ping_url(1)] = offers(50)
        run = first_run(world, world.ping().ping)
        assert world.lead.promise
        empty = world.lead.promise.offer.model_copy(update={"offer": None})
        broken = world.lead.promise.model_copy(update={"offer": empty})
        world.leads.stored[run.lead_id] = world.lead.model_copy(update={"promise": broken})
        with pytest.raises(CorruptState):
            world.honor_ping(run)

    def test_a_bid_promised_by_a_stage_of_another_method_is_corrupt(self) -> None:
        world = World(in_stages(stage(0), round_robin(1)), [bid(100)])
        run = first_run(world, world.ping().ping)
        with pytest.raises(CorruptState):
            world.honor_ping(replace(run, stage_id=stage(1).id))


class TestRaces:
    @pytest.mark.parametrize("what", [Refused.CUSTOMER, Refused.BID])
    def test_a_wallet_or_bid_that_changes_meanwhile_is_looked_at_again(self, what: Refused) -> None:
        world = World(in_stages(), [bid(100)], refusals=[frozenset({what})] * 2)
        world.post(world.ping().ping)
        assert world.sale.ending.honored is True

    def test_money_that_goes_meanwhile_breaks_the_promise(self) -> None:
        world = World(in_stages(), [bid(100)], refusals=[frozenset({Refused.CUSTOMER})])
        ping = world.ping().ping
        world.sales.meanwhile = lambda: world.change_buyer(customer(1, spendable=1))
        assert world.post(ping).status is LeadStatus.UNASSIGNED
        [decision] = world.flows.written[ping.flow_id, 2].decisions
        assert decision.reason is Reason.WALLET_BELOW_MINIMUM

    def test_a_wallet_that_stays_contended_is_a_fault(self) -> None:
        world = World(in_stages(), [bid(100)], refusals=[frozenset({Refused.CUSTOMER})] * 99)
        ping = world.ping().ping
        with pytest.raises(TransientFault):
            world.honor_ping(first_run(world, ping))

    @pytest.mark.parametrize("what", [Refused.LEAD, Refused.ENTRY, Refused.STEP])
    def test_a_lead_that_another_execution_was_faster_with_is_left_to_it(
        self, what: Refused
    ) -> None:
        world = World(in_stages(), [bid(100)], refusals=[frozenset({what})])
        run = first_run(world, world.ping().ping)
        assert world.honor_ping(run) == RunResult(LeadStatus.PROCESSING)
        assert not world.sales.booked

    def test_a_partner_is_not_posted_to_if_another_execution_was_faster(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World(in_stages(asking(), partners=(pinged(1),)))
        world.replies[ping_url(1)] = offers(50)
        run = first_run(world, world.ping().ping)
        monkeypatch.setattr(world.leads, "reserve", lambda *_: frozenset({Refused.LEAD}))
        assert world.honor_ping(run) == RunResult(LeadStatus.PROCESSING)
        assert world.urls == [ping_url(1)]

    def test_a_post_that_another_execution_has_settled_is_not_booked_twice(self) -> None:
        world = World(in_stages(asking(), partners=(pinged(1),)))
        world.replies[ping_url(1)] = offers(50)
        run = first_run(world, world.ping().ping)
        world.sales.refusals.append(frozenset({Refused.LEAD}))
        assert world.honor_ping(run) == RunResult(LeadStatus.PROCESSING)
        assert not world.sales.booked

    def test_a_turn_that_another_lead_takes_meanwhile_does_not_matter(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1),)))
        ping = world.ping().ping
        self._taken_meanwhile(world, monkeypatch)
        assert world.post(ping).status is LeadStatus.POSTED
        assert world.turns(receiver(1)) == 2
        assert world.urls == [flat_url(1)]

    def test_a_turn_is_given_back_though_others_take_theirs_and_nobody_is_posted_to_twice(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1),)))
        world.replies[flat_url(1)] = answer(status=409)
        ping = world.ping().ping
        usual = world.leads.advance
        refusing = iter([frozenset({Refused.ROTATION})])

        def advance(*args: object) -> frozenset[Refused]:
            return next(refusing, None) or usual(*args)  # type: ignore[arg-type] # passed on

        monkeypatch.setattr(world.leads, "advance", advance)
        assert world.post(ping).status is LeadStatus.UNASSIGNED
        assert (world.urls, world.turns(receiver(1))) == ([flat_url(1)], 0)

    @staticmethod
    def _taken_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        usual = world.leads.reserve
        first = iter([True])

        def reserve(*args: object) -> frozenset[Refused]:
            if next(first, False):
                state = world.rotations.get(TENANT_ID, stage(0).id)
                world.leads.turn(state.taken(receiver(1), NOW))
            return usual(*args)  # type: ignore[arg-type] # passed on

        monkeypatch.setattr(world.leads, "reserve", reserve)

    def test_a_post_that_an_earlier_call_left_open_is_waited_for_and_settled(self) -> None:
        world, run = self._left_open()
        with pytest.raises(TransientFault):
            world.honor_ping(run)
        world.later(seconds=POST_OPEN.total_seconds())
        assert world.honor_ping(run) == RunResult(LeadStatus.POSTED, dollars(50))
        assert world.sale.ending.honored is True
        assert world.urls == [ping_url(1), post_url(1)]

    def test_an_execution_that_has_come_further_is_left_alone(self) -> None:
        world, run = self._left_open()
        assert world.honor_ping(replace(run, step=5)) == RunResult(LeadStatus.PROCESSING)

    @staticmethod
    def _left_open() -> tuple[World, Run]:
        """A post that breaks off in the middle, and the run that was in it."""
        world = World(in_stages(asking(), partners=(pinged(1),)))
        world.replies[ping_url(1)] = offers(50)
        run = first_run(world, world.ping().ping)
        usual = world.outbound.send

        def send(request: OutboundRequest) -> object:
            usual(request)
            raise RuntimeError("crashed")

        world.outbound.send = send  # type: ignore[method-assign,assignment] # once
        with pytest.raises(RuntimeError):
            world.honor_ping(run)
        world.outbound.send = usual  # type: ignore[method-assign] # as before
        return world, run


def test_a_promised_partner_that_refused_before_a_crash_is_not_posted_to_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(in_stages(asking(), partners=(pinged(1),)), [bid(20)])
    world.replies |= {ping_url(1): offers(50), post_url(1): answer(status=409)}
    run = first_run(world, world.ping().ping)
    advance = world.leads.advance
    monkeypatch.setattr(world.leads, "advance", _fault)
    with pytest.raises(TransientFault):
        world.honor_ping(run)
    monkeypatch.setattr(world.leads, "advance", advance)
    onward = world.honor_ping(run)
    assert isinstance(onward, Run)
    assert [sent.url for sent in world.outbound.sent].count(post_url(1)) == 1
    assert world.lead.honored is False


def _fault(*_: object) -> None:
    raise TransientFault("crash")
