"""Paths on which a lead is sold by the plan."""

from leadflow.domain.exchanges import PostExchange, ResponseRules, TreatUnknownAs
from leadflow.domain.plans import Choice, HighestPriceSettings, PartnerSettings
from tests.builders import configuration, partner, ping_exchange, plan, post_exchange, stage
from tests.integration.faults.campaign import Path
from tests.integration.faults.tenant import (
    FUNDS,
    PRICE,
    charges,
    found,
    only_lead,
    post,
    two_bids,
    wallet,
)
from tests.integration.faults.world import World
from tests.integration.seeds import store_bid
from tests.unit.domain.bidding_examples import bid
from tests.unit.domain.round_robin_examples import PRICE as FLAT_PRICE
from tests.unit.domain.round_robin_examples import round_robin
from tools.stub_partner import Behaviour

ASKING = HighestPriceSettings(partners=PartnerSettings(enabled=True))


def arrange_bids(world: World) -> None:
    """A tenant with two customers who both bid."""
    found(world)
    two_bids()


def _posted(world: World) -> None:
    world.note["answer"] = post(world).body


def sold_for(world: World, price: int, number: int = 1) -> None:
    """The lead is with that customer for the price, or was given up and cost nobody anything."""
    seen = world.seen()
    lead = only_lead(seen)
    assert world.note["answer"]["lead_public_id"] == lead.id
    paid = [(one.customer_id, one.amount_cents) for one in charges(seen)]
    if lead.status == "distribution_error":
        assert not paid
    else:
        assert lead.status == "assigned"
        assert len(paid) == 1
        assert paid[0][1] == price
        assert wallet(seen, number).balance_cents == FUNDS - price


def _asking(world: World) -> None:
    exchange = {"url": f"{world.stub.url}/ping", "timeout_seconds": 2}
    post_to = {
        "url": f"{world.stub.url}/post",
        "timeout_seconds": 2,
        "treat_unknown_as": TreatUnknownAs.SOLD,
        "response": ResponseRules(success_path="status", success_values=("accepted",)),
    }
    taker = partner(1, ping=ping_exchange(**exchange), post=_post_to(post_to))
    configured = configuration(by_plan=plan(stage(0, settings=ASKING)), partners=(taker,))
    found(world, configured, buyers=1)
    store_bid(bid(20, owner=1))


def _post_to(values: dict[str, object]) -> PostExchange:
    return post_exchange(**values)


def _willing(world: World) -> None:
    world.stub.script("/ping", Behaviour(price="80"))
    world.stub.script("/post", Behaviour())


def _had_by_the_partner(world: World) -> None:
    """It was posted once at most; who got it has it, and nobody else was charged."""
    seen = world.seen()
    posts = [call for call in world.stub.calls if call.path == "/post"]
    status = only_lead(seen).status
    assert len(posts) <= 1
    if posts:
        assert (status, charges(seen)) == ("posted", [])
    else:
        assert status in {"posted", "assigned", "distribution_error"}


def _in_turn(world: World) -> None:
    stage_of_customers = round_robin(partners=Choice())
    found(world, configuration(by_plan=plan(stage_of_customers)))


def _unsold(world: World) -> None:
    seen = world.seen()
    assert only_lead(seen).status in {"unassigned", "distribution_error"}
    assert not charges(seen)


SALE = Path(
    name="a sale to a bid",
    promises=("C1", "C2", "C3", "C4", "C5", "C6"),
    arrange=arrange_bids,
    act=_posted,
    goal=lambda world: sold_for(world, PRICE),
)
PARTNER = Path(
    name="a sale to a partner",
    promises=("C1", "C5", "C6"),
    arrange=_asking,
    ready=_willing,
    act=_posted,
    goal=_had_by_the_partner,
)
ROUND_ROBIN = Path(
    name="a sale in turn",
    promises=("C1", "C2", "C4", "C5", "C6", "C8"),
    arrange=_in_turn,
    act=_posted,
    goal=lambda world: sold_for(world, FLAT_PRICE),
)
UNSOLD = Path(
    name="a lead that nobody wants",
    promises=("C1", "C5", "C6"),
    arrange=found,
    act=_posted,
    goal=_unsold,
)
PATHS = (SALE, PARTNER, ROUND_ROBIN, UNSOLD)
