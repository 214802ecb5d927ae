"""A promise that lapses: the whole plan runs from its first stage (`product.md`, 15.8)."""

from collections.abc import Callable

import pytest

from leadflow.application import contention
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.decisions import Outcome, Reason, Verdict
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
from leadflow.domain.scopes import Scope
from leadflow.domain.settings import BiddingSettings
from tests.builders import lead_type, stage
from tests.unit.application.lapses import FAILED, SUCCESS, checked, of_customer
from tests.unit.application.ping_world import World, in_stages, verdicts
from tests.unit.domain.bidding_examples import bid, customer, dollars, grid
from tests.unit.domain.round_robin_examples import round_robin

BEST, SECOND = bid(100, owner=1), bid(60, owner=2)
PROMISED = dollars(70)
"""What the best bid pays against the second, which pays $10 without it."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


def bidding() -> World:
    return World(in_stages(), [BEST, SECOND])


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
