"""The sale of a lead that was offered for a demand (`product.md`, 14.3; F7, F9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from leadflow.application.demand_ports import DemandSale
from leadflow.application.flow_heads import flow_head, told_of
from leadflow.application.intake import Verdict, search_keys
from leadflow.application.ports import Claim
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.demand_offers import DemandOffer, offered_lead_id
from leadflow.domain.demands import Demand, DemandStatus
from leadflow.domain.flows import Channel, EventName, Flow, FlowKind, FlowStep, Recipient
from leadflow.domain.identifiers import FlowId, derived_identifier
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.money import round_half_up, share
from leadflow.domain.sales import charged
from leadflow.domain.sources import Source
from leadflow.domain.validation import ValidLead, storable


@dataclass(frozen=True, kw_only=True)
class Accepting:
    """An offer that is to be accepted, with all that this is decided on."""

    demand: Demand
    customer: Customer
    offer: DemandOffer
    source: Source
    configuration: Configuration
    valid: ValidLead
    verdict: Verdict
    claims: Sequence[Claim]
    now: datetime


def demand_sale(accepting: Accepting, lead_uuid: UUID) -> DemandSale:
    """All that the sale changes. Raises `Unprocessable` (`insufficient_funds`)."""
    demand, offer, now = accepting.demand, accepting.offer, accepting.now
    lead = _lead(accepting, lead_uuid)
    customer, entry = charged(
        lead,
        accepting.customer,
        offer.price_cents,
        now,
        ladder=accepting.configuration.ladder,
        description="Lead bought by a demand.",
    )
    return DemandSale(
        demand=demand.ended(DemandStatus.FILLED, now),
        offer=offer.accepted(),
        lead=lead,
        claims=accepting.claims,
        customer=customer,
        entries=tuple(filter(None, (entry,))),
        flow=_flow(accepting, lead),
        step=_step(lead, now),
    )


def _lead(accepting: Accepting, lead_uuid: UUID) -> Lead:
    """The lead as it is received, counted and assigned, all at this moment."""
    offer, valid, now = accepting.offer, accepting.valid, accepting.now
    return Lead(
        id=offered_lead_id(offer.id),
        lead_uuid=lead_uuid,
        status=LeadStatus.ASSIGNED,
        source_id=offer.source_id,
        partner_id=offer.partner_id,
        lead_category_id=accepting.source.lead_category_id,
        lead_type_id=accepting.verdict.lead_type_id,
        received_at=now,
        updated_at=now,
        values=storable(valid.values),
        location=valid.location,
        search=search_keys(valid),
        assignment=Assignment(
            customer_id=accepting.customer.id,
            assigned_via=AssignedVia.DEMAND,
            charged_cents=offer.price_cents,
            assigned_at=now,
        ),
        payout_cents=round_half_up(share(offer.price_cents, accepting.source.payout_percentage)),
        demand_id=offer.demand_id,
        offer_id=offer.id,
        flow_ids=(FlowId(derived_identifier("flow", offer.id)),),
        is_counted=True,
        fingerprints=tuple(claim.fingerprint for claim in accepting.claims),
    )


def _flow(accepting: Accepting, lead: Lead) -> Flow:
    """A flow without attempts, which ends as it begins."""
    now = accepting.now
    head = flow_head(lead, FlowKind.DEMAND, accepting.configuration.plan, now)
    ending = {
        "ended_at": now,
        "sold_for_cents": accepting.offer.price_cents,
        "recipient": Recipient(customer_id=accepting.customer.id),
        "channel": Channel.CUSTOMER,
    }
    return head.model_copy(update=ending)


def _step(lead: Lead, now: datetime) -> FlowStep:
    events = {
        EventName.INITIATED: "An accepted demand offer opened the flow.",
        EventName.LEAD: f"The lead was stored as {lead.status}.",
    }
    return FlowStep(number=0, timeline=told_of(lead, events, None, now))
