"""Paths over the marketplace and over demands."""

from datetime import timedelta

from leadflow.adapters.dynamodb.demand_writer import DynamoDemandWriter
from leadflow.domain.configuration import Configuration
from leadflow.domain.identifiers import DemandId
from leadflow.domain.principals import Role, UserPrincipal
from tests.builders import TENANT_ID, configuration, lead_type, numbered, plan, source, stage
from tests.integration.faults.campaign import Path
from tests.integration.faults.tenant import FUNDS, SOURCE, charges, found, only_lead, post, wallet
from tests.integration.faults.world import World
from tests.trade import principal
from tests.unit.application.demand_world import LEAD, bidder
from tests.unit.application.marketplace_world import LISTING
from tests.unit.domain.auction_examples import FALLBACK, ON_MARKETPLACE
from tests.unit.domain.bidding_examples import customer
from tests.unit.domain.demand_examples import WANTED_TYPE, demand
from tools.verify.observed import Auction, Observed

FIRST_PRICE, ORDER, INSTANT = 2_500, 1_100, 500
PROMISES = ("C1", "C2", "C4", "C6", "C9")
SCHEDULES = ("reconcile", "advance_auctions")
WANTED = demand(id=DemandId(numbered("demand", 1)))


def buyer(number: int) -> UserPrincipal:
    """A user of that customer."""
    return principal(Role.CUSTOMER_USER, customer(number).id)


def _listable() -> Configuration:
    return configuration(
        from_source=source(pricing=(FALLBACK,)),
        of_type=lead_type(marketplace=ON_MARKETPLACE),
        by_plan=plan(LISTING, stage(1)),
    )


def _listed(world: World) -> None:
    """A lead in an auction."""
    found(world, _listable())
    assert post(world).body["status"] == "marketplace"
    [auction] = world.judge().auctions
    world.note["auction"] = auction.id


def _ordered(world: World) -> None:
    """A lead in an auction, and an order of the second customer that stands."""
    _listed(world)
    _place(world, 2)


def _place(world: World, number: int) -> str:
    route = f"POST /marketplace/auctions/{world.note['auction']}/orders"
    body = {"amount_cents": ORDER}
    answer = world.request("place_buy_order", buyer(number), route, body, key=f"order-{number}")
    assert answer.status == 201, answer.text
    placed: str = answer.body["order"]["id"]
    return placed


def _bought(world: World) -> None:
    route = f"POST /marketplace/auctions/{world.note['auction']}/buy"
    body = {"max_price_cents": FIRST_PRICE}
    answer = world.request("buy_lead", buyer(1), route, body, key="buy-1")
    assert answer.status == 200, answer.text


def _has_it_for(world: World, number: int, price: int) -> None:
    """One buyer, one charge, and no money on hold any more."""
    seen = world.seen()
    assert _auction(seen).status == "sold"
    assert only_lead(seen).status == "assigned"
    paid = [(one.customer_id, one.amount_cents) for one in charges(seen)]
    assert paid == [(customer(number).id, price)]
    other = 3 - number
    assert [wallet(seen, one).held_cents for one in (1, 2)] == [0, 0]
    assert wallet(seen, number).balance_cents == FUNDS - price
    assert wallet(seen, other).balance_cents == FUNDS


def _auction(seen: Observed) -> Auction:
    [one] = seen.auctions
    return one


def _placed_and_cancelled(world: World) -> None:
    order = _place(world, 1)
    route = f"DELETE /marketplace/orders/{order}"
    assert world.request("cancel_buy_order", buyer(1), route, key="cancel-1").status == 204


def _held_by_nobody(world: World) -> None:
    seen = world.seen()
    assert _auction(seen).status == "active"
    assert [one.status for one in seen.orders] == ["canceled"]
    assert (wallet(seen).held_cents, wallet(seen).balance_cents) == (0, FUNDS)


def _settled(world: World) -> None:
    world.clock.at += timedelta(hours=3)
    world.scheduled("advance_auctions")


def _wanted(world: World) -> None:
    found(world, configuration(from_source=bidder(), of_type=WANTED_TYPE))
    now = world.clock.now()
    open_now = WANTED.model_copy(
        update={"created_at": now, "closes_at": now + timedelta(minutes=120)}
    )
    DynamoDemandWriter().put_all(TENANT_ID, [open_now])


def _offered(world: World) -> None:
    route = f"POST /demands/{WANTED.id}/offers"
    body = {"price_cents": INSTANT, "lead": LEAD}
    answer = world.request("offer_on_demand", SOURCE, route, body, key="offer-1")
    assert answer.status == 201, answer.text
    assert answer.body["status"] == "accepted"


def _given_to_who_asked(world: World) -> None:
    seen = world.seen()
    assert only_lead(seen).status == "assigned"
    assert [one.amount_cents for one in charges(seen)] == [INSTANT]
    assert wallet(seen).balance_cents == FUNDS - INSTANT


PATHS = (
    Path(
        "a purchase in an auction",
        PROMISES,
        arrange=_ordered,
        act=_bought,
        goal=lambda world: _has_it_for(world, 1, FIRST_PRICE),
        schedules=SCHEDULES,
    ),
    Path(
        "a buy order and its cancellation",
        PROMISES,
        arrange=_listed,
        act=_placed_and_cancelled,
        goal=_held_by_nobody,
    ),
    Path(
        "the end of an auction",
        PROMISES,
        arrange=_ordered,
        act=_settled,
        goal=lambda world: _has_it_for(world, 2, ORDER),
        schedules=SCHEDULES,
    ),
    Path(
        "an offer for a demand",
        ("C1", "C2", "C4", "C6"),
        arrange=_wanted,
        act=_offered,
        goal=_given_to_who_asked,
    ),
)
