"""What changes when somebody gets a lead, computed before anything is stored (`product.md`, 15)."""

from datetime import datetime
from typing import NamedTuple

from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.bids import Bid
from leadflow.domain.contenders import BidContender
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import FlowId, LeadId, TransactionId, derived_identifier
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.ledger import Entry, LedgerEvent, post
from leadflow.domain.reservations import PartnerOffer
from leadflow.domain.return_tiers import TierLadder
from leadflow.domain.sources import Source


class Booked(NamedTuple):
    """Lead, bid and customer as they are after the sale; no entry when nothing is charged."""

    lead: Lead
    bid: Bid
    customer: Customer
    entry: Entry | None


def booked(
    lead: Lead,
    source: Source,
    contender: BidContender,
    charged_cents: int,
    now: datetime,
    *,
    ladder: TierLadder,
) -> Booked:
    """Assign the lead to the winning bid and charge for it; it counts against its limits."""
    buyer = contender.customer
    counted = buyer.model_copy(update={"usage": buyer.usage.with_win(now, charged_cents)})
    description = "Lead assigned by bidding."
    customer, entry = charged(
        lead, counted, charged_cents, now, description=description, ladder=ladder
    )
    assignment = Assignment(
        customer_id=customer.id,
        assigned_via=AssignedVia.BIDDING,
        scope=contender.bid.scope,
        bid_id=contender.bid.id,
        charged_cents=charged_cents,
        assigned_at=now,
    )
    payout = source.payout_cents(lead.lead_type_id, charged_cents)
    assigned = lead.moved(
        LeadStatus.ASSIGNED, now, assignment=assignment, payout_cents=payout, reservation=None
    )
    return Booked(assigned, _won(contender.bid, charged_cents, now), customer, entry)


def posted(
    lead: Lead, source: Source, offer: PartnerOffer, via: AssignedVia, now: datetime
) -> Lead:
    """The lead once a partner has taken it; the partner owes its offer outside the wallets."""
    assignment = Assignment(
        partner_id=offer.partner_id,
        assigned_via=via,
        charged_cents=offer.amount_cents,
        assigned_at=now,
    )
    payout = source.payout_cents(lead.lead_type_id, offer.amount_cents)
    return lead.moved(
        LeadStatus.POSTED, now, assignment=assignment, payout_cents=payout, reservation=None
    )


def sale_transaction_id(flow_id: FlowId, lead_id: LeadId) -> TransactionId:
    """The one id that a sale of this lead by this flow can have, so that none is booked twice."""
    return TransactionId(derived_identifier("txn", f"{flow_id}#{lead_id}"))


def _won(bid: Bid, charged_cents: int, now: datetime) -> Bid:
    return bid.model_copy(
        update={
            "usage": bid.usage.with_win(now, charged_cents),
            "last_won_at": now,
            "version": bid.version + 1,
            "updated_at": now,
        }
    )


def charged(
    lead: Lead,
    customer: Customer,
    charged_cents: int,
    now: datetime,
    *,
    description: str,
    ladder: TierLadder,
) -> tuple[Customer, Entry | None]:
    """The customer once it has paid for a lead, in the return tier that this leads to.

    There is no entry when nothing is charged.
    """
    if charged_cents == 0:
        return customer.model_copy(update={"version": customer.version + 1}), None
    posting = post(
        customer,
        LedgerEvent.LEAD_ASSIGNED,
        -charged_cents,
        transaction_id=sale_transaction_id(lead.flow_ids[-1], lead.id),
        description=description,
        at=now,
        related={"lead_id": lead.id},
    )
    return ladder.placed(posting.customer), posting.entry
