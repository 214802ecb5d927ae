"""Which status a lead may have next, on what occasion and by whose doing (`product.md`, 11.3).

The table is here and nowhere else. What it does not list is refused.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from itertools import product

from leadflow.domain.errors import Conflict
from leadflow.domain.model import Frozen
from leadflow.domain.statuses import EDITABLE, REPROCESSABLE, LeadStatus


class Trigger(StrEnum):
    """On what occasion a lead changes its status."""

    ARRIVED = "arrived"
    DUPLICATE_FOUND = "duplicate_found"
    NO_LEAD_TYPE = "no_lead_type"
    LEAD_TYPE_FOUND = "lead_type_found"
    AUDIT_CONDITION = "audit_condition"
    THRESHOLD_REACHED = "threshold_reached"
    DISTRIBUTED = "distributed"
    DEMAND_ACCEPTED = "demand_accepted"
    TEST_TABLE = "test_table"
    SOLD = "sold"
    DELIVERED = "delivered"
    LISTED = "listed"
    PLAN_PASSED = "plan_passed"
    RUN_FAILED = "run_failed"
    BOUGHT = "bought"
    AUCTION_UNSOLD = "auction_unsold"
    RETURNED = "returned"
    RETURN_APPROVED = "return_approved"
    REPROCESSED = "reprocessed"
    RELEASED = "released"
    CAPACITY_FREED = "capacity_freed"
    DELETED = "deleted"


class Cause(StrEnum):
    """By whose doing: a source, the system, a customer's user, or a tenant's with a permission."""

    SOURCE = "source"
    SYSTEM = "system"
    CUSTOMER_USER = "customer_user"
    UPDATE = "leads.update"
    REPROCESS = "leads.reprocess"
    RETURN = "leads.return"
    APPROVE_DISPUTE = "leads.approve-dispute"
    DELETE = "leads.delete"


class Transition(Frozen):
    """One allowed change. Without `before` the lead is new, without `after` it is deleted.

    `of_tests`: it is open to test leads only.
    """

    before: LeadStatus | None
    after: LeadStatus | None
    trigger: Trigger
    causes: frozenset[Cause]
    of_tests: bool = False


_S, _T, _C = LeadStatus, Trigger, Cause

BY_TEST_TABLE = frozenset({_S.ASSIGNED, _S.DUPLICATE, _S.AUDIT, _S.UNASSIGNED, _S.MARKETPLACE})
"""What a test lead can become by the table of `product.md`, 7.6."""

DELETABLE = frozenset(LeadStatus) - {_S.PROCESSING}

_STARTABLE = REPROCESSABLE - {_S.PENDING}


def _rows(
    before: Iterable[LeadStatus | None],
    after: Iterable[LeadStatus | None],
    trigger: Trigger,
    *causes: Cause,
    of_tests: bool = False,
) -> tuple[Transition, ...]:
    """A row of the specification's table, taken apart."""
    return tuple(
        Transition(
            before=old, after=new, trigger=trigger, causes=frozenset(causes), of_tests=of_tests
        )
        for old, new in product(sorted(before, key=_place), sorted(after, key=_place))
    )


def _place(status: LeadStatus | None) -> int:
    return list(LeadStatus).index(status) if status else -1


TABLE: tuple[Transition, ...] = (
    *_rows([None], [_S.PENDING], _T.ARRIVED, _C.SOURCE),
    *_rows([_S.PENDING], [_S.DUPLICATE], _T.DUPLICATE_FOUND, _C.SYSTEM),
    *_rows([_S.PENDING], [_S.UNCATEGORIZED], _T.NO_LEAD_TYPE, _C.SYSTEM, _C.UPDATE),
    *_rows([_S.PENDING], [_S.AUDIT], _T.AUDIT_CONDITION, _C.SYSTEM),
    *_rows([_S.PENDING], [_S.WITHHELD], _T.THRESHOLD_REACHED, _C.SYSTEM),
    *_rows([_S.PENDING], [_S.PROCESSING], _T.DISTRIBUTED, _C.SYSTEM, _C.REPROCESS),
    *_rows([_S.PENDING], [_S.ASSIGNED], _T.DEMAND_ACCEPTED, _C.SOURCE, _C.SYSTEM),
    *_rows([_S.PENDING], BY_TEST_TABLE, _T.TEST_TABLE, _C.SYSTEM, of_tests=True),
    *_rows([_S.PROCESSING], [_S.ASSIGNED], _T.SOLD, _C.SYSTEM),
    *_rows([_S.PROCESSING], [_S.POSTED], _T.DELIVERED, _C.SYSTEM),
    *_rows([_S.PROCESSING], [_S.MARKETPLACE], _T.LISTED, _C.SYSTEM),
    *_rows([_S.PROCESSING], [_S.UNASSIGNED], _T.PLAN_PASSED, _C.SYSTEM),
    *_rows([_S.PROCESSING], [_S.DISTRIBUTION_ERROR], _T.RUN_FAILED, _C.SYSTEM),
    *_rows([_S.MARKETPLACE], [_S.ASSIGNED], _T.BOUGHT, _C.CUSTOMER_USER, _C.SYSTEM),
    *_rows([_S.MARKETPLACE], [_S.PROCESSING], _T.AUCTION_UNSOLD, _C.SYSTEM),
    *_rows([_S.ASSIGNED], [_S.RETURNED], _T.RETURNED, _C.RETURN),
    *_rows([_S.ASSIGNED], [_S.RETURNED], _T.RETURN_APPROVED, _C.APPROVE_DISPUTE),
    *_rows(_STARTABLE, [_S.PROCESSING], _T.REPROCESSED, _C.REPROCESS),
    *_rows(_STARTABLE, [_S.WITHHELD], _T.THRESHOLD_REACHED, _C.REPROCESS),
    *_rows([_S.UNCATEGORIZED], [_S.AUDIT], _T.AUDIT_CONDITION, _C.REPROCESS),
    *_rows([_S.UNCATEGORIZED], [_S.PENDING], _T.LEAD_TYPE_FOUND, _C.UPDATE),
    *_rows([_S.UNASSIGNED, _S.DISTRIBUTION_ERROR], [_S.UNCATEGORIZED], _T.NO_LEAD_TYPE, _C.UPDATE),
    *_rows([_S.AUDIT], [_S.PROCESSING, _S.WITHHELD, _S.UNCATEGORIZED], _T.RELEASED, _C.UPDATE),
    *_rows([_S.WITHHELD], [_S.PROCESSING, _S.UNCATEGORIZED], _T.CAPACITY_FREED, _C.SYSTEM),
    *_rows(REPROCESSABLE, BY_TEST_TABLE, _T.TEST_TABLE, _C.REPROCESS, of_tests=True),
    *_rows(DELETABLE, [None], _T.DELETED, _C.DELETE),
)
"""Every row of the specification's table, in its order."""


def _next_of(status: LeadStatus, *, of_tests: bool) -> frozenset[LeadStatus]:
    rows = (row for row in TABLE if row.before is status and (of_tests or not row.of_tests))
    return frozenset(row.after for row in rows if row.after is not None)


_NEXT: Mapping[bool, Mapping[LeadStatus, frozenset[LeadStatus]]] = {
    is_test: {status: _next_of(status, of_tests=is_test) for status in LeadStatus}
    for is_test in (False, True)
}


def next_statuses(status: LeadStatus, *, is_test: bool = False) -> frozenset[LeadStatus]:
    """What a lead may become, deletion apart."""
    return _NEXT[is_test][status]


def check_status(
    status: LeadStatus, among: Collection[LeadStatus], *, is_test: bool = False
) -> None:
    """Raise `Conflict` (`invalid_status`) unless the status is among those of an action."""
    if status not in among:
        raise invalid_status(status, is_test=is_test)


def invalid_status(status: LeadStatus, *, is_test: bool = False) -> Conflict:
    """The refusal of what the lead's status does not allow; names it and what it does allow."""
    can = [
        ("edit", status in EDITABLE),
        ("reprocess", status in REPROCESSABLE),
        ("delete", status in DELETABLE),
    ]
    follows = ", ".join(sorted(next_statuses(status, is_test=is_test))) or "no other status"
    actions = ", ".join(name for name, is_allowed in can if is_allowed) or "no action"
    detail = f"The lead is {status}, which allows: {follows}; {actions}."
    return Conflict(detail, code="invalid_status")
