from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations
from time import process_time

import pytest

from leadflow.domain.auction import (
    PriceQuote,
    best_of_each_customer,
    decide,
    failed,
    price,
    propose,
    rank,
    standing,
    winning,
)
from leadflow.domain.contenders import (
    BidContender,
    Contender,
    TierTerms,
    bid_contender,
    partner_contender,
)
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Decision, Reason
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.limits import Budgets, LeadCaps, Usage
from leadflow.domain.scopes import BiddingScope, Scope
from tests.unit.domain.bidding_examples import (
    NOW,
    TERMS,
    bid,
    contender,
    customer,
    dollars,
    fixed,
    grid,
    looked_at,
    minutes,
    tier,
)


def partner(offer: int, penalty: str = "0", name: str = "a", at: datetime = NOW) -> Contender:
    return partner_contender(PartnerId(f"partner_{name}"), dollars(offer), Decimal(penalty), at)


def offered(
    amount: int, owner: int = 2, penalty: str = "0", won: datetime | None = None
) -> Contender:
    return contender(bid(amount, owner, last_won_at=won), terms_of_tier=tier(penalty))


def sold(contenders: Sequence[Contender]) -> PriceQuote:
    proposal = propose(contenders)
    assert proposal is not None
    return proposal.quote


def best(*contenders: Contender) -> str:
    proposal = propose(contenders)
    assert proposal is not None
    return proposal.winner.candidate.id


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


def test_a_score_beats_an_amount() -> None:
    assert best(partner(110, "25"), contender(bid(100))) == bid().id


def test_a_partner_pays_its_full_offer() -> None:
    quote = sold([partner(110, "5"), contender(bid(100))])

    assert quote == PriceQuote(dollars(110), dollars(110), dollars(100) * 10_000)


def test_between_equal_scores_a_customer_comes_before_a_partner() -> None:
    assert best(partner(100), offered(100, owner=9, won=NOW)) == bid(owner=9).id


def test_between_partners_the_earlier_offer_wins() -> None:
    assert best(partner(100, name="a"), partner(100, name="b", at=minutes(1))) == "partner_b"


@pytest.mark.parametrize(
    ("contenders", "winner"),
    [
        ((offered(50, 1, won=minutes(5)), offered(50, 2, won=minutes(9))), 2),
        ((offered(50, 1, won=minutes(5)), offered(50, 2)), 2),
        ((offered(50, 1), offered(50, 2)), 1),
        ((offered(50, 1, won=NOW), offered(50, 2, won=NOW)), 1),
    ],
)
def test_a_tie_goes_to_the_longest_wait_then_to_the_lower_number(
    contenders: tuple[Contender, ...], winner: int
) -> None:
    assert best(*contenders) == bid(owner=winner).id


def test_the_ranking_does_not_depend_on_the_order_of_the_input() -> None:
    field = [offered(50, 1), offered(50, 2), partner(50), offered(60, 3, "50")]

    assert len({tuple(rank(order)) for order in permutations(field)}) == 1


@pytest.mark.parametrize("tied", [2, 3])
def test_tied_bids_take_turns(tied: int) -> None:
    last_wins: dict[int, datetime] = {}
    winners = []
    for lead in range(tied * 4):
        field = [offered(50, owner, won=last_wins.get(owner)) for owner in range(1, tied + 1)]
        proposal = propose(field)
        assert proposal is not None
        assert isinstance(proposal.winner, BidContender)
        winners.append(proposal.winner.customer.number)
        last_wins[winners[-1]] = NOW + timedelta(minutes=lead)

    assert winners == list(range(1, tied + 1)) * 4


def test_only_the_best_bid_of_a_customer_takes_part() -> None:
    county, state = contender(bid(50)), contender(bid(80, scope=Scope.STATE))

    field = best_of_each_customer([county, state])

    assert (field.kept, field.lower) == ((state,), (county,))
    assert sold([county, state]).price_cents == dollars(10)


def test_of_equal_bids_of_a_customer_the_narrower_scope_takes_part() -> None:
    bids = [contender(bid(50, scope=scope)) for scope in Scope]

    for order in permutations(bids):
        assert best_of_each_customer(order).kept == (bids[0],)


def test_the_effective_amount_decides_which_bid_of_a_customer_is_best() -> None:
    reduced = contender(bid(90, budgets_cents=Budgets(daily=dollars(40))))
    state = contender(bid(50, scope=Scope.STATE))

    assert best_of_each_customer([reduced, state]).kept == (state,)


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


def test_no_contenders_make_no_proposal() -> None:
    assert propose([]) is None


def test_every_candidate_gets_one_decision_with_its_reason() -> None:
    winner = contender(bid(100, 1), terms_of_tier=tier("10", "5"))
    tied, lower = offered(90, 2), contender(bid(30, 2, Scope.STATE))
    blocked = looked_at(bid(200, 3, paused=True))
    assert isinstance(blocked, Decision)
    winner_first = contender(bid(100, 1, last_won_at=None), terms_of_tier=tier("10", "5"))
    field = [lower, partner(80, "1.25"), tied, winner_first]
    won = propose(field)
    assert won is not None

    record = decide(TERMS, field, [blocked], won)

    assert [(entry.candidate.id, entry.verdict, entry.reason) for entry in record] == [
        (winner.bid.id, "won", None),
        (tied.candidate.id, "outscored", "tie_lost"),
        ("partner_a", "outscored", "outscored"),
        (lower.candidate.id, "blocked", "lower_bid_same_customer"),
        (bid(owner=3).id, "blocked", "bid_paused"),
    ]


def test_the_winner_carries_the_path_to_its_price() -> None:
    field = [contender(bid(100), terms_of_tier=tier("7.5", "5")), partner(80, "1.25")]
    won = propose(field)
    assert won is not None

    entry = decide(TERMS, field, [], won)[0].model_dump(mode="json")

    assert entry == {
        "stage_id": TERMS.stage_id,
        "phase": "post",
        "candidate": {"kind": "bid", "id": bid().id, "customer_id": customer().id},
        "verdict": "won",
        "amount_cents": 10_000,
        "effective_cents": 10_000,
        "penalty_percentage": 7.5,
        "score": "9250",
        "runner_up_score": "7900",
        "price_cents": 9_000,
        "discount_percentage": 5.0,
        "charged_cents": 8_550,
    }


def test_a_partner_that_wins_has_no_smart_price() -> None:
    won = propose([partner(80)])
    assert won is not None

    entry = decide(TERMS, [won.winner], [], won)[0].model_dump()

    assert entry["charged_cents"] == dollars(80)
    assert {"price_cents", "discount_percentage", "runner_up_score", "reason"}.isdisjoint(entry)


def test_offers_above_the_chosen_one_were_not_selected() -> None:
    high, low = offered(90, 1), offered(50, 2)
    chosen = propose([low])
    assert chosen is not None

    record = decide(TERMS, [high, low], [], chosen)

    assert [entry.reason for entry in record] == [None, Reason.NOT_SELECTED]


def test_after_a_failed_charge_the_customers_next_bid_takes_part() -> None:
    field = [contender(bid(90)), contender(bid(60, scope=Scope.STATE)), offered(50, 2)]
    first = propose(field)
    assert first is not None

    refusal = failed(TERMS, first, Reason.CHARGE_FAILED)
    field.remove(first.winner)
    second = propose(field)

    assert (refusal.verdict, refusal.charged_cents) == ("blocked", dollars(60))
    assert second is not None
    assert second.winner.candidate.id == bid(scope=Scope.STATE).id


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


def test_who_would_win_carries_its_way_to_the_price() -> None:
    proposal = propose([offered(100, owner=1), partner(62)])
    assert proposal
    decision = winning(TERMS, proposal)
    assert (decision.reason, decision.charged_cents) == (None, dollars(70))
    assert decision.runner_up_score == "6200"


def test_of_two_customers_and_a_partner_with_one_score_the_partner_comes_last() -> None:
    ranked = rank([partner(40), offered(40, owner=2), offered(40, owner=1)])
    assert [one.candidate.kind.value for one in ranked] == ["bid", "bid", "partner"]


def test_of_equal_partners_the_earlier_offer_wins_and_then_the_id() -> None:
    late, early = partner(40, name="a", at=NOW), partner(40, name="b", at=minutes(1))
    assert best(late, early) == "partner_b"
    assert best(partner(40, name="b"), partner(40, name="a")) == "partner_a"
