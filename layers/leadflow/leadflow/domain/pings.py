"""Pings: what a source asked, and what it was answered (`product.md`, 8.2, 8.4, 15.7)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from leadflow.domain.fields import Field
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import (
    FlowId,
    LeadId,
    LeadTypeId,
    SourceId,
    StageId,
    SubmissionId,
)
from leadflow.domain.leads import FieldValues
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents
from leadflow.domain.posts import (
    PING_EXPIRED,
    PING_MISMATCH,
    PING_NOT_FOUND,
    PingReferenceFailed,
)
from leadflow.domain.promises import PingOffer, Promise
from leadflow.domain.reservations import PartnerOffer
from leadflow.domain.validation import normal_values
from leadflow.domain.values import NormalValue


class PingStatus(StrEnum):
    """How far a ping came."""

    PENDING = "pending"
    MATCHED = "matched"
    NO_MATCH = "no_match"
    REJECTED = "rejected"
    ERROR = "error"


class PingMessage(StrEnum):
    """What a source is told of its ping."""

    MATCH_FOUND = "Match found"
    NO_MATCH_FOUND = "No match found"
    DUPLICATE = "Duplicate"
    REJECTED = "Rejected"


PING_STATUSES: Mapping[PingMessage, PingStatus] = {
    PingMessage.MATCH_FOUND: PingStatus.MATCHED,
    PingMessage.NO_MATCH_FOUND: PingStatus.NO_MATCH,
    PingMessage.DUPLICATE: PingStatus.REJECTED,
    PingMessage.REJECTED: PingStatus.REJECTED,
}


class Ping(Frozen):
    """An answered ping. It is good for one post, until `expires_at`.

    `digest` is what equal pings of a source share. `stage_id` names the stage that would take the
    lead, `price_cents` is the payout told to a vendor. `lead_type_id` is the type that the ping
    was classified into. `is_error`: the plan broke off. `used_by` is the lead of the post that
    used it up.
    """

    id: UUID
    source_id: SourceId
    flow_id: FlowId
    submission_id: SubmissionId
    digest: str
    received_at: datetime
    expires_at: datetime
    message: PingMessage
    is_error: bool = False
    is_test: bool = False
    values: FieldValues
    lead_type_id: LeadTypeId | None = None
    plan_version: int
    stage_id: StageId | None = None
    price_cents: Cents = 0
    offers: tuple[PingOffer, ...] = ()
    offers_count: int = 0
    partner_offers: tuple[PartnerOffer, ...] = ()
    used_by: LeadId | None = None
    version: int = 1

    @property
    def status(self) -> PingStatus:
        """How far it came."""
        return PingStatus.ERROR if self.is_error else PING_STATUSES[self.message]

    def answers_again(self, now: datetime) -> bool:
        """Whether an equal ping gets this answer."""
        return self.used_by is None and now < self.expires_at

    def used(self, lead_id: LeadId) -> "Ping":
        """The ping in its next version, used up by a post."""
        return self.model_copy(update={"used_by": lead_id, "version": self.version + 1})

    def erased(self) -> "Ping":
        """The ping without its values and their digest."""
        changes = {"values": {}, "digest": "", "version": self.version + 1}
        return self.model_copy(update=changes) if self.values else self

    def promise(self, bid_id: UUID | None, lead_type_id: LeadTypeId | None) -> Promise | None:
        """What a post of this lead type may claim: the named offer, else the best.

        None if nothing was offered. An offer lapses where the lead type has changed (15.8).
        """
        chosen = next((one for one in self.offers if bid_id in {None, one.id}), None)
        if chosen is None or self.stage_id is None:
            return None
        return Promise(
            stage_id=self.stage_id,
            offer=chosen,
            lead_type_matches=lead_type_id == self.lead_type_id,
            better=self.offers[: self.offers.index(chosen)],
            partner_offers=self.partner_offers,
            offers_count=self.offers_count,
        )


def check_reference(
    ping: Ping | None,
    source_id: SourceId,
    normal: Mapping[str, NormalValue],
    *,
    fields: Sequence[Field],
    formats: Formats,
    now: datetime,
) -> Ping:
    """The ping that a post names, in the order of the checks of 8.4.

    Raises `PingReferenceFailed`: unknown, another source's or used; expired; other data.
    """
    if ping is None or ping.source_id != source_id or ping.used_by is not None:
        raise PingReferenceFailed(PING_NOT_FOUND, code="ping_not_found")
    if now >= ping.expires_at:
        raise PingReferenceFailed(PING_EXPIRED, code="ping_expired")
    asked = normal_values(ping.values, fields, formats)
    if any(normal.get(title) != value for title, value in asked.items()):
        raise PingReferenceFailed(PING_MISMATCH, code="ping_mismatch")
    return ping


def ping_digest(normal: Mapping[str, NormalValue], *, is_test: bool) -> str:
    """A digest that two pings of one source share exactly if all their field values are equal."""
    parts = [(title, _spelled(normal[title])) for title in sorted(normal)]
    return hashlib.sha256(json.dumps([parts, is_test]).encode()).hexdigest()


def _spelled(value: NormalValue) -> str | bool:
    """One spelling for equal numbers, to their last digit (`normalize` rounds to 28 of them)."""
    if not isinstance(value, Decimal):
        return value
    text = f"{abs(value) if value.is_zero() else value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
