"""Repeats of a request after its answer was lost: they meet what the first one has made."""

from datetime import datetime, timedelta

from leadflow.domain.identifiers import FlowId, JobId, LeadId, TransactionId, derived_identifier

REPEATABLE_FOR = timedelta(hours=24)
"""How long a request with an `Idempotency-Key` counts as a repeat (`product.md`, 3.4)."""

GENERATIONS_MAX = 1_000
"""How often one caller may use the same key: once a day for almost three years."""


def derived_transaction_id(request: str, generation: int) -> TransactionId:
    """The id of the transaction that a request makes.

    `request` names caller, method, path and key. After `REPEATABLE_FOR` the same request means a
    new transaction: that of the next generation, counted from 0.
    """
    return TransactionId(derived_identifier("txn", f"{generation}#{request}"))


def derived_lead_id(request: str, generation: int) -> LeadId:
    """The id of the lead that a request makes; generations are counted as for transactions."""
    return LeadId(derived_identifier("lead", f"{generation}#{request}"))


def derived_flow_id(request: str, generation: int) -> FlowId:
    """The id of the flow that a request opens; generations are counted as for transactions."""
    return FlowId(derived_identifier("flow", f"{generation}#{request}"))


def derived_job_id(request: str, generation: int) -> JobId:
    """The id of the job that a request makes; generations are counted as for transactions."""
    return JobId(derived_identifier("job", f"{generation}#{request}"))


def is_repeatable(created_at: datetime, now: datetime) -> bool:
    """Whether a request now may still be a repeat of the one that made something then."""
    return now - created_at < REPEATABLE_FOR


def repeat_mark(request: str | None) -> str | None:
    """What a request leaves on what it has changed, so that a repeat knows it; None without a key.

    `request` names caller, method, path and key.
    """
    return None if request is None else derived_identifier("repeat", request)


def is_repeat(mark: str | None, request: str | None, at: datetime, now: datetime) -> bool:
    """Whether a request now repeats the one that left the mark then."""
    return mark is not None and mark == repeat_mark(request) and is_repeatable(at, now)
