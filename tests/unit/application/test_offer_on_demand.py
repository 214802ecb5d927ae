from datetime import timedelta
from decimal import Decimal

import pytest

from leadflow.application.demand_ports import Fill
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.conditions import Row
from leadflow.domain.configuration import AuditCondition
from leadflow.domain.decisions import Outcome
from leadflow.domain.demand_offers import OfferStatus
from leadflow.domain.demands import DemandStatus
from leadflow.domain.errors import (
    Conflict,
    CorruptState,
    NotFound,
    RateLimited,
    Refusal,
    TransientFault,
    Unauthorized,
    ValidationFailed,
)
from leadflow.domain.fields import Field, FieldType
from leadflow.domain.flows import Channel, EventName, FlowKind
from leadflow.domain.identifiers import CategoryId, LeadId, LeadTypeId, PartnerId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import LedgerEvent
from leadflow.domain.operands import Operator
from leadflow.domain.plan_usage import counted_sale
from leadflow.domain.sources import PriceRow, PricingType
from tests.builders import (
    CATEGORY_ID,
    TENANT_ID,
    TYPE_ID,
    VALUES,
    duplicate_check,
    numbered,
    partner,
)
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.unit.application.demand_world import (
    DEMAND,
    MONEY,
    DemandWorld,
    bidder,
)
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.demand_examples import WANTED_TYPE, demand

EVERY_LEAD = AuditCondition(
    id=numbered("audit", 0),
    name="All",
    lead_category_id=CATEGORY_ID,
    conditions=((Row(property="zip", operator=Operator.EQUALS, value="78701"),),),
    created_at=NOW,
    updated_at=NOW,
)


def refusal(world: DemandWorld, cents: int = 1_200, **values: object) -> Refusal:
    """Why an offer is not even received; nothing of it is stored."""
    before = dict(world.demands.made)
    with pytest.raises(Refusal) as refused:
        world.offer(cents, **values)  # type: ignore[arg-type] # members are named by the tests
    assert world.demands.made == before
    return refused.value


def test_an_offer_above_the_instant_price_waits_for_the_close() -> None:
    world = DemandWorld()
    assert world.offer(501).status is OfferStatus.PENDING
    assert world.demand.awaits_close
    assert (world.demands.leads, world.customer().balance_cents) == ({}, MONEY)


def test_an_offer_at_the_instant_price_buys_at_once() -> None:
    world = DemandWorld().minute(20)
    made = world.offer(500)
    lead = next(iter(world.demands.leads.values()))
    assert (made.status, made.offer.lead_id, made.offer.reason) == ("accepted", lead.id, None)
    assert (lead.status, lead.lead_type_id, lead.version) == (LeadStatus.ASSIGNED, TYPE_ID, 1)
    assert (lead.demand_id, lead.offer_id, lead.submission_id) == (DEMAND.id, made.offer.id, None)
    assert lead.is_counted
    assert world.demand.status is DemandStatus.FILLED
    assert lead.received_at == lead.updated_at == world.clock.at


def test_the_customer_pays_the_offer_and_the_source_is_owed_its_share() -> None:
    world = DemandWorld()
    row = PriceRow(lead_type_id=TYPE_ID, pricing_type=PricingType.FIXED, price_cents=1)
    world.configure(bidder(0, pricing=(row,)).model_copy(update={"payout_percentage": Decimal(55)}))
    world.offer(333)
    lead = next(iter(world.demands.leads.values()))
    assert lead.assignment
    assert lead.assignment.assigned_via is AssignedVia.DEMAND
    assert (lead.assignment.customer_id, lead.assignment.charged_cents) == (customer(1).id, 333)
    assert lead.payout_cents == 183
    entry = next(iter(world.demands.booked.values()))
    assert (entry.event, entry.signed_cents) == (LedgerEvent.LEAD_ASSIGNED, -333)
    assert entry.related == {"lead_id": lead.id}
    assert world.customer().balance_cents == MONEY - 333
    assert world.customer().lifetime_charged_cents == 333


def test_the_flow_of_an_accepted_offer_ends_as_it_begins() -> None:
    world = DemandWorld().minute(3)
    world.offer(500)
    sale = world.demands.sales[0]
    flow = sale.flow
    assert (flow.kind, flow.channel, flow.sold_for_cents) == (
        FlowKind.DEMAND,
        Channel.CUSTOMER,
        500,
    )
    assert flow.recipient
    assert (flow.recipient.customer_id, flow.ended_at) == (customer(1).id, world.clock.at)
    assert (flow.id, flow.lead_id, flow.outcome) == (sale.lead.flow_ids[0], sale.lead.id, None)
    assert [one.event for one in sale.step.timeline] == [EventName.INITIATED, EventName.LEAD]


@pytest.mark.parametrize("demand_id", ["demand_x", numbered("demand", 9)])
def test_an_unknown_demand_is_not_found(demand_id: str) -> None:
    world = DemandWorld()
    with pytest.raises(NotFound):
        world.offer(wanted=demand(id=demand_id))


def test_a_demand_of_another_category_is_not_found() -> None:
    world = DemandWorld()
    world.put(demand(lead_category_id=CategoryId(numbered("category", 9))))
    assert isinstance(refusal(world), NotFound)


def test_a_demand_without_a_customer_is_corrupt() -> None:
    world = DemandWorld()
    world.demands.customers.stored.clear()
    with pytest.raises(CorruptState):
        world.offer()


def test_an_archived_source_is_out_at_once() -> None:
    world = DemandWorld()
    world.configure(bidder(0, archived=True))
    assert isinstance(refusal(world), Unauthorized)


def test_a_source_calls_no_more_often_than_it_may() -> None:
    world = DemandWorld().minute(0.5)
    world.rates.left = 1
    world.offer()
    refused = refusal(world)
    assert isinstance(refused, RateLimited)
    assert refused.retry_after_seconds == 30


def test_a_source_in_test_mode_makes_no_offers() -> None:
    world = DemandWorld()
    world.configure(bidder(0, test_mode=True))
    refused = refusal(world)
    assert isinstance(refused, ValidationFailed)
    assert list(refused.errors) == ["source"]


def test_nothing_is_taken_from_the_moment_of_the_close() -> None:
    world = DemandWorld().minute(120)
    assert (refusal(world).status, refusal(world).code) == (409, "demand_closed")


def test_checks_come_in_their_order() -> None:
    world = DemandWorld()
    bad = {"zip": "0", "email": "x"}
    assert refusal(world, 0, **bad).code == "validation_failed"
    assert refusal(world, 2_501, **bad).code == "offer_above_ceiling"
    refused = refusal(world, 2_500, **bad)
    assert isinstance(refused, ValidationFailed)
    assert sorted(refused.errors) == ["lead.email", "lead.zip"]
    assert refusal(world, 2_500, county="Dallas").code == "criteria_not_met"
    world.cancel()
    assert refusal(world, 0, **bad).code == "demand_closed"


def test_a_lead_is_as_complete_as_a_post_of_its_source() -> None:
    world = DemandWorld()
    refused = refusal(world, zip=None, is_test=True)
    assert isinstance(refused, ValidationFailed)
    assert sorted(refused.errors) == ["lead.is_test", "lead.zip"]
    refused = refusal(world, is_test=True)
    assert isinstance(refused, ValidationFailed)
    assert list(refused.errors) == ["lead.is_test"]


def test_personal_data_of_the_row_are_not_compared() -> None:
    world = DemandWorld()
    assert world.offer(first_name="Bob", email="bob@example.com").status is OfferStatus.PENDING


def test_every_field_that_differs_is_named() -> None:
    world = DemandWorld()
    refused = refusal(world, zip="73301", county=None)
    assert isinstance(refused, ValidationFailed)
    assert sorted(refused.errors) == ["lead.county", "lead.zip"]


def test_an_offer_may_be_attributed_to_a_partner() -> None:
    world = DemandWorld()
    world.configure(bidder(0, partner_id=partner(2).id), partners={partner(1).id: partner(1)})
    world.offer(500, partner_id=partner(1).id)
    assert next(iter(world.demands.leads.values())).partner_id == partner(1).id
    world = DemandWorld()
    with pytest.raises(ValidationFailed) as refused:
        world.offer(500, partner_id=PartnerId(numbered("partner", 9)))
    assert list(refused.value.errors) == ["X-Partner-Id"]


def test_an_archived_customer_buys_nothing() -> None:
    world = DemandWorld().minute(-1)
    world.archive()
    made = world.minute(5).offer(500)
    assert (made.status, made.offer.reason) == ("refused", Outcome.CUSTOMER_ARCHIVED)


def test_the_whole_price_has_to_be_spendable() -> None:
    world = DemandWorld()
    world.put(world.customer().model_copy(update={"held_cents": MONEY - 499}))
    made = world.offer(500)
    assert (made.status, made.offer.reason) == ("refused", Outcome.INSUFFICIENT_FUNDS)
    assert world.offer(499).status is OfferStatus.ACCEPTED


def test_a_duplicate_is_refused_and_claims_nothing() -> None:
    world = DemandWorld()
    world.put(demand(2))
    world.configure(duplicate_checks={"check": duplicate_check()})
    assert world.offer(500).status is OfferStatus.ACCEPTED
    made = world.offer(500, wanted=demand(2))
    assert (made.status, made.offer.reason) == ("refused", Outcome.DUPLICATE)
    assert world.offer(500, wanted=demand(2), email="b@example.com").status == "accepted"


def test_a_lead_without_a_type_is_refused() -> None:
    world = DemandWorld()
    world.configure(lead_types={})
    assert world.offer(500).offer.reason is Outcome.NO_LEAD_TYPE


def test_a_lead_that_waits_for_a_person_is_refused() -> None:
    world = DemandWorld()
    world.configure(audit_conditions={EVERY_LEAD.id: EVERY_LEAD})
    assert world.offer(500).offer.reason is Outcome.AUDIT_CONDITION


def test_at_the_threshold_offers_are_refused() -> None:
    world = DemandWorld()
    world.demands.usage = MemoryPlanUsage.limited(leads=1)
    world.put(demand(2))
    assert world.offer(500).status is OfferStatus.ACCEPTED
    made = world.offer(500, wanted=demand(2))
    assert made.offer.reason is Outcome.SUBSCRIPTION_THRESHOLD
    assert world.demands.usage.standing(TENANT_ID).used.sales_cents == 500


def test_a_threshold_that_gives_way_takes_the_offer() -> None:
    world = DemandWorld()
    settings = world.settled.newest.settings.model_copy(update={"auto_upgrade": True})
    world.configure(settings=settings)
    world.demands.usage = MemoryPlanUsage.limited(leads=1)
    assert world.demands.usage.draws(counted_sale(1), LeadId(numbered("lead", 1)), NOW)
    assert world.offer(500).status is OfferStatus.ACCEPTED


def test_of_several_reasons_the_first_is_told() -> None:
    world = DemandWorld().minute(-1)
    checks, audits = {"check": duplicate_check()}, {EVERY_LEAD.id: EVERY_LEAD}
    world.archive()
    world.put(world.customer().model_copy(update={"balance_cents": 0}))
    world.put(demand(2))
    world.minute(0).configure(duplicate_checks=checks)
    world.put(demand(3, owner=2))
    assert world.offer(500, wanted=demand(3, owner=2)).status is OfferStatus.ACCEPTED
    world.configure(audit_conditions=audits)
    world.demands.usage = MemoryPlanUsage.limited(leads=0)
    told = [world.offer(500).offer.reason]
    world.put(world.customer().model_copy(update={"archived": False, "last_archived_at": None}))
    told.append(world.offer(500).offer.reason)
    world.put(world.customer().model_copy(update={"balance_cents": MONEY}))
    told.append(world.offer(500).offer.reason)
    told.append(world.offer(500, email="b@example.com").offer.reason)
    world.configure(audit_conditions={})
    told.append(world.offer(500, email="b@example.com").offer.reason)
    assert told == [
        "customer_archived",
        "insufficient_funds",
        "duplicate",
        "audit_condition",
        "subscription_threshold",
    ]
    assert world.demand.is_open(world.customer(), world.clock.at)


def test_an_offer_made_during_a_sale_meets_a_closed_demand() -> None:
    world = DemandWorld()
    world.demands.races = [lambda: world.offer(400, by=1)]
    with pytest.raises(Conflict, match="not open"):
        world.offer(500)
    assert [one.price_cents for one in world.demands.made.values()] == [400]
    assert world.customer().balance_cents == MONEY - 400


def test_an_offer_that_would_wait_meets_a_demand_that_was_cancelled() -> None:
    world = DemandWorld()
    world.demands.races = [world.cancel]
    with pytest.raises(Conflict):
        world.offer(1_200)
    assert world.demands.made == {}


def test_money_that_is_gone_at_the_sale_is_missed() -> None:
    world = DemandWorld()
    poor = world.customer().model_copy(update={"balance_cents": 100, "version": 2})
    world.demands.races = [lambda: world.put(poor)]
    assert world.offer(500).offer.reason is Outcome.INSUFFICIENT_FUNDS


def test_whoever_is_always_overtaken_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = DemandWorld()
    monkeypatch.setattr("leadflow.application.demand_desk.TRIES_MAX", 2)
    monkeypatch.setattr(world.demands, "wait", lambda *_: False)
    with pytest.raises(TransientFault):
        world.offer()


@pytest.mark.parametrize(("cents", "write"), [(500, "fill"), (1_200, "wait")])
def test_an_offer_that_was_stored_though_nobody_was_told_is_told_of(
    monkeypatch: pytest.MonkeyPatch, cents: int, write: str
) -> None:
    world = DemandWorld()
    store = getattr(world.demands, write)

    def lost(*given: object) -> object:
        store(*given)
        return Fill.MOVED_ON if write == "fill" else False

    monkeypatch.setattr(world.demands, write, lost)
    made = world.offer(cents)
    assert made.status == ("accepted" if write == "fill" else "pending")
    assert [one.id for one in world.demands.made.values()] == [made.offer.id]
    assert len(world.demands.booked) == (write == "fill")


@pytest.mark.parametrize("cents", [500, 1_200])
def test_a_repeat_is_told_of_the_offer_that_it_made(cents: int) -> None:
    world = DemandWorld()
    first = world.offer(cents, repeat="key")
    again = world.minute(130).offer(cents, repeat="key")
    assert again.offer == first.offer
    assert len(world.demands.made) == 1


def test_a_key_makes_another_offer_a_day_later() -> None:
    world = DemandWorld()
    world.put(demand(closes_at=NOW + timedelta(days=5)))
    world.offer(repeat="key")
    world.minute(24 * 60).offer(repeat="key")
    assert len(world.demands.made) == 2


def test_a_key_cannot_be_used_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadflow.application.offer_on_demand.GENERATIONS_MAX", 0)
    with pytest.raises(Conflict, match="Idempotency-Key"):
        DemandWorld().offer(repeat="key")


def test_the_lead_gets_the_type_that_it_is_classified_into() -> None:
    world = DemandWorld()
    other = WANTED_TYPE.model_copy(update={"id": LeadTypeId(numbered("type", 7))})
    world.configure(lead_types={other.id: other})
    world.offer(500)
    assert next(iter(world.demands.leads.values())).lead_type_id == other.id


def test_numbers_stay_exact_on_their_way() -> None:
    world = DemandWorld()
    category = world.settled.newest.categories[CATEGORY_ID]
    beds = Field(title="beds", type=FieldType.NUMERIC, deliverable=True)
    wider = category.model_copy(update={"fields": (*category.fields, beds)})
    world.configure(categories={CATEGORY_ID: wider})
    world.put(demand(values={"zip": VALUES["zip"], "beds": 2.5}))
    world.offer(500, beds=Decimal("2.50"), county=None)
    assert next(iter(world.demands.leads.values())).details == {"beds": 2.5}
