"""What a ping is answered (`product.md`, 8.2): gates, prices, its flow."""

from datetime import timedelta
from decimal import Decimal

import pytest

from leadflow.application.intake import claims_of
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.flows import EventName
from leadflow.domain.pings import PingMessage, PingStatus
from leadflow.domain.sources import PriceRow, PricingType, Source, SourceType
from leadflow.domain.submissions import SubmissionStatus
from leadflow.domain.validation import ValidLead
from tests.builders import TYPE_ID, duplicate_check, lead_type, source
from tests.unit.application.highest_price_world import asking, offers, ping_url, pinged
from tests.unit.application.ping_world import ASKED, World, bidding, in_stages
from tests.unit.application.test_intake import audit
from tests.unit.domain.bidding_examples import LOCATION, NOW, bid, customer, dollars

VENDOR = source(type=SourceType.VENDOR)
TESTING = source(type=SourceType.VENDOR, test_mode=True, payout_percentage=Decimal(70))


class TestGates:
    def test_a_refused_ping_leaves_a_rejected_submission_and_nothing_else(self) -> None:
        world = bidding()
        with pytest.raises(ValidationFailed) as refused:
            world.ping(zip="00000", is_test=True)
        assert set(refused.value.errors) == {"zip", "is_test"}
        assert world.submission.status is SubmissionStatus.REJECTED
        assert (world.submission.http_status, world.submission.ping_id) == (422, None)
        assert not world.flows.heads
        assert not world.leads.pings

    def test_a_ping_needs_a_postal_code_only(self) -> None:
        assert bidding().ping({"zip": "78701"}).ping.message is PingMessage.MATCH_FOUND

    def test_a_lead_that_fits_no_type_is_matched_by_nobody(self) -> None:
        world = World(in_stages(of_type=lead_type(archived=True)), [bid(100)])
        ping = world.ping().ping
        assert ping.message is PingMessage.NO_MATCH_FOUND
        assert world.flows.heads[ping.flow_id].outcome is Outcome.NO_LEAD_TYPE

    def test_an_audit_condition_rejects_a_ping(self) -> None:
        world = bidding(audits=(audit(),))
        ping = world.ping(first_name="Ada").ping
        assert (ping.message, ping.status) == (PingMessage.REJECTED, PingStatus.REJECTED)
        assert (ping.offers, ping.stage_id) == ((), None)
        assert world.flows.heads[ping.flow_id].outcome is Outcome.AUDIT_CONDITION

    @pytest.mark.parametrize(("days", "message"), [(29, "Duplicate"), (31, "Match found")])
    def test_an_equal_lead_within_the_look_back_makes_a_ping_a_duplicate(
        self, days: int, message: str
    ) -> None:
        world = bidding(checks=(duplicate_check(apply_to_pings=True),))
        self._claim(world, days)
        ping = world.ping().ping
        assert ping.message == message

    def test_being_a_duplicate_comes_before_every_later_gate(self) -> None:
        checks = (duplicate_check(apply_to_pings=True),)
        world = bidding(checks=checks, audits=(audit(),))
        self._claim(world, 1)
        ping = world.ping(first_name="Ada").ping
        assert (ping.message, ping.status) == (PingMessage.DUPLICATE, PingStatus.REJECTED)
        assert world.flows.heads[ping.flow_id].outcome is Outcome.DUPLICATE
        assert not world.outbound.sent

    def test_a_check_that_does_not_apply_to_pings_says_nothing(self) -> None:
        world = bidding(checks=(duplicate_check(),))
        self._claim(world, 1)
        assert world.ping().ping.message is PingMessage.MATCH_FOUND

    def test_a_ping_claims_nothing(self) -> None:
        world = bidding(checks=(duplicate_check(apply_to_pings=True),))
        assert [world.ping(first_name=name).ping.message for name in ("Ada", "Eve")] == [
            PingMessage.MATCH_FOUND
        ] * 2
        assert not world.pings.claimed

    @staticmethod
    def _claim(world: World, days: int) -> None:
        values = {"email": ASKED["email"]}
        known = ValidLead(values, values, LOCATION)
        configured = world.configuration.newest
        for claim in claims_of(known, source(), configured, NOW):
            world.pings.claimed[claim.fingerprint] = NOW - timedelta(days=days)


class TestTestMode:
    @pytest.mark.parametrize(
        ("postal_code", "message", "price_cents"),
        [
            ("00001", "Match found", 700),
            ("00002", "Duplicate", 0),
            ("00003", "Rejected", 0),
            ("00004", "No match found", 0),
            ("00005", "Match found", 700),
        ],
    )
    def test_a_reserved_postal_code_decides_alone(
        self, postal_code: str, message: str, price_cents: int
    ) -> None:
        checks = (duplicate_check(apply_to_pings=True),)
        world = bidding(from_source=TESTING, checks=checks, audits=(audit(),))
        answered = world.ping(zip=postal_code, first_name="Ada", is_test=True)
        ping = answered.ping
        assert (ping.message, ping.price_cents) == (message, price_cents)
        assert ping.is_test
        assert ping.offers == ()
        flow = world.flows.heads[ping.flow_id]
        assert (flow.is_test, flow.outcome) == (True, Outcome.TEST_MODE)
        assert world.submission.is_test

    def test_any_other_is_priced_against_bids_and_reaches_no_partner(self) -> None:
        world = World(in_stages(asking(), from_source=TESTING, partners=(pinged(1),)), [bid(100)])
        ping = world.ping().ping
        assert ping.message is PingMessage.MATCH_FOUND
        assert ping.price_cents == dollars(7)
        assert not world.outbound.sent
        assert not world.pings.heads


class TestFlow:
    def test_it_tells_of_the_ping_the_stages_and_the_answer(self) -> None:
        world = bidding()
        ping = world.ping().ping
        assert world.events(ping.flow_id) == [
            EventName.INITIATED,
            EventName.PING,
            EventName.ATTEMPT_ACCEPTED,
            EventName.ATTEMPT_SUCCEEDED,
            EventName.PING_RESPONDED,
        ]
        flow = world.flows.heads[ping.flow_id]
        assert (flow.ping_id, flow.ping_status) == (ping.id, PingStatus.MATCHED)
        assert (flow.offers_count, flow.outcome, flow.ended_at) == (2, None, NOW)
        assert (flow.honored, flow.lead_id) == (None, None)
        assert flow.submission_ids == (world.submission.id,)

    def test_an_answer_without_a_match_has_its_reason(self) -> None:
        world = World(in_stages())
        ping = world.ping().ping
        assert world.record(ping.flow_id).timeline[-1].reason == Outcome.NO_STAGE_ACCEPTED
        assert (ping.status, ping.price_cents) == (PingStatus.NO_MATCH, 0)

    def test_it_names_no_contact_data(self) -> None:
        world = bidding()
        told = world.record(world.ping().ping.flow_id).model_dump_json()
        assert "ada" not in told.casefold()


class TestPrices:
    def test_a_vendor_is_told_the_payout_of_the_best_offer_only(self) -> None:
        sender = VENDOR.model_copy(update={"payout_percentage": Decimal(50)})
        ping = bidding(from_source=sender).ping().ping
        assert [one.charged_cents for one in ping.offers] == [dollars(70)]
        assert ping.price_cents == ping.offers[0].payout_cents == dollars(35)

    def test_internal_sources_see_all_offers_each_at_its_own_price(self) -> None:
        world = World(
            in_stages(asking(), partners=(pinged(1),)),
            [bid(100, owner=1), bid(60, owner=2), bid(20, owner=3)],
            replies={ping_url(1): offers(45)},
        )
        ping = world.ping().ping
        told = [(one.charged_cents, one.consent_name, one.customer_number) for one in ping.offers]
        assert told == [
            (dollars(70), "Buyer 1", 1),
            (dollars(50), "Buyer 2", 2),
            (dollars(45), "Partner 1", None),
            (dollars(10), "Buyer 3", 3),
        ]
        assert len({one.id for one in ping.offers}) == 4
        assert ping.offers_count == 4

    @pytest.mark.parametrize(("sender", "shown"), [(source(), 30), (VENDOR, 1)])
    def test_all_bids_are_read_only_for_those_who_see_them(
        self, sender: Source, shown: int
    ) -> None:
        bids = [bid(10 * number, owner=number) for number in range(1, 31)]
        world = World(in_stages(from_source=sender), bids)
        assert len(world.ping().ping.offers) == shown
        assert (world.book.seen == len(bids)) is (shown == len(bids))

    def test_a_customer_is_shown_once_with_its_best_bid(self) -> None:
        state = bid(90, owner=1).model_copy(update={"id": "bid_state"})
        world = World(in_stages(), [bid(100, owner=1), state, bid(60, owner=2)])
        numbers = [one.customer_number for one in world.ping().ping.offers]
        assert numbers == [1, 2]

    def test_a_buyer_without_a_name_has_the_tenants_consent_name(self) -> None:
        world = World(in_stages(), [bid(100)], [customer(1, name=" ")])
        assert world.ping().ping.offers[0].consent_name == "Acme"

    def test_the_payout_is_that_of_the_lead_type(self) -> None:
        sender = source(
            pricing=(_fixed(dollars(12)),),
        )
        ping = bidding(from_source=sender).ping().ping
        assert {one.payout_cents for one in ping.offers} == {dollars(12)}

    def test_a_ping_reserves_no_money_and_no_room(self) -> None:
        world = bidding()
        before = dict(world.customers.stored), list(world.book.bids)
        world.ping()
        assert (world.customers.stored, world.book.bids) == before
        assert not world.sales.booked
        assert not world.leads.stored


def _fixed(price_cents: int) -> PriceRow:
    return PriceRow(lead_type_id=TYPE_ID, pricing_type=PricingType.FIXED, price_cents=price_cents)
