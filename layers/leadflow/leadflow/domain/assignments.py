"""Who has a lead, by which route it came there, and why it was given back (`product.md`, 11.4)."""

from datetime import datetime
from enum import StrEnum

from leadflow.domain.identifiers import BidId, CustomerId, PartnerId, UserId
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents
from leadflow.domain.scopes import Scope


class AssignedVia(StrEnum):
    """The route by which a buyer got a lead."""

    BIDDING = "bidding"
    PARTNER = "partner"
    ROUND_ROBIN = "round_robin"
    MARKETPLACE = "marketplace"
    DEMAND = "demand"


class Assignment(Frozen):
    """Who has a lead, by which route, and what it was charged (cents)."""

    customer_id: CustomerId | None = None
    partner_id: PartnerId | None = None
    assigned_via: AssignedVia
    scope: Scope | None = None
    bid_id: BidId | None = None
    charged_cents: Cents
    assigned_at: datetime
    returned_at: datetime | None = None


class ReturnRecord(Frozen):
    """Who returned a lead and why; `repeat` names the HTTP request, if that may be repeated."""

    reason: str | None = None
    note: str | None = None
    returned_by: UserId
    repeat: str | None = None
