"""Take a lead back from its customer (`product.md`, 11.7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from leadflow.application.auction_ports import BidBook, Customers
from leadflow.application.caller_scope import CallerScope
from leadflow.application.contention import Overtaken, until_done
from leadflow.application.list_ports import LeadReader
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.application.request_members import Text
from leadflow.application.return_ports import ReturnRequests, Returns
from leadflow.application.stored_lead import stored_lead
from leadflow.domain.assignments import Assignment, ReturnRecord
from leadflow.domain.bids import Bid
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import CustomerId, TenantId, UserId
from leadflow.domain.leads import Lead
from leadflow.domain.model import Request
from leadflow.domain.repeats import is_repeat, repeat_mark
from leadflow.domain.returns import (
    ReturnDecision,
    ReturnRequest,
    ReturnStatus,
    check_reason,
    returnable,
    returned,
)

RETURNS_MAX = 40
"""Tries of one return while others keep changing the same lead, request, wallet or bid."""
_WAIT_SECONDS_MAX = 0.3

Stored = TypeVar("Stored")


class ReturnForm(Request):
    """Why a lead is taken back."""

    reason: str | None = None
    note: Text | None = None


def until_stored(attempt: Callable[[], Stored]) -> Stored:
    """Try until nobody is in the way. Raises `TransientFault` when somebody always was."""
    return until_done(attempt, tries=RETURNS_MAX, wait_seconds_max=_WAIT_SECONDS_MAX)


@dataclass(frozen=True, kw_only=True)
class TakeBack:
    """Books one return: refund, room in the limits, status, and a request that it settles."""

    configuration: ConfigurationReader
    customers: Customers
    book: BidBook
    returns: Returns

    def __call__(
        self,
        tenant_id: TenantId,
        lead: Lead,
        record: ReturnRecord,
        request: ReturnRequest | None,
        now: datetime,
    ) -> Lead:
        """The lead as it is afterwards; `request` is the next version of the one that is settled.

        Raises `Conflict` (`invalid_status`, `test_lead`), and `Overtaken` when anything has
        changed since it was read.
        """
        owner, assignment = returnable(lead)
        customer = self.customers.many(tenant_id, [owner]).get(owner)
        if customer is None:
            raise CorruptState("The customer of an assigned lead is missing.")
        bid = self._bid(tenant_id, owner, assignment)
        ladder = self.configuration.current(tenant_id).ladder
        after = returned(lead, customer, bid, record, now, ladder=ladder)
        after = after._replace(request=request)
        if not self.returns.book(tenant_id, after):
            raise Overtaken("The lead, or its customer's wallet, stayed contended.")
        return after.lead

    def _bid(self, tenant_id: TenantId, owner: CustomerId, assignment: Assignment) -> Bid | None:
        """The bid that won the lead, archived or not."""
        return self.book.get(tenant_id, owner, assignment.bid_id) if assignment.bid_id else None


@dataclass(frozen=True, kw_only=True)
class ReturnLead:
    """The action with its ports."""

    configuration: ConfigurationReader
    leads: LeadReader
    requests: ReturnRequests
    take_back: TakeBack
    clock: Clock

    def __call__(
        self, scope: CallerScope, lead_id: str, form: ReturnForm, repeat: str | None = None
    ) -> Lead:
        """Return a lead on behalf of its customer; an open request of it becomes Approved.

        `repeat` names the HTTP request, if it may be repeated: a repeat meets the lead as the
        first one left it. Raises `NotFound`, `ValidationFailed` (`reason`, `note`), and `Conflict`
        (`invalid_status`, `test_lead`).
        """
        return until_stored(partial(self._once, scope, lead_id, form, repeat))

    def _once(self, scope: CallerScope, lead_id: str, form: ReturnForm, repeat: str | None) -> Lead:
        lead, now = stored_lead(self.leads, scope.tenant_id, lead_id), self.clock.now()
        if _was_returned_by(lead, repeat, now):
            return lead
        settings = self.configuration.current(scope.tenant_id).settings
        check_reason(form.reason, form.note, settings)
        actor = UserId(scope.actor)
        record = ReturnRecord(
            reason=form.reason, note=form.note, returned_by=actor, repeat=repeat_mark(repeat)
        )
        decision = ReturnDecision(decided_by=actor, decided_at=now)
        settled = self._settled(scope.tenant_id, lead, decision)
        return self.take_back(scope.tenant_id, lead, record, settled, now)

    def _settled(
        self, tenant_id: TenantId, lead: Lead, decision: ReturnDecision
    ) -> ReturnRequest | None:
        """The lead's request once it is approved; None without one that is open."""
        known = lead.return_request_id
        request = self.requests.get(tenant_id, known) if known else None
        is_open = request is not None and request.is_open
        return request.decided(ReturnStatus.APPROVED, decision) if request and is_open else None


def _was_returned_by(lead: Lead, repeat: str | None, now: datetime) -> bool:
    record, assignment = lead.return_record, lead.assignment
    at = assignment.returned_at if assignment else None
    return record is not None and at is not None and is_repeat(record.repeat, repeat, at, now)
