"""Stages in which only partners take part, because a reprocess began with them."""

from dataclasses import replace

from leadflow.application.run_ports import RunResult
from leadflow.domain.decisions import AttemptReason, Kind, Reason, Verdict
from leadflow.domain.leads import LeadStatus
from leadflow.domain.plans import BidSettings
from leadflow.domain.scopes import Scope
from tests.builders import partner
from tests.unit.application import highest_price_world as auction
from tests.unit.application import round_robin_world as turns
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.unit.domain.round_robin_examples import PRICE, buyer, receiver

AUCTION = replace(auction.RUN, partners_only=True)
TURNS = replace(turns.RUN, partners_only=True)


def test_a_partner_gets_the_lead_though_a_bid_is_higher() -> None:
    world = auction.World(
        bids=[bid(90, owner=1)],
        partners=(auction.pinged(1),),
        replies={auction.ping_url(1): auction.offers(40)},
    )
    assert world.action(AUCTION) == RunResult(LeadStatus.POSTED, dollars(40))
    told = {one.candidate.kind: (one.verdict, one.reason) for one in world.sale.step.decisions}
    assert told == {
        Kind.PARTNER: (Verdict.WON, None),
        Kind.BID: (Verdict.BLOCKED, Reason.SCOPE_NOT_IN_STAGE),
    }


def test_where_partners_refuse_bids_do_not_get_the_lead_either() -> None:
    world = auction.World(
        bids=[bid(90, owner=1)],
        partners=(auction.pinged(1),),
        replies={auction.ping_url(1): auction.HUNG},
        first=auction.asking(BidSettings(scopes=tuple(Scope))),
    )
    ended = world.action(AUCTION)
    assert ended == replace(auction.NEXT, partners_only=False)
    [step] = world.flows.written.values()
    assert step.attempts[0].reason is AttemptReason.DEADLINE_PASSED


def test_a_partner_gets_the_lead_though_it_is_a_customers_turn() -> None:
    world = turns.World(buyers=[customer(1)], partners=(turns.posting(1),))
    assert world.sell(TURNS) == RunResult(LeadStatus.POSTED, PRICE)
    assert turns.decisions(world.sale.step) == {partner(1).id: (Verdict.WON, None)}
    assert (world.had(receiver(1)), world.had(buyer(1))) == (1, 0)


def test_without_a_partner_that_takes_it_the_lead_goes_on_to_everybody() -> None:
    world = turns.World(
        buyers=[customer(1)],
        partners=(turns.posting(1),),
        replies={turns.url(1): turns.REFUSED},
    )
    assert world.sell(TURNS) == turns.NEXT
    assert world.had(buyer(1)) == 0
