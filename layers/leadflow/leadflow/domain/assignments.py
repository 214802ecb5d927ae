"""Who has a lead, and by which route it came there (`product.md`, 11.4)."""

from datetime import datetime
from enum import StrEnum

from leadflow.domain.identifiers import BidId, CustomerId, PartnerId
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
