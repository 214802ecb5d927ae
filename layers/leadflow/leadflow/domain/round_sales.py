"""What changes when a Round Robin stage hands out a lead (`product.md`, 15.3)."""

from datetime import datetime
from typing import NamedTuple

from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.customers import Customer
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.ledger import Entry
from leadflow.domain.return_tiers import TierLadder
from leadflow.domain.sales import charged
from leadflow.domain.sources import Source


class HandedOut(NamedTuple):
    """Lead and customer as they are after the sale; no entry when nothing is charged."""

    lead: Lead
    customer: Customer
    entry: Entry | None


def handed_out(
    lead: Lead,
    source: Source,
    customer: Customer,
    price_cents: int,
    now: datetime,
    *,
    ladder: TierLadder,
) -> HandedOut:
    """Assign the lead to a customer at the flat price; its caps and budgets do not count it."""
    description = "Lead assigned by round robin."
    buyer, entry = charged(lead, customer, price_cents, now, description=description, ladder=ladder)
    assignment = Assignment(
        customer_id=customer.id,
        assigned_via=AssignedVia.ROUND_ROBIN,
        charged_cents=price_cents,
        assigned_at=now,
    )
    payout = source.payout_cents(lead.lead_type_id, price_cents)
    assigned = lead.moved(
        LeadStatus.ASSIGNED, now, assignment=assignment, payout_cents=payout, reservation=None
    )
    return HandedOut(assigned, buyer, entry)
