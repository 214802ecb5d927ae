"""Judge a wallet by its own rows (`product.md`, 18; contract C2 and C4).

Nothing of what books money is used here, so that one mistake cannot hide another. Rows are looked
at from the newest to the oldest; of all of them only refunds wait for the charge before them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from leadflow.domain.buy_orders import BuyOrder
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId, TransactionId
from leadflow.domain.ledger import Entry, LedgerEvent
from leadflow.domain.model import Frozen

ROWS_MAX = 500_000
"""Rows of one wallet that are looked at, the newest ones; of a longer history the rest is not."""

TOLD_MAX = 20
"""Mismatches of one wallet that are told one by one; all are counted."""


class MismatchKind(StrEnum):
    """What contradicts what: `expected` follows from the rows or orders, `found` is stored."""

    UNREADABLE = "unreadable"
    BALANCE = "balance"
    BALANCE_AFTER = "balance_after"
    SPENDABLE = "spendable"
    HELD_BY_ROWS = "held_by_rows"
    HELD_FOR_ORDERS = "held_for_orders"
    SEQUENCE = "sequence"
    ACCOUNTS = "accounts"
    CHARGE_WITHOUT_LEAD = "charge_without_lead"
    REFUND_WITHOUT_CHARGE = "refund_without_charge"
    LIFETIME_CHARGED = "lifetime_charged"
    LIFETIME_REFUNDED = "lifetime_refunded"
    LIFETIME_DEPOSITS = "lifetime_deposits"


class Mismatch(Frozen):
    """One contradiction in cents, but `sequence`, which is a place among the rows."""

    kind: MismatchKind
    customer_id: CustomerId
    transaction_id: TransactionId | None = None
    expected: int = 0
    found: int = 0


class Judged(Frozen):
    """What came of one wallet. `is_whole`: all of its rows were looked at."""

    rows: int
    is_whole: bool
    told: tuple[Mismatch, ...] = ()
    mismatches: int = 0


_FUNDS, _REVENUE = "funds", "revenue"
_DEPOSITS = (
    LedgerEvent.FUNDS_ADDED,
    LedgerEvent.FUNDS_ADDED_BY_TENANT,
    LedgerEvent.AUTO_RECHARGE,
)
_LIFETIME: Mapping[MismatchKind, tuple[str, Sequence[LedgerEvent]]] = {
    MismatchKind.LIFETIME_CHARGED: ("lifetime_charged_cents", (LedgerEvent.LEAD_ASSIGNED,)),
    MismatchKind.LIFETIME_REFUNDED: ("lifetime_refunded_cents", (LedgerEvent.LEAD_RETURNED,)),
    MismatchKind.LIFETIME_DEPOSITS: ("lifetime_deposits_cents", _DEPOSITS),
}


def judged(customer: Customer, rows: Iterable[Entry], *, rows_max: int = ROWS_MAX) -> Judged:
    """Judge a wallet by its rows, newest first; those booked after it was read may not be in.

    More than `rows_max` are not looked at; then only what the newest ones say is judged.
    """
    running = _Running(customer)
    told: list[Mismatch] = []
    mismatches = 0
    for one in _found(running, islice(rows, rows_max), rows_max):
        mismatches += 1
        told = [*told, one][:TOLD_MAX]
    return Judged(
        rows=running.rows, is_whole=running.is_whole, told=tuple(told), mismatches=mismatches
    )


def held_mismatch(customer: Customer, orders: Iterable[BuyOrder]) -> Mismatch | None:
    """What is held against the customer's open orders, both of the same moment."""
    ordered = sum(order.amount_cents for order in orders)
    if ordered == customer.held_cents:
        return None
    return Mismatch(
        kind=MismatchKind.HELD_FOR_ORDERS,
        customer_id=customer.id,
        expected=ordered,
        found=customer.held_cents,
    )


@dataclass
class _Running:
    """What the rows so far say. `sequence` and `balance` are what the next older row should be."""

    customer: Customer
    rows: int = 0
    sequence: int = field(init=False)
    balance: int = field(init=False)
    summed: int = 0
    held: int = 0
    by_event: Counter[LedgerEvent] = field(default_factory=Counter)
    refunds: dict[str, list[Entry]] = field(default_factory=dict)
    is_whole: bool = False

    def __post_init__(self) -> None:
        self.sequence = self.customer.sequence
        self.balance = self.customer.balance_cents

    def told(
        self, kind: MismatchKind, row: Entry | None, expected: int = 0, found: int = 0
    ) -> Mismatch:
        """A mismatch of this wallet."""
        return Mismatch(
            kind=kind,
            customer_id=self.customer.id,
            transaction_id=row.id if row else None,
            expected=expected,
            found=found,
        )


def _found(running: _Running, rows: Iterable[Entry], rows_max: int) -> Iterator[Mismatch]:
    customer = running.customer
    if not 0 <= customer.held_cents <= customer.balance_cents:
        spendable = customer.balance_cents - customer.held_cents
        yield running.told(MismatchKind.SPENDABLE, None, 0, spendable)
    for row in rows:
        yield from _of_row(running, row)
        _add(running, row)
    running.is_whole = running.rows < rows_max or running.sequence == 0
    if running.is_whole:
        yield from _of_all(running)


def _of_row(running: _Running, row: Entry) -> Iterator[Mismatch]:
    if row.sequence != running.sequence:
        yield running.told(MismatchKind.SEQUENCE, row, running.sequence, row.sequence)
    if row.balance_after_cents != running.balance:
        kind = MismatchKind.BALANCE_AFTER
        yield running.told(kind, row, running.balance, row.balance_after_cents)
    if (row.debit_account, row.credit_account) not in _accounts(row):
        yield running.told(MismatchKind.ACCOUNTS, row, found=row.amount_cents)
    if row.event is LedgerEvent.LEAD_ASSIGNED:
        yield from _of_charge(running, row)
    elif row.event is LedgerEvent.LEAD_RETURNED:
        running.refunds.setdefault(_lead_of(row), []).append(row)


def _of_charge(running: _Running, charge: Entry) -> Iterator[Mismatch]:
    """A charge names a lead; the one refund that follows it, if any, is as high as the charge."""
    if not _lead_of(charge):
        kind = MismatchKind.CHARGE_WITHOUT_LEAD
        yield running.told(kind, charge, found=charge.amount_cents)
    *others, refund = running.refunds.pop(_lead_of(charge), [None])
    # Older ones of the list stand between this charge and its refund's, and so have no charge.
    for one in filter(None, others):
        yield running.told(MismatchKind.REFUND_WITHOUT_CHARGE, one, found=one.amount_cents)
    if refund and refund.amount_cents != charge.amount_cents:
        kind = MismatchKind.REFUND_WITHOUT_CHARGE
        yield running.told(kind, refund, charge.amount_cents, refund.amount_cents)


def _of_all(running: _Running) -> Iterator[Mismatch]:
    """What only the whole history can say."""
    customer = running.customer
    if running.sequence != 0:
        yield running.told(MismatchKind.SEQUENCE, None, 0, running.sequence)
    if running.summed != customer.balance_cents:
        kind = MismatchKind.BALANCE
        yield running.told(kind, None, running.summed, customer.balance_cents)
    if running.held != customer.held_cents:
        yield running.told(MismatchKind.HELD_BY_ROWS, None, running.held, customer.held_cents)
    for refunds in running.refunds.values():
        for one in refunds:
            yield running.told(MismatchKind.REFUND_WITHOUT_CHARGE, one, found=one.amount_cents)
    for kind, (member, events) in _LIFETIME.items():
        expected, found = sum(running.by_event[one] for one in events), getattr(customer, member)
        if expected != found:
            yield running.told(kind, None, expected, found)


def _add(running: _Running, row: Entry) -> None:
    """Take a row into what is known; the next one is compared with this one."""
    moved = {
        name: row.amount_cents * ((row.credit_account == name) - (row.debit_account == name))
        for name in (f"wallet:{row.customer_id}", f"held:{row.customer_id}")
    }
    running.rows += 1
    running.sequence = row.sequence - 1
    running.balance = row.balance_after_cents - sum(moved.values())
    running.summed += sum(moved.values())
    running.held += moved[f"held:{row.customer_id}"]
    running.by_event[row.event] += row.amount_cents


def _lead_of(row: Entry) -> str:
    return row.related.get("lead_id", "")


def _accounts(row: Entry) -> Sequence[tuple[str, str]]:
    """Between which accounts a row of that event may move money: debit, then credit."""
    wallet, held = f"wallet:{row.customer_id}", f"held:{row.customer_id}"
    if row.event in _DEPOSITS:
        return ((_FUNDS, wallet),)
    return {
        LedgerEvent.FUNDS_SUBTRACTED_BY_TENANT: ((wallet, _FUNDS),),
        LedgerEvent.LEAD_ASSIGNED: ((wallet, _REVENUE), (held, _REVENUE)),
        LedgerEvent.LEAD_RETURNED: ((_REVENUE, wallet),),
        LedgerEvent.PLACED_BUY_ORDER: ((wallet, held),),
        LedgerEvent.CANCELED_BUY_ORDER: ((held, wallet),),
        LedgerEvent.RELEASED_BUY_ORDER: ((held, wallet),),
    }[row.event]
