"""A marketplace with one listing, and the customers that trade there."""

from dataclasses import replace

import pytest

from leadflow.adapters.dynamodb.auction_items import auction_item
from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.order_items import order_item
from leadflow.domain.auction_listings import Auction
from leadflow.domain.buy_orders import BuyOrder
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.flows import attempted
from leadflow.domain.identifiers import AuctionId, OrderId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import Role
from leadflow.domain.settings import TenantSettings
from leadflow.runtime import container
from tests.builders import TENANT_ID, lead, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.http import Client
from tests.integration.seeds import store_configuration, store_customer, store_lead
from tests.trade import principal
from tests.unit.application.marketplace_world import LISTING, listable
from tests.unit.domain.auction_examples import auction
from tests.unit.domain.bidding_examples import NOW, customer

BUYER = customer(1, spendable=500)
AUCTION = auction(id=AuctionId(numbered("auction", 1)))
ORDER_ID = OrderId(numbered("order", 1))


def open_market(patched: pytest.MonkeyPatch, clock: FixedClock) -> ScriptedDistribution:
    """A tenant with a listed lead and two customers, at the clock's moment; notes runs."""
    machine = ScriptedDistribution()
    patched.setattr(container, "clock", lambda: clock)
    patched.setattr(container, "distribution", lambda: machine)
    settings = TenantSettings(default_consent_name="Acme", public_marketplace_enabled=True)
    store_configuration(replace(listable(), settings=settings))
    for one in (BUYER, customer(2, spendable=500)):
        store_customer(one)
    store_lead(lead(status=LeadStatus.MARKETPLACE))
    auction_item(TENANT_ID, AUCTION).save()
    return machine


def an_order(listing: Auction = AUCTION) -> BuyOrder:
    """The order that the events speak of, held already."""
    order = BuyOrder(
        id=ORDER_ID,
        auction_id=listing.id,
        customer_id=BUYER.id,
        amount_cents=1_100,
        placed_at=NOW,
        updated_at=NOW,
    )
    order_item(TENANT_ID, order).save()
    auction_item(TENANT_ID, listing.with_order(order.standing)).save()
    store_customer(BUYER.model_copy(update={"held_cents": 1_100}))
    return order


def an_order_for_what_its_flow_lists() -> Auction:
    """A listing that is found from its lead, with an order."""
    listing = auction()
    an_order(listing)
    processing = AttemptStatus.PROCESSING
    entered = attempted(LISTING, processing, None, started_at=NOW, ended_at=NOW)
    step = entered.model_copy(update={"number": listing.step})
    DynamoFlows().add_step(TENANT_ID, listing.flow_id, step)
    return listing


def by(number: int, function: str) -> Client:
    """A user of that customer."""
    return Client(function, principal(Role.CUSTOMER_USER, customer(number).id))


def wallet(number: int = 1) -> Customer:
    """That customer as it is stored."""
    owner = customer(number).id
    return DynamoCustomers().many(TENANT_ID, [owner])[owner]
