"""Partners in the Highest Price stage: who is asked, who gets the lead, and who is next."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.partner_posts import OPEN_MARGIN
from leadflow.application.ping_rounds import ROUND_SECONDS_MAX
from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptReason, Decision, Kind, Reason, Verdict
from leadflow.domain.exchanges import AuthType, ExchangeAuth, MappingRow, TreatUnknownAs
from leadflow.domain.flows import Channel, Recipient
from leadflow.domain.leads import LeadStatus
from leadflow.domain.promises import PingOffer, Promise
from leadflow.domain.reservations import PartnerOffer, Reservation
from tests.builders import lead, partner, ping_exchange, post_exchange, source, stage
from tests.fakes.outbound import answer, no_answer
from tests.unit.application.highest_price_world import (
    HUNG,
    NEXT,
    REFUSED,
    RUN,
    World,
    asking,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.domain.bidding_examples import NOW, TERMS, bid, dollars

SOON = NOW + timedelta(milliseconds=5)
TWO = (pinged(1), pinged(2))


def two(*pings: Reply, **posts: Reply) -> dict[str, Reply]:
    """What two partners answer to their pings; `first` and `second` in `posts` to their posts."""
    urls = {"first": post_url(1), "second": post_url(2)}
    told = {urls[name]: reply for name, reply in posts.items()}
    return {ping_url(number): reply for number, reply in enumerate(pings, 1)} | told


def winner_of(world: World) -> str | None:
    """Who has the lead."""
    assignment = world.lead.assignment
    return (assignment.partner_id or assignment.customer_id) if assignment else None


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


class TestRounds:
    def test_the_callers_patience_cuts_the_round(self) -> None:
        until = int((NOW + timedelta(seconds=4)).timestamp() * 1000)
        world = World(partners=(pinged(1),))
        world.sell(replace(RUN, patience_until_ms=until))
        assert world.outbound.deadlines == [pytest.approx(3.2)]

    @pytest.mark.parametrize("until", [0, int(NOW.timestamp() * 1000)])
    def test_where_nobody_waits_the_round_takes_its_time(self, until: int) -> None:
        world = World(partners=(pinged(1),))
        world.sell(replace(RUN, patience_until_ms=until))
        assert world.outbound.deadlines == [ROUND_SECONDS_MAX]

    def test_a_stage_that_asks_nobody_holds_no_round(self) -> None:
        world = World([bid(30)], TWO, first=stage(0))
        world.sell()
        assert not world.outbound.deadlines
        assert world.verdicts[partner(1).id] == (Verdict.BLOCKED, Reason.NOT_IN_STAGE)

    @pytest.mark.parametrize(
        ("chosen", "asked"),
        [
            ({"include": (partner(2).id,)}, [ping_url(2)]),
            ({"exclude": (partner(2).id,)}, [ping_url(1)]),
        ],
    )
    def test_lists_say_who_is_asked(self, chosen: dict[str, object], asked: list[str]) -> None:
        world = World(partners=TWO, first=asking(None, **chosen))
        world.sell()
        assert world.asked == asked
        left_out = partner(1 if asked == [ping_url(2)] else 2).id
        assert world.verdicts[left_out] == (Verdict.BLOCKED, Reason.NOT_IN_STAGE)

    def test_when_everybody_asked_is_late_the_deadline_has_passed(self) -> None:
        paused = pinged(3, ping=ping_exchange(active=False))
        world = World(partners=(*TWO, paused), replies=two(HUNG, HUNG))
        assert world.sell() == NEXT
        assert world.step.attempts[0].reason is AttemptReason.DEADLINE_PASSED

    def test_calls_and_their_timeouts_are_counted(self) -> None:
        world = World(partners=TWO, replies=two(offers(40), HUNG, first=HUNG))
        world.sell()
        counted = world.calls.since(RUN.tenant_id, NOW - timedelta(minutes=1), NOW)
        assert [(one.partner_id, one.kind, one.calls, one.timeouts) for one in counted] == [
            (partner(1).id, "ping", 1, 0),
            (partner(2).id, "ping", 1, 1),
            (partner(1).id, "post", 1, 1),
        ]

    def test_a_ping_that_an_impatient_source_cut_short_counts_against_nobody(self) -> None:
        until = int((NOW + timedelta(seconds=4)).timestamp() * 1000)
        world = World(partners=TWO, replies=two(offers(40), HUNG))
        world.sell(replace(RUN, patience_until_ms=until))
        counted = world.calls.since(RUN.tenant_id, NOW - timedelta(minutes=1), NOW)
        pinged_ones = [one.partner_id for one in counted if one.kind == "ping"]
        assert pinged_ones == [partner(1).id]

    def test_partners_that_have_left_are_not_even_looked_at(self) -> None:
        world = World(partners=(pinged(1, archived=True),))
        world.sell()
        assert world.step.attempts[0].reason is AttemptReason.NO_CANDIDATES

    def test_partners_and_bids_are_bound_to_their_stage_and_phase(self) -> None:
        world = World([bid(10)], TWO, two(offers(40), HUNG))
        world.sell()
        assert {(one.stage_id, one.phase) for one in world.step.decisions} == {
            (stage(0).id, "post")
        }


class TestRequests:
    def test_a_post_may_tell_what_the_ping_was_answered(self) -> None:
        rows = (
            MappingRow(key="campaign", value="{{ response.meta.campaign }}"),
            MappingRow(key="lead", value="{{ lead_public_id }}"),
        )
        world = World(partners=(pinged(1, post={"mapping": rows}),))
        world.replies[ping_url(1)] = offers(40, meta={"campaign": "c7", "other": "x"})
        world.sell()
        body = world.outbound.sent[-1].body
        assert body
        assert json.loads(body) == {"campaign": "c7", "lead": lead().id}

    def test_each_exchange_has_its_own_secrets(self) -> None:
        auth = ExchangeAuth(type=AuthType.BEARER)
        partners = (pinged(1, ping=ping_exchange(url=ping_url(1), auth=auth), post={"auth": auth}),)
        world = World(partners=partners, replies={ping_url(1): offers(40)})
        world.secrets.kept[f"partners#{partner(1).id}"] = {"ping.token": "p", "post.token": "q"}
        world.sell()
        sent = [one.headers["Authorization"] for one in world.outbound.sent]
        assert sent == ["Bearer p", "Bearer q"]

    def test_secrets_that_cannot_be_read_leave_no_post_open(self) -> None:
        class Unreadable(Exception):
            pass

        def unreadable(*_: object) -> dict[str, str]:
            raise Unreadable

        world = World(partners=(pinged(1),), replies={ping_url(1): offers(40)})
        world.once_pinged(lambda: setattr(world.secrets, "of", unreadable))
        with pytest.raises(Unreadable):
            world.sell()
        assert world.lead == world.lead_before


def promised(*made: PartnerOffer) -> Promise:
    """A promise to somebody else that has lapsed; its ping was answered with these offers."""
    decision = Decision(
        stage_id=TERMS.stage_id,
        phase="ping",
        candidate={"kind": Kind.BID, "id": "bid_1"},
        verdict=Verdict.WON,
    )
    offered = PingOffer(
        id=UUID(int=1), decision=decision, charged_cents=1, payout_cents=1, consent_name="Acme"
    )
    return Promise(stage_id=TERMS.stage_id, offer=offered, partner_offers=made, kept=False)


class TestOffersToThePing:
    OFFER = PartnerOffer(
        partner_id=partner(1).id,
        amount_cents=dollars(50),
        penalty_percentage=Decimal(50),
        offered_at=NOW - timedelta(minutes=2),
        response={"id": "q1"},
    )

    def test_they_are_reused_with_the_penalty_of_their_time(self) -> None:
        world = World(
            partners=(pinged(1, offer_penalty_percentage=Decimal(0)), pinged(2)),
            replies={ping_url(2): offers(26)},
            lead_before=lead(promise=promised(self.OFFER)),
        )
        world.sell()
        assert world.asked == [ping_url(2)]
        assert winner_of(world) == partner(2).id
        assert world.decision(partner(1).id).score == "2500"
        assert world.sale.ending.honored is False

    def test_a_partner_needs_no_ping_any_more_to_keep_its_offer(self) -> None:
        world = World(
            partners=(pinged(1, ping=None),), lead_before=lead(promise=promised(self.OFFER))
        )
        world.sell()
        assert winner_of(world) == partner(1).id

    def test_a_partner_that_was_deleted_since_is_on_record(self) -> None:
        world = World(
            partners=(pinged(1, archived=True),), lead_before=lead(promise=promised(self.OFFER))
        )
        world.sell()
        assert world.verdicts == {partner(1).id: (Verdict.BLOCKED, Reason.PARTNER_ARCHIVED)}

    def test_the_minimum_counts_for_them_too(self) -> None:
        world = World(
            partners=(pinged(1),),
            first=asking(minimum_price_cents=dollars(51)),
            lead_before=lead(promise=promised(self.OFFER)),
        )
        world.sell()
        assert world.verdicts[partner(1).id][1] is Reason.PARTNER_BELOW_MINIMUM_PRICE
