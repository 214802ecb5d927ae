"""Sources: who sends leads, and what they are owed (`product.md`, 7)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from leadflow.domain.fields import Field
from leadflow.domain.identifiers import CategoryId, LeadTypeId, PartnerId, SourceId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents, Percentage, round_half_up, share


class SourceType(StrEnum):
    """Own lead generation, or purchased leads."""

    INTERNAL = "internal"
    VENDOR = "vendor"


class PricingType(StrEnum):
    """`fixed`: owed for every lead sold; `fallback`: only where no offer set the price."""

    FIXED = "fixed"
    FALLBACK = "fallback"


class Result(StrEnum):
    """What a status means to the source."""

    SUCCESS = "success"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


_REJECTED = (
    LeadStatus.AUDIT,
    LeadStatus.UNASSIGNED,
    LeadStatus.UNCATEGORIZED,
    LeadStatus.DISTRIBUTION_ERROR,
)
DEFAULT_STATUS_RESPONSES: Mapping[LeadStatus, Result] = (
    dict.fromkeys(LeadStatus, Result.SUCCESS)
    | dict.fromkeys(_REJECTED, Result.REJECTED)
    | {LeadStatus.DUPLICATE: Result.DUPLICATE}
)


class PriceRow(Frozen):
    """What a source is owed for leads of one type."""

    lead_type_id: LeadTypeId
    pricing_type: PricingType
    price_cents: Cents


class RetiredToken(Frozen):
    """A replaced bearer token, which stays good until it expires."""

    token_hash: str
    expires_at: datetime


class SourceCredentials(Frozen):
    """Digests of a source's secrets, kept so that they can be revoked."""

    key_hash: str
    token_hash: str
    retired: tuple[RetiredToken, ...] = ()


class Source(Frozen):
    """A sender of leads. Without `credentials` it can send none: it is archived."""

    id: SourceId
    name: str
    lead_category_id: CategoryId
    type: SourceType
    payout_percentage: Percentage = Decimal(100)
    test_mode: bool = False
    partner_id: PartnerId | None = None
    fields: tuple[Field, ...] = ()
    pricing: tuple[PriceRow, ...] = ()
    status_responses: Mapping[LeadStatus, Result] = DEFAULT_STATUS_RESPONSES
    credentials: SourceCredentials | None = None
    archived: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime

    def result(self, status: LeadStatus) -> Result:
        """What the source is told about a lead in this status (`product.md`, 7.5)."""
        return self.status_responses[status]

    def payout_cents(self, lead_type_id: LeadTypeId | None, charged_cents: int) -> int:
        """What is owed for a lead sold to a bid, a partner or by round robin, in cents (F9)."""
        for row in self.pricing:
            if row.lead_type_id == lead_type_id and row.pricing_type is PricingType.FIXED:
                return row.price_cents
        return round_half_up(share(charged_cents, self.payout_percentage))
