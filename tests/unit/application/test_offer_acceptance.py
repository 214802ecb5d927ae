"""Accepting offers: what the sale changes, and the reasons against it in their order."""

from decimal import Decimal

from leadflow.domain.assignments import AssignedVia
from leadflow.domain.conditions import Row
from leadflow.domain.configuration import AuditCondition
from leadflow.domain.decisions import Outcome
from leadflow.domain.demand_offers import OfferStatus
from leadflow.domain.demands import DemandStatus
from leadflow.domain.fields import Field, FieldType
from leadflow.domain.flows import Channel, EventName, FlowKind
from leadflow.domain.identifiers import LeadId, LeadTypeId
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


def test_money_that_is_gone_at_the_sale_is_missed() -> None:
    world = DemandWorld()
    poor = world.customer().model_copy(update={"balance_cents": 100, "version": 2})
    world.demands.races = [lambda: world.put(poor)]
    assert world.offer(500).offer.reason is Outcome.INSUFFICIENT_FUNDS


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
