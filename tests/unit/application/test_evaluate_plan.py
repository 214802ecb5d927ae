"""What the plan would do with a lead that is only asked about (`product.md`, 15.7)."""

import pytest

from leadflow.domain.decisions import (
    AttemptReason,
    AttemptStatus,
    Kind,
    Outcome,
    Reason,
    Verdict,
)
from leadflow.domain.identifiers import CategoryId, LeadTypeId
from leadflow.domain.pings import PingMessage, PingStatus
from leadflow.domain.plans import (
    AlterDataSettings,
    AlterDataStage,
    MarketplaceStage,
    Operation,
    RealEstateApiSettings,
    RealEstateApiStage,
    SetField,
    SetLeadType,
    Stage,
)
from leadflow.domain.sources import PriceRow, PricingType, Source, SourceType
from tests.builders import CATEGORY_ID, TYPE_ID, configuration, lead_type, plan, source, stage
from tests.fakes.outbound import answer
from tests.unit.application.highest_price_world import asking, offers, ping_url, pinged
from tests.unit.application.ping_world import World, in_stages, verdicts
from tests.unit.application.round_robin_world import posting
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.unit.domain.round_robin_examples import NOBODY, PRICE, round_robin
from tests.unit.domain.test_marketplace_entry import LISTED

AGED = LeadTypeId("type_" + "9" * 26)
LIST = MarketplaceStage(id=stage(4).id, name="List")


def altering(*operations: Operation, number: int = 5) -> AlterDataStage:
    settings = AlterDataSettings(operations=operations)
    return AlterDataStage(id=stage(number).id, name="Change", settings=settings)


def looking_up(category_id: CategoryId = CATEGORY_ID) -> RealEstateApiStage:
    settings = RealEstateApiSettings(lead_category_id=category_id, property_detail=True)
    return RealEstateApiStage(id=stage(6).id, name="Look up", settings=settings)


def fallback(cents: int, sender: Source | None = None) -> Source:
    row = PriceRow(lead_type_id=TYPE_ID, pricing_type=PricingType.FALLBACK, price_cents=cents)
    return (sender or source()).model_copy(update={"pricing": (row,)})


def made(world: World) -> list[tuple[str, AttemptStatus, AttemptReason | None]]:
    """Stages of the only ping's flow, by the last digit of their ids, with what became of them."""
    [ping] = world.leads.pings.values()
    attempts = world.record(ping.flow_id).attempts
    assert {one.phase for one in attempts} <= {"ping"}
    return [(one.stage_id[-1], one.status, one.reason) for one in attempts]


class TestTheFirstStageThatWouldTakeTheLeadDecides:
    def test_later_stages_are_not_looked_at(self) -> None:
        world = World(in_stages(stage(0), stage(1)), [bid(100)])
        ping = world.ping().ping
        assert ping.stage_id == stage(0).id
        assert made(world) == [("0", AttemptStatus.SUCCESS, None)]

    def test_a_stage_without_a_taker_is_passed_with_its_reason(self) -> None:
        world = World(in_stages(stage(0), round_robin(1)), [], [customer(1)])
        ping = world.ping().ping
        assert ping.stage_id == stage(1).id
        assert made(world) == [
            ("0", AttemptStatus.FAILED, AttemptReason.NO_CANDIDATES),
            ("1", AttemptStatus.SUCCESS, None),
        ]

    def test_paused_stages_are_skipped_also_behind_the_last_one(self) -> None:
        paused = [stage(number).model_copy(update={"paused": True}) for number in (0, 2)]
        world = World(in_stages(paused[0], stage(1), paused[1]))
        assert world.ping().ping.message is PingMessage.NO_MATCH_FOUND
        assert [status for _, status, _ in made(world)] == [
            AttemptStatus.SKIPPED,
            AttemptStatus.FAILED,
            AttemptStatus.SKIPPED,
        ]

    def test_an_empty_plan_matches_nothing(self) -> None:
        world = World(configuration(by_plan=plan()))
        ping = world.ping().ping
        assert ping.status is PingStatus.NO_MATCH
        assert world.flows.heads[ping.flow_id].outcome is Outcome.NO_STAGE_ACCEPTED

    def test_the_outcome_is_the_first_of_its_row_that_an_attempt_had(self) -> None:
        world = World(
            in_stages(stage(0), asking(), partners=(pinged(1),)),
            [bid(100)],
            [customer(1, spendable=0)],
            replies={ping_url(1): answer(status=500)},
        )
        ping = world.ping().ping
        assert world.flows.heads[ping.flow_id].outcome is Outcome.ALL_REFUSED


class TestHighestPrice:
    def test_partners_are_asked_with_what_is_known(self) -> None:
        world = World(in_stages(asking(), partners=(pinged(1),)))
        world.replies[ping_url(1)] = offers(45)
        ping = world.ping().ping
        assert world.urls == [ping_url(1)]
        [offer] = ping.offers
        assert (offer.charged_cents, offer.customer_number) == (dollars(45), None)
        assert offer.decision.candidate.kind is Kind.PARTNER
        assert offer.offer == ping.partner_offers[0]

    def test_everybody_who_was_looked_at_is_decided_on(self) -> None:
        world = World(
            in_stages(asking(), partners=(pinged(1), pinged(2))),
            [bid(100, owner=1), bid(60, owner=2)],
            replies={ping_url(1): offers(45), ping_url(2): answer(status=500)},
        )
        ping = world.ping().ping
        decisions = world.record(ping.flow_id).decisions
        assert {one.phase for one in decisions} == {"ping"}
        assert verdicts(decisions) == [
            (bid(owner=1).id, Verdict.WON, None),
            (bid(owner=2).id, Verdict.OUTSCORED, Reason.OUTSCORED),
            (pinged(1).id, Verdict.OUTSCORED, Reason.OUTSCORED),
            (pinged(2).id, Verdict.DECLINED, Reason.PARTNER_PING_HTTP_ERROR),
        ]

    def test_a_partner_below_the_minimum_makes_no_offer(self) -> None:
        world = World(in_stages(asking(minimum_price_cents=dollars(50)), partners=(pinged(1),)))
        world.replies[ping_url(1)] = offers(45)
        assert world.ping().ping.message is PingMessage.NO_MATCH_FOUND
        assert made(world) == [("0", AttemptStatus.FAILED, AttemptReason.ALL_REFUSED)]


class TestRoundRobin:
    @pytest.mark.parametrize("kind", list(SourceType))
    def test_whose_turn_it_is_is_one_offer_at_the_flat_price(self, kind: SourceType) -> None:
        sender = source(type=kind)
        world = World(in_stages(round_robin(), from_source=sender), [], [customer(1), customer(2)])
        ping = world.ping().ping
        [offer] = ping.offers
        assert (offer.charged_cents, offer.payout_cents) == (PRICE, PRICE)
        assert (offer.consent_name, offer.customer_number) == ("Buyer 1", 1)
        assert (ping.price_cents, ping.offers_count) == (PRICE, 1)

    def test_a_partner_whose_turn_it_is_has_no_number_and_is_not_asked(self) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1),)))
        [offer] = world.ping().ping.offers
        assert (offer.consent_name, offer.customer_number) == ("Partner 1", None)
        assert offer.offer
        assert offer.offer.amount_cents == PRICE
        assert not world.outbound.sent

    def test_a_ping_takes_no_turn(self) -> None:
        world = World(in_stages(round_robin()), [], [customer(1), customer(2)])
        for _ in range(2):
            assert world.ping().ping.offers[0].customer_number == 1
            world.later(minutes=9)
        assert not world.leads.rotations

    def test_a_price_of_nothing_is_a_match(self) -> None:
        world = World(in_stages(round_robin(price_cents=0)), [], [customer(1, spendable=0)])
        ping = world.ping().ping
        assert (ping.message, ping.price_cents) == (PingMessage.MATCH_FOUND, 0)

    def test_nobody_who_may_is_no_match(self) -> None:
        world = World(in_stages(round_robin()), [], [customer(1, paused=True)])
        assert world.ping().ping.message is PingMessage.NO_MATCH_FOUND
        assert made(world) == [("0", AttemptStatus.FAILED, AttemptReason.NO_ELIGIBLE_CANDIDATE)]


class TestMarketplace:
    @pytest.mark.parametrize("kind", list(SourceType))
    def test_the_marketplace_alone_has_the_fallback_price_and_no_bids(
        self, kind: SourceType
    ) -> None:
        sender = fallback(dollars(8), source(type=kind))
        world = World(in_stages(LIST, from_source=sender, of_type=LISTED))
        ping = world.ping().ping
        assert (ping.message, ping.stage_id) == (PingMessage.MATCH_FOUND, LIST.id)
        assert (ping.price_cents, ping.offers, ping.offers_count) == (dollars(8), (), 0)
        assert ping.promise(None, TYPE_ID) is None

    def test_a_lead_that_may_not_be_listed_passes_with_the_reason(self) -> None:
        world = World(in_stages(LIST, of_type=LISTED))
        assert world.ping().ping.message is PingMessage.NO_MATCH_FOUND
        assert made(world) == [("4", AttemptStatus.SKIPPED, AttemptReason.NO_FALLBACK_PRICE)]


class TestStagesThatChangeTheLead:
    def test_later_stages_see_the_change_and_the_ping_keeps_what_was_sent(self) -> None:
        aged = lead_type(id=AGED, name="Aged", fallback=False)
        world = World(in_stages(stage(0), altering(SetLeadType(set_lead_type=AGED)), stage(1)))
        known = world.configuration.newest.lead_types
        world.change(lead_types={**known, AGED: aged})
        world.book.bids.append(bid(100).model_copy(update={"lead_type_id": AGED}))
        world.change_buyer(customer(1))
        ping = world.ping().ping
        assert (ping.stage_id, ping.lead_type_id) == (stage(1).id, TYPE_ID)
        assert ("5", AttemptStatus.CONTINUE, None) in made(world)

    def test_conditions_of_later_stages_see_the_change(self) -> None:
        to_dallas = altering(SetField(set_field="zip", value="75201"))
        world = World(in_stages(to_dallas, stage(0)), [bid(100)])
        ping = world.ping().ping
        assert ping.message is PingMessage.NO_MATCH_FOUND
        assert ping.values["zip"] == "78701"

    @pytest.mark.parametrize(
        ("operation", "reason"),
        [
            (SetLeadType(set_lead_type=AGED), AttemptReason.LEAD_TYPE_UNAVAILABLE),
            (SetField(set_field="zip", value="00000"), AttemptReason.FIELD_VALUE_INVALID),
        ],
    )
    def test_an_alteration_that_fails_makes_the_ping_an_error(
        self, operation: Operation, reason: AttemptReason
    ) -> None:
        world = World(in_stages(altering(operation), stage(0)), [bid(100)])
        ping = world.ping().ping
        assert (ping.status, ping.message) == (PingStatus.ERROR, PingMessage.NO_MATCH_FOUND)
        assert made(world) == [("5", AttemptStatus.ERROR, reason)]
        flow = world.flows.heads[ping.flow_id]
        assert (flow.ping_status, flow.outcome) == (PingStatus.ERROR, Outcome.DISTRIBUTION_ERROR)

    @pytest.mark.parametrize(
        ("lookup", "reason"),
        [
            (looking_up(), AttemptReason.NOT_EVALUATED_ON_PING),
            (looking_up(CategoryId("category_other")), AttemptReason.CATEGORY_MISMATCH),
        ],
        ids=["of this category", "of another category"],
    )
    def test_the_real_estate_api_is_passed_over(self, lookup: Stage, reason: AttemptReason) -> None:
        world = World(in_stages(lookup, stage(0)), [bid(100)])
        assert world.ping().ping.message is PingMessage.MATCH_FOUND
        assert made(world)[0] == ("6", AttemptStatus.SKIPPED, reason)
