"""Wallets: add and remove funds, show balance and transactions (`product.md`, 18)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from leadflow.application.bidding_access import has_paid_for_access
from leadflow.application.caller_scope import CallerScope, existing
from leadflow.application.customer_ports import CustomerStore, Wallets
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory, Page, Window
from leadflow.application.request_members import AmountCents, Text, WebAddress
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, Unprocessable, ValidationFailed
from leadflow.domain.identifiers import CustomerId, TransactionId
from leadflow.domain.ledger import DEPOSIT_CENTS_MIN, Entry, LedgerEvent, Posting, post
from leadflow.domain.model import Request
from leadflow.domain.money import CENTS_MAX
from leadflow.domain.repeats import (
    GENERATIONS_MAX,
    derived_transaction_id,
    is_repeatable,
)
from leadflow.domain.settings import BiddingSettings


class Withdrawal(Request):
    """Money to take out of a wallet."""

    amount_cents: AmountCents
    description: Text
    receipt_url: WebAddress | None = None


class Deposit(Withdrawal):
    """Money to put into a wallet."""

    amount_cents: Annotated[int, Field(ge=DEPOSIT_CENTS_MIN, le=CENTS_MAX)]


@dataclass(frozen=True)
class Wallet:
    """A wallet as it is now, in the tenant's currency."""

    customer: Customer
    currency: str


@dataclass(frozen=True, kw_only=True)
class ManageWallets:
    """The actions with their ports."""

    configuration: ConfigurationReader
    customers: CustomerStore
    wallets: Wallets
    clock: Clock
    ids: IdFactory

    def deposit(
        self, scope: CallerScope, customer_id: str, funds: Deposit, repeat: str | None = None
    ) -> Entry:
        """Add funds. `repeat` names the request if it may be repeated, see `transaction_ids`.

        Raises `NotFound`, and `ValidationFailed` for more than a wallet may hold.
        """
        bidding = self.configuration.current(scope.tenant_id).settings.bidding

        def add(customer: Customer, transaction_id: TransactionId) -> Posting:
            if customer.balance_cents + funds.amount_cents > CENTS_MAX:
                message = f"A wallet holds at most {CENTS_MAX} cents."
                raise ValidationFailed({"amount_cents": [message]})
            event = LedgerEvent.FUNDS_ADDED_BY_TENANT
            posting = self._post(customer, event, funds.amount_cents, funds, transaction_id)
            return _with_access(posting, bidding)

        return self._move(scope, customer_id, funds, repeat, add)

    def withdraw(
        self, scope: CallerScope, customer_id: str, funds: Withdrawal, repeat: str | None = None
    ) -> Entry:
        """Remove funds. Raises `NotFound` and `Unprocessable` (`insufficient_funds`)."""

        def remove(customer: Customer, transaction_id: TransactionId) -> Posting:
            event = LedgerEvent.FUNDS_SUBTRACTED_BY_TENANT
            return self._post(customer, event, -funds.amount_cents, funds, transaction_id)

        return self._move(scope, customer_id, funds, repeat, remove)

    def wallet(self, scope: CallerScope, customer_id: str) -> Wallet:
        """A wallet. Raises `NotFound`."""
        customer = self._customer(scope, customer_id)
        return Wallet(customer, self.configuration.current(scope.tenant_id).tenant.currency)

    def transactions(self, scope: CallerScope, customer_id: str, window: Window) -> Page[Entry]:
        """A wallet's transactions, newest first. Raises `NotFound`."""
        customer = self._customer(scope, customer_id)
        return self.wallets.entries(scope.tenant_id, customer.id, window)

    def _customer(self, scope: CallerScope, customer_id: str) -> Customer:
        return existing(self.customers.get(scope.tenant_id, scope.customer(customer_id)))

    def _post(
        self,
        customer: Customer,
        event: LedgerEvent,
        signed_cents: int,
        funds: Withdrawal,
        transaction_id: TransactionId,
    ) -> Posting:
        return post(
            customer,
            event,
            signed_cents,
            transaction_id=transaction_id,
            description=funds.description,
            receipt_url=funds.receipt_url,
            at=self.clock.now(),
        )

    def _move(
        self,
        scope: CallerScope,
        customer_id: str,
        funds: Withdrawal,
        repeat: str | None,
        posting: Callable[[Customer, TransactionId], Posting],
    ) -> Entry:
        owner = scope.customer(customer_id)
        if repeat is None:
            found, transaction_id = None, TransactionId(self.ids.new("txn"))
        else:
            found, transaction_id = self._first(scope, owner, repeat)
        entry = found or self.wallets.move(
            scope.tenant_id, owner, lambda customer: posting(customer, transaction_id)
        )
        _check_same(entry, funds)
        return entry

    def _first(
        self, scope: CallerScope, owner: CustomerId, repeat: str
    ) -> tuple[Entry | None, TransactionId]:
        """The entry that the request has made already, if it has, and the id for it."""
        now = self.clock.now()
        for generation in range(GENERATIONS_MAX):
            transaction_id = derived_transaction_id(repeat, generation)
            entry = self.wallets.entry(scope.tenant_id, owner, transaction_id)
            if entry is None or is_repeatable(entry.created_at, now):
                return entry, transaction_id
        raise Conflict("This Idempotency-Key has been used too often; take another one.")


def _with_access(posting: Posting, bidding: BiddingSettings) -> Posting:
    """Access that deposits have opened is noted down, for it is never taken back."""
    if not has_paid_for_access(posting.customer, bidding):
        return posting
    granted = posting.customer.model_copy(update={"can_access_bidding": True})
    return posting.model_copy(update={"customer": granted})


def _check_same(entry: Entry, funds: Withdrawal) -> None:
    """A repeat asks for what was booked; a key with another body is a mistake of the caller."""
    booked = (abs(entry.signed_cents), entry.description, entry.receipt_url)
    if booked != (funds.amount_cents, funds.description, funds.receipt_url):
        message = "The Idempotency-Key was used for another request."
        raise Unprocessable(message, code="idempotency_key_reused")
