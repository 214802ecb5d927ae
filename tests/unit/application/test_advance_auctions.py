"""Settling what is due: orders that the price has reached, unsold leads, holds that are left."""

import pytest

from leadflow.application.advance_auctions import Advance
from leadflow.application.run_ports import Run
from leadflow.domain.auction_listings import Auction, AuctionStatus
from leadflow.domain.buy_orders import OrderStatus
from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.errors import TransientFault
from leadflow.domain.flows import EventName
from leadflow.domain.identifiers import AuctionId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import LedgerEvent, held_account
from tests.builders import STAMP, TENANT_ID, flow, lead, stage
from tests.trade import admin
from tests.unit.application.marketplace_world import (
    AUCTION,
    LISTED,
    MONEY,
    MarketplaceWorld,
)
from tests.unit.domain.bidding_examples import customer

ASSIGNED, RELEASED = LedgerEvent.LEAD_ASSIGNED, LedgerEvent.RELEASED_BUY_ORDER
BEHIND = Run(
    tenant_id=TENANT_ID,
    lead_id=LISTED.id,
    flow_id=flow().id,
    plan_version=1,
    stamp=STAMP,
    step=3,
    stage_id=stage(1).id,
    method="highest_price",
)


@pytest.mark.parametrize(("at", "done"), [(89.99, []), (90, ["sold"]), (400, ["sold"])])
def test_an_order_wins_when_the_price_reaches_it(at: float, done: list[str]) -> None:
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    assert world.minute(at).advance() == done
    assert (world.status_of(order) is OrderStatus.WON) is bool(done)
    world.check()


def test_the_hold_of_the_winner_becomes_the_charge_at_its_own_amount() -> None:
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    world.minute(95).advance()
    assert world.money() == (MONEY - 1_100, 0)
    assert world.rows()[1:] == [(ASSIGNED, -1_100, MONEY - 1_100)]
    charge = world.entries()[-1]
    assert charge.debit_account == held_account(customer(1).id)
    assert charge.related["order_id"] == order.id
    assert charge.related["lead_id"] == LISTED.id
    assert world.customer().lifetime_charged_cents == 1_100
    assert world.lead.assignment
    assert world.lead.assignment.charged_cents == 1_100
    assert world.lead.status is LeadStatus.ASSIGNED


def test_the_highest_order_wins_and_the_others_are_released() -> None:
    world = MarketplaceWorld()
    outbid, leader = world.order(1, 600), world.order(2, 700)
    assert world.minute(400).advance() == ["sold"]
    assert world.status_of(leader) is OrderStatus.WON
    assert world.status_of(outbid) is OrderStatus.RELEASED
    assert world.rows(1)[1:] == [(RELEASED, 600, MONEY)]
    assert (world.money(1), world.money(2)) == ((MONEY, 0), (MONEY - 700, 0))
    assert not world.advance()


def test_settled_twice_it_is_sold_once() -> None:
    world = MarketplaceWorld()
    world.order(cents=1_100)
    world.minute(95)
    assert [world.settle(), world.settle()] == [Advance.SOLD, Advance.NOTHING]
    assert world.money() == (MONEY - 1_100, 0)


def test_orders_of_archived_customers_are_canceled_and_the_next_one_wins() -> None:
    world = MarketplaceWorld()
    orders = [world.order(1, 600), world.order(2, 700), world.order(3, 750)]
    world.archive(2)
    world.archive(3)
    assert world.minute(500).settle() is Advance.SOLD
    wanted = [OrderStatus.WON, OrderStatus.CANCELED, OrderStatus.CANCELED]
    assert [world.status_of(one) for one in orders] == wanted
    assert world.money(3) == (MONEY, 0)
    world.check()


def test_behind_an_order_that_fell_away_the_auction_may_be_open_again() -> None:
    world = MarketplaceWorld()
    world.order(1, 1_100)
    world.archive(1)
    assert world.minute(95).settle() is Advance.NOTHING
    assert world.auction.is_open(world.clock.at)
    assert world.buy(2).charged_cents == 1_000


@pytest.mark.parametrize(("at", "done"), [(134.9, []), (135, ["unsold"])])
def test_without_a_buyer_it_is_unsold_an_interval_after_the_last_price(
    at: float, done: list[str]
) -> None:
    world = MarketplaceWorld().minute(at)
    assert world.advance() == done
    assert (world.auction.status is AuctionStatus.UNSOLD) is bool(done)


def test_an_unsold_lead_goes_on_with_the_next_stage() -> None:
    world = MarketplaceWorld().minute(135)
    world.advance()
    assert (world.lead.status, world.lead.run_began_at) == (LeadStatus.PROCESSING, world.clock.at)
    assert world.distribution.started == [(BEHIND, None)]
    [step] = world.leads.steps.values()
    assert step.number == AUCTION.step + 1
    [attempt] = step.attempts
    unsold = AttemptReason.AUCTION_UNSOLD
    assert (attempt.status, attempt.reason) == (AttemptStatus.FAILED, unsold)
    assert [(event.event, event.reason) for event in step.timeline] == [
        (EventName.MARKETPLACE_UNSOLD, unsold),
        (EventName.ATTEMPT_FAILED, unsold),
    ]
    assert not world.market.endings


def test_a_run_that_cannot_be_started_is_left_to_reconcile() -> None:
    world = MarketplaceWorld().minute(135)
    world.distribution.fault = TransientFault("out of reach")
    assert world.settle() is Advance.UNSOLD
    assert world.lead.status is LeadStatus.PROCESSING


@pytest.mark.parametrize(
    "other", [None, lead(status=LeadStatus.UNASSIGNED), lead(status=LeadStatus.MARKETPLACE)]
)
def test_an_auction_that_holds_no_lead_is_removed_with_its_holds(other: object) -> None:
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    world.leads.stored.clear()
    if isinstance(other, type(LISTED)):
        world.put(other.model_copy(update={"flow_ids": (flow(9).id,)}))
    assert world.minute(95).settle() is Advance.REMOVED
    assert world.auction.status is AuctionStatus.REMOVED
    assert world.status_of(order) is OrderStatus.RELEASED
    assert not world.advance()


def test_a_hold_without_a_customer_is_left_for_somebody_to_look_at() -> None:
    world = MarketplaceWorld()
    world.order(cents=1_100)
    world.market.customers.stored.clear()
    assert world.minute(95).settle() is Advance.LEFT


def test_an_order_that_is_not_as_it_stands_in_its_auction_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("leadflow.application.auction_desk.TRIES_MAX", 2)
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    world.market.ordered.clear()
    assert world.minute(95).settle() is Advance.LEFT
    world.market.ordered[TENANT_ID, order.id] = order.raised(1_200, order.placed_at, None)
    assert world.settle() is Advance.LEFT


def test_a_plan_that_is_gone_leaves_the_auction() -> None:
    world = MarketplaceWorld().minute(135)
    world.put(AUCTION.model_copy(update={"plan_version": 7}))
    assert world.settle() is Advance.LEFT


def test_an_unknown_auction_is_nothing() -> None:
    world = MarketplaceWorld()
    world.market.opened.clear()
    assert world.settle() is Advance.NOTHING


def test_one_auction_that_cannot_be_settled_does_not_hold_up_the_others() -> None:
    world = MarketplaceWorld().minute(135)
    changes = {"id": AuctionId("auction_" + "0" * 26), "plan_version": 7}
    world.put(AUCTION.model_copy(update=changes))
    assert world.advance() == ["left", "unsold"]


def test_what_an_archived_customer_has_on_hold_is_canceled() -> None:
    world = MarketplaceWorld()
    orders = [world.order(1, 600), world.order(2, 700)]
    world.archiving(admin(), customer(2).id, lambda _: None)
    assert [world.status_of(one) for one in orders] == [OrderStatus.ACTIVE, OrderStatus.CANCELED]
    assert world.auction.floor_now_cents == 600
    assert world.customer(2).archived
    world.check()


def test_archiving_goes_on_where_an_order_has_left_its_auction() -> None:
    world = MarketplaceWorld()
    world.order(2, 700)
    gone: Auction = world.auction.model_copy(update={"orders": ()})
    world.put(gone)
    world.archiving(admin(), customer(2).id, lambda _: None)
    assert world.customer(2).archived


def test_a_customer_without_holds_is_just_archived() -> None:
    world = MarketplaceWorld()
    assert world.archiving(admin(), customer(1).id, lambda _: None).archived
