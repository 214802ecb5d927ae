"""What a winner pays: the smallest amount that still wins, the discount, what limits leave."""

from time import process_time

import pytest

from leadflow.domain.auction import PriceQuote, price, standing
from leadflow.domain.contenders import Contender, TierTerms, bid_contender
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Decision, Reason
from leadflow.domain.limits import Budgets, LeadCaps, Usage
from leadflow.domain.scopes import BiddingScope, Scope
from tests.unit.domain.bidding_examples import (
    NOW,
    bid,
    contender,
    customer,
    dollars,
    fixed,
    grid,
    looked_at,
    tier,
)
from tests.unit.domain.contender_examples import best, offered, partner, sold


@pytest.mark.parametrize(
    ("own", "penalty", "setting", "rival", "expected"),
    [
        pytest.param(100, "0", grid(), offered(10), 20, id="next at the minimum"),
        pytest.param(100, "0", grid(), partner(25), 30, id="next between two steps"),
        pytest.param(100, "10", grid(), partner(60), 70, id="63 is above 60"),
        pytest.param(100, "10", grid(), partner(80), 90, id="72 <= 80 < 81"),
        pytest.param(100, "10", grid(), partner(85), 100, id="no room below the own amount"),
        pytest.param(100, "10", grid(), None, 10, id="nobody else: the minimum"),
        pytest.param(100, "0", grid(), offered(100, 3), 100, id="tie at the top"),
        pytest.param(100, "100", grid(), None, 10, id="a full penalty, alone"),
        pytest.param(100, "100", grid(), partner(5, "100"), 100, id="a full penalty, tied"),
        pytest.param(30, "0", fixed(30), None, 30, id="fixed price, alone"),
        pytest.param(30, "0", fixed(30), offered(10), 30, id="fixed price against a lower bid"),
    ],
)
def test_the_winner_pays_the_smallest_amount_that_still_wins(
    own: int, penalty: str, setting: BiddingScope, rival: Contender | None, expected: int
) -> None:
    winner = contender(bid(own), setting=setting, terms_of_tier=tier(penalty))

    assert price(winner, rival).price_cents == dollars(expected)


@pytest.mark.parametrize("rival", [None, partner(3)])
def test_a_bid_below_the_minimum_pays_its_own_amount(rival: Contender | None) -> None:
    winner = contender(bid(7, below_minimum_allowed=True))

    assert price(winner, rival).charged_cents == dollars(7)


@pytest.mark.parametrize("amount", range(10, 110, 10))
@pytest.mark.parametrize("rival", [None, *(offered(rival) for rival in range(10, 110, 10))])
def test_nobody_pays_more_than_the_effective_amount(amount: int, rival: Contender | None) -> None:
    assert price(contender(bid(amount)), rival).price_cents <= dollars(amount)


@pytest.mark.parametrize(
    ("smart_price", "discount", "charged"),
    [(9000, "5", 8550), (9000, "70", 2700), (8550, "30", 5985), (3333, "7.5", 3083), (5, "50", 3)],
)
def test_the_discount_is_taken_off_the_smart_price_and_rounded_once(
    smart_price: int, discount: str, charged: int
) -> None:
    setting = BiddingScope(scope=Scope.COUNTY, fixed_price_cents=smart_price)
    offer = bid().model_copy(update={"amount_cents": smart_price})

    quote = price(contender(offer, setting=setting, terms_of_tier=tier(discount=discount)), None)

    assert (quote.price_cents, quote.charged_cents) == (smart_price, charged)


def test_a_penalty_equal_to_the_return_rate_lowers_the_score_only() -> None:
    buyer = customer(lifetime_charged_cents=600_000, lifetime_refunded_cents=45_000)
    competing = contender(bid(100), buyer, terms_of_tier=TierTerms(penalty=buyer.return_rate))

    assert competing.score == 92_50 * 10_000
    assert price(competing, partner(92)).charged_cents == dollars(100)


def test_a_partner_pays_its_full_offer() -> None:
    quote = sold([partner(110, "5"), contender(bid(100))])

    assert quote == PriceQuote(dollars(110), dollars(110), dollars(100) * 10_000)


def test_reduced_participation_competes_at_the_lower_amount() -> None:
    poor = contender(bid(100, 1), customer(1, spendable=57))

    assert poor.effective_cents == dollars(50)
    assert best(poor, offered(60)) == bid(owner=2).id
    assert sold([poor, offered(60)]).price_cents == dollars(60)


def buy_until_blocked(
    setting: BiddingScope, rival: int, buyer: Customer
) -> tuple[list[int], Decision]:
    charges: list[int] = []
    for _ in range(100):
        result = looked_at(bid(80 if rival == 70 else 40), buyer, setting)
        if isinstance(result, Decision):
            return charges, result
        charged = price(result, partner(rival)).charged_cents
        charges.append(charged)
        buyer = buyer.model_copy(update={"usage": buyer.usage.with_win(NOW, charged)})
    raise AssertionError("the limits never block")


LIMITED = customer(lead_caps=LeadCaps(daily=10), budgets_cents=Budgets(daily=dollars(500)))


def test_the_cap_is_reached_before_the_budget() -> None:
    charges, end = buy_until_blocked(grid(), 30, LIMITED)

    assert (len(charges), sum(charges)) == (10, dollars(400))
    assert end.reason is Reason.CUSTOMER_CAP_REACHED


def test_the_budget_is_exhausted_before_the_cap() -> None:
    charges, end = buy_until_blocked(grid(minimum=30), 70, LIMITED)

    assert charges == [dollars(80)] * 6
    assert end.reason is Reason.CUSTOMER_BUDGET_EXHAUSTED


def test_what_is_left_of_a_budget_is_bid_with_on_a_finer_grid() -> None:
    usage = Usage()
    for _ in range(6):
        usage = usage.with_win(NOW, dollars(80))

    seventh = contender(bid(80), LIMITED.model_copy(update={"usage": usage}))

    assert seventh.effective_cents == dollars(20)


def test_a_thousand_offers_are_ranked_and_priced_in_little_time() -> None:
    buyers = [(bid(amount % 90 + 10, amount), customer(amount)) for amount in range(1, 1_001)]
    setting, terms_of_tier = grid(step=1), tier("2.5")
    begun = process_time()

    field = [
        bid_contender(offer, buyer, setting, terms_of_tier, offer.amount_cents)
        for offer, buyer in buyers
    ]
    quote = sold(field)

    assert process_time() - begun < 0.2
    assert quote.price_cents == dollars(99)


def test_every_offer_stands_at_what_it_would_pay_against_the_next_one() -> None:
    narrow, wide = offered(100, owner=1), contender(bid(90, owner=1, scope=Scope.STATE))
    second = partner(62)
    third = offered(30, owner=3)
    prices = [
        (one.winner.candidate.id, one.quote.price_cents, one.quote.runner_up_score)
        for one in standing([third, wide, second, narrow])
    ]
    assert prices == [
        (narrow.candidate.id, dollars(70), second.score),
        (second.candidate.id, dollars(62), third.score),
        (third.candidate.id, dollars(10), None),
    ]
    assert standing([]) == []
