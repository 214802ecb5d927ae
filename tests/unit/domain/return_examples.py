"""Leads that were sold to a customer, and requests to return them."""

from datetime import datetime

from leadflow.domain.assignments import AssignedVia, Assignment, ReturnRecord
from leadflow.domain.identifiers import UserId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.returns import ReturnRequest, return_request_id
from tests.builders import lead
from tests.unit.domain.bidding_examples import bid, customer, dollars, minutes

CHARGED = dollars(40)
SOLD_AT = minutes(60)
RECORD = ReturnRecord(returned_by=UserId("user_1"))


def assignment(**changes: object) -> Assignment:
    """The first customer's, won an hour ago with its bid, for $40."""
    base = Assignment(
        customer_id=customer(1).id,
        assigned_via=AssignedVia.BIDDING,
        scope=bid().scope,
        bid_id=bid().id,
        charged_cents=CHARGED,
        assigned_at=SOLD_AT,
    )
    return base.model_copy(update=changes)


def sold(number: int = 0, at: datetime = SOLD_AT, **changes: object) -> Lead:
    """A lead that the first customer won."""
    members = {"status": LeadStatus.ASSIGNED, "assignment": assignment(assigned_at=at)}
    return lead(number, **(members | {"payout_cents": 2_000} | changes))


def return_request(number: int = 0, **changes: object) -> ReturnRequest:
    """The open request of the first customer to return that lead."""
    base = ReturnRequest(
        id=return_request_id(lead(number).id),
        lead_id=lead(number).id,
        customer_id=customer(1).id,
        reason="wrong_number",
        requested_by=UserId("user_2"),
        requested_at=minutes(30),
    )
    return base.model_copy(update=changes)
