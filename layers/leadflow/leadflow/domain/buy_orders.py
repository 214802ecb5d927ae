"""Buy orders, and the money that is held for them (`product.md`, 13.4 and 18.1).

A hold is moved within the wallet, from what may be spent to what is set aside: the balance stays.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from leadflow.domain.auction_listings import StandingOrder
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Unprocessable
from leadflow.domain.identifiers import (
    AuctionId,
    CustomerId,
    LeadId,
    OrderId,
    TransactionId,
    derived_identifier,
)
from leadflow.domain.ledger import (
    Account,
    Entry,
    LedgerEvent,
    Posting,
    held_account,
    wallet_account,
)
from leadflow.domain.model import Frozen
from leadflow.domain.money import PositiveCents
from leadflow.domain.return_tiers import TierLadder


class OrderStatus(StrEnum):
    """What became of a buy order; while it is active its amount is held."""

    ACTIVE = "active"
    WON = "won"
    CANCELED = "canceled"
    RELEASED = "released"


class BuyOrder(Frozen):
    """An order to buy a lead once its price has fallen to an amount.

    `repeat` names the HTTP request that placed or raised it, if that may be repeated.
    """

    id: OrderId
    auction_id: AuctionId
    customer_id: CustomerId
    amount_cents: PositiveCents
    status: OrderStatus = OrderStatus.ACTIVE
    placed_at: datetime
    updated_at: datetime
    repeat: str | None = None
    version: int = 1

    @property
    def standing(self) -> StandingOrder:
        """The order as its auction knows it."""
        return StandingOrder(
            order_id=self.id, customer_id=self.customer_id, amount_cents=self.amount_cents
        )

    @property
    def related(self) -> Mapping[str, str]:
        """What its rows in the ledger name."""
        return {"order_id": self.id, "auction_id": self.auction_id}

    def raised(self, amount_cents: int, now: datetime, repeat: str | None) -> "BuyOrder":
        """The next version, with another amount."""
        return self._changed(now, amount_cents=amount_cents, repeat=repeat)

    def ended(self, status: OrderStatus, now: datetime) -> "BuyOrder":
        """The last version."""
        return self._changed(now, status=status)

    def _changed(self, now: datetime, **changes: object) -> "BuyOrder":
        return self.model_copy(update={"version": self.version + 1, "updated_at": now} | changes)


def placed(customer: Customer, order: BuyOrder, held_cents: int, now: datetime) -> Posting:
    """Hold so much for the version of an order, more than for the one before.

    Raises `Unprocessable` (`insufficient_funds`) when less is spendable.
    """
    if held_cents > customer.spendable_cents:
        told = f"The wallet has {customer.spendable_cents} spendable cents."
        raise Unprocessable(told, code="insufficient_funds")
    entry = Entry(
        id=_hold_id(f"{order.id}#placed#{order.version}"),
        customer_id=customer.id,
        sequence=customer.sequence + 1,
        event=LedgerEvent.PLACED_BUY_ORDER,
        debit_account=wallet_account(customer.id),
        credit_account=held_account(customer.id),
        amount_cents=held_cents,
        balance_after_cents=customer.balance_cents,
        description="Buy order placed.",
        related=order.related,
        created_at=now,
    )
    return _posting(customer, entry, held=held_cents)


def freed(customer: Customer, order: BuyOrder, event: LedgerEvent, now: datetime) -> Posting:
    """Give back what is held for an order: it was canceled, or has lost its purpose.

    Both have the one id that the end of the order's hold can have, so there is only one of them.
    """
    words = "canceled" if event is LedgerEvent.CANCELED_BUY_ORDER else "released"
    entry = Entry(
        id=_hold_id(f"{order.id}#ended"),
        customer_id=customer.id,
        sequence=customer.sequence + 1,
        event=event,
        debit_account=held_account(customer.id),
        credit_account=wallet_account(customer.id),
        amount_cents=order.amount_cents,
        balance_after_cents=customer.balance_cents,
        description=f"Buy order {words}.",
        related=order.related,
        created_at=now,
    )
    return _posting(customer, entry, held=-order.amount_cents)


def converted(
    customer: Customer,
    order: BuyOrder,
    lead_id: LeadId,
    transaction_id: TransactionId,
    now: datetime,
    *,
    ladder: TierLadder,
) -> Posting:
    """Turn what is held for a winning order into its charge; what may be spent stays."""
    charged = order.amount_cents
    paid = customer.model_copy(
        update={
            "balance_cents": customer.balance_cents - charged,
            "lifetime_charged_cents": customer.lifetime_charged_cents + charged,
        }
    )
    entry = Entry(
        id=transaction_id,
        customer_id=customer.id,
        sequence=customer.sequence + 1,
        event=LedgerEvent.LEAD_ASSIGNED,
        debit_account=held_account(customer.id),
        credit_account=Account.REVENUE,
        amount_cents=charged,
        balance_after_cents=paid.balance_cents,
        description="Lead assigned by a buy order.",
        related={"lead_id": lead_id, **order.related},
        created_at=now,
    )
    return _posting(ladder.placed(paid), entry, held=-charged)


def _hold_id(movement: str) -> TransactionId:
    return TransactionId(derived_identifier("txn", movement))


def _posting(customer: Customer, entry: Entry, *, held: int) -> Posting:
    moved = customer.model_copy(
        update={
            "held_cents": customer.held_cents + held,
            "sequence": entry.sequence,
            "version": customer.version + 1,
            "updated_at": entry.created_at,
        }
    )
    return Posting(customer=moved, entry=entry)
