"""A wallet's rows are judged apart from what books them."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.buy_orders import BuyOrder, converted, freed, placed
from leadflow.domain.identifiers import AuctionId, LeadId, OrderId, TransactionId
from leadflow.domain.ledger import Entry, LedgerEvent, Posting, post
from leadflow.domain.return_tiers import NO_TIERS
from leadflow.domain.wallet_audit import (
    TOLD_MAX,
    Judged,
    Mismatch,
    MismatchKind,
    held_mismatch,
    judged,
)
from tests.unit.domain.bidding_examples import NOW, customer

ORDER = BuyOrder(
    id=OrderId("order_1"),
    auction_id=AuctionId("auction_1"),
    customer_id=customer().id,
    amount_cents=300,
    placed_at=NOW,
    updated_at=NOW,
)
ADDED, TAKEN = LedgerEvent.FUNDS_ADDED_BY_TENANT, LedgerEvent.FUNDS_SUBTRACTED_BY_TENANT
CHARGE, REFUND = LedgerEvent.LEAD_ASSIGNED, LedgerEvent.LEAD_RETURNED


class Wallet:
    """A wallet as the product books it."""

    def __init__(self) -> None:
        self.customer = customer(spendable=0)
        self.rows: list[Entry] = []

    def book(self, posting: Posting) -> "Wallet":
        self.customer = posting.customer
        self.rows.insert(0, posting.entry)
        return self

    def move(self, event: LedgerEvent, cents: int, lead: str = "") -> "Wallet":
        return self.book(
            post(
                self.customer,
                event,
                cents,
                transaction_id=TransactionId(f"txn_{len(self.rows) + 1}"),
                description="Because.",
                at=NOW + timedelta(seconds=len(self.rows)),
                related={"lead_id": lead} if lead else {},
            )
        )

    def judged(self, rows_max: int = 1_000) -> Judged:
        return judged(self.customer, self.rows, rows_max=rows_max)

    def kinds(self) -> list[str]:
        return [one.kind for one in self.judged().told]

    def tampered(self, place: int, **changes: object) -> "Wallet":
        """The same with another row at a place, from the newest."""
        self.rows[place] = self.rows[place].model_copy(update=changes)
        return self

    def with_members(self, **changes: object) -> "Wallet":
        self.customer = self.customer.model_copy(update=changes)
        return self


def wallet() -> Wallet:
    """A deposit, a sold lead that came back, one that did not, a hold and a won order."""
    made = Wallet().move(ADDED, 1_000).move(CHARGE, -400, "lead_1").move(REFUND, 400, "lead_1")
    made.move(CHARGE, -100, "lead_2").move(TAKEN, -50)
    made.book(placed(made.customer, ORDER, 300, NOW))
    won = converted(
        made.customer, ORDER, LeadId("lead_3"), TransactionId("txn_won"), NOW, ladder=NO_TIERS
    )
    made.book(won)
    again = ORDER.model_copy(update={"id": OrderId("order_2"), "amount_cents": 200})
    return made.book(placed(made.customer, again, 200, NOW))


def test_what_the_product_books_is_in_order() -> None:
    assert wallet().judged() == Judged(rows=8, is_whole=True)


def test_a_hold_that_was_given_back_is_in_order() -> None:
    made = Wallet().move(ADDED, 1_000)
    made.book(placed(made.customer, ORDER, 300, NOW))
    made.book(freed(made.customer, ORDER, LedgerEvent.CANCELED_BUY_ORDER, NOW))
    assert made.kinds() == []


def test_a_lead_may_be_sold_and_returned_again_and_again() -> None:
    made = Wallet().move(ADDED, 1_000)
    for _ in range(3):
        made.move(CHARGE, -70, "lead_1").move(REFUND, 70, "lead_1")
    assert made.move(CHARGE, -70, "lead_1").kinds() == []


@given(st.lists(st.tuples(st.sampled_from([ADDED, TAKEN, CHARGE]), st.integers(1, 500))))
def test_any_history_of_the_product_is_in_order(moves: list[tuple[LedgerEvent, int]]) -> None:
    made = Wallet().move(ADDED, 1_000_000)
    for place, (event, cents) in enumerate(moves):
        made.move(event, cents if event is ADDED else -cents, f"lead_{place}")
    assert made.judged() == Judged(rows=len(moves) + 1, is_whole=True)


CONTRADICTIONS: dict[str, tuple[Wallet, Sequence[MismatchKind]]] = {
    "a-balance-of-a-cent-more": (
        wallet().with_members(balance_cents=551),
        [MismatchKind.BALANCE_AFTER, MismatchKind.BALANCE],
    ),
    "a-row-that-says-more": (
        wallet().tampered(4, balance_after_cents=901),
        [MismatchKind.BALANCE_AFTER, MismatchKind.BALANCE_AFTER],
    ),
    "a-row-of-more": (
        wallet().tampered(3, amount_cents=51),
        [MismatchKind.BALANCE_AFTER, MismatchKind.BALANCE],
    ),
    "more-held-than-there-is": (
        wallet().with_members(held_cents=551),
        [MismatchKind.SPENDABLE, MismatchKind.HELD_BY_ROWS],
    ),
    "money-from-a-stranger": (
        wallet().tampered(3, credit_account="wallet:somebody"),
        [MismatchKind.ACCOUNTS],
    ),
    "a-charge-of-no-lead": (
        wallet().tampered(4, related={}),
        [MismatchKind.CHARGE_WITHOUT_LEAD],
    ),
    "a-refund-of-another-lead": (
        wallet().tampered(5, related={"lead_id": "lead_9"}),
        [MismatchKind.REFUND_WITHOUT_CHARGE],
    ),
    "a-refund-twice": (
        Wallet()
        .move(ADDED, 900)
        .move(CHARGE, -70, "lead_1")
        .move(REFUND, 70, "lead_1")
        .move(REFUND, 70, "lead_1"),
        [MismatchKind.REFUND_WITHOUT_CHARGE],
    ),
    "a-refund-of-less": (
        Wallet().move(ADDED, 900).move(CHARGE, -70, "lead_1").move(REFUND, 60, "lead_1"),
        [MismatchKind.REFUND_WITHOUT_CHARGE],
    ),
    "charged-more-over-its-life": (
        wallet().with_members(lifetime_charged_cents=801),
        [MismatchKind.LIFETIME_CHARGED],
    ),
    "refunded-less-over-its-life": (
        wallet().with_members(lifetime_refunded_cents=399),
        [MismatchKind.LIFETIME_REFUNDED],
    ),
    "deposited-more-over-its-life": (
        wallet().with_members(lifetime_deposits_cents=1_001),
        [MismatchKind.LIFETIME_DEPOSITS],
    ),
}


@pytest.mark.parametrize(("made", "kinds"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_what_contradicts_is_told(made: Wallet, kinds: Sequence[MismatchKind]) -> None:
    assert made.kinds() == kinds


def test_a_lost_row_leaves_a_gap() -> None:
    made = wallet()
    lost = made.rows.pop(3)
    assert made.judged().told[0] == Mismatch(
        kind=MismatchKind.SEQUENCE,
        customer_id=made.customer.id,
        transaction_id=made.rows[3].id,
        expected=lost.sequence,
        found=lost.sequence - 1,
    )


def test_a_history_that_has_lost_its_beginning_is_told() -> None:
    made = wallet()
    made.rows.pop()
    assert MismatchKind.SEQUENCE in made.kinds()


def test_of_a_long_history_the_newest_rows_are_judged() -> None:
    assert wallet().judged(rows_max=3) == Judged(rows=3, is_whole=False)
    assert wallet().judged(rows_max=8).is_whole
    tampered = wallet().tampered(1, balance_after_cents=1).judged(rows_max=3)
    assert [one.kind for one in tampered.told] == [MismatchKind.BALANCE_AFTER] * 2


def test_of_many_mismatches_the_first_are_told_and_all_are_counted() -> None:
    made = Wallet().move(ADDED, 10_000)
    for _ in range(TOLD_MAX + 5):
        made.move(CHARGE, -1)
    found = made.judged()
    assert (len(found.told), found.mismatches) == (TOLD_MAX, TOLD_MAX + 5)


def test_what_is_held_is_what_is_ordered() -> None:
    holding = customer(held_cents=300)
    assert held_mismatch(holding, [ORDER]) is None
    found = held_mismatch(holding, [])
    assert found
    assert (found.kind, found.expected, found.found) == (MismatchKind.HELD_FOR_ORDERS, 0, 300)
