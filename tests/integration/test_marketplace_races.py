"""Buyers, orders, cancellations and the schedule at the same moment, on real tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import pytest

from leadflow.adapters.dynamodb.auction_items import auction_item
from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.marketplace import DynamoMarketplace
from leadflow.adapters.dynamodb.usage_books import read_books
from leadflow.application.buy_lead import BuyForm
from leadflow.application.place_buy_order import BuyOrderForm
from leadflow.domain.auction_listings import Auction, AuctionStatus
from leadflow.domain.buy_orders import BuyOrder
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import LedgerEvent, held_account, wallet_account
from leadflow.domain.subscriptions import cycle_label
from leadflow.runtime import container, marketplace_actions
from tests.builders import TENANT_ID, lead
from tests.fakes.clock import FixedClock
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.races import at_once
from tests.integration.seeds import entries_of, store_configuration, store_customer, store_lead
from tests.unit.application.marketplace_world import AUCTION, MONEY, listable, scope
from tests.unit.domain.bidding_examples import NOW, customer

BUYERS = 32


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(autouse=True)
def _listed(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    """A listed lead, and a clock that stands still."""
    monkeypatch.setattr(container, "clock", lambda: clock)
    monkeypatch.setattr(container, "distribution", ScriptedDistribution)
    store_configuration(listable())
    store_lead(lead(status=LeadStatus.MARKETPLACE))
    auction_item(TENANT_ID, AUCTION).save()
    marketplace_actions.advance_auctions()
    marketplace_actions.place_buy_order()


def buyers(count: int) -> range:
    """So many customers with their money, by number."""
    for number in range(1, count + 1):
        store_customer(customer(number, spendable=500))
    return range(1, count + 1)


def buy(number: int) -> object:
    form = BuyForm(max_price_cents=2_500)
    return marketplace_actions.buy_lead()(scope(number), AUCTION.id, form)


def place(number: int, cents: int) -> object:
    form = BuyOrderForm(amount_cents=cents)
    return marketplace_actions.place_buy_order()(scope(number), AUCTION.id, form)


def cancel(order: object) -> object:
    assert isinstance(order, BuyOrder)
    number = int(order.customer_id.removeprefix("cus_"))
    return marketplace_actions.cancel_buy_order()(scope(number), order.id)


def advance() -> object:
    action = marketplace_actions.advance_auctions()
    return [action(due) for due in action.due()]


def auction_now() -> Auction:
    found = DynamoMarketplace().get(TENANT_ID, AUCTION.id)
    assert found
    return found


def check_books(numbers: Sequence[int]) -> Counter[LedgerEvent]:
    """Wallets, ledgers, orders and the auction agree; how often each event was booked."""
    market, events = DynamoMarketplace(), Counter[LedgerEvent]()
    wallets = DynamoCustomers().many(TENANT_ID, [customer(one).id for one in numbers])
    held = 0
    for owner, wallet in wallets.items():
        active = market.active_orders(TENANT_ID, owner)
        assert wallet.held_cents == sum(order.amount_cents for order in active)
        held += wallet.held_cents
        _check_rows(wallet, events)
    assert held == sum(one.amount_cents for one in auction_now().orders)
    assert _counted_cents() == _charged_cents(wallets)
    return events


def _counted_cents() -> int:
    return read_books(TENANT_ID, cycle_label(NOW)).standing.used.sales_cents


def _charged_cents(wallets: Mapping[CustomerId, Customer]) -> int:
    rows = [row for owner in wallets for row in entries_of(owner)]
    return sum(row.amount_cents for row in rows if row.event is LedgerEvent.LEAD_ASSIGNED)


def _check_rows(wallet: Customer, events: Counter[LedgerEvent]) -> None:
    rows = sorted(entries_of(wallet.id), key=lambda entry: entry.sequence)
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    events.update(row.event for row in rows)
    spent = Counter[str]()
    for row in rows:
        spent.update({row.credit_account: row.amount_cents, row.debit_account: -row.amount_cents})
    assert wallet.spendable_cents == MONEY + spent[wallet_account(wallet.id)] >= 0
    assert wallet.held_cents == spent[held_account(wallet.id)]


def test_of_32_buyers_at_once_one_is_charged_and_31_are_refused() -> None:
    numbers = buyers(BUYERS)
    place(BUYERS, 600)
    place(BUYERS - 1, 700)
    bought, refused = at_once([partial(buy, number) for number in numbers])
    assert (len(bought), refused) == (1, {"auction_closed": BUYERS - 1})
    assert check_books(numbers)[LedgerEvent.LEAD_ASSIGNED] == 1
    assert not auction_now().orders


def test_orders_at_once_hold_what_stands_and_nothing_else() -> None:
    numbers = buyers(8)
    at_once([partial(place, number, 600 + 10 * number) for number in numbers])
    events = check_books(numbers)
    assert auction_now().leader
    assert events[LedgerEvent.PLACED_BUY_ORDER] == len(auction_now().orders)


def test_a_cancellation_and_a_purchase_at_once_free_a_hold_once() -> None:
    numbers = buyers(4)
    order = place(1, 700)
    calls = [partial(cancel, order), partial(cancel, order), partial(buy, 1), partial(buy, 2)]
    at_once(calls)
    events = check_books(numbers)
    freed = events[LedgerEvent.CANCELED_BUY_ORDER] + events[LedgerEvent.RELEASED_BUY_ORDER]
    assert (freed, events[LedgerEvent.LEAD_ASSIGNED]) == (1, 1)


def test_schedules_at_once_settle_an_auction_once(clock: FixedClock) -> None:
    numbers = buyers(4)
    for number in numbers:
        place(number, 600 + number)
    clock.at = NOW + timedelta(minutes=500)
    at_once([advance, advance, advance, partial(buy, 1)])
    advance()
    events = check_books(numbers)
    assert events[LedgerEvent.LEAD_ASSIGNED] == 1
    assert events[LedgerEvent.RELEASED_BUY_ORDER] == 3
    assert (auction_now().status, auction_now().due_at) == (AuctionStatus.SOLD, None)
