from decimal import Decimal

import pytest

from leadflow.domain.customers import ActiveBids, Customer, CustomerStatus
from leadflow.domain.limits import Budgets, LeadCaps, LimitSwitches, Usage
from tests.unit.domain.bidding_examples import NOW, customer, dollars

ON = LimitSwitches()
TWO_BIDS = ActiveBids.of([(dollars(100), dollars(10)), (dollars(50), dollars(20))])
ONE_WIN_OF_40 = Usage().with_win(NOW, dollars(40))


def test_holds_reduce_what_may_be_spent() -> None:
    assert customer(spendable=100, held_cents=dollars(30)).spendable_cents == dollars(70)


def test_spendable_is_never_below_zero() -> None:
    assert customer(spendable=10, held_cents=dollars(30)).spendable_cents == 0


@pytest.mark.parametrize(
    ("charged", "refunded", "rate"),
    [(6_000_00, 450_00, "7.50"), (0, 0, "0.00"), (300, 100, "33.33"), (20_000, 1, "0.01")],
)
def test_the_return_rate_is_refunded_money_over_charged_money(
    charged: int, refunded: int, rate: str
) -> None:
    buyer = customer(lifetime_charged_cents=charged, lifetime_refunded_cents=refunded)

    assert str(buyer.return_rate) == str(Decimal(rate))


@pytest.mark.parametrize(
    ("spendable", "bids", "funding"),
    [
        (100, TWO_BIDS, "available"),
        (99, TWO_BIDS, "limited"),
        (10, TWO_BIDS, "limited"),
        (9, TWO_BIDS, "exhausted"),
        (1, None, "available"),
        (0, None, "exhausted"),
    ],
)
def test_funding_asks_which_active_bids_the_wallet_covers(
    spendable: int, bids: ActiveBids | None, funding: str
) -> None:
    assert customer(spendable=spendable).funding(bids) == funding


@pytest.mark.parametrize(
    ("buyer", "status"),
    [
        (customer(archived=True, paused=True, spendable=0), CustomerStatus.ARCHIVED),
        (customer(paused=True, spendable=0), CustomerStatus.PAUSED),
        (customer(spendable=0), CustomerStatus.INACTIVE),
        (customer(lead_caps=LeadCaps(daily=0), spendable=100), CustomerStatus.ACTIVE),
    ],
)
def test_caps_play_no_part_in_the_display_status(buyer: Customer, status: CustomerStatus) -> None:
    assert buyer.statuses(TWO_BIDS, ON, NOW).display is status


@pytest.mark.parametrize(
    ("caps", "status"),
    [
        (LeadCaps(), "unlimited"),
        (LeadCaps(daily=2), "available"),
        (LeadCaps(daily=2, monthly=1), "exhausted"),
    ],
)
def test_the_cap_status_tells_whether_a_cap_is_reached(caps: LeadCaps, status: str) -> None:
    buyer = customer(lead_caps=caps, usage=ONE_WIN_OF_40)

    assert buyer.statuses(None, ON, NOW).cap == status


@pytest.mark.parametrize(
    ("daily", "bids", "status"),
    [
        (None, TWO_BIDS, "unlimited"),
        (140, TWO_BIDS, "available"),
        (139, TWO_BIDS, "limited"),
        (50, TWO_BIDS, "limited"),
        (49, TWO_BIDS, "exhausted"),
        (40, None, "exhausted"),
        (41, None, "available"),
    ],
)
def test_the_budget_status_compares_what_remains_with_the_active_bids(
    daily: int | None, bids: ActiveBids | None, status: str
) -> None:
    budgets = Budgets(daily=None if daily is None else dollars(daily))
    buyer = customer(budgets_cents=budgets, usage=ONE_WIN_OF_40)

    assert buyer.statuses(bids, ON, NOW).budget == status


def test_no_active_bids_have_no_summary() -> None:
    assert ActiveBids.of([]) is None
