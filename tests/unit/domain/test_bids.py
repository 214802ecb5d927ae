import pytest

from leadflow.domain.bids import (
    Bid,
    BidStatus,
    containing_keys,
    effective_cents,
    is_below_minimum,
    location_key,
    statuses,
)
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Unprocessable
from leadflow.domain.limits import Budgets, LeadCaps, LimitSwitches, Usage
from leadflow.domain.scopes import BiddingScope, Scope
from tests.unit.domain.bidding_examples import (
    LOCATION,
    NOW,
    bid,
    customer,
    dollars,
    fixed,
    grid,
)

ON = LimitSwitches()
OFF = LimitSwitches.model_validate(
    {
        kind: {level: dict.fromkeys(("daily", "weekly", "monthly"), False) for level in levels}
        for kind, levels in dict.fromkeys(("lead_caps", "budgets"), ("bid", "account")).items()
    }
)
ONE_WIN_OF_40 = Usage().with_win(NOW, dollars(40))
DAILY_CAP = LeadCaps(daily=1)


def daily(budget: int) -> Budgets:
    return Budgets(daily=dollars(budget))


def effective(
    offer: Bid, buyer: Customer, setting: BiddingScope, switches: LimitSwitches = ON
) -> int:
    return effective_cents(offer, buyer, setting, switches, NOW)


@pytest.mark.parametrize(
    ("country", "state", "county"),
    [("US", "TX", "Travis"), ("us", "tx", "TRAVIS COUNTY"), ("US", " Tx ", "travis  county ")],
)
def test_spellings_of_a_county_share_a_key(country: str, state: str, county: str) -> None:
    key = location_key(Scope.COUNTY, "US", "TX", "Travis County")

    assert location_key(Scope.COUNTY, country, state, county) == key


def test_different_places_and_scopes_have_different_keys() -> None:
    keys = [
        location_key(Scope.COUNTY, "US", "TX", "Travis"),
        location_key(Scope.COUNTY, "US", "TX", "Hays"),
        location_key(Scope.COUNTY, "US", "OH", "Travis"),
        location_key(Scope.STATE, "US", "TX", "Travis"),
        location_key(Scope.NATIONWIDE, "US", "TX", None),
        location_key(Scope.NATIONWIDE, "CA", None, None),
    ]

    assert len(set(keys)) == len(keys)


def test_parts_narrower_than_the_scope_do_not_matter() -> None:
    assert location_key(Scope.STATE, "US", "TX", "Travis") == location_key(
        Scope.STATE, "US", "TX", None
    )


def test_a_location_lies_in_its_own_and_in_wider_ones() -> None:
    keys = containing_keys("US", "TX", "Travis")

    assert list(keys) == list(Scope)
    assert list(containing_keys("US", "TX", None, Scope.STATE)) == [Scope.STATE, Scope.NATIONWIDE]
    assert all(bid(scope=scope).location_key == key for scope, key in keys.items())


@pytest.mark.parametrize("scope", Scope)
def test_a_bid_contains_the_leads_of_its_location(scope: Scope) -> None:
    assert bid(scope=scope).contains(LOCATION)


def test_a_touched_county_is_not_the_county_of_the_lead() -> None:
    assert not bid(county="Hays").contains(LOCATION)


def test_customers_bid_on_the_grid() -> None:
    assert not is_below_minimum(dollars(20), grid(), allowed=False)


@pytest.mark.parametrize("amount", [dollars(12), dollars(1_010)])
def test_amounts_off_the_grid_are_refused_for_everybody(amount: int) -> None:
    with pytest.raises(Unprocessable) as refusal:
        is_below_minimum(amount, grid(), allowed=True)

    assert refusal.value.code == "off_grid"


def test_only_tenant_users_bid_below_the_minimum() -> None:
    assert is_below_minimum(1, grid(), allowed=True)
    with pytest.raises(Unprocessable, match="grid"):
        is_below_minimum(1, grid(), allowed=False)


@pytest.mark.parametrize("setting", [None, grid().model_copy(update={"enabled": False})])
def test_a_scope_that_is_missing_or_off_takes_no_bids(setting: BiddingScope | None) -> None:
    with pytest.raises(Unprocessable) as refusal:
        is_below_minimum(dollars(20), setting, allowed=True)

    assert refusal.value.code == "scope_disabled"


@pytest.mark.parametrize(
    ("spendable", "expected"), [(100, 100), (99, 90), (57, 50), (10, 10), (9, 0), (0, 0)]
)
def test_too_little_money_lowers_a_bid_to_the_grid(spendable: int, expected: int) -> None:
    assert effective(bid(100), customer(spendable=spendable), grid()) == dollars(expected)


@pytest.mark.parametrize(
    ("of_bid", "of_customer", "expected"),
    [(65, 1_000, 60), (1_000, 35, 30), (65, 35, 30), (9, 1_000, 0), (100, 100, 100)],
)
def test_the_tightest_budget_lowers_a_bid_to_the_grid(
    of_bid: int, of_customer: int, expected: int
) -> None:
    offer = bid(100, budgets_cents=daily(of_bid))
    buyer = customer(budgets_cents=daily(of_customer))

    assert effective(offer, buyer, grid()) == dollars(expected)


@pytest.mark.parametrize(("spendable", "expected"), [(30, 30), (29, 0)])
def test_a_fixed_price_is_bid_in_full_or_not_at_all(spendable: int, expected: int) -> None:
    assert effective(bid(30), customer(spendable=spendable), fixed(30)) == dollars(expected)


@pytest.mark.parametrize(("spendable", "expected"), [(7, 7), (6, 0)])
def test_a_bid_below_the_minimum_competes_in_full_or_not_at_all(
    spendable: int, expected: int
) -> None:
    offer = bid(7, below_minimum_allowed=True)

    assert effective(offer, customer(spendable=spendable), grid()) == dollars(expected)


def test_after_a_change_of_the_grid_a_bid_competes_at_the_next_lower_amount() -> None:
    assert effective(bid(57), customer(), grid()) == dollars(50)
    assert effective(bid(57), customer(), grid(maximum=40)) == dollars(40)
    assert effective(bid(57), customer(), fixed(30)) == dollars(30)


def test_a_bid_overtaken_by_the_minimum_does_not_compete() -> None:
    assert effective(bid(7), customer(), grid()) == 0


def test_budgets_that_are_switched_off_do_not_lower_a_bid() -> None:
    offer = bid(100, budgets_cents=daily(50))

    assert effective(offer, customer(), grid(), OFF) == dollars(100)


def test_the_floor_is_the_minimum_or_the_lower_amount() -> None:
    assert bid(100).floor_cents(grid()) == dollars(10)
    assert bid(7).floor_cents(grid()) == dollars(7)
    assert bid(100).floor_cents(fixed(30)) == dollars(30)


@pytest.mark.parametrize(
    ("offer", "buyer", "status"),
    [
        (bid(archived=True, paused=True), customer(spendable=0), BidStatus.ARCHIVED),
        (bid(paused=True), customer(spendable=0), BidStatus.PAUSED),
        (bid(lead_caps=LeadCaps(daily=0)), customer(spendable=9), BidStatus.NOT_FUNDED),
        (bid(lead_caps=LeadCaps(daily=0)), customer(spendable=50), BidStatus.CAPPED),
        (bid(lead_caps=DAILY_CAP, usage=ONE_WIN_OF_40), customer(), BidStatus.CAPPED),
        (bid(), customer(lead_caps=DAILY_CAP, usage=ONE_WIN_OF_40), BidStatus.CAPPED),
        (bid(budgets_cents=daily(9)), customer(spendable=50), BidStatus.EXHAUSTED),
        (bid(), customer(budgets_cents=daily(49), usage=ONE_WIN_OF_40), BidStatus.EXHAUSTED),
        (bid(budgets_cents=daily(50)), customer(spendable=10), BidStatus.UNDER_FUNDED),
        (bid(), customer(spendable=99), BidStatus.UNDER_FUNDED),
        (bid(), customer(budgets_cents=daily(139), usage=ONE_WIN_OF_40), BidStatus.LIMITED),
        (bid(), customer(budgets_cents=daily(140), usage=ONE_WIN_OF_40), BidStatus.ACTIVE),
        (bid(), customer(spendable=100), BidStatus.ACTIVE),
        (bid(), customer(paused=True), BidStatus.ACTIVE),
    ],
)
def test_the_first_display_status_that_applies_is_shown(
    offer: Bid, buyer: Customer, status: BidStatus
) -> None:
    assert statuses(offer, buyer, grid(), ON, NOW).display is status


def test_limits_that_are_switched_off_do_not_show() -> None:
    offer = bid(lead_caps=LeadCaps(daily=0), budgets_cents=daily(0))

    state = statuses(offer, customer(), grid(), OFF, NOW)

    assert (state.cap, state.budget) == ("unlimited", "unlimited")


def test_statuses_are_told_per_dimension() -> None:
    offer = bid(lead_caps=DAILY_CAP, budgets_cents=daily(50))

    assert statuses(offer, customer(spendable=50), grid(), ON, NOW).model_dump() == {
        "operational": "active",
        "funding": "limited",
        "cap": "available",
        "budget": "limited",
    }
