"""Identifiers derived from what a transaction is about, so that a repeat meets the first one."""

import hashlib
from datetime import datetime, timedelta

from leadflow.domain.identifiers import TransactionId

REPEATABLE_FOR = timedelta(hours=24)
"""How long a request with an `Idempotency-Key` counts as a repeat (`product.md`, 3.4)."""

GENERATIONS_MAX = 1_000
"""How often one caller may move money with the same key: once a day for almost three years."""

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_BITS_PER_DIGIT = 5
_ID_DIGITS = 26


def derived_transaction_id(request: str, generation: int) -> TransactionId:
    """The id of the transaction that a request makes.

    `request` names caller, method, path and key. After `REPEATABLE_FOR` the same request means a
    new transaction: that of the next generation, counted from 0.
    """
    digest = hashlib.sha256(f"{generation}#{request}".encode()).digest()
    number = int.from_bytes(digest)
    digits = (number >> _BITS_PER_DIGIT * place & 31 for place in range(_ID_DIGITS))
    return TransactionId("txn_" + "".join(_DIGITS[digit] for digit in digits))


def is_repeatable(created_at: datetime, now: datetime) -> bool:
    """Whether a request now may still be a repeat of the one that made a transaction then."""
    return now - created_at < REPEATABLE_FOR
