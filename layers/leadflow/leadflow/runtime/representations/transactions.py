"""Transactions over HTTP (`api.md`, 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from leadflow.domain.ledger import LedgerEvent, TransactionState
from leadflow.domain.model import Frozen

if TYPE_CHECKING:
    from leadflow.domain.ledger import Entry


class TransactionBody(Frozen):
    """One row of a wallet's history; the amount is negative when money left."""

    object: Literal["transaction"] = "transaction"
    id: str
    customer_id: str
    event: LedgerEvent
    amount_cents: int
    balance_after_cents: int
    description: str
    receipt_url: str | None
    state: TransactionState
    related: Mapping[str, str]
    created_at: datetime


def transaction_body(entry: Entry) -> TransactionBody:
    """The body of a transaction."""
    return TransactionBody(
        id=entry.id,
        customer_id=entry.customer_id,
        event=entry.event,
        amount_cents=entry.signed_cents,
        balance_after_cents=entry.balance_after_cents,
        description=entry.description,
        receipt_url=entry.receipt_url,
        state=entry.state,
        related=entry.related,
        created_at=entry.created_at,
    )
