"""What sources offer for demands (`product.md`, 14.2 and 14.3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from leadflow.domain.decisions import Outcome
from leadflow.domain.demands import Demand, DemandStatus
from leadflow.domain.errors import Unprocessable, ValidationFailed
from leadflow.domain.fields import Field
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Location
from leadflow.domain.identifiers import (
    DemandId,
    LeadId,
    OfferId,
    PartnerId,
    SourceId,
    derived_identifier,
)
from leadflow.domain.leads import FieldValues
from leadflow.domain.model import Frozen
from leadflow.domain.money import PositiveCents
from leadflow.domain.validation import normal_values
from leadflow.domain.values import NormalValue


class OfferStatus(StrEnum):
    """The statuses of an offer (14.2); none is stored as Lost: that follows from its demand."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LOST = "lost"


class OfferedLead(Frozen):
    """A complete and valid lead that is not one yet."""

    values: FieldValues
    location: Location


class DemandOffer(Frozen):
    """A price, and a lead for it. The lead is kept here only until the offer is decided.

    Version 0 is not stored yet.
    """

    id: OfferId
    demand_id: DemandId
    source_id: SourceId
    partner_id: PartnerId | None = None
    price_cents: PositiveCents
    received_at: datetime
    lead: OfferedLead | None = None
    status: OfferStatus = OfferStatus.PENDING
    reason: Outcome | None = None
    lead_id: LeadId | None = None
    version: int = 0

    @property
    def rank(self) -> str:
        """Its place at the close: the lowest price first, equal ones in order of receipt."""
        return f"{self.price_cents:014d}#{self.received_at:%Y-%m-%dT%H:%M:%S.%f}#{self.id}"

    def status_in(self, status: DemandStatus) -> OfferStatus:
        """The status as it is shown, while the demand is in one of its own."""
        is_lost = self.status is OfferStatus.PENDING and status is not DemandStatus.OPEN
        return OfferStatus.LOST if is_lost else self.status

    def pending(self) -> "DemandOffer":
        """The next version, which waits for the close."""
        return self._changed()

    def accepted(self) -> "DemandOffer":
        """The last version; its lead is one now."""
        return self._changed(
            status=OfferStatus.ACCEPTED, lead=None, lead_id=offered_lead_id(self.id)
        )

    def refused(self, reason: Outcome) -> "DemandOffer":
        """The last version; it created no lead."""
        return self._changed(status=OfferStatus.REFUSED, lead=None, reason=reason)

    def _changed(self, **changes: object) -> "DemandOffer":
        return self.model_copy(update={"version": self.version + 1} | changes)


class CriteriaNotMet(ValidationFailed):
    """The lead is not what the demand asks for; names each field."""

    code = "criteria_not_met"

    def __init__(self, titles: Sequence[str]) -> None:
        errors = {f"lead.{title}": ["This is not what the demand asks for."] for title in titles}
        super().__init__(errors, f"The demand asks for another lead: {', '.join(titles)}.")


def offered_lead_id(offer_id: OfferId) -> LeadId:
    """The one id of the lead that an offer can become."""
    return LeadId(derived_identifier("lead", offer_id))


def check_price(price_cents: int, demand: Demand) -> None:
    """Check what an offer asks for.

    Raises `ValidationFailed` for what is no price, and `Unprocessable` (`offer_above_ceiling`).
    """
    if price_cents <= 0:
        raise ValidationFailed({"price_cents": ["The price must be above 0."]})
    if price_cents > demand.ceiling_cents:
        message = f"The demand takes offers up to {demand.ceiling_cents} cents."
        raise Unprocessable(message, code="offer_above_ceiling")


def check_criteria(
    demand: Demand, normal: Mapping[str, NormalValue], fields: Sequence[Field], formats: Formats
) -> None:
    """Compare a lead in normal form with what is asked for, by the fields of its source (4.4).

    A criterion whose field is gone, or takes no such value any more, is met by nothing. Raises
    `CriteriaNotMet`.
    """
    criteria = demand.criteria
    wanted = normal_values(criteria, fields, formats)
    unmet = [
        title for title in criteria if title not in wanted or wanted[title] != normal.get(title)
    ]
    if unmet:
        raise CriteriaNotMet(unmet)
