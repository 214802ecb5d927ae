"""What holds for a wallet whatever is done to it, and however often."""

from contextlib import suppress
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from leadflow.application.manage_wallets import Withdrawal
from leadflow.domain.errors import Unprocessable
from tests.trade import Trade, admin, deposit
from tests.unit.domain.bidding_examples import customer

OWNER = customer(1, spendable=0)
MOVEMENTS = some.lists(
    some.integers(-500, 500).filter(lambda cents: cents < 0 or cents >= 100),
    max_size=12,
)


@given(MOVEMENTS, some.integers(1, 3))
def test_the_balance_is_the_sum_of_its_rows_however_often_each_request_comes(
    movements: list[int], times: int
) -> None:
    trade = Trade()
    trade.has(OWNER)
    for number, cents in enumerate(movements):
        for _ in range(times):
            move(trade, cents, f"request {number}")
            trade.clock.at += timedelta(minutes=1)

    rows = sorted(trade.wallets.booked.values(), key=lambda row: row.sequence)

    running = 0
    for place, row in enumerate(rows, start=1):
        running += row.signed_cents
        assert (row.sequence, row.balance_after_cents) == (place, running)
        assert running >= 0
        assert {row.debit_account, row.credit_account} == {"funds", f"wallet:{OWNER.id}"}
    wallet = trade.customer(OWNER.id)
    assert wallet.balance_cents == wallet.spendable_cents == running
    assert wallet.lifetime_deposits_cents == sum(max(0, row.signed_cents) for row in rows)
    assert len(rows) <= len(movements)


def move(trade: Trade, cents: int, repeat: str) -> None:
    """A deposit, or a withdrawal that is refused when there is less."""
    if cents > 0:
        trade.manage_wallets.deposit(admin(), OWNER.id, deposit(cents), repeat)
        return
    taken = Withdrawal(amount_cents=-cents, description="Back")
    with suppress(Unprocessable):
        trade.manage_wallets.withdraw(admin(), OWNER.id, taken, repeat)
