"""Highest Price stages, each of which comes to one reason."""

from leadflow.application.exchange_ports import Reply
from leadflow.application.partner_posts import POSTING_MAX
from leadflow.application.ports import Refused
from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.exchanges import ResponseRules
from leadflow.domain.lead_types import LeadType
from leadflow.domain.partners import Partner
from tests.builders import lead_type, ping_exchange
from tests.unit.application.highest_price_world import World, offers, ping_url, pinged, post_url
from tests.unit.domain.bidding_examples import bid, customer

RULES = ResponseRules(
    success_path="ok",
    success_values=("true",),
    price_path="price",
    duplicate_path="seen",
    duplicate_values=("true",),
)


def bidding(offer: Bid, buyer: Customer | None = None, of_type: LeadType | None = None) -> World:
    """One bid."""
    return World([offer], buyers=[buyer or customer(1)], of_type=of_type or lead_type())


def asked(reply: Reply, **changes: object) -> World:
    """One partner that answers its ping so."""
    ping = ping_exchange(url=ping_url(1), response=RULES)
    return World(
        partners=(pinged(1, post=None, ping=ping, **changes),), replies={ping_url(1): reply}
    )


def posted_to(reply: Reply, **post: object) -> World:
    """One partner that offers, and answers its post so."""
    told = {ping_url(1): offers(40), post_url(1): reply}
    return World(partners=(pinged(1, post={"response": RULES, **post}),), replies=told)


def changed_since(after: Partner) -> World:
    """One partner that offers, and is like this when it shall be posted to."""
    world = World(partners=(pinged(1),), replies={ping_url(1): offers(40)})
    world.once_pinged(lambda: world.configure(after))
    return world


def contested(after: Customer) -> World:
    """One bid that wins, and whose customer is like this by the time of the sale."""
    world = World([bid(100)], refusals=[frozenset({Refused.CUSTOMER})])
    world.sales.meanwhile = lambda: world.customers.stored.update({after.id: after})
    return world


def vanished() -> World:
    """One bid that wins, and is gone by the time of the sale."""
    world = World([bid(100)], refusals=[frozenset({Refused.BID})])
    world.sales.meanwhile = world.bids.clear
    return world


def tired() -> World:
    """One partner whose offer comes when the stage has no time left."""
    world = World(partners=(pinged(1),), replies={ping_url(1): offers(40)})
    world.once_pinged(lambda: setattr(world.clock, "at", world.clock.at + POSTING_MAX))
    return world


def tied() -> World:
    """Two bids of one score."""
    return World([bid(40), bid(40, owner=2)])
