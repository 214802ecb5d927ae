"""Return requests of customers: made once a lead, approved or denied (`product.md`, 20.1)."""

from dataclasses import dataclass
from functools import partial

from leadflow.application.caller_scope import CallerScope
from leadflow.application.contention import Overtaken
from leadflow.application.list_ports import LeadReader
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.application.request_members import Text
from leadflow.application.return_lead import TakeBack, until_stored
from leadflow.application.return_ports import ReturnRequests
from leadflow.application.stored_lead import stored_lead
from leadflow.domain.assignments import ReturnRecord
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import CustomerId, ReturnRequestId, UserId, is_identifier
from leadflow.domain.leads import Lead
from leadflow.domain.model import Request
from leadflow.domain.repeats import is_repeat, repeat_mark
from leadflow.domain.returns import (
    ReturnDecision,
    ReturnRequest,
    ReturnStatus,
    check_reason,
    check_requestable,
    return_request_id,
    with_request,
)


class ReturnRequestForm(Request):
    """Why a customer wants to give a lead back."""

    reason: str
    note: Text | None = None


class DecisionForm(Request):
    """What the customer is told with a decision."""

    note: Text | None = None


def one_request(requests: ReturnRequests, scope: CallerScope, request_id: str) -> ReturnRequest:
    """A request by the id of a path. Raises `NotFound`, also for another customer's."""
    known = is_identifier("return", request_id)
    request = requests.get(scope.tenant_id, ReturnRequestId(request_id)) if known else None
    if request is None or scope.own not in {None, request.customer_id}:
        raise NotFound
    return request


@dataclass(frozen=True, kw_only=True)
class RequestReturn:
    """The customer's action with its ports."""

    configuration: ConfigurationReader
    leads: LeadReader
    requests: ReturnRequests
    clock: Clock

    def __call__(
        self, scope: CallerScope, lead_id: str, form: ReturnRequestForm, repeat: str | None = None
    ) -> ReturnRequest:
        """Ask for the return of a lead; a repeat of the HTTP request meets what it has made.

        Raises `NotFound` for a lead that the customer does not have, `ValidationFailed`
        (`reason`, `note`), `Conflict` (`return_already_requested`, `invalid_status`) and
        `Unprocessable` (`return_window_closed`).
        """
        return until_stored(partial(self._once, scope, lead_id, form, repeat))

    def _once(
        self, scope: CallerScope, lead_id: str, form: ReturnRequestForm, repeat: str | None
    ) -> ReturnRequest:
        lead, now = stored_lead(self.leads, scope.tenant_id, lead_id), self.clock.now()
        owner = _owner_of(lead, scope)
        made = self._made(scope, lead)
        if made and is_repeat(made.repeat, repeat, made.requested_at, now):
            return made
        settings = self.configuration.current(scope.tenant_id).settings
        check_reason(form.reason, form.note, settings)
        check_requestable(lead, settings.return_window_days, now)
        request = ReturnRequest(
            id=return_request_id(lead.id),
            lead_id=lead.id,
            customer_id=owner,
            reason=form.reason,
            note=form.note,
            requested_by=UserId(scope.actor),
            requested_at=now,
            repeat=repeat_mark(repeat),
        )
        if not self.requests.open(scope.tenant_id, with_request(lead, request), request):
            raise Overtaken("The lead stayed contended.")
        return request

    def _made(self, scope: CallerScope, lead: Lead) -> ReturnRequest | None:
        known = lead.return_request_id
        return self.requests.get(scope.tenant_id, known) if known else None


@dataclass(frozen=True, kw_only=True)
class DecideReturnRequest:
    """The tenant's actions with their ports."""

    leads: LeadReader
    requests: ReturnRequests
    take_back: TakeBack
    clock: Clock

    def approve(
        self, scope: CallerScope, request_id: str, form: DecisionForm, repeat: str | None = None
    ) -> ReturnRequest:
        """Return the lead and approve the request, together.

        Raises `NotFound`, also for a lead that has been deleted, and `Conflict` for a request
        that is decided; a repeat of the HTTP request meets its decision.
        """
        verdict = ReturnStatus.APPROVED
        return until_stored(partial(self._once, scope, request_id, verdict, form, repeat))

    def deny(
        self, scope: CallerScope, request_id: str, form: DecisionForm, repeat: str | None = None
    ) -> ReturnRequest:
        """Leave the lead with its customer. Raises as `approve` does."""
        verdict = ReturnStatus.DENIED
        return until_stored(partial(self._once, scope, request_id, verdict, form, repeat))

    def _once(
        self,
        scope: CallerScope,
        request_id: str,
        verdict: ReturnStatus,
        form: DecisionForm,
        repeat: str | None,
    ) -> ReturnRequest:
        request, now = one_request(self.requests, scope, request_id), self.clock.now()
        last = request.decision
        is_same = last is not None and is_repeat(last.repeat, repeat, last.decided_at, now)
        if is_same and request.status is verdict:
            return request
        decision = ReturnDecision(
            decided_by=UserId(scope.actor),
            decided_at=now,
            note=form.note,
            repeat=repeat_mark(repeat),
        )
        decided = request.decided(verdict, decision)
        self._store(scope, decided, decision)
        return decided

    def _store(self, scope: CallerScope, decided: ReturnRequest, decision: ReturnDecision) -> None:
        if decided.status is ReturnStatus.APPROVED:
            lead = stored_lead(self.leads, scope.tenant_id, decided.lead_id)
            record = ReturnRecord(
                reason=decided.reason, note=decision.note, returned_by=decision.decided_by
            )
            self.take_back(scope.tenant_id, lead, record, decided, decision.decided_at)
        elif not self.requests.decide(scope.tenant_id, decided):
            raise Overtaken("The return request stayed contended.")


def _owner_of(lead: Lead, scope: CallerScope) -> CustomerId:
    """The calling customer, if it has the lead. Raises `NotFound`."""
    owner = lead.assignment.customer_id if lead.assignment else None
    if owner is None or owner != scope.own:
        raise NotFound
    return owner
