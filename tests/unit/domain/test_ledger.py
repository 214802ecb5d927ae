"""Movements of money between a wallet and the tenant's accounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.customers import Customer
from leadflow.domain.errors import Unprocessable
from leadflow.domain.identifiers import TransactionId
from leadflow.domain.ledger import Account, LedgerEvent, Posting, post, wallet_account
from tests.unit.domain.bidding_examples import NOW, customer, dollars

BUYER = customer(1, spendable=100)


def moved(cents: int, event: LedgerEvent, buyer: Customer = BUYER) -> Posting:
    return post(
        buyer,
        event,
        cents,
        transaction_id=TransactionId("txn_1"),
        description="Because.",
        at=NOW,
        related={"lead_id": "lead_1"},
    )


def deposit(cents: int) -> Posting:
    return moved(cents, LedgerEvent.FUNDS_ADDED_BY_TENANT)


def test_a_deposit_moves_money_from_the_funds_to_the_wallet() -> None:
    posting = deposit(500)
    entry, after = posting.entry, posting.customer
    assert (entry.debit_account, entry.credit_account) == (Account.FUNDS, wallet_account(BUYER.id))
    assert (entry.amount_cents, entry.signed_cents) == (500, 500)
    assert entry.balance_after_cents == after.balance_cents == BUYER.balance_cents + 500
    assert after.lifetime_deposits_cents == 500


def test_a_charge_moves_money_from_the_wallet_to_the_revenue() -> None:
    posting = moved(-700, LedgerEvent.LEAD_ASSIGNED)
    entry, after = posting.entry, posting.customer
    assert (entry.debit_account, entry.credit_account) == (
        wallet_account(BUYER.id),
        Account.REVENUE,
    )
    assert (entry.amount_cents, entry.signed_cents) == (700, -700)
    assert (after.balance_cents, after.lifetime_charged_cents) == (BUYER.balance_cents - 700, 700)
    assert entry.related == {"lead_id": "lead_1"}


def test_a_refund_counts_towards_the_return_rate_and_is_no_deposit() -> None:
    after = moved(300, LedgerEvent.LEAD_RETURNED).customer
    assert (after.lifetime_refunded_cents, after.lifetime_deposits_cents) == (300, 0)


def test_a_withdrawal_lowers_no_lifetime_sum() -> None:
    after = moved(-300, LedgerEvent.FUNDS_SUBTRACTED_BY_TENANT).customer
    assert (after.lifetime_deposits_cents, after.lifetime_charged_cents) == (0, 0)
    assert after.balance_cents == BUYER.balance_cents - 300


def test_every_entry_has_the_next_place_in_the_history() -> None:
    posting = deposit(500)
    again = moved(-100, LedgerEvent.LEAD_ASSIGNED, posting.customer)
    assert (posting.entry.sequence, again.entry.sequence) == (1, 2)
    assert again.customer.version == BUYER.version + 2


def test_no_more_leaves_than_is_spendable() -> None:
    holding = BUYER.model_copy(update={"held_cents": dollars(40)})
    moved(-dollars(60), LedgerEvent.LEAD_ASSIGNED, holding)
    with pytest.raises(Unprocessable) as refused:
        moved(-dollars(60) - 1, LedgerEvent.LEAD_ASSIGNED, holding)
    assert refused.value.code == "insufficient_funds"


def test_the_last_cent_may_leave() -> None:
    assert moved(-BUYER.balance_cents, LedgerEvent.LEAD_ASSIGNED).customer.balance_cents == 0


@given(st.lists(st.integers(-20_000, 20_000).filter(bool), max_size=20))
def test_the_balance_is_always_the_sum_of_its_entries(amounts: list[int]) -> None:
    buyer, booked = customer(1, spendable=0), 0
    for cents in amounts:
        event = LedgerEvent.FUNDS_ADDED_BY_TENANT if cents > 0 else LedgerEvent.LEAD_ASSIGNED
        if -cents > buyer.spendable_cents:
            with pytest.raises(Unprocessable):
                moved(cents, event, buyer)
            continue
        posting = moved(cents, event, buyer)
        buyer, booked = posting.customer, booked + posting.entry.signed_cents
        assert posting.entry.balance_after_cents == booked == buyer.balance_cents >= 0
