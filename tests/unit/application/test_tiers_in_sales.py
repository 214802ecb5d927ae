"""What tiers do to bids; each charge and return finds the tier again, in the same write."""

from decimal import Decimal
from typing import Any

import pytest

from leadflow.application.request_return import DecisionForm
from leadflow.application.return_lead import ReturnForm
from leadflow.domain.customers import Customer
from leadflow.domain.plans import Stage
from tests.unit.application.highest_price_world import World as HighestPrice
from tests.unit.application.marketplace_world import MarketplaceWorld
from tests.unit.application.ping_world import World as Pinged
from tests.unit.application.ping_world import in_stages
from tests.unit.application.returns_world import ADMIN, ReturnsWorld
from tests.unit.application.round_robin_world import World as RoundRobin
from tests.unit.domain.bidding_examples import bid, customer
from tests.unit.domain.return_examples import CHARGED, sold
from tests.unit.domain.round_robin_examples import round_robin
from tests.unit.domain.tier_examples import tier, with_tiers

ENTRANCE = tier(1, apply_to_new_customers=True)
SETTLED = tier(2, "0", "0.5", penalty_percentage=10, discount_percentage=5)
RETURNING = tier(3, "0.5", "100")
TIERS = (ENTRANCE, SETTLED, RETURNING)

NEW: dict[str, Any] = {"lifetime_charged_cents": 499_999, "return_tier_id": ENTRANCE.id}
"""One more cent, and the rate decides."""


def between_two_bids(*, enabled: bool = True, ignoring: bool = False) -> HighestPrice:
    """The bid of $100 of a customer in a tier with both, and one of $60."""
    first = customer(1, return_tier_id=SETTLED.id, ignore_return_tiers=ignoring)
    buyers = [first, customer(2)]
    world = HighestPrice([bid(100, owner=1), bid(60, owner=2)], buyers=buyers)
    world.configuration.newest = with_tiers(world.configured, *TIERS, enabled=enabled)
    world.sell()
    return world


def test_the_penalty_counts_in_the_score_and_the_discount_in_the_charge() -> None:
    world = between_two_bids()
    [won, lost] = world.sale.step.decisions
    assert (won.penalty_percentage, won.score) == (Decimal(10), "9000")
    assert (won.price_cents, won.runner_up_score) == (7_000, "6000")
    assert (won.discount_percentage, won.charged_cents) == (Decimal(5), 6_650)
    assert (lost.penalty_percentage, lost.score) == (Decimal(0), "6000")
    assert world.sale.lead.payout_cents == 6_650
    assert world.sale.entry
    assert world.sale.entry.signed_cents == -6_650


@pytest.mark.parametrize("ignored", [False, True])
def test_without_tiers_that_act_there_is_neither(ignored: bool) -> None:
    world = between_two_bids(enabled=ignored, ignoring=ignored)
    won = world.sale.step.decisions[0]
    assert (won.penalty_percentage, won.discount_percentage) == (Decimal(0), Decimal(0))
    assert won.charged_cents == 7_000


def test_a_ping_promises_the_discounted_price_even_if_the_tier_is_gone_at_the_post() -> None:
    buyers = [customer(1, return_tier_id=SETTLED.id)]
    world = Pinged(with_tiers(in_stages(), *TIERS), [bid(100)], buyers=buyers)
    ping = world.ping().ping
    assert ping.offers[0].charged_cents == 950
    world.configuration.newest = with_tiers(world.configuration.newest)
    world.post(ping)
    assert world.sale.lead.assignment
    assert world.sale.lead.assignment.charged_cents == 950


def in_tier(one: Customer | None) -> str | None:
    return one.return_tier_id if one else None


def test_a_won_bid() -> None:
    world = HighestPrice([bid(100)], buyers=[customer(**NEW)])
    world.configuration.newest = with_tiers(world.configured, *TIERS)
    world.sell()
    assert in_tier(world.sale.customer) == SETTLED.id


def test_a_turn() -> None:
    world = RoundRobin([customer(1, **NEW)])
    world.configuration.newest = with_tiers(world.configuration.newest, *TIERS)
    world.sell()
    assert in_tier(world.sale.customer) == SETTLED.id


@pytest.mark.parametrize("stage", [None, round_robin()], ids=["bid", "turn"])
def test_a_promise(stage: Stage | None) -> None:
    stages = in_stages(*([stage] if stage else []))
    world = Pinged(with_tiers(stages, *TIERS), [bid(100)], buyers=[customer(1, **NEW)])
    world.post(world.ping().ping)
    assert in_tier(world.sale.customer) == SETTLED.id


@pytest.mark.parametrize("by_order", [False, True])
def test_a_purchase(by_order: bool) -> None:
    world = MarketplaceWorld()
    world.settled.newest = with_tiers(world.settled.newest, *TIERS)
    world.put(world.customer().model_copy(update=NEW))
    if by_order:
        world.order()
        assert in_tier(world.customer()) == ENTRANCE.id
        world.minute(95).advance()
    else:
        world.buy()
    assert in_tier(world.customer()) == SETTLED.id


@pytest.mark.parametrize("by_request", [False, True])
def test_a_return(by_request: bool) -> None:
    world = ReturnsWorld()
    world.settled.newest = with_tiers(world.settled.newest, *TIERS)
    charged = {"lifetime_charged_cents": 500_000, "return_tier_id": SETTLED.id}
    world.returns.customers.stored[customer(1).id] = world.owner.model_copy(update=charged)
    if by_request:
        request = world.asked()
        world.decide.approve(ADMIN, request.id, DecisionForm())
    else:
        world.return_lead(ADMIN, sold().id, ReturnForm())
    assert world.owner.lifetime_refunded_cents == CHARGED
    assert in_tier(world.owner) == RETURNING.id


def test_a_charge_of_nothing_moves_nobody() -> None:
    free = tier(2, discount_percentage=100)
    world = HighestPrice([bid(100)], buyers=[customer(return_tier_id=free.id)])
    world.configuration.newest = with_tiers(world.configured, free, ENTRANCE)
    world.sell()
    assert world.sale.entry is None
    assert in_tier(world.sale.customer) == free.id
