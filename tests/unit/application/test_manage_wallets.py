"""Adding and removing funds."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from pydantic import ValidationError

from leadflow.application.manage_wallets import Deposit, Withdrawal
from leadflow.application.ports import Window
from leadflow.domain.errors import Conflict, NotFound, Unprocessable, ValidationFailed
from leadflow.domain.money import CENTS_MAX
from tests.trade import UNKNOWN, Trade, admin, buyer, deposit
from tests.unit.domain.bidding_examples import customer

OWNER = customer(1, spendable=0)
KEY = "user_1 POST /customers/1/deposits key"


@pytest.fixture
def trade() -> Trade:
    return Trade.of(OWNER)


def withdrawal(cents: int) -> Withdrawal:
    return Withdrawal(amount_cents=cents, description="Refund")


def test_a_deposit_raises_the_balance_and_is_written_down(trade: Trade) -> None:
    entry = trade.manage_wallets.deposit(
        admin(), OWNER.id, deposit(500, receipt_url="https://r.co")
    )

    assert (entry.event, entry.signed_cents, entry.balance_after_cents) == (
        "FUNDS_ADDED_BY_TENANT",
        500,
        500,
    )
    assert (entry.description, entry.receipt_url) == ("Wire", "https://r.co")
    wallet = trade.manage_wallets.wallet(buyer(OWNER), OWNER.id)
    assert (wallet.customer.spendable_cents, wallet.currency) == (500, "USD")


def test_a_withdrawal_lowers_the_balance(trade: Trade) -> None:
    trade.manage_wallets.deposit(admin(), OWNER.id, deposit(500))

    entry = trade.manage_wallets.withdraw(admin(), OWNER.id, withdrawal(500))

    assert (entry.event, entry.signed_cents) == ("FUNDS_SUBTRACTED_BY_TENANT", -500)
    assert trade.customer(OWNER.id).balance_cents == 0


def test_no_more_than_is_spendable_can_be_removed(trade: Trade) -> None:
    trade.has(customer(2, spendable=10, held_cents=1))

    with pytest.raises(Unprocessable) as refused:
        trade.manage_wallets.withdraw(admin(), customer(2).id, withdrawal(1_000))

    assert refused.value.code == "insufficient_funds"
    assert trade.wallets.booked == {}


def test_a_wallet_does_not_hold_more_than_can_be_counted(trade: Trade) -> None:
    trade.manage_wallets.deposit(admin(), OWNER.id, deposit(CENTS_MAX))

    with pytest.raises(ValidationFailed) as refused:
        trade.manage_wallets.deposit(admin(), OWNER.id, deposit(100))

    assert "amount_cents" in refused.value.errors


@pytest.mark.parametrize("customer_id", [UNKNOWN, "cus_1"])
def test_an_unknown_customer_has_no_wallet(trade: Trade, customer_id: str) -> None:
    wallets = trade.manage_wallets
    for ask in (
        lambda: wallets.deposit(admin(), customer_id, deposit(500)),
        lambda: wallets.withdraw(admin(), customer_id, withdrawal(500)),
        lambda: wallets.wallet(admin(), customer_id),
        lambda: wallets.transactions(admin(), customer_id, Window(5)),
    ):
        with pytest.raises(NotFound):
            ask()


def test_another_customers_money_is_not_found(trade: Trade) -> None:
    stranger = buyer(customer(2))

    with pytest.raises(NotFound):
        trade.manage_wallets.wallet(stranger, OWNER.id)
    with pytest.raises(NotFound):
        trade.manage_wallets.transactions(stranger, OWNER.id, Window(5))


def test_transactions_are_listed_from_the_newest_back(trade: Trade) -> None:
    for cents in (100, 200):
        trade.manage_wallets.deposit(admin(), OWNER.id, deposit(cents))

    page = trade.manage_wallets.transactions(buyer(OWNER), OWNER.id, Window(5))

    assert [entry.amount_cents for entry in page.items] == [200, 100]


class TestRepeats:
    def test_a_repeat_whose_first_answer_was_lost_books_nothing(self, trade: Trade) -> None:
        first = trade.manage_wallets.deposit(admin(), OWNER.id, deposit(500), KEY)
        trade.clock.at += timedelta(hours=23)

        again = trade.manage_wallets.deposit(admin(), OWNER.id, deposit(500), KEY)

        assert again == first
        assert trade.customer(OWNER.id).balance_cents == 500

    def test_a_repeated_withdrawal_is_answered_though_the_money_is_gone(self, trade: Trade) -> None:
        trade.manage_wallets.deposit(admin(), OWNER.id, deposit(500))
        first = trade.manage_wallets.withdraw(admin(), OWNER.id, withdrawal(500), KEY)

        assert trade.manage_wallets.withdraw(admin(), OWNER.id, withdrawal(500), KEY) == first

    def test_a_day_later_the_same_key_is_a_new_transaction(self, trade: Trade) -> None:
        ids = set()
        for _ in range(3):
            ids.add(trade.manage_wallets.deposit(admin(), OWNER.id, deposit(500), KEY).id)
            trade.clock.at += timedelta(hours=24)

        assert len(ids) == 3
        assert trade.customer(OWNER.id).balance_cents == 1_500

    def test_a_key_with_another_body_is_refused(self, trade: Trade) -> None:
        trade.manage_wallets.deposit(admin(), OWNER.id, deposit(500), KEY)

        with pytest.raises(Unprocessable) as refused:
            trade.manage_wallets.deposit(admin(), OWNER.id, deposit(600), KEY)

        assert refused.value.code == "idempotency_key_reused"
        assert trade.customer(OWNER.id).balance_cents == 500

    def test_a_key_is_not_followed_for_ever(self, trade: Trade) -> None:
        trade.manage_wallets.deposit(admin(), OWNER.id, deposit(500), KEY)
        trade.clock.at += timedelta(hours=24)

        with (
            patch("leadflow.application.manage_wallets.GENERATIONS_MAX", 1),
            pytest.raises(Conflict),
        ):
            trade.manage_wallets.deposit(admin(), OWNER.id, deposit(500), KEY)

    def test_without_a_key_every_request_counts(self, trade: Trade) -> None:
        for _ in range(2):
            trade.manage_wallets.deposit(admin(), OWNER.id, deposit(500))

        assert trade.customer(OWNER.id).balance_cents == 1_000


class TestAccessToBidding:
    def test_deposits_that_reach_the_minimum_open_bidding_for_good(self, trade: Trade) -> None:
        trade.bidding(minimum_lifetime_deposits_cents=1_000)
        trade.manage_wallets.deposit(admin(), OWNER.id, deposit(999))
        assert not trade.customer(OWNER.id).can_access_bidding

        trade.manage_wallets.deposit(admin(), OWNER.id, deposit(100))

        assert trade.customer(OWNER.id).can_access_bidding

    def test_without_a_minimum_access_is_given_by_hand(self, trade: Trade) -> None:
        trade.manage_wallets.deposit(admin(), OWNER.id, deposit(CENTS_MAX))

        assert not trade.customer(OWNER.id).can_access_bidding


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("amount_cents", 99),
        ("amount_cents", CENTS_MAX + 1),
        ("amount_cents", 2**53 + 2),
        ("amount_cents", True),
        ("amount_cents", "500"),
        ("amount_cents", 500.0),
        ("amount_cents", None),
        ("description", " "),
        ("description", "x" * 1_025),
        ("description", "\x00"),
        ("description", 5),
        ("receipt_url", "ftp://r.co"),
        ("receipt_url", "https://"),
        ("receipt_url", "https://[r"),
        ("receipt_url", "https://r.co/a b"),
        ("surprise", 1),
    ],
)
def test_a_bad_deposit_is_refused(member: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        deposit(500, **{member: value})

    assert [error["loc"][0] for error in refused.value.errors()] == [member]


@pytest.mark.parametrize("member", ["amount_cents", "description"])
def test_amount_and_description_are_required(member: str) -> None:
    body = {"amount_cents": 500, "description": "Wire"}
    del body[member]

    with pytest.raises(ValidationError, match=member):
        Deposit.model_validate(body)


@pytest.mark.parametrize("cents", [0, -1])
def test_a_withdrawal_is_above_nothing(cents: int) -> None:
    assert withdrawal(1).amount_cents == 1
    with pytest.raises(ValidationError):
        withdrawal(cents)
