"""The marketplace: the fake and the real store keep the same contract."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from leadflow.adapters.dynamodb.auction_items import auction_item
from leadflow.adapters.dynamodb.customer_store import DynamoCustomerStore
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.marketplace import DynamoMarketplace
from leadflow.adapters.dynamodb.marketplace_items import AuctionItem, OrderItem
from leadflow.adapters.system import Ulids
from leadflow.application.customer_ports import CustomerStore
from leadflow.application.marketplace_ports import AuctionChange, DueAuction
from leadflow.application.ports import Leads, Window
from leadflow.domain.auction_listings import Auction, AuctionStatus
from leadflow.domain.buy_orders import BuyOrder, OrderStatus, freed, placed
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import AuctionId, OrderId, TenantId
from leadflow.domain.ledger import LedgerEvent
from leadflow.domain.statuses import LeadStatus
from tests.builders import TENANT_ID, lead, numbered
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.leads import MemoryLeads
from tests.fakes.marketplace import MemoryMarketplace
from tests.integration.seeds import store_customer, store_lead
from tests.unit.domain.auction_examples import auction
from tests.unit.domain.bidding_examples import NOW, customer

STRANGER = TenantId("tenant_" + "1" * 26)
OWNER = customer(1)
LISTED = lead(status=LeadStatus.MARKETPLACE, version=2)


@dataclass
class Ports:
    """The stores under test; a lead that is being distributed and a customer are in them."""

    leads: Leads
    market: MemoryMarketplace | DynamoMarketplace
    customers: CustomerStore


@pytest.fixture(params=["memory", "dynamo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        leads = MemoryLeads.of(lead())
        customers = MemoryCustomerStore({(TENANT_ID, OWNER.id): OWNER})
        return Ports(leads, MemoryMarketplace(leads, customers=customers), customers)
    request.getfixturevalue("tables")
    store_lead(lead())
    store_customer(OWNER)
    return Ports(DynamoLeads(), DynamoMarketplace(), DynamoCustomerStore(Ulids()))


def an_order(number: int = 1, cents: int = 1_100) -> BuyOrder:
    """An order of the customer."""
    return BuyOrder(
        id=OrderId(numbered("order", number)),
        auction_id=auction().id,
        customer_id=OWNER.id,
        amount_cents=cents,
        placed_at=NOW,
        updated_at=NOW,
    )


def opened(ports: Ports, one: Auction | None = None) -> Auction:
    one = one or auction()
    assert not ports.market.open(TENANT_ID, LISTED, one, FlowStep(number=1))
    return one


def ordering(one: Auction, order: BuyOrder) -> AuctionChange:
    """The change that places an order."""
    posting = placed(OWNER, order, order.amount_cents, NOW)
    return AuctionChange(
        auction=one.with_order(order.standing),
        customer=posting.customer,
        order=order,
        entries=(posting.entry,),
    )


def canceling(before: AuctionChange, order: BuyOrder) -> AuctionChange:
    """The change that takes it back."""
    assert before.customer
    posting = freed(before.customer, order, LedgerEvent.CANCELED_BUY_ORDER, NOW)
    return AuctionChange(
        auction=before.auction.without_order(OWNER.id),
        customer=posting.customer,
        order=order.ended(OrderStatus.CANCELED, NOW),
        entries=(posting.entry,),
    )


def due(ports: Ports, minutes: float) -> list[DueAuction]:
    return list(ports.market.due(NOW + timedelta(minutes=minutes)))


def test_what_changes_together_is_stored_together(ports: Ports) -> None:
    change = ordering(opened(ports), an_order())
    assert ports.market.change(TENANT_ID, change)
    assert ports.market.get(TENANT_ID, auction().id) == change.auction
    assert ports.market.order(TENANT_ID, OWNER.id, an_order().id) == an_order()
    assert ports.customers.get(TENANT_ID, OWNER.id) == change.customer


def test_a_change_with_a_step_moves_the_lead(ports: Ports) -> None:
    ended = opened(ports).ended(AuctionStatus.UNSOLD, NOW)
    after = LISTED.moved(LeadStatus.PROCESSING, NOW)
    change = AuctionChange(auction=ended, lead=after, step=FlowStep(number=2))
    assert ports.market.change(TENANT_ID, change)
    assert ports.leads.get(TENANT_ID, after.id) == after
    if isinstance(ports.market, DynamoMarketplace):
        assert [one.number for one in DynamoFlows().steps(TENANT_ID, ended.flow_id)] == [0, 1, 2]


@pytest.mark.parametrize("what", ["auction", "customer", "order", "entry", "lead", "step"])
def test_what_has_moved_on_stores_nothing(ports: Ports, what: str) -> None:
    one = opened(ports)
    change = ordering(one, an_order())
    newer = {
        "auction": AuctionChange(auction=one.with_order(an_order(9).standing)),
        "customer": AuctionChange(
            auction=change.auction, customer=OWNER.model_copy(update={"version": 3})
        ),
        "order": AuctionChange(
            auction=change.auction, order=an_order().model_copy(update={"version": 2})
        ),
        "lead": AuctionChange(auction=change.auction, lead=LISTED),
        "step": AuctionChange(auction=change.auction, step=FlowStep(number=1)),
    }
    if what == "auction":
        assert ports.market.change(TENANT_ID, newer[what])
        assert not ports.market.change(TENANT_ID, change)
        assert ports.customers.get(TENANT_ID, OWNER.id) == OWNER
    elif what == "entry":
        assert ports.market.change(TENANT_ID, change)
        again = AuctionChange(
            auction=change.auction.without_order(OWNER.id), entries=change.entries
        )
        assert not ports.market.change(TENANT_ID, again)
        assert ports.market.get(TENANT_ID, one.id) == change.auction
    else:
        assert not ports.market.change(TENANT_ID, newer[what])
        assert ports.market.get(TENANT_ID, one.id) == one


def test_auctions_are_found_when_they_are_due(ports: Ports) -> None:
    one = opened(ports)
    assert due(ports, 134.9) == []
    assert due(ports, 135) == [DueAuction(TENANT_ID, one.id)]
    change = ordering(one, an_order())
    ports.market.change(TENANT_ID, change)
    assert due(ports, 89.9) == []
    assert due(ports, 90) == [DueAuction(TENANT_ID, one.id)]
    sold = change.auction.ended(AuctionStatus.REMOVED, NOW)
    ports.market.change(TENANT_ID, AuctionChange(auction=sold))
    assert due(ports, 0) == [DueAuction(TENANT_ID, one.id)]
    ports.market.change(TENANT_ID, AuctionChange(auction=sold.without_order(OWNER.id)))
    assert due(ports, 500) == []


def test_the_longest_due_comes_first(ports: Ports) -> None:
    keep(ports, *(open_since(number, minutes) for number, minutes in ((1, -3), (2, -1), (3, -2))))
    ids = [one.auction_id for one in due(ports, 135)]
    assert ids == [numbered("auction", number) for number in (1, 3, 2)]


def open_since(number: int, minutes: float) -> Auction:
    """An auction that was opened so many minutes after now."""
    started_at = NOW + timedelta(minutes=minutes)
    return auction(id=AuctionId(numbered("auction", number)), started_at=started_at)


def keep(ports: Ports, *auctions: Auction) -> None:
    """Store auctions without leads of their own."""
    for one in auctions:
        if isinstance(ports.market, MemoryMarketplace):
            ports.market.opened[TENANT_ID, one.id] = one
        else:
            auction_item(TENANT_ID, one).save()


def test_listings_go_from_the_newest_back(ports: Ports) -> None:
    one = opened(ports)
    [spot] = ports.market.spots(TENANT_ID, limit=5, position=None)
    assert spot.id == one.id
    assert ports.market.many(TENANT_ID, [spot.id, numbered("auction", 5)]) == {one.id: one}
    assert ports.market.spots(TENANT_ID, limit=5, position=spot.position) == []
    assert ports.market.spots(STRANGER, limit=5, position=None) == []
    ports.market.change(TENANT_ID, AuctionChange(auction=one.ended(AuctionStatus.UNSOLD, NOW)))
    assert ports.market.spots(TENANT_ID, limit=5, position=None) == []


def test_a_customers_orders_are_its_own(ports: Ports) -> None:
    first = ordering(opened(ports), an_order(1))
    assert ports.market.change(TENANT_ID, first)
    assert ports.market.order(TENANT_ID, customer(2).id, an_order().id) is None
    assert ports.market.order(STRANGER, OWNER.id, an_order().id) is None
    assert ports.market.active_orders(TENANT_ID, OWNER.id) == [an_order()]
    back = canceling(first, an_order())
    assert ports.market.change(TENANT_ID, back)
    assert ports.market.active_orders(TENANT_ID, OWNER.id) == []
    page = ports.market.orders(TENANT_ID, OWNER.id, Window(5))
    assert ([one.status for one in page.items], page.position) == ([OrderStatus.CANCELED], None)


def test_orders_are_paged_newest_first(ports: Ports) -> None:
    one = opened(ports)
    for number in (1, 2, 3):
        one = one.with_order(an_order(number, 1_000 + number).standing)
        change = AuctionChange(auction=one, order=an_order(number, 1_000 + number))
        assert ports.market.change(TENANT_ID, change)
    first = ports.market.orders(TENANT_ID, OWNER.id, Window(2))
    rest = ports.market.orders(TENANT_ID, OWNER.id, Window(2, first.position))
    assert [order.amount_cents for order in (*first.items, *rest.items)] == [1_003, 1_002, 1_001]
    assert rest.position is None


def test_what_has_ended_expires_after_ninety_days(tables: dict[str, str]) -> None:
    store_lead(lead())
    store_customer(OWNER)
    market = DynamoMarketplace()
    market.open(TENANT_ID, LISTED, auction(), FlowStep(number=1))
    first = ordering(auction(), an_order())
    market.change(TENANT_ID, first)
    expiry = int((NOW + timedelta(days=90)).timestamp())

    def expiries() -> tuple[object, object]:
        order = OrderItem.get(f"{TENANT_ID}#{OWNER.id}", f"ORDER#{an_order().id}")
        return AuctionItem.get(
            f"{TENANT_ID}#{auction().id}", "AUCTION"
        ).expires_at, order.expires_at

    assert expiries() == (None, None)
    ended = first.auction.ended(AuctionStatus.UNSOLD, NOW)
    market.change(TENANT_ID, AuctionChange(auction=ended))
    assert expiries() == (None, None)
    last = AuctionChange(
        auction=ended.without_order(OWNER.id), order=an_order().ended(OrderStatus.RELEASED, NOW)
    )
    market.change(TENANT_ID, last)
    assert expiries() == (expiry, expiry)
