"""Whom a Highest Price stage asks, with what, and which offers to the ping it keeps."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from leadflow.application.ping_rounds import ROUND_SECONDS_MAX
from leadflow.domain.decisions import AttemptReason, Decision, Kind, Reason, Verdict
from leadflow.domain.exchanges import AuthType, ExchangeAuth, MappingRow
from leadflow.domain.promises import PingOffer, Promise
from leadflow.domain.reservations import PartnerOffer
from tests.builders import lead, partner, ping_exchange, stage
from tests.unit.application.highest_price_world import (
    HUNG,
    NEXT,
    RUN,
    World,
    asking,
    offers,
    ping_url,
    pinged,
)
from tests.unit.application.two_partners import TWO, two, winner_of
from tests.unit.domain.bidding_examples import NOW, TERMS, bid, dollars


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
