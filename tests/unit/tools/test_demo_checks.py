"""The demo notices what is not as it should be."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from tools.demo.checks import (
    Books,
    bid_problems,
    expected_balances,
    ledger_problems,
    limit_problems,
    outcome_problems,
)
from tools.demo.client import ApiError, caller
from tools.demo.configure import Market
from tools.demo.explain import explain, money, score
from tools.demo.leads import POSTS
from tools.demo.market import BUYERS, LEAD_TYPES, OFFERS
from tools.demo.posting import Outcome
from tools.demo.wire import (
    Assignment,
    Bid,
    Candidate,
    Decision,
    Flow,
    Lead,
    LeadAnswer,
    Problem,
    Related,
    Transaction,
    Wallet,
)

MARKET = Market(
    api_url="http://127.0.0.1:1",
    lead_types={name: f"type_{name}" for name in LEAD_TYPES},
    sources={},
    customers={name: f"cus_{name}" for name in BUYERS},
    bids={name: f"bid_{name}" for name in OFFERS},
)
LOST = [
    Decision(
        candidate=Candidate(id=f"bid_{name}"),
        verdict="outscored",
        reason="outscored",
        amount_cents=cents,
    )
    for name, cents in (("texas", 6000), ("everywhere", 2000))
]
WON = Decision(
    candidate=Candidate(id="bid_austin"),
    verdict="won",
    amount_cents=8000,
    effective_cents=8000,
    runner_up_score="6000",
)


def sold(number: int = 1, charged_cents: int = 7000) -> Outcome:
    """The outcome of a post of the scenario's first lead."""
    lead = Lead(
        id=f"lead_{number}",
        status="assigned",
        lead_type_id="type_Premium",
        payout_cents=3885,
        assignment=Assignment(
            customer_id="cus_Austin Solar",
            bid_id="bid_austin",
            scope="county",
            charged_cents=charged_cents,
        ),
    )
    answer = LeadAnswer(
        lead_public_id=lead.id,
        status="assigned",
        price=Decimal("38.85"),
        result="success",
        flow_id="flow_1",
        is_test=False,
    )
    flow = Flow(id="flow_1", outcome=None, attempts=[], decisions=[WON, *LOST])
    return Outcome(number, POSTS[0], True, 201, answer=answer, lead=lead, flow=flow)


def books(outcomes: Sequence[Outcome]) -> Books:
    """Books in which only Austin Solar's first wallet rows are there."""
    leads = [one.lead for one in outcomes if one.lead]
    charge = Transaction(
        id="txn_2",
        event="LEAD_ASSIGNED",
        amount_cents=-7000,
        balance_after_cents=43000,
        related=Related(lead_id="lead_1"),
    )
    balances = {name: buyer.balance_cents for name, buyer in BUYERS.items()}
    rows = {name: [deposit(cents)] if cents else [] for name, cents in balances.items()}
    rows["Austin Solar"].insert(0, charge)
    balances["Austin Solar"] = 43000
    return Books(
        wallets={
            name: Wallet(balance_cents=cents, held_cents=0, spendable_cents=cents)
            for name, cents in balances.items()
        },
        transactions=rows,
        leads={name: leads if name == "Austin Solar" else [] for name in BUYERS},
    )


def deposit(cents: int) -> Transaction:
    """The first row of a wallet."""
    return Transaction(
        id="txn_1",
        event="FUNDS_ADDED_BY_TENANT",
        amount_cents=cents,
        balance_after_cents=cents,
    )


def problems_of(outcome: Outcome) -> str:
    return "\n".join(outcome_problems(outcome, MARKET))


def test_an_outcome_as_expected_has_no_problem() -> None:
    assert problems_of(sold()) == ""


def test_a_charge_that_is_a_cent_off_is_named() -> None:
    assert "the charge in cents should be 7000, is 7001" in problems_of(sold(charged_cents=7001))


def test_a_loser_without_its_reason_is_named() -> None:
    flow = Flow(id="flow_1", outcome=None, attempts=[], decisions=[WON, LOST[0]])
    missing = problems_of(replace(sold(), flow=flow))
    assert "the reason of everywhere should be outscored, is None" in missing


def test_a_refusal_of_a_good_lead_is_named() -> None:
    refused = Problem(status=422, code="validation_failed", detail="", errors={"zip": ["?"]})
    outcome = Outcome(1, POSTS[0], True, 422, problem=refused)
    assert "the HTTP status should be 201, is 422" in problems_of(outcome)


def test_a_repeat_that_is_answered_otherwise_is_named() -> None:
    repeated = next(post for post in POSTS if post.idempotency_key)
    outcome = Outcome(1, repeated, True, 201, repeat_agrees=False)
    assert "the repeated request's answer should be the same, is another" in problems_of(outcome)


def ledger_problems_of(kept: Books, outcomes: Sequence[Outcome]) -> list[str]:
    leads = [one.lead for one in outcomes if one.lead]
    balances = expected_balances(outcomes)
    return list(ledger_problems(kept, MARKET.customers, leads, balances))


def test_books_that_agree_have_no_problem() -> None:
    assert ledger_problems_of(books([sold()]), [sold()]) == []


def test_a_lead_that_was_charged_twice_is_named() -> None:
    once = books([sold()])
    charge, deposited = once.transactions["Austin Solar"]
    rows = {**once.transactions, "Austin Solar": [charge, charge, deposited]}
    twice = replace(once, transactions=rows)
    found = "\n".join(ledger_problems_of(twice, [sold()]))
    assert "Austin Solar: charges and leads differ" in found
    assert "Austin Solar: the sum of the rows is not the balance: 36000 against 43000" in found


def test_a_charge_without_an_expected_sale_is_named() -> None:
    found = ledger_problems_of(books([]), [])
    assert any("the balance is not the expected one" in problem for problem in found)


def test_a_cap_that_was_exceeded_is_named() -> None:
    chicago = Assignment(customer_id="", bid_id="bid_chicago", scope="county", charged_cents=3000)
    lead = Lead(
        id="lead_1", status="assigned", lead_type_id=None, payout_cents=0, assignment=chicago
    )
    bought = [replace(sold(number), lead=lead) for number in range(3)]
    assert list(limit_problems(MARKET, bought)) == [
        "The bid chicago: lead_caps of 2 is exceeded with 3."
    ]


def test_a_bid_in_another_status_or_place_is_named() -> None:
    bids = {"austin": Bid(id="bid_austin", status="capped", position="under")}
    assert list(bid_problems(bids, {"austin": "active"}, {"austin": "top"})) == [
        "The bid austin should be active, is capped.",
        "The bid austin should stand top, stands under.",
    ]


def test_a_sale_is_explained_by_the_next_score() -> None:
    row = explain(sold(), MARKET)
    assert (row.buyer, row.charged, row.owed) == ("Austin Solar (county)", "70.00", "38.85")
    assert row.why == "bid 80.00, next 60.00"


@pytest.mark.parametrize(
    ("text", "shown"), [("6000", "60.00"), ("5", "0.05"), ("9250.5", "92.505")]
)
def test_scores_are_shown_in_dollars(text: str, shown: str) -> None:
    assert score(text) == shown


def test_amounts_are_shown_in_dollars() -> None:
    assert money(123456) == "1,234.56"


def test_a_refused_call_says_which_it_was() -> None:
    api = caller("http://127.0.0.1:1", "token")
    refusing = httpx.MockTransport(lambda _: httpx.Response(409, text="in use"))
    api = replace(api, http=httpx.Client(base_url="http://x/local", transport=refusing))
    with pytest.raises(ApiError, match="DELETE /local/bids/1: 409 in use"):
        api.delete("/bids/1")
