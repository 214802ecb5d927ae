"""Placing, raising and canceling buy orders."""

import pytest

from leadflow.application.buy_lead import Purchase
from leadflow.domain.auction_listings import ORDERS_MAX, Auction
from leadflow.domain.buy_orders import OrderStatus
from leadflow.domain.errors import Conflict, NotFound, Unprocessable
from leadflow.domain.identifiers import AuctionId, TenantId
from leadflow.domain.ledger import LedgerEvent, held_account, wallet_account
from tests.unit.application.marketplace_world import AUCTION, MONEY, MarketplaceWorld
from tests.unit.domain.bidding_examples import NOW, customer

PLACED, CANCELED = LedgerEvent.PLACED_BUY_ORDER, LedgerEvent.CANCELED_BUY_ORDER


def test_the_amount_is_held_at_once() -> None:
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    assert (order.status, order.amount_cents, order.auction_id) == (
        OrderStatus.ACTIVE,
        1_100,
        AUCTION.id,
    )
    assert world.money() == (MONEY, 1_100)
    assert world.rows() == [(PLACED, -1_100, MONEY)]
    [row] = world.entries()
    owner = customer(1).id
    assert (row.debit_account, row.credit_account) == (wallet_account(owner), held_account(owner))
    assert row.related == {"order_id": order.id, "auction_id": AUCTION.id}


def test_an_order_is_a_floor_and_brings_the_end_forward() -> None:
    world = MarketplaceWorld()
    world.order(cents=1_100)
    assert world.auction.floor_now_cents == 1_100
    assert world.auction.due_at == world.minute(90).clock.at


def test_a_raise_holds_the_difference() -> None:
    world = MarketplaceWorld()
    first = world.order(cents=1_100)
    raised = world.order(cents=1_300)
    assert (raised.id, raised.amount_cents, raised.version) == (first.id, 1_300, 2)
    assert world.money() == (MONEY, 1_300)
    assert [cents for _, cents, _ in world.rows()] == [-1_100, -200]
    assert len(world.auction.orders) == 1


def test_an_outbid_order_stays_with_its_hold_and_may_lead_again() -> None:
    world = MarketplaceWorld()
    outbid, leader = world.order(1, 1_100), world.order(2, 1_200)
    assert world.status_of(outbid) is OrderStatus.ACTIVE
    assert world.auction.floor_now_cents == 1_200
    world.cancel(leader, 2)
    assert world.auction.floor_now_cents == 1_100
    world.check()


@pytest.mark.parametrize(("cents", "code"), [(499, "buy_order_below_last_price"), (500, None)])
def test_an_order_is_at_least_the_last_price(cents: int, code: str | None) -> None:
    world = MarketplaceWorld()
    if code is None:
        assert world.order(cents=cents).amount_cents == cents
        return
    with pytest.raises(Unprocessable) as refused:
        world.order(cents=cents)
    assert refused.value.code == code


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("cents", [600, 1_100])
def test_an_order_is_above_the_highest_one(number: int, cents: int) -> None:
    world = MarketplaceWorld()
    world.order(1, 1_100)
    with pytest.raises(Unprocessable, match="1100") as refused:
        world.order(number, cents)
    assert refused.value.code == "buy_order_not_above_leader"
    world.check()


@pytest.mark.parametrize("cents", [1_500, 9_000])
def test_at_or_above_the_current_price_it_buys_at_that_price(cents: int) -> None:
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    made = world.minute(60).place(cents=cents)
    assert isinstance(made, Purchase)
    assert made.charged_cents == 1_500
    assert world.money() == (MONEY - 1_500, 0)
    assert world.status_of(order) is OrderStatus.RELEASED


def test_what_is_spendable_must_cover_what_is_held_more() -> None:
    world = MarketplaceWorld()
    world.put(world.customer().model_copy(update={"balance_cents": 1_299}))
    world.order(cents=1_100)
    with pytest.raises(Unprocessable, match="199") as refused:
        world.order(cents=1_300)
    assert refused.value.code == "insufficient_funds"
    assert world.order(cents=1_299).amount_cents == 1_299


def test_an_archived_customer_may_not_order() -> None:
    world = MarketplaceWorld()
    world.archive(1)
    with pytest.raises(Conflict) as refused:
        world.order()
    assert refused.value.code == "customer_archived"


def test_an_auction_has_room_for_so_many_orders() -> None:
    world = MarketplaceWorld(customers_count=ORDERS_MAX + 1)
    for number in range(1, ORDERS_MAX + 1):
        world.order(number, 1_000 + number)
    with pytest.raises(Conflict, match=str(ORDERS_MAX)) as refused:
        world.order(ORDERS_MAX + 1, 2_000)
    assert refused.value.code == "conflict"
    assert world.order(1, 2_000).amount_cents == 2_000
    world.check()


def test_a_repeat_of_the_request_meets_its_order() -> None:
    world = MarketplaceWorld()
    first = world.place(cents=1_100, repeat="request 1")
    assert world.place(cents=1_100, repeat="request 1") == first
    assert world.money() == (MONEY, 1_100)


def test_a_repeat_of_an_order_that_bought_meets_its_purchase() -> None:
    world = MarketplaceWorld()
    first = world.place(cents=2_500, repeat="request 1")
    assert world.minute(30).place(cents=2_500, repeat="request 1") == first
    assert world.money() == (MONEY - 2_500, 0)


@pytest.mark.parametrize("at", [90, 134, 135])
def test_once_the_price_has_reached_an_order_nothing_is_taken_any_more(at: float) -> None:
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    world.minute(at)
    for attempt in (lambda: world.order(2, 1_200), lambda: world.cancel(order), world.buy):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "auction_closed"
    world.check()


def test_a_canceled_order_gives_its_money_back() -> None:
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    world.cancel(order)
    assert world.money() == (MONEY, 0)
    assert world.rows() == [(PLACED, -1_100, MONEY), (CANCELED, 1_100, MONEY)]
    assert world.status_of(order) is OrderStatus.CANCELED
    assert world.auction.due_at == AUCTION.ends_at


def test_canceled_twice_it_gives_back_once() -> None:
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    world.cancel(order)
    world.cancel(order)
    assert world.money() == (MONEY, 0)
    assert len(world.rows()) == 2


def test_after_a_cancellation_the_customer_may_order_anew() -> None:
    world = MarketplaceWorld()
    first = world.order(cents=1_100)
    world.cancel(first)
    again = world.order(cents=1_000)
    assert again.id != first.id
    with pytest.raises(NotFound):
        world.cancel(again, 2)
    world.cancel(again)
    assert world.money() == (MONEY, 0)


@pytest.mark.parametrize("order_id", ["order_" + "7" * 26, "order_1", "cus_" + "7" * 26])
def test_an_unknown_order_is_not_found(order_id: str) -> None:
    world = MarketplaceWorld()
    with pytest.raises(NotFound):
        world.cancel_id(order_id)


def test_an_order_of_an_auction_that_is_gone_cannot_be_canceled() -> None:
    world = MarketplaceWorld()
    order = world.order()
    world.market.opened.clear()
    with pytest.raises(Conflict) as refused:
        world.cancel(order)
    assert refused.value.code == "auction_closed"


def test_a_cancellation_that_is_overtaken_by_a_raise_cancels_the_raised_order() -> None:
    world = MarketplaceWorld()
    order = world.order(cents=1_100)
    world.market.races.append(lambda: world.order(cents=1_300))
    world.cancel(order)
    assert world.money() == (MONEY, 0)
    assert [cents for _, cents, _ in world.rows()] == [-1_100, -200, 1_300]


def test_an_order_that_left_its_auction_after_it_was_read_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = MarketplaceWorld()
    order, get = world.order(cents=1_100), world.market.get

    def raced(tenant_id: TenantId, auction_id: AuctionId) -> Auction | None:
        monkeypatch.setattr(world.market, "get", get)
        world.cancel(order)
        return get(tenant_id, auction_id)

    monkeypatch.setattr(world.market, "get", raced)
    world.cancel(order)
    assert len(world.rows()) == 2


def test_the_time_of_an_order_is_that_of_its_request() -> None:
    assert MarketplaceWorld().order().placed_at == NOW
