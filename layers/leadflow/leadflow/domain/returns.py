"""Leads that are given back, and customers' requests for it (`product.md`, 11.7 and 20.1)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from leadflow.domain.assignments import AssignedVia, Assignment, ReturnRecord
from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, CorruptState, Unprocessable, ValidationFailed
from leadflow.domain.identifiers import (
    CustomerId,
    LeadId,
    ReturnRequestId,
    TransactionId,
    UserId,
    derived_identifier,
)
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.ledger import Entry, LedgerEvent, post
from leadflow.domain.limits import Usage
from leadflow.domain.model import Frozen
from leadflow.domain.return_tiers import TierLadder
from leadflow.domain.revisions import revised
from leadflow.domain.settings import OTHER_REASON, TenantSettings
from leadflow.domain.transitions import check_status

RETURNABLE = frozenset({LeadStatus.ASSIGNED})
"""Posted leads were delivered out of the platform and stay there."""


class ReturnStatus(StrEnum):
    """What became of a return request."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"


class ReturnDecision(Frozen):
    """Who approved or denied a request; `repeat` names the HTTP request, if it may be repeated."""

    decided_by: UserId
    decided_at: datetime
    note: str | None = None
    repeat: str | None = None


class ReturnRequest(Frozen):
    """A customer's wish to give a lead back; `version` grows by one with every change."""

    id: ReturnRequestId
    lead_id: LeadId
    customer_id: CustomerId
    status: ReturnStatus = ReturnStatus.PENDING
    reason: str
    note: str | None = None
    requested_by: UserId
    requested_at: datetime
    repeat: str | None = None
    decision: ReturnDecision | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.status is ReturnStatus.PENDING

    def decided(self, status: ReturnStatus, decision: ReturnDecision) -> "ReturnRequest":
        """The request once it is approved or denied. Raises `Conflict` if it was before."""
        if not self.is_open:
            raise Conflict(f"The return request is {self.status} already.")
        return self.model_copy(
            update={"status": status, "decision": decision, "version": self.version + 1}
        )

    def erased(self) -> "ReturnRequest":
        """The request without what people wrote; its reason is one of the tenant's."""
        decision = self.decision and self.decision.model_copy(update={"note": None})
        wiped = self.model_copy(update={"note": None, "decision": decision})
        return self if wiped == self else wiped.model_copy(update={"version": self.version + 1})


class Returned(NamedTuple):
    """All that a return changes, as it is afterwards; None where nothing changes."""

    lead: Lead
    customer: Customer | None = None
    bid: Bid | None = None
    entry: Entry | None = None
    request: ReturnRequest | None = None


def return_request_id(lead_id: LeadId) -> ReturnRequestId:
    """The one id that a request for this lead can have, so that there is never a second one."""
    return ReturnRequestId(derived_identifier("return", lead_id))


def return_transaction_id(lead_id: LeadId) -> TransactionId:
    """The one id that the refund of this lead can have, so that none is booked twice."""
    return TransactionId(derived_identifier("txn", f"return#{lead_id}"))


def check_reason(reason: str | None, note: str | None, settings: TenantSettings) -> None:
    """Raise `ValidationFailed` for a reason that the tenant does not have, or lacks its note."""
    if reason is not None and reason not in settings.return_reasons:
        known = ", ".join(settings.return_reasons)
        raise ValidationFailed({"reason": [f"This must be one of: {known}."]})
    if reason == OTHER_REASON and note is None:
        raise ValidationFailed({"note": [f"The reason {OTHER_REASON} needs a note."]})


def returnable(lead: Lead) -> tuple[CustomerId, Assignment]:
    """Who has the lead, and how it came there.

    Raises `Conflict`: `test_lead`, or `invalid_status` unless it is Assigned.
    """
    if lead.is_test:
        raise Conflict("Test leads cannot be returned.", code="test_lead")
    check_status(lead.status, RETURNABLE)
    if lead.assignment is None or lead.assignment.customer_id is None:
        raise CorruptState("An assigned lead has no customer.")
    return lead.assignment.customer_id, lead.assignment


def check_requestable(lead: Lead, window_days: int, now: datetime) -> None:
    """Check that a customer may ask to return the lead now.

    The window ends so many days, of 24 hours, after the assignment, its last moment included; one
    of 0 days is closed. Raises `Conflict` (`return_already_requested`, or as `returnable` does)
    and `Unprocessable` (`return_window_closed`).
    """
    if lead.return_request_id is not None:
        message = "The return of this lead has been requested before."
        raise Conflict(message, code="return_already_requested")
    _, assignment = returnable(lead)
    until = assignment.assigned_at + timedelta(days=window_days)
    if window_days == 0 or now > until:
        message = f"A return can be requested within {window_days} days after the assignment."
        raise Unprocessable(message, code="return_window_closed")


def with_request(lead: Lead, request: ReturnRequest) -> Lead:
    """The lead once its return is requested."""
    return lead.changed(request.requested_at, return_request_id=request.id)


def returned(
    lead: Lead,
    customer: Customer,
    bid: Bid | None,
    record: ReturnRecord,
    now: datetime,
    *,
    ladder: TierLadder,
) -> Returned:
    """Give the lead back: full refund, room in the limits that it was won under, status Returned.

    `customer` has the lead, `bid` won it (None: it came by another route). The customer keeps its
    access and the source its payout; its return tier is found again. Raises as `returnable` does.
    """
    _, assignment = returnable(lead)
    given_back = lead.moved(
        LeadStatus.RETURNED,
        now,
        assignment=assignment.model_copy(update={"returned_at": now}),
        return_record=record,
    )
    refunded, entry = _refunded(customer, lead.id, assignment, record, now)
    roomier = revised(bid, now, usage=_with_room(bid.usage, assignment, now)) if bid else None
    return Returned(
        lead=given_back,
        customer=None if refunded is customer else ladder.placed(refunded),
        bid=None if roomier is bid else roomier,
        entry=entry,
    )


def _refunded(
    customer: Customer,
    lead_id: LeadId,
    assignment: Assignment,
    record: ReturnRecord,
    now: datetime,
) -> tuple[Customer, Entry | None]:
    """The customer with its money back, and the entry; none when nothing had been charged."""
    usage = _with_room(customer.usage, assignment, now)
    if assignment.charged_cents == 0:
        return revised(customer, now, usage=usage), None
    posting = post(
        customer.model_copy(update={"usage": usage}),
        LedgerEvent.LEAD_RETURNED,
        assignment.charged_cents,
        transaction_id=return_transaction_id(lead_id),
        description=f"Lead returned: {record.reason}." if record.reason else "Lead returned.",
        at=now,
        related={"lead_id": lead_id},
    )
    return posting.customer, posting.entry


def _with_room(usage: Usage, assignment: Assignment, now: datetime) -> Usage:
    """The usage without the lead; only leads won by bidding count at all (`product.md`, 12.5)."""
    if assignment.assigned_via is not AssignedVia.BIDDING:
        return usage
    return usage.with_return(assignment.assigned_at, now, assignment.charged_cents)
