"""Whatever a partner does with a lead that is posted to it: one buyer, and money that adds up."""

from dataclasses import dataclass

import pytest

from leadflow.domain.exchanges import ResponseRules, TreatUnknownAs
from tests.builders import configuration, partner, ping_exchange, plan, post_exchange, stage
from tests.contract_run import held
from tests.integration.faults.selling import ASKING
from tests.integration.faults.tenant import FUNDS, charges, found, only_lead, post, wallet
from tests.integration.faults.world import World
from tests.integration.seeds import store_bid
from tests.unit.domain.bidding_examples import bid, dollars
from tools.stub_partner import Act, Behaviour, stub_partner
from tools.stub_partner.certificates import self_signed

ACCEPTED = ResponseRules(success_path="status", success_values=("accepted",))
BID = dollars(10)
"""What the bid behind the partner is charged: it is alone, at the lowest amount."""

PATIENCE_SECONDS = 1
REFUSING = "http://127.0.0.1:1/post"
"""Nobody listens there."""


@dataclass(frozen=True)
class Fault:
    """What the partner does, whether its answer is one, and whether it is one that sells."""

    behaviour: Behaviour
    is_known: bool = False
    is_sold: bool = False


FAULTS = {
    "accepted": Fault(Behaviour(), is_known=True, is_sold=True),
    "slow": Fault(Behaviour(delay_ms=300), is_known=True, is_sold=True),
    "declined": Fault(Behaviour(act=Act.REFUSE), is_known=True),
    "error": Fault(Behaviour(act=Act.STATUS, status=503), is_known=True),
    "redirect": Fault(Behaviour(act=Act.REDIRECT, location="/elsewhere"), is_known=True),
    "hung": Fault(Behaviour(act=Act.HANG)),
    "accepted-then-timed-out": Fault(Behaviour(act=Act.ACCEPT_THEN_HANG)),
    "dropped": Fault(Behaviour(act=Act.DROP)),
    "broken-off": Fault(Behaviour(act=Act.BREAK_OFF)),
    "broken-body": Fault(Behaviour(act=Act.GARBAGE)),
    "huge-body": Fault(Behaviour(act=Act.OVERSIZE)),
    "packed-body": Fault(Behaviour(act=Act.GZIP_BOMB)),
}


def _asked_at(world: World, url: str, treat_unknown_as: TreatUnknownAs) -> None:
    """A partner that offers most, and a bid behind it."""
    post_to = post_exchange(
        url=url,
        timeout_seconds=PATIENCE_SECONDS,
        treat_unknown_as=treat_unknown_as,
        response=ACCEPTED,
    )
    ping = ping_exchange(url=f"{world.stub.url}/ping", timeout_seconds=2)
    taker = partner(1, ping=ping, post=post_to)
    found(world, configuration(by_plan=plan(stage(0, settings=ASKING)), partners=(taker,)), 1)
    store_bid(bid(20, owner=1))


def _sell(world: World) -> None:
    world.stub.script("/ping", Behaviour(price="80"))
    post(world)
    world.recover(("reconcile",))


def _check(world: World, name: str, *, is_with_the_partner: bool) -> None:
    seen = world.judge()
    paid = [one.amount_cents for one in charges(seen)]
    if is_with_the_partner:
        assert (only_lead(seen).status, paid) == ("posted", []), name
    else:
        assert (only_lead(seen).status, paid) == ("assigned", [BID]), name
    assert wallet(seen).balance_cents == FUNDS - sum(paid)


@pytest.mark.parametrize("unknown", TreatUnknownAs, ids=lambda one: f"unknown-is-{one}")
def test_a_lead_has_one_buyer_whatever_its_partner_does(
    world: World, unknown: TreatUnknownAs
) -> None:
    _asked_at(world, f"{world.stub.url}/post", unknown)
    world.keep()
    for name, fault in FAULTS.items():
        world.restore()
        world.stub.script("/post", fault.behaviour)
        _sell(world)
        paths = [call.path for call in world.stub.calls]
        assert (paths.count("/post"), "/elsewhere" in paths) == (1, False), name
        is_sold = fault.is_sold if fault.is_known else unknown is TreatUnknownAs.SOLD
        _check(world, name, is_with_the_partner=is_sold)
    held(
        f"A partner's answers of {len(FAULTS)} kinds, what is unknown is {unknown}",
        ("C1", "C2", "C4", "C5"),
        operations=len(FAULTS),
        faults=len(FAULTS),
    )


def test_a_partner_that_cannot_be_reached_has_no_lead(world: World) -> None:
    _asked_at(world, REFUSING, TreatUnknownAs.SOLD)
    _sell(world)
    _check(world, "refused", is_with_the_partner=False)


def test_a_partner_with_a_wrong_certificate_gets_no_lead(world: World) -> None:
    with stub_partner(tls=self_signed().server) as impostor:
        _asked_at(world, f"{impostor.url}/post", TreatUnknownAs.SOLD)
        _sell(world)
        assert impostor.calls == ()
    _check(world, "untrusted", is_with_the_partner=False)
