"""A promise that is kept when the post comes back to it (`product.md`, 15.8)."""

import pytest

from leadflow.application import contention
from leadflow.application.exchange_ports import Failure
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptStatus, Decision, Reason, Verdict
from leadflow.domain.flows import Channel, EventName, Recipient
from leadflow.domain.leads import LeadStatus
from leadflow.domain.partners import Partner
from leadflow.domain.pings import Ping
from leadflow.domain.plans import Stage
from tests.builders import plan, stage
from tests.fakes.outbound import no_answer
from tests.unit.application.highest_price_world import (
    asking,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.application.ping_world import World, in_stages, verdicts
from tests.unit.application.round_robin_world import posting
from tests.unit.application.round_robin_world import url as flat_url
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.unit.domain.round_robin_examples import NOBODY, PRICE, buyer, receiver, round_robin

BEST, SECOND, THIRD = bid(100, owner=1), bid(60, owner=2), bid(20, owner=3)
PROMISED = dollars(70)
"""What the best bid pays against the second."""

SUCCESS = AttemptStatus.SUCCESS


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


def bidding(*stages: Stage) -> World:
    """Bids of $100, $60 and $20; the first one pays $70."""
    return World(in_stages(*stages), [BEST, SECOND, THIRD])


def with_partners(*partners: Partner) -> World:
    """A stage that asks partners, and one bid of $20."""
    return World(in_stages(asking(), partners=partners), [THIRD])


def posted_after(world: World, ping: Ping) -> tuple[LeadStatus, int]:
    answered = world.post(ping)
    return answered.status, answered.payout_cents


def post_decisions(world: World) -> list[Decision]:
    record = world.record(world.lead.flow_ids[-1])
    return [one for one in record.decisions if one.phase == "post"]


class TestAKeptPromise:
    def test_a_bid_gets_the_lead_at_the_promised_price(self) -> None:
        world = bidding()
        ping = world.ping().ping
        world.change_bid(SECOND, paused=True)
        assert posted_after(world, ping) == (LeadStatus.ASSIGNED, PROMISED)
        sale = world.sale
        assert sale.lead.assignment
        assert sale.lead.assignment.charged_cents == PROMISED
        assert (sale.bid and sale.bid.id, sale.customer and sale.customer.id) == (
            BEST.id,
            customer(1).id,
        )
        assert sale.entry
        assert sale.entry.signed_cents == -PROMISED
        assert sale.bid
        assert sale.bid.usage.daily.spent_cents == PROMISED

    def test_the_flow_says_so(self) -> None:
        world = bidding()
        ping = world.ping().ping
        world.post(ping)
        ending = world.sale.ending
        assert (ending.honored, ending.channel) == (True, Channel.BID)
        assert (ending.sold_for_cents, ending.offers_count) == (PROMISED, 3)
        assert ending.recipient == Recipient(customer_id=customer(1).id)
        assert world.attempts(ping.flow_id) == [("ping", "0", SUCCESS), ("post", "0", SUCCESS)]
        assert world.events(ping.flow_id)[-5:] == [
            EventName.SUBMISSION_ACCEPTED,
            EventName.LEAD,
            EventName.ATTEMPT_ACCEPTED,
            EventName.ATTEMPT_SUCCEEDED,
            EventName.PING_HONORED,
        ]

    def test_the_winner_carries_the_way_to_its_price(self) -> None:
        world = bidding()
        world.post(world.ping().ping)
        [won] = post_decisions(world)
        assert (won.verdict, won.reason, won.candidate.id) == (Verdict.WON, None, BEST.id)
        assert (won.price_cents, won.charged_cents) == (PROMISED, PROMISED)
        assert won.runner_up_score == "6000"

    def test_what_is_not_needed_any_more_is_not_kept_with_the_lead(self) -> None:
        world = with_partners(pinged(1), pinged(2))
        world.replies |= {ping_url(1): offers(50), ping_url(2): offers(40)}
        ping = world.ping().ping
        world.post(ping, bid_id=str(ping.offers[1].id))
        assert world.lead.promise
        assert (world.lead.promise.partner_offers, world.lead.promise.better) == ((), ())
        assert world.lead.honored is True

    def test_a_source_may_choose_a_lower_bid_and_better_ones_are_not_selected(self) -> None:
        world = bidding()
        ping = world.ping().ping
        answered = world.post(ping, bid_id=str(ping.offers[1].id))
        assert (answered.status, answered.payout_cents) == (LeadStatus.ASSIGNED, dollars(30))
        assert verdicts(tuple(post_decisions(world))) == [
            (SECOND.id, Verdict.WON, None),
            (BEST.id, Verdict.OUTSCORED, Reason.NOT_SELECTED),
        ]
        assert world.sale.ending.offers_count == 3

    def test_a_partner_gets_the_post_and_is_not_asked_again(self) -> None:
        world = with_partners(pinged(1))
        world.replies[ping_url(1)] = offers(50)
        ping = world.ping().ping
        assert posted_after(world, ping) == (LeadStatus.POSTED, dollars(50))
        assert world.urls == [ping_url(1), post_url(1)]
        sale = world.sale
        assert sale.lead.assignment
        assert sale.lead.assignment.assigned_via is AssignedVia.PARTNER
        assert (sale.ending.honored, sale.ending.channel) == (True, Channel.PING_POST)
        assert sale.ending.offers_count == 2
        assert sale.lead.reservation is None
        assert EventName.PING_HONORED in world.events(ping.flow_id)

    def test_an_unknown_answer_that_counts_as_sold_keeps_the_promise(self) -> None:
        world = with_partners(pinged(1))
        world.replies |= {ping_url(1): offers(50), post_url(1): no_answer(Failure.TIMEOUT)}
        assert posted_after(world, world.ping().ping) == (LeadStatus.POSTED, dollars(50))
        [won] = post_decisions(world)
        assert won.detail == {"answer": "unknown", "settled_as": "sold"}
        assert world.sale.ending.honored is True

    def test_a_customer_of_a_round_robin_stage_gets_it_though_another_is_due_by_now(self) -> None:
        world = World(in_stages(round_robin()), [], [customer(1), customer(2)])
        ping = world.ping().ping
        world.post()
        promised = world.post(ping)
        assert promised.status is LeadStatus.ASSIGNED
        sale = world.sales.booked[-1]
        assert sale.customer
        assert sale.customer.id == customer(1).id
        assert sale.lead.assignment
        assert sale.lead.assignment.assigned_via is AssignedVia.ROUND_ROBIN
        assert (sale.ending.channel, sale.ending.honored) == (Channel.CUSTOMER, True)
        assert (world.turns(buyer(1)), world.turns(buyer(2))) == (2, 0)

    def test_a_round_robin_lead_of_no_price_has_no_entry(self) -> None:
        world = World(in_stages(round_robin(price_cents=0)), [], [customer(1, spendable=0)])
        assert posted_after(world, world.ping().ping) == (LeadStatus.ASSIGNED, 0)
        assert world.sale.entry is None

    def test_a_partner_of_a_round_robin_stage_takes_its_turn_with_the_post(self) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1),)))
        assert posted_after(world, world.ping().ping) == (LeadStatus.POSTED, PRICE)
        assert world.urls == [flat_url(1)]
        sale = world.sale
        assert sale.lead.assignment
        assert sale.lead.assignment.assigned_via is AssignedVia.ROUND_ROBIN
        assert world.turns(receiver(1)) == 1

    def test_conditions_and_pauses_of_the_plan_do_not_matter_any_more(self) -> None:
        world = bidding()
        ping = world.ping().ping
        paused = stage(0).model_copy(update={"paused": True})
        world.change(plan=plan(paused, version=2))
        assert posted_after(world, ping) == (LeadStatus.ASSIGNED, PROMISED)
        assert world.runs[0].plan_version == 1
