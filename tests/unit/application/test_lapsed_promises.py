"""A promise that lapses: the whole plan runs from its first stage (`product.md`, 15.8)."""

from collections.abc import Callable

import pytest

from leadflow.application import contention
from leadflow.application.exchange_ports import Failure
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.decisions import AttemptStatus, Decision, Outcome, Reason, Verdict
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import EventName
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.limits import (
    Budgets,
    LeadCaps,
    LevelSwitches,
    LimitSwitches,
    PeriodSwitches,
)
from leadflow.domain.partners import Partner
from leadflow.domain.pings import Ping
from leadflow.domain.scopes import Scope
from leadflow.domain.settings import BiddingSettings
from tests.builders import lead_type, partner, stage
from tests.fakes.outbound import answer, no_answer
from tests.unit.application.highest_price_world import (
    asking,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.application.ping_world import World, in_stages, verdicts
from tests.unit.application.round_robin_world import posting
from tests.unit.application.round_robin_world import url as flat_url
from tests.unit.domain.bidding_examples import bid, customer, dollars, grid
from tests.unit.domain.round_robin_examples import NOBODY, PRICE, receiver, round_robin

BEST, SECOND = bid(100, owner=1), bid(60, owner=2)
PROMISED = dollars(70)
"""What the best bid pays against the second, which pays $10 without it."""

FAILED, SUCCESS = AttemptStatus.FAILED, AttemptStatus.SUCCESS
REFUSED = answer(status=409)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


def bidding() -> World:
    return World(in_stages(), [BEST, SECOND])


def checked(world: World, ping: Ping) -> Decision:
    """Post the lead of a ping; what the first attempt of the post said of the promised one."""
    world.post(ping)
    record = world.record(ping.flow_id)
    return next(one for one in record.decisions if one.phase == "post")


def of_customer(**changes: object) -> Callable[[World], None]:
    return lambda world: world.change_buyer(customer(1).model_copy(update=changes))


def of_bid(**changes: object) -> Callable[[World], None]:
    return lambda world: world.change_bid(BEST, **changes)


def _without_scope(world: World) -> None:
    scopes = tuple(grid(scope=one).model_copy(update={"enabled": False}) for one in Scope)
    kind = lead_type(bidding_scopes=scopes)
    world.change(lead_types={kind.id: kind})


def _without_any_scope(world: World) -> None:
    kind = lead_type(bidding_scopes=())
    world.change(lead_types={kind.id: kind})


def _without_bid(world: World) -> None:
    world.book.bids.remove(BEST)


def _above_all_bids(world: World) -> None:
    kind = lead_type(bidding_scopes=tuple(grid(500, scope=one) for one in Scope))
    world.change(lead_types={kind.id: kind})


class TestWhatABidMustStillBe:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (_without_scope, Reason.SCOPE_DISABLED),
            (_without_any_scope, Reason.SCOPE_DISABLED),
            (of_customer(archived=True), Reason.CUSTOMER_ARCHIVED),
            (of_customer(paused=True), Reason.CUSTOMER_PAUSED),
            (_without_bid, Reason.BID_ARCHIVED),
            (of_bid(archived=True), Reason.BID_ARCHIVED),
            (of_bid(paused=True), Reason.BID_PAUSED),
            (_above_all_bids, Reason.BID_BELOW_MINIMUM),
            (of_customer(balance_cents=PROMISED - 1), Reason.WALLET_BELOW_MINIMUM),
            (of_bid(lead_caps=LeadCaps(daily=0)), Reason.BID_CAP_REACHED),
            (of_customer(lead_caps=LeadCaps(weekly=0)), Reason.CUSTOMER_CAP_REACHED),
            (of_bid(budgets_cents=Budgets(monthly=PROMISED - 1)), Reason.BID_BUDGET_EXHAUSTED),
            (
                of_customer(budgets_cents=Budgets(daily=PROMISED - 1)),
                Reason.CUSTOMER_BUDGET_EXHAUSTED,
            ),
        ],
    )
    def test_the_first_check_that_fails_is_the_reason(
        self, change: Callable[[World], None], reason: Reason
    ) -> None:
        world = bidding()
        ping = world.ping().ping
        change(world)
        decision = checked(world, ping)
        assert (decision.candidate.id, decision.reason) == (BEST.id, reason)
        assert decision.verdict is Verdict.BLOCKED
        assert world.lead.honored is False

    @pytest.mark.parametrize(
        "change",
        [
            of_customer(balance_cents=PROMISED),
            of_bid(budgets_cents=Budgets(monthly=PROMISED)),
            of_customer(budgets_cents=Budgets(daily=PROMISED)),
            of_bid(lead_caps=LeadCaps(daily=1)),
        ],
    )
    def test_money_and_room_for_the_promised_price_are_enough(
        self, change: Callable[[World], None]
    ) -> None:
        world = bidding()
        ping = world.ping().ping
        change(world)
        assert world.post(ping).payout_cents == PROMISED

    def test_limits_that_the_tenant_does_not_enforce_do_not_matter(self) -> None:
        world = bidding()
        ping = world.ping().ping
        of_bid(lead_caps=LeadCaps(daily=0))(world)
        of_bids = LevelSwitches(bid=PeriodSwitches(daily=False))
        rules = BiddingSettings(switches=LimitSwitches(lead_caps=of_bids))
        settings = world.configuration.newest.settings.model_copy(update={"bidding": rules})
        world.change(settings=settings)
        assert world.post(ping).payout_cents == PROMISED


class TestThePlanRunsFromItsFirstStage:
    def test_the_check_is_an_attempt_of_its_own(self) -> None:
        world = World(in_stages(stage(0), stage(1)), [BEST, SECOND])
        ping = world.ping().ping
        of_bid(paused=True)(world)
        answered = world.post(ping)
        assert (answered.status, answered.payout_cents) == (LeadStatus.ASSIGNED, dollars(10))
        assert world.attempts(ping.flow_id) == [
            ("ping", "0", SUCCESS),
            ("post", "0", FAILED),
            ("post", "0", SUCCESS),
        ]
        assert world.sale.ending.honored is False
        assert EventName.PING_HONORED not in world.events(ping.flow_id)

    def test_who_failed_is_not_tried_again(self) -> None:
        world = bidding()
        ping = world.ping().ping
        of_bid(paused=True)(world)
        world.post(ping)
        again = verdicts(world.sale.step.decisions)
        assert again == [
            (SECOND.id, Verdict.WON, None),
            (BEST.id, Verdict.BLOCKED, Reason.ALREADY_TRIED),
        ]
        assert world.lead.tried == (BEST.id,)

    def test_stages_before_the_promised_one_get_the_lead_now(self) -> None:
        first = round_robin(0, price_cents=dollars(50))
        world = World(in_stages(first, stage(1)), [BEST], [customer(1, spendable=20)])
        ping = world.ping().ping
        assert ping.stage_id == stage(1).id
        of_bid(paused=True)(world)
        world.change_buyer(customer(1))
        assert world.post(ping).payout_cents == dollars(50)
        assert world.attempts(ping.flow_id)[-2:] == [("post", "1", FAILED), ("post", "0", SUCCESS)]

    def test_a_lead_that_nobody_takes_is_unassigned_and_its_ping_was_not_honored(self) -> None:
        world = World(in_stages(), [BEST])
        ping = world.ping().ping
        of_bid(paused=True)(world)
        assert world.post(ping).status is LeadStatus.UNASSIGNED
        [(_, ending, _)] = world.leads.settled
        assert (ending.honored, ending.outcome) == (False, Outcome.NO_ELIGIBLE_CANDIDATE)

    def test_offers_that_were_passed_over_are_told_of_and_compete_again(self) -> None:
        world = bidding()
        ping = world.ping().ping
        world.change_bid(SECOND, paused=True)
        answered = world.post(ping, bid_id=str(ping.offers[1].id))
        assert answered.payout_cents == dollars(10)
        first = world.flows.written[ping.flow_id, 2]
        assert verdicts(first.decisions) == [
            (SECOND.id, Verdict.BLOCKED, Reason.BID_PAUSED),
            (BEST.id, Verdict.OUTSCORED, Reason.NOT_SELECTED),
        ]
        assert world.sale.bid
        assert world.sale.bid.id == BEST.id


class TestAnotherLeadType:
    """The post tells more than the ping did, and its lead is of another type."""

    OTHER = lead_type(
        id=LeadTypeId("type_" + "7" * 26),
        name="Byrons",
        fallback=False,
        priority=1,
        conditions=((Row(property="last_name", operator=Operator.EQUALS, value="byron"),),),
    )

    def world(self) -> World:
        world = bidding()
        known = world.configuration.newest.lead_types
        world.change(lead_types={**known, self.OTHER.id: self.OTHER})
        return world

    def test_the_promise_lapses_whoever_it_was_made_to(self) -> None:
        world = self.world()
        decision = checked(world, world.ping().ping)
        assert (decision.candidate.id, decision.reason) == (BEST.id, Reason.LEAD_TYPE_CHANGED)
        assert world.lead.honored is False

    def test_the_promised_one_did_not_fail_and_may_get_the_lead_by_the_plan(self) -> None:
        world = self.world()
        other = BEST.model_copy(update={"lead_type_id": self.OTHER.id})
        world.book.bids.append(other)
        world.post(world.ping().ping)
        assert world.lead.tried == ()
        assert world.sale.bid
        assert world.sale.bid.id == BEST.id


class TestPartners:
    @staticmethod
    def world(*partners: Partner) -> World:
        """Partners that offered $50, $40 and so on, and a bid of $20 that is last."""
        world = World(in_stages(asking(), partners=partners), [bid(20)])
        for place, one in enumerate(partners):
            assert one.ping
            world.replies[one.ping.url] = offers(50 - 10 * place)
        return world

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"archived": True}, Reason.PARTNER_ARCHIVED),
            (
                {"eligibility": ((Row(property="state", operator=Operator.EQUALS, value="ny"),),)},
                Reason.PARTNER_NOT_ELIGIBLE,
            ),
            ({"post": None}, Reason.PARTNER_POST_NOT_CONFIGURED),
        ],
        ids=str,
    )
    def test_one_that_may_not_have_the_lead_any_more_is_not_posted_to(
        self, change: dict[str, object], reason: Reason
    ) -> None:
        world = self.world(pinged(1))
        ping = world.ping().ping
        self._change(world, pinged(1).model_copy(update=change))
        assert checked(world, ping).reason is reason
        assert world.urls == [ping_url(1)]
        assert world.lead.status is LeadStatus.ASSIGNED

    def test_a_ping_that_is_paused_by_now_keeps_no_promise_from_its_post(self) -> None:
        world = self.world(pinged(1))
        ping = world.ping().ping
        asked = pinged(1)
        assert asked.ping
        paused = asked.ping.model_copy(update={"active": False})
        self._change(world, asked.model_copy(update={"ping": paused}))
        assert world.post(ping).status is LeadStatus.POSTED

    def test_one_that_refuses_the_post_is_not_tried_again_and_nobody_is_asked_twice(self) -> None:
        world = self.world(pinged(1), pinged(2))
        ping = world.ping().ping
        world.replies[post_url(1)] = REFUSED
        answered = world.post(ping)
        assert (answered.status, answered.payout_cents) == (LeadStatus.POSTED, dollars(40))
        assert world.urls == [ping_url(1), ping_url(2), post_url(1), post_url(2)]
        assert world.attempts(ping.flow_id) == [
            ("ping", "0", SUCCESS),
            ("post", "0", FAILED),
            ("post", "0", SUCCESS),
        ]
        assert verdicts(world.flows.written[ping.flow_id, 2].decisions) == [
            (partner(1).id, Verdict.DECLINED, Reason.PARTNER_POST_HTTP_ERROR)
        ]
        assert verdicts(world.sale.step.decisions) == [
            (partner(2).id, Verdict.WON, None),
            (bid().id, Verdict.OUTSCORED, Reason.OUTSCORED),
            (partner(1).id, Verdict.BLOCKED, Reason.ALREADY_TRIED),
        ]
        assert (world.sale.ending.honored, world.lead.tried) == (False, (partner(1).id,))

    def test_an_unknown_answer_that_counts_as_not_sold_lets_it_lapse(self) -> None:
        asked = pinged(1, post={"treat_unknown_as": TreatUnknownAs.NOT_SOLD})
        world = self.world(asked)
        world.replies[post_url(1)] = no_answer(Failure.TIMEOUT)
        decision = checked(world, world.ping().ping)
        assert (decision.verdict, decision.reason) == (
            Verdict.NO_ANSWER,
            Reason.PARTNER_POST_UNKNOWN,
        )
        assert world.lead.status is LeadStatus.ASSIGNED

    def test_one_that_is_paused_at_the_moment_of_the_post_gets_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = self.world(pinged(1))
        ping = world.ping().ping
        before = world.configuration.newest
        self._change(world, pinged(1, post={"active": False}))
        monkeypatch.setattr(world.configuration, "at_least", lambda *_: before)
        assert checked(world, ping).reason is Reason.PARTNER_POST_PAUSED
        assert world.urls == [ping_url(1)]

    @staticmethod
    def _change(world: World, after: Partner) -> None:
        known = world.configuration.newest.partners
        world.change(partners={**known, after.id: after})


class TestRoundRobin:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"archived": True}, Reason.CUSTOMER_ARCHIVED),
            ({"paused": True}, Reason.CUSTOMER_PAUSED),
            ({"balance_cents": PRICE - 1}, Reason.SPENDABLE_BELOW_PRICE),
        ],
        ids=str,
    )
    def test_a_customer_that_may_not_have_the_lead_any_more(
        self, changes: dict[str, object], reason: Reason
    ) -> None:
        world = World(in_stages(round_robin()), [], [customer(1), customer(2)])
        ping = world.ping().ping
        of_customer(**changes)(world)
        decision = checked(world, ping)
        assert (decision.candidate.id, decision.reason) == (customer(1).id, reason)
        assert world.sale.customer
        assert world.sale.customer.id == customer(2).id
        assert world.lead.tried == (customer(1).id,)

    def test_a_partner_that_refuses_gives_its_turn_back(self) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1), posting(2))))
        world.replies[flat_url(1)] = REFUSED
        ping = world.ping().ping
        assert world.post(ping).status is LeadStatus.POSTED
        assert world.urls == [flat_url(1), flat_url(2)]
        assert (world.turns(receiver(1)), world.turns(receiver(2))) == (0, 1)

    def test_one_that_is_paused_at_the_moment_of_its_post_has_no_turn_to_give_back(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1),)))
        world.post(email="eve@example.com")
        before, ping = world.configuration.newest, world.ping().ping
        paused = posting(1, active=False)
        world.change(partners={paused.id: paused})
        monkeypatch.setattr(world.configuration, "at_least", lambda *_: before)
        assert checked(world, ping).reason is Reason.PARTNER_POST_PAUSED
        assert world.turns(receiver(1)) == 1

    def test_a_partner_whose_post_is_paused_took_no_turn(self) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1),)))
        ping = world.ping().ping
        paused = posting(1, active=False)
        world.change(partners={paused.id: paused})
        assert checked(world, ping).reason is Reason.PARTNER_POST_PAUSED
        assert world.turns(receiver(1)) == 0
        assert not world.outbound.sent
