from dataclasses import replace
from typing import Any

import pytest

from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Decision, Reason
from leadflow.domain.eligibility import assess
from leadflow.domain.limits import (
    Budgets,
    LeadCaps,
    LevelSwitches,
    LimitSwitches,
    PeriodSwitches,
    Usage,
)
from leadflow.domain.return_tiers import NO_TIER
from leadflow.domain.scopes import Scope
from tests.unit.domain.bidding_examples import (
    NOW,
    TERMS,
    bid,
    contender,
    customer,
    dollars,
    grid,
    looked_at,
)

NOTHING = LeadCaps(weekly=0)
BROKE = Budgets(monthly=dollars(9))
R = Reason


def verdict(offer: Bid, buyer: Customer) -> tuple[Reason | None, dict[str, str]]:
    decision = looked_at(offer, buyer)
    assert isinstance(decision, Decision)
    return decision.reason, dict(decision.detail or {})


def test_checks_fail_in_their_stated_order() -> None:
    offer = bid(
        7, archived=True, paused=True, county="Hays", lead_caps=NOTHING, budgets_cents=BROKE
    )
    buyer = customer(
        spendable=0, archived=True, paused=True, lead_caps=NOTHING, budgets_cents=BROKE
    )
    setting = grid().model_copy(update={"enabled": False})
    terms = replace(TERMS, scopes=frozenset({Scope.STATE}), already_tried=frozenset({offer.id}))
    repairs: list[tuple[Reason, dict[str, object], dict[str, object]]] = [
        (R.LOCATION_OUTSIDE_SCOPE, {"county": "Travis"}, {}),
        (R.CUSTOMER_ARCHIVED, {}, {"archived": False}),
        (R.CUSTOMER_PAUSED, {}, {"paused": False}),
        (R.BID_ARCHIVED, {"archived": False}, {}),
        (R.BID_PAUSED, {"paused": False}, {}),
        (R.BID_BELOW_MINIMUM, {"amount_cents": dollars(100)}, {}),
        (R.WALLET_BELOW_MINIMUM, {}, {"balance_cents": dollars(100)}),
        (R.BID_CAP_REACHED, {"lead_caps": LeadCaps()}, {}),
        (R.CUSTOMER_CAP_REACHED, {}, {"lead_caps": LeadCaps()}),
        (R.BID_BUDGET_EXHAUSTED, {"budgets_cents": Budgets()}, {}),
        (R.CUSTOMER_BUDGET_EXHAUSTED, {}, {"budgets_cents": Budgets()}),
    ]

    def reason() -> Reason | None:
        result = looked_at(offer, buyer, setting, NO_TIER, terms)
        return result.reason if isinstance(result, Decision) else None

    assert reason() is R.ALREADY_TRIED
    terms = replace(terms, already_tried=frozenset())
    assert reason() is R.SCOPE_NOT_IN_STAGE
    terms = TERMS
    assert reason() is R.SCOPE_DISABLED
    setting = grid()
    for expected, of_bid, of_customer in repairs:
        assert reason() is expected
        offer, buyer = offer.model_copy(update=of_bid), buyer.model_copy(update=of_customer)
    assert reason() is None


@pytest.mark.parametrize(
    ("offer", "buyer", "reason", "period"),
    [
        (bid(lead_caps=NOTHING), customer(), R.BID_CAP_REACHED, "weekly"),
        (bid(), customer(lead_caps=NOTHING), R.CUSTOMER_CAP_REACHED, "weekly"),
        (bid(budgets_cents=BROKE), customer(), R.BID_BUDGET_EXHAUSTED, "monthly"),
        (bid(), customer(budgets_cents=BROKE), R.CUSTOMER_BUDGET_EXHAUSTED, "monthly"),
    ],
)
def test_a_reached_limit_names_its_period(
    offer: Bid, buyer: Customer, reason: Reason, period: str
) -> None:
    assert verdict(offer, buyer) == (reason, {"period": period})


def test_a_scope_that_the_lead_type_lacks_is_disabled() -> None:
    decision = assess(bid(), customer(), None, NO_TIER, TERMS)

    assert isinstance(decision, Decision)
    assert decision.reason is R.SCOPE_DISABLED


def test_a_switched_off_limit_blocks_nobody() -> None:
    off = LevelSwitches(bid=PeriodSwitches(weekly=False, monthly=False))
    terms = replace(TERMS, switches=LimitSwitches(lead_caps=off, budgets=off))
    offer = bid(lead_caps=NOTHING, budgets_cents=BROKE)

    assert contender(offer, terms=terms).effective_cents == dollars(100)


def test_a_bid_below_the_minimum_by_a_tenant_user_competes() -> None:
    assert contender(bid(7, below_minimum_allowed=True)).effective_cents == dollars(7)


def test_caps_and_budgets_that_just_suffice_let_a_bid_compete() -> None:
    usage = Usage().with_win(NOW, dollars(40))
    limits: dict[str, Any] = {
        "lead_caps": LeadCaps(daily=2),
        "budgets_cents": Budgets(daily=dollars(50)),
        "usage": usage,
    }

    competing = contender(bid(**limits), customer(**limits))

    assert competing.effective_cents == dollars(10)


def test_a_blocked_bid_is_named_with_its_customer() -> None:
    decision = looked_at(bid(paused=True))

    assert isinstance(decision, Decision)
    assert decision.model_dump(mode="json") == {
        "stage_id": TERMS.stage_id,
        "phase": "post",
        "candidate": {"kind": "bid", "id": bid().id, "customer_id": customer().id},
        "verdict": "blocked",
        "reason": "bid_paused",
        "amount_cents": dollars(100),
    }
