"""Partners in the Highest Price stage: who gets the lead, and who is next."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.partner_posts import OPEN_MARGIN
from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptReason, Reason, Verdict
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import Channel, Recipient
from leadflow.domain.leads import LeadStatus
from tests.builders import partner, post_exchange, source
from tests.fakes.outbound import answer, no_answer
from tests.unit.application.highest_price_world import (
    HUNG,
    NEXT,
    REFUSED,
    World,
    asking,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.application.two_partners import TWO, two, winner_of
from tests.unit.domain.bidding_examples import NOW, bid, dollars

if TYPE_CHECKING:
    from leadflow.domain.reservations import Reservation

SOON = NOW + timedelta(milliseconds=5)


class TestSales:
    def test_a_partner_that_accepts_owes_its_offer_outside_the_wallets(self) -> None:
        world = World(partners=TWO, replies=two(offers(40), offers(30)))
        assert world.sell() == RunResult(LeadStatus.POSTED, dollars(40))
        assignment = world.sale.lead.assignment
        assert assignment
        assert (assignment.partner_id, assignment.charged_cents) == (partner(1).id, dollars(40))
        assert assignment.assigned_via is AssignedVia.PARTNER
        assert (world.sale.entry, world.sale.customer, world.sale.bid) == (None, None, None)
        assert world.posted == [post_url(1)]

    def test_a_price_in_the_answer_to_the_post_is_information_only(self) -> None:
        world = World(partners=(pinged(1),), replies={ping_url(1): offers(40)})
        world.replies[post_url(1)] = answer(b'{"price": 1}')
        world.sell()
        assert world.sale.ending.sold_for_cents == dollars(40)

    def test_the_flow_ends_with_its_recipient_channel_and_offers(self) -> None:
        world = World([bid(35)], partners=TWO, replies=two(offers(40), offers(30)))
        world.sell()
        ending = world.sale.ending
        assert ending.recipient == Recipient(partner_id=partner(1).id)
        assert (ending.channel, ending.offers_count, ending.honored) == (Channel.PING_POST, 3, None)

    def test_the_source_gets_its_share_of_the_offer(self) -> None:
        world = World(partners=(pinged(1),), replies={ping_url(1): offers(40)})
        half = source(payout_percentage=Decimal(50))
        world.configuration.newest = replace(world.configured, sources={half.id: half})
        assert world.sell() == RunResult(LeadStatus.POSTED, dollars(20))

    def test_the_lead_is_reserved_until_the_post_cannot_be_open_any_more(self) -> None:
        world = World(partners=(pinged(1),), replies={ping_url(1): offers(40)})
        kept: list[Reservation | None] = []
        world.on_post(lambda: kept.append(world.lead.reservation))
        world.sell()
        [reservation] = kept
        assert reservation
        assert reservation.offer
        assert reservation.offer.partner_id == partner(1).id
        assert reservation.open_until == NOW + timedelta(seconds=10) + OPEN_MARGIN

    def test_a_repeated_call_finds_the_lead_posted(self) -> None:
        world = World(partners=(pinged(1),), replies={ping_url(1): offers(40)})
        assert world.sell() == world.sell()
        assert world.posted == [post_url(1)]


class TestRanking:
    def test_a_bid_pays_one_step_above_the_best_partner(self) -> None:
        world = World([bid(100)], partners=TWO, replies=two(offers(62), offers(30)))
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(70))
        assert world.verdicts[partner(1).id] == (Verdict.OUTSCORED, Reason.OUTSCORED)
        assert not world.posted

    def test_a_penalty_lowers_the_score_of_an_offer_but_not_its_price(self) -> None:
        strict = pinged(1, offer_penalty_percentage=Decimal(25))
        world = World([bid(100)], (strict,), {ping_url(1): offers(110)})
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(90))
        assert world.decision(strict.id).score == "8250"
        alone = World(partners=(strict,), replies={ping_url(1): offers(110)})
        assert alone.sell() == RunResult(LeadStatus.POSTED, dollars(110))

    def test_of_equal_scores_the_customer_goes_before_the_partner(self) -> None:
        world = World([bid(40)], (pinged(1),), {ping_url(1): offers(40)})
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(40))
        assert world.verdicts[partner(1).id] == (Verdict.OUTSCORED, Reason.TIE_LOST)

    def test_of_equal_partners_the_earlier_offer_wins(self) -> None:
        world = World(partners=TWO, replies=two(offers(40, SOON), offers(40)))
        world.sell()
        assert winner_of(world) == partner(2).id
        assert world.verdicts[partner(1).id] == (Verdict.OUTSCORED, Reason.TIE_LOST)

    def test_the_minimum_price_is_for_partners_only(self) -> None:
        first = asking(minimum_price_cents=dollars(30))
        world = World([bid(20)], TWO, two(offers("29.99"), offers(30)), first=first)
        world.sell()
        assert winner_of(world) == partner(2).id
        low = world.decision(partner(1).id)
        assert (low.reason, low.amount_cents) == (Reason.PARTNER_BELOW_MINIMUM_PRICE, 2_999)
        alone = World([bid(20)], first=first)
        assert alone.sell() == RunResult(LeadStatus.ASSIGNED, dollars(10))


class TestNext:
    def test_the_next_best_offer_pays_against_the_offers_that_are_left(self) -> None:
        replies = two(offers(120), offers(60), first=REFUSED)
        world = World([bid(100)], TWO, replies)
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(70))
        assert world.verdicts == {
            bid(100).id: (Verdict.WON, None),
            partner(1).id: (Verdict.DECLINED, Reason.PARTNER_POST_HTTP_ERROR),
            partner(2).id: (Verdict.OUTSCORED, Reason.OUTSCORED),
        }
        assert world.lead.reservation is None

    def test_a_partner_that_refuses_keeps_its_way_to_the_price(self) -> None:
        world = World([bid(100)], TWO, two(offers(120), offers(60), first=REFUSED))
        world.sell()
        refused = world.decision(partner(1).id)
        assert (refused.amount_cents, refused.runner_up_score) == (dollars(120), "10000")
        assert refused.detail == {"status": "409"}

    def test_another_partner_gets_what_the_first_one_refuses(self) -> None:
        world = World(partners=TWO, replies=two(offers(40), offers(30), first=REFUSED))
        assert world.sell() == RunResult(LeadStatus.POSTED, dollars(30))
        assert world.posted == [post_url(1), post_url(2)]

    def test_when_all_refuse_the_lead_goes_on_and_is_kept_for_nobody(self) -> None:
        replies = two(offers(40), offers(30), first=REFUSED, second=REFUSED)
        world = World(partners=TWO, replies=replies)
        assert world.sell() == NEXT
        assert world.step.attempts[0].reason is AttemptReason.ALL_REFUSED
        assert world.lead.reservation is None
        assert world.lead.tried == (partner(1).id, partner(2).id)

    def test_who_refused_in_an_earlier_stage_is_not_asked_again(self) -> None:
        world = World(partners=(pinged(1),), replies=two(offers(40), first=REFUSED))
        going = world.sell()
        assert isinstance(going, Run)
        again = World(partners=(pinged(1),), lead_before=world.lead)
        again.sell()
        assert not again.asked
        assert again.verdicts == {partner(1).id: (Verdict.BLOCKED, Reason.ALREADY_TRIED)}

    def test_what_a_partner_says_of_the_person_is_not_kept(self) -> None:
        post: dict[str, object] = {
            "response": post_exchange().response.model_copy(
                update={"success_path": "ok", "message_path": "why"}
            )
        }
        world = World(partners=(pinged(1, post=post),), replies={ping_url(1): offers(40)})
        told = b'{"ok": false, "why": "No Byron, ada@example.com or (512) 555-0142 here"}'
        world.replies[post_url(1)] = answer(told)
        world.sell()
        assert world.decision(partner(1).id).detail == {"message": "No ***, *** or (*** here"}


class TestUnknown:
    @pytest.mark.parametrize("reply", [HUNG, no_answer(Failure.BROKEN)])
    def test_without_a_clear_answer_the_partner_has_the_lead(self, reply: Reply) -> None:
        world = World([bid(30)], TWO, two(offers(50), offers(40), first=reply))
        assert world.sell() == RunResult(LeadStatus.POSTED, dollars(50))
        assert world.posted == [post_url(1)]
        won = world.decision(partner(1).id)
        assert won.detail == {"answer": "unknown", "settled_as": "sold"}
        assert "without a clear answer" in world.step.timeline[-1].description
        assert world.decision(partner(2).id).detail is None

    def test_a_partner_whose_unknown_posts_are_not_sold_loses_the_lead(self) -> None:
        cautious = pinged(1, post={"treat_unknown_as": TreatUnknownAs.NOT_SOLD})
        replies = two(offers(50), offers(40), first=HUNG)
        world = World(partners=(cautious, pinged(2)), replies=replies)
        assert world.sell() == RunResult(LeadStatus.POSTED, dollars(40))
        assert world.verdicts[cautious.id] == (Verdict.NO_ANSWER, Reason.PARTNER_POST_UNKNOWN)
        assert world.posted == [post_url(1), post_url(2)]

    def test_what_was_never_sent_is_refused_for_sure(self) -> None:
        replies = two(offers(50), offers(40), first=no_answer(Failure.NOT_SENT))
        world = World(partners=TWO, replies=replies)
        world.sell()
        assert winner_of(world) == partner(2).id
