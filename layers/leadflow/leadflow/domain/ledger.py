"""The ledger: immutable transfers between two accounts, in whole cents (`product.md`, 18).

A customer's wallet is money that the tenant owes to that customer. Every entry moves one positive
amount from a debit account to a credit account, so each sums to zero over its accounts. Seen from
the wallet, a credit raises the balance and a debit lowers it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field as Bound

from leadflow.domain.customers import Customer
from leadflow.domain.errors import Unprocessable
from leadflow.domain.identifiers import CustomerId, TransactionId
from leadflow.domain.model import Frozen
from leadflow.domain.money import CENTS_MAX, PositiveCents

DEPOSIT_CENTS_MIN = 100
"""The least deposit (`product.md`, 18.2)."""


class LedgerEvent(StrEnum):
    """Why money moved."""

    FUNDS_ADDED = "FUNDS_ADDED"
    FUNDS_ADDED_BY_TENANT = "FUNDS_ADDED_BY_TENANT"
    AUTO_RECHARGE = "AUTO_RECHARGE"
    FUNDS_SUBTRACTED_BY_TENANT = "FUNDS_SUBTRACTED_BY_TENANT"
    LEAD_ASSIGNED = "LEAD_ASSIGNED"
    LEAD_RETURNED = "LEAD_RETURNED"
    PLACED_BUY_ORDER = "PLACED_BUY_ORDER"
    CANCELED_BUY_ORDER = "CANCELED_BUY_ORDER"
    RELEASED_BUY_ORDER = "RELEASED_BUY_ORDER"


class Account(StrEnum):
    """The tenant's own accounts, the other side of every wallet."""

    FUNDS = "funds"
    REVENUE = "revenue"


_OTHER_SIDE = {
    LedgerEvent.FUNDS_ADDED_BY_TENANT: Account.FUNDS,
    LedgerEvent.FUNDS_SUBTRACTED_BY_TENANT: Account.FUNDS,
    LedgerEvent.LEAD_ASSIGNED: Account.REVENUE,
    LedgerEvent.LEAD_RETURNED: Account.REVENUE,
}
_DEPOSITS = frozenset({LedgerEvent.FUNDS_ADDED_BY_TENANT})


class TransactionState(StrEnum):
    """A row is complete once its effects are all booked."""

    PENDING = "pending"
    COMPLETED = "completed"


class Entry(Frozen):
    """One row of the ledger; `sequence` is its place in the wallet's history, from 1, no gaps."""

    id: TransactionId
    customer_id: CustomerId
    sequence: int
    event: LedgerEvent
    debit_account: str
    credit_account: str
    amount_cents: PositiveCents
    balance_after_cents: Annotated[int, Bound(ge=0, le=CENTS_MAX)]
    description: str
    receipt_url: str | None = None
    related: Mapping[str, str] = {}
    state: TransactionState = TransactionState.COMPLETED
    created_at: datetime

    @property
    def signed_cents(self) -> int:
        """The amount as the wallet sees it: negative when it left, or was set aside."""
        is_credit = self.credit_account == wallet_account(self.customer_id)
        return self.amount_cents if is_credit else -self.amount_cents


class Posting(Frozen):
    """A wallet after a movement, with the row that explains it."""

    customer: Customer
    entry: Entry


def wallet_account(customer_id: CustomerId) -> str:
    """The name of a customer's wallet among the accounts."""
    return f"wallet:{customer_id}"


def held_account(customer_id: CustomerId) -> str:
    """The name of what is set aside in a customer's wallet; its balance holds both."""
    return f"held:{customer_id}"


def post(
    customer: Customer,
    event: LedgerEvent,
    signed_cents: int,
    *,
    transaction_id: TransactionId,
    description: str,
    at: datetime,
    related: Mapping[str, str] | None = None,
    receipt_url: str | None = None,
) -> Posting:
    """Move money into (positive) or out of (negative) a wallet.

    Raises `Unprocessable` (`insufficient_funds`) when more would leave than is spendable, and
    `validation_failed` is the caller's to raise for amounts out of bounds.
    """
    if signed_cents < 0 and -signed_cents > customer.spendable_cents:
        raise Unprocessable(
            f"The wallet has {customer.spendable_cents} spendable cents.",
            code="insufficient_funds",
        )
    moved = _moved(customer, event, signed_cents, at)
    wallet, other = wallet_account(customer.id), _OTHER_SIDE[event].value
    debit, credit = (other, wallet) if signed_cents > 0 else (wallet, other)
    entry = Entry(
        id=transaction_id,
        customer_id=customer.id,
        sequence=moved.sequence,
        event=event,
        debit_account=debit,
        credit_account=credit,
        amount_cents=abs(signed_cents),
        balance_after_cents=moved.balance_cents,
        description=description,
        receipt_url=receipt_url,
        related=related or {},
        created_at=at,
    )
    return Posting(customer=moved, entry=entry)


def _moved(customer: Customer, event: LedgerEvent, signed_cents: int, at: datetime) -> Customer:
    charged = -signed_cents if event is LedgerEvent.LEAD_ASSIGNED else 0
    refunded = signed_cents if event is LedgerEvent.LEAD_RETURNED else 0
    deposited = signed_cents if event in _DEPOSITS else 0
    return customer.model_copy(
        update={
            "balance_cents": customer.balance_cents + signed_cents,
            "lifetime_charged_cents": customer.lifetime_charged_cents + charged,
            "lifetime_refunded_cents": customer.lifetime_refunded_cents + refunded,
            "lifetime_deposits_cents": customer.lifetime_deposits_cents + deposited,
            "sequence": customer.sequence + 1,
            "version": customer.version + 1,
            "updated_at": at,
        }
    )
