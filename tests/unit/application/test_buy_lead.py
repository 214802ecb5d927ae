"""Buying a listed lead at the current price."""

from datetime import timedelta

import pytest

from leadflow.application.buy_lead import BuyItem, BuyManyForm, ItemResult
from leadflow.application.contention import Overtaken
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.auction_listings import AuctionStatus
from leadflow.domain.buy_orders import OrderStatus
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.errors import Conflict, NotFound, TransientFault, Unprocessable
from leadflow.domain.flows import Channel, EventName
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import LedgerEvent
from tests.builders import lead
from tests.unit.application.marketplace_world import (
    AUCTION,
    LISTED,
    MONEY,
    MarketplaceWorld,
    scope,
)
from tests.unit.domain.bidding_examples import customer

RELEASED, ASSIGNED = LedgerEvent.RELEASED_BUY_ORDER, LedgerEvent.LEAD_ASSIGNED
PLACED = LedgerEvent.PLACED_BUY_ORDER


def test_the_buyer_pays_the_price_of_the_moment_and_has_the_lead() -> None:
    world = MarketplaceWorld().minute(60)
    bought = world.buy()
    assert (bought.charged_cents, bought.view.lead.id) == (1_500, LISTED.id)
    assert world.money() == (MONEY - 1_500, 0)
    assert world.rows() == [(ASSIGNED, -1_500, MONEY - 1_500)]
    assignment = world.lead.assignment
    assert assignment
    assert (assignment.customer_id, assignment.assigned_via) == (
        customer(1).id,
        AssignedVia.MARKETPLACE,
    )
    assert (world.lead.status, world.lead.payout_cents) == (LeadStatus.ASSIGNED, 800)
    assert (world.auction.status, world.auction.due_at) == (AuctionStatus.SOLD, None)


def test_the_flow_ends_with_the_sale() -> None:
    world = MarketplaceWorld()
    world.buy()
    [ending], [step] = world.market.endings.values(), world.leads.steps.values()
    assert (ending.sold_for_cents, ending.channel) == (2_500, Channel.CUSTOMER)
    assert ending.recipient
    assert ending.recipient.customer_id == customer(1).id
    assert step.number == AUCTION.step + 1
    assert [attempt.status for attempt in step.attempts] == [AttemptStatus.SUCCESS]
    assert [event.event for event in step.timeline] == [
        EventName.SOLD_ON_MARKETPLACE,
        EventName.ATTEMPT_SUCCEEDED,
    ]


def test_a_paused_customer_may_buy() -> None:
    world = MarketplaceWorld()
    world.put(world.customer().model_copy(update={"paused": True}))
    assert world.buy().charged_cents == 2_500


def test_a_price_above_the_accepted_one_is_refused() -> None:
    world = MarketplaceWorld().minute(15)
    with pytest.raises(Conflict, match="2250") as refused:
        world.buy(cents=2_249)
    assert refused.value.code == "price_changed"
    assert world.buy(cents=2_250).charged_cents == 2_250


@pytest.mark.parametrize("at", [135, 500])
def test_an_auction_that_is_over_sells_nothing_even_before_it_is_settled(at: float) -> None:
    world = MarketplaceWorld().minute(at)
    with pytest.raises(Conflict) as refused:
        world.buy()
    assert refused.value.code == "auction_closed"


def test_a_second_buyer_is_refused() -> None:
    world = MarketplaceWorld()
    world.buy()
    with pytest.raises(Conflict) as refused:
        world.buy(2)
    assert refused.value.code == "auction_closed"
    assert world.money(2) == (MONEY, 0)


def test_a_lead_that_the_auction_holds_no_longer_is_not_sold() -> None:
    world = MarketplaceWorld()
    world.put(lead(status=LeadStatus.PROCESSING))
    with pytest.raises(Conflict) as refused:
        world.buy()
    assert refused.value.code == "auction_closed"


def test_an_archived_customer_may_not_buy() -> None:
    world = MarketplaceWorld()
    world.archive(1)
    with pytest.raises(Conflict) as refused:
        world.buy()
    assert refused.value.code == "customer_archived"


def test_money_on_hold_elsewhere_does_not_count() -> None:
    world = MarketplaceWorld()
    held = {"balance_cents": 3_000, "held_cents": 501}
    world.put(world.customer().model_copy(update=held))
    with pytest.raises(Unprocessable) as refused:
        world.buy()
    assert refused.value.code == "insufficient_funds"
    assert world.lead == LISTED


def test_what_the_buyer_has_on_hold_counts_for_the_purchase() -> None:
    world = MarketplaceWorld()
    world.put(world.customer().model_copy(update={"balance_cents": 2_500}))
    order = world.order(cents=1_100)
    world.buy()
    assert world.money() == (0, 0)
    assert world.rows() == [
        (PLACED, -1_100, 2_500),
        (RELEASED, 1_100, 2_500),
        (ASSIGNED, -2_500, 0),
    ]
    assert world.status_of(order) is OrderStatus.RELEASED


def test_holds_of_the_others_are_released_behind_the_sale() -> None:
    world = MarketplaceWorld()
    orders = [world.order(1, 600), world.order(2, 700)]
    world.buy(3)
    assert [world.status_of(one) for one in orders] == [OrderStatus.RELEASED] * 2
    assert [world.money(number) for number in (1, 2)] == [(MONEY, 0)] * 2
    assert not world.auction.orders
    world.check()


def test_holds_that_could_not_be_released_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadflow.application.auction_desk.TRIES_MAX", 1)
    world = MarketplaceWorld()
    world.order(1, 600)
    world.market.changes_max = 2
    world.buy(3)
    assert world.auction.due_at == world.clock.at
    assert world.money(1) == (MONEY, 600)
    world.market.changes_max = None
    assert [str(one) for one in world.advance()] == ["released"]
    assert world.money(1) == (MONEY, 0)
    assert world.auction.due_at is None


def test_a_repeat_of_the_request_gets_the_same_answer() -> None:
    world = MarketplaceWorld()
    first = world.buy(repeat="request 1")
    world.minute(60)
    assert world.buy(repeat="request 1") == first
    assert world.money() == (MONEY - 2_500, 0)


@pytest.mark.parametrize(("number", "repeat"), [(2, "request 1"), (1, "request 2"), (1, None)])
def test_another_request_is_no_repeat(number: int, repeat: str | None) -> None:
    world = MarketplaceWorld()
    world.buy(repeat="request 1")
    with pytest.raises(Conflict):
        world.buy(number, repeat=repeat)


def test_a_repeat_after_a_day_is_no_repeat() -> None:
    world = MarketplaceWorld()
    world.buy(repeat="request 1")
    world.clock.at += timedelta(hours=24)
    with pytest.raises(Conflict):
        world.buy(repeat="request 1")


def test_a_repeat_whose_lead_was_deleted_meets_the_end() -> None:
    world = MarketplaceWorld()
    world.buy(repeat="request 1")
    world.leads.stored.clear()
    with pytest.raises(Conflict) as refused:
        world.buy(repeat="request 1")
    assert refused.value.code == "auction_closed"


def test_a_lead_that_went_to_another_owner_is_not_shown() -> None:
    world = MarketplaceWorld()
    bought = world.buy(repeat="request 1")
    given = bought.view.assignment.model_copy(update={"customer_id": customer(2).id})
    world.put(bought.view.lead.model_copy(update={"assignment": given}))
    with pytest.raises(Conflict):
        world.buy(repeat="request 1")


@pytest.mark.parametrize("auction_id", ["auction_" + "7" * 26, "auction_1", "", LISTED.id])
def test_an_unknown_auction_is_not_found(auction_id: str) -> None:
    world = MarketplaceWorld()
    form = BuyItem(auction_id=auction_id, max_price_cents=2_500)
    with pytest.raises(NotFound):
        world.buying(scope(), auction_id, form)


def test_a_buyer_who_is_overtaken_decides_again() -> None:
    world = MarketplaceWorld()
    newer = world.customer().model_copy(update={"version": 9})
    world.market.races.append(lambda: world.put(newer))
    assert world.buy().charged_cents == 2_500
    assert world.customer().version == 10


def test_a_buyer_who_is_always_overtaken_meets_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    world = MarketplaceWorld()
    monkeypatch.setattr("leadflow.application.auction_desk.TRIES_MAX", 2)
    world.market.changes_max = 0
    with pytest.raises(TransientFault) as fault:
        world.buy()
    assert isinstance(fault.value.__cause__, Overtaken)


def test_of_several_listings_each_is_decided_on_its_own() -> None:
    world = MarketplaceWorld()
    wanted = [("auction_" + "7" * 26, 2_500), (AUCTION.id, 100), (AUCTION.id, 2_500)]
    items = [BuyItem(auction_id=one, max_price_cents=cents) for one, cents in wanted]
    results = world.buying.many(scope(), BuyManyForm(items=tuple(items)))
    assert results == [
        ItemResult("auction_" + "7" * 26, "refused", code="not_found"),
        ItemResult(AUCTION.id, "refused", code="price_changed"),
        ItemResult(AUCTION.id, "bought", lead_id=LISTED.id, charged_cents=2_500),
    ]
