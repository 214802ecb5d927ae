"""Who wins an auction, and what every candidate is told (`product.md`, 12)."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.auction import (
    best_of_each_customer,
    decide,
    failed,
    leaders,
    propose,
    rank,
    winning,
)
from leadflow.domain.contenders import BidContender, Contender
from leadflow.domain.decisions import Decision, Reason
from leadflow.domain.limits import Budgets
from leadflow.domain.scopes import Scope
from tests.unit.domain.bidding_examples import (
    NOW,
    TERMS,
    bid,
    contender,
    customer,
    dollars,
    looked_at,
    minutes,
    tier,
)
from tests.unit.domain.contender_examples import best, offered, partner, proposed, sold


def test_a_score_beats_an_amount() -> None:
    assert best(partner(110, "25"), contender(bid(100))) == bid().id


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


OFFERS = st.builds(
    lambda amount, owner, penalty, won, scope: contender(
        bid(amount, owner, scope, last_won_at=won), terms_of_tier=tier(penalty)
    ),
    st.integers(1, 3).map(lambda tens: tens * 10),
    st.integers(1, 4),
    st.sampled_from(["0", "50", "100"]),
    st.sampled_from([None, NOW, minutes(5)]),
    st.sampled_from(Scope),
) | st.builds(partner, st.sampled_from([10, 15, 30]), st.sampled_from(["0", "50"]))


@given(st.lists(OFFERS, max_size=8))
def test_the_leaders_are_the_first_two_of_the_ranking(field: list[Contender]) -> None:
    assert leaders(field) == rank(best_of_each_customer(field).kept)[:2]


@pytest.mark.parametrize("tied", [2, 3])
def test_tied_bids_take_turns(tied: int) -> None:
    last_wins: dict[int, datetime] = {}
    winners = []
    for lead in range(tied * 4):
        field = [offered(50, owner, won=last_wins.get(owner)) for owner in range(1, tied + 1)]
        proposal = proposed(field)
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


def test_no_contenders_make_no_proposal() -> None:
    assert propose([]) is None


def test_every_candidate_gets_one_decision_with_its_reason() -> None:
    winner = contender(bid(100, 1), terms_of_tier=tier("10", "5"))
    tied, lower = offered(90, 2), contender(bid(30, 2, Scope.STATE))
    blocked = looked_at(bid(200, 3, paused=True))
    assert isinstance(blocked, Decision)
    winner_first = contender(bid(100, 1, last_won_at=None), terms_of_tier=tier("10", "5"))
    field = [lower, partner(80, "1.25"), tied, winner_first]
    won = proposed(field)

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
    won = proposed(field)

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
    won = proposed([partner(80)])

    entry = decide(TERMS, [won.winner], [], won)[0].model_dump()

    assert entry["charged_cents"] == dollars(80)
    assert {"price_cents", "discount_percentage", "runner_up_score", "reason"}.isdisjoint(entry)


def test_offers_above_the_chosen_one_were_not_selected() -> None:
    high, low = offered(90, 1), offered(50, 2)
    chosen = proposed([low])

    record = decide(TERMS, [high, low], [], chosen)

    assert [entry.reason for entry in record] == [None, Reason.NOT_SELECTED]


def test_after_a_failed_charge_the_customers_next_bid_takes_part() -> None:
    field = [contender(bid(90)), contender(bid(60, scope=Scope.STATE)), offered(50, 2)]
    first = proposed(field)

    refusal = failed(TERMS, first, Reason.CHARGE_FAILED)
    field.remove(first.winner)
    second = proposed(field)

    assert (refusal.verdict, refusal.charged_cents) == ("blocked", dollars(60))
    assert second.winner.candidate.id == bid(scope=Scope.STATE).id


def test_who_would_win_carries_its_way_to_the_price() -> None:
    proposal = proposed([offered(100, owner=1), partner(62)])
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
