"""Repeats of a request after its answer was lost: they meet what the first one has made."""

from datetime import datetime, timedelta

from leadflow.domain.identifiers import LeadId, TransactionId, derived_identifier

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


def is_repeatable(created_at: datetime, now: datetime) -> bool:
    """Whether a request now may still be a repeat of the one that made something then."""
    return now - created_at < REPEATABLE_FOR
