"""A marketplace with one listing, and the customers that trade there."""

from dataclasses import replace

import pytest

from leadflow.adapters.dynamodb.auction_items import auction_item
from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import AuctionId
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
from tests.unit.application.marketplace_world import listable
from tests.unit.domain.auction_examples import auction
from tests.unit.domain.bidding_examples import customer

BUYER = customer(1, spendable=500)
AUCTION = auction(id=AuctionId(numbered("auction", 1)))


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


def by(number: int, function: str) -> Client:
    """A user of that customer."""
    return Client(function, principal(Role.CUSTOMER_USER, customer(number).id))


def wallet(number: int = 1) -> Customer:
    """That customer as it is stored."""
    owner = customer(number).id
    return DynamoCustomers().many(TENANT_ID, [owner])[owner]
