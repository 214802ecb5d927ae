"""What paths begin with: a tenant, customers whose money was deposited, leads that were posted."""

from leadflow.domain.bids import Bid
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.principals import Role, SourcePrincipal
from tests.builders import SOURCE_ID, TENANT_ID, VALUES, configuration
from tests.integration.faults.world import World
from tests.integration.http import Answer
from tests.integration.seeds import store_bid, store_configuration, store_customer
from tests.trade import principal
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tools.verify.observed import Entry, Lead, Observed, Wallet

ADMIN = principal(Role.ADMIN)
SOURCE = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
FUNDS = dollars(500)
PRICE = dollars(70)
"""What the first of two bids, of 100 and 60 dollars, is charged."""


def found(world: World, configured: Configuration | None = None, buyers: int = 2) -> None:
    """The tenant, and so many customers with money."""
    store_configuration(configured or configuration())
    for number in range(1, 1 + buyers):
        add_customer(world, customer(number, spendable=0))


def add_customer(world: World, buyer: Customer) -> None:
    """A customer whose money is in the ledger."""
    store_customer(buyer)
    body = {"amount_cents": FUNDS, "description": "Opening"}
    route = f"POST /customers/{buyer.id}/deposits"
    assert world.request("manage_wallets", ADMIN, route, body, key=buyer.id).status == 201


def two_bids() -> tuple[Bid, Bid]:
    """The bids of both customers."""
    bids = bid(100, owner=1), bid(60, owner=2)
    for one in bids:
        store_bid(one)
    return bids


def post(world: World, key: str = "post-1", **values: object) -> Answer:
    """One post of the source."""
    route = "POST /leads"
    answer = world.request("submit_lead", SOURCE, route, {**VALUES, **values}, key=key)
    assert answer.status == 201, answer.text
    return answer


def only_lead(seen: Observed) -> Lead:
    """The one lead that there is."""
    [one] = seen.leads
    return one


def charges(seen: Observed, event: str = "LEAD_ASSIGNED") -> list[Entry]:
    """The rows of that event."""
    return [one for one in seen.entries if one.event == event]


def wallet(seen: Observed, number: int = 1) -> Wallet:
    """What a customer has."""
    [one] = [one for one in seen.wallets if one.id == customer(number).id]
    return one
