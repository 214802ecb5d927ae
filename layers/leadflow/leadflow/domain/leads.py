"""Leads and their statuses (`product.md`, 11.1 and 11.3)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from leadflow.domain.assignments import Assignment
from leadflow.domain.enrichment import EnrichedData
from leadflow.domain.errors import Conflict
from leadflow.domain.fields import BASIC_FIELD_TITLES
from leadflow.domain.geography import Location
from leadflow.domain.identifiers import (
    CategoryId,
    FlowId,
    LeadId,
    LeadTypeId,
    PartnerId,
    SourceId,
    SubmissionId,
)
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents
from leadflow.domain.promises import Promise
from leadflow.domain.reservations import Reservation

FieldValues = Mapping[str, str | int | float | bool]
"""Values of a lead by field title, as they were submitted (trimmed)."""


class LeadStatus(StrEnum):
    """The twelve statuses of a lead."""

    PENDING = "pending"
    PROCESSING = "processing"
    ASSIGNED = "assigned"
    POSTED = "posted"
    DUPLICATE = "duplicate"
    RETURNED = "returned"
    UNASSIGNED = "unassigned"
    WITHHELD = "withheld"
    MARKETPLACE = "marketplace"
    AUDIT = "audit"
    UNCATEGORIZED = "uncategorized"
    DISTRIBUTION_ERROR = "distribution_error"


SOLD = frozenset({LeadStatus.ASSIGNED, LeadStatus.POSTED, LeadStatus.RETURNED})
REPROCESSABLE = frozenset(
    {
        LeadStatus.UNASSIGNED,
        LeadStatus.UNCATEGORIZED,
        LeadStatus.PENDING,
        LeadStatus.DISTRIBUTION_ERROR,
    }
)

_S = LeadStatus
_RESTART = {_S.PROCESSING, _S.WITHHELD}
TRANSITIONS: Mapping[LeadStatus, frozenset[LeadStatus]] = {
    _S.PENDING: frozenset(
        {_S.DUPLICATE, _S.UNCATEGORIZED, _S.AUDIT, _S.ASSIGNED, _S.UNASSIGNED, _S.MARKETPLACE}
        | _RESTART
    ),
    _S.PROCESSING: frozenset(
        {_S.ASSIGNED, _S.POSTED, _S.MARKETPLACE, _S.UNASSIGNED, _S.DISTRIBUTION_ERROR}
    ),
    _S.MARKETPLACE: frozenset({_S.ASSIGNED, _S.PROCESSING}),
    _S.ASSIGNED: frozenset({_S.RETURNED}),
    _S.UNASSIGNED: frozenset(_RESTART | {_S.UNCATEGORIZED}),
    _S.DISTRIBUTION_ERROR: frozenset(_RESTART | {_S.UNCATEGORIZED}),
    _S.UNCATEGORIZED: frozenset(_RESTART | {_S.AUDIT, _S.PENDING}),
    _S.AUDIT: frozenset(_RESTART | {_S.UNCATEGORIZED}),
    _S.WITHHELD: frozenset({_S.PROCESSING, _S.UNCATEGORIZED}),
    _S.POSTED: frozenset(),
    _S.DUPLICATE: frozenset(),
    _S.RETURNED: frozenset(),
}
"""Every allowed change of a live lead that is not a test; deletion and test leads are apart."""


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
    search: SearchKeys = SearchKeys()
    enriched: EnrichedData | None = None
    reservation: Reservation | None = None
    tried: tuple[str, ...] = ()
    promise: Promise | None = None
    assignment: Assignment | None = None
    payout_cents: Cents = 0
    ping_id: UUID | None = None
    submission_id: SubmissionId
    flow_ids: tuple[FlowId, ...] = ()

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

    def moved(self, status: LeadStatus, at: datetime, **changes: object) -> "Lead":
        """The lead in its next status and version.

        Raises `Conflict` (`invalid_status`), naming the status and what it allows.
        """
        if status not in TRANSITIONS[self.status]:
            raise invalid_status(self.status)
        return self.changed(at, status=status, **changes)

    def changed(self, at: datetime, **changes: object) -> "Lead":
        """The lead in its next version; its status is `moved`'s to change."""
        return self.model_copy(update={"updated_at": at, "version": self.version + 1} | changes)


def invalid_status(status: LeadStatus) -> Conflict:
    """The refusal of an action that the lead's status does not allow (`product.md`, 11.3)."""
    allowed = ", ".join(sorted(TRANSITIONS[status])) or "nothing"
    return Conflict(f"The lead is {status}, which allows: {allowed}.", code="invalid_status")
