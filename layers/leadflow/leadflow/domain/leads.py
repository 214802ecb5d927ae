"""Leads (`product.md`, 11); `transitions` says what status may follow which."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import Field

from leadflow.domain.assignments import Assignment, ReturnRecord
from leadflow.domain.enrichment import EnrichedData
from leadflow.domain.fields import BASIC_FIELD_TITLES
from leadflow.domain.geography import Location
from leadflow.domain.identifiers import (
    CategoryId,
    DemandId,
    FlowId,
    LeadId,
    LeadTypeId,
    OfferId,
    PartnerId,
    ReturnRequestId,
    SourceId,
    SubmissionId,
)
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents
from leadflow.domain.promises import Promise
from leadflow.domain.reservations import Reservation
from leadflow.domain.statuses import BEFORE_AUDIT, REPROCESSABLE, SOLD, LeadStatus
from leadflow.domain.transitions import invalid_status, next_statuses

__all__ = [
    "BEFORE_AUDIT",
    "REPROCESSABLE",
    "SOLD",
    "FieldValues",
    "Lead",
    "LeadStatus",
    "SearchKeys",
    "invalid_status",
    "search_keys_of",
]

FieldValues = Mapping[str, str | int | float | bool]
"""Values of a lead by field title, as they were submitted (trimmed)."""


class SearchKeys(Frozen):
    """What a lead is found by: contact data in normal form, the name in lower case."""

    email: str | None = None
    phone: str | None = None
    name: str | None = None


def search_keys_of(values: Mapping[str, object], normal: Mapping[str, object]) -> SearchKeys:
    """What a lead is found by: its values, and those of e-mail and phone in normal form."""
    name = " ".join(str(values.get(part, "")) for part in ("first_name", "last_name"))
    return SearchKeys(
        email=_text(normal.get("email")),
        phone=_text(normal.get("phone")),
        name=" ".join(name.split()).casefold() or None,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


class Lead(Frozen):
    """A lead; `version` grows by one with every change and guards every write.

    `reservation` keeps it for a partner that is being posted to. `tried` names candidates that
    failed in the newest flow: none of them is tried again. `promise` is what its ping promised.
    `run_began_at` is when it was distributed again, `passed_audit` whether it had passed gate 6
    (11.2) before it became Pending or Uncategorized, `is_counted` whether plan usage has it (19.2).
    It came by a submission, or by the offer for a demand. `fingerprints` are those that it claimed.
    """

    id: LeadId
    lead_uuid: UUID
    status: LeadStatus
    is_test: bool = False
    version: int = 1
    source_id: SourceId
    partner_id: PartnerId | None = None
    lead_category_id: CategoryId
    lead_type_id: LeadTypeId | None = None
    received_at: datetime
    updated_at: datetime
    values: FieldValues
    location: Location
    search: SearchKeys = Field(default_factory=SearchKeys)
    enriched: EnrichedData | None = None
    reservation: Reservation | None = None
    tried: tuple[str, ...] = ()
    promise: Promise | None = None
    assignment: Assignment | None = None
    return_request_id: ReturnRequestId | None = None
    return_record: ReturnRecord | None = None
    payout_cents: Cents = 0
    ping_id: UUID | None = None
    submission_id: SubmissionId | None = None
    demand_id: DemandId | None = None
    offer_id: OfferId | None = None
    flow_ids: tuple[FlowId, ...] = ()
    run_began_at: datetime | None = None
    passed_audit: bool = False
    is_counted: bool = False
    fingerprints: tuple[str, ...] = ()

    @property
    def sold(self) -> bool:
        """Whether the lead counts as sold (F1)."""
        return self.status in SOLD

    @property
    def contact(self) -> FieldValues:
        """The basic fields that have a value."""
        return {title: self.values[title] for title in BASIC_FIELD_TITLES if title in self.values}

    @property
    def details(self) -> FieldValues:
        """The custom fields of category and source that have a value."""
        return {
            title: value for title, value in self.values.items() if title not in BASIC_FIELD_TITLES
        }

    @property
    def honored(self) -> bool | None:
        """Whether the promise of its ping was kept; None without one, or while it is open."""
        return self.promise.kept if self.promise else None

    @property
    def run_started_at(self) -> datetime:
        """When it was handed to its newest run: on arrival, or when it was distributed again."""
        return self.run_began_at or self.received_at

    @property
    def has_passed_audit(self) -> bool:
        """Whether it has passed gate 6 once, or a person has let it pass (11.2, 11.6)."""
        return self.passed_audit or self.status not in BEFORE_AUDIT

    def moved(self, status: LeadStatus, at: datetime, **changes: object) -> "Lead":
        """The lead in its next status and version.

        Raises `Conflict` (`invalid_status`), naming the status and what it allows.
        """
        if status not in next_statuses(self.status, is_test=self.is_test):
            raise invalid_status(self.status, is_test=self.is_test)
        if status in BEFORE_AUDIT:
            changes["passed_audit"] = self.has_passed_audit
        return self.changed(at, status=status, **changes)

    def changed(self, at: datetime, **changes: object) -> "Lead":
        """The lead in its next version; its status is `moved`'s to change."""
        return self.model_copy(update={"updated_at": at, "version": self.version + 1} | changes)
