"""Return requests over HTTP (`api.md`, 4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from leadflow.domain.model import Frozen
from leadflow.domain.returns import ReturnStatus

if TYPE_CHECKING:
    from leadflow.domain.returns import ReturnRequest


class ReturnRequestBody(Frozen):
    """A return request; `decision_note` is what the customer is told with the decision."""

    object: Literal["return_request"] = "return_request"
    id: str
    lead_id: str
    customer_id: str
    status: ReturnStatus
    reason: str
    note: str | None
    created_at: datetime
    decided_at: datetime | None
    decision_note: str | None


def return_request_body(request: ReturnRequest) -> ReturnRequestBody:
    """The body of a return request; who asked and who decided stays with the tenant's records."""
    decision = request.decision
    return ReturnRequestBody(
        id=request.id,
        lead_id=request.lead_id,
        customer_id=request.customer_id,
        status=request.status,
        reason=request.reason,
        note=request.note,
        created_at=request.requested_at,
        decided_at=decision.decided_at if decision else None,
        decision_note=decision.note if decision else None,
    )
