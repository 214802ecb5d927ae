"""The fourth act notices what is not as it should be, and its own plan adds up."""

import csv

import pytest

from tools.demo.marketplace.checks import (
    expected_balances,
    expected_sales,
    hold_problems,
    import_problems,
    listing_problems,
    offer_problems,
    sale_problems,
)
from tools.demo.marketplace.script import (
    CLUB,
    CREATED,
    CSV,
    DEPOSITS,
    MAPPING,
    OFFERS,
    OUTBID_CENTS,
    PRICES,
    REJECTED,
    SUN,
    WINNING_CENTS,
    WRONG_FIELDS,
)
from tools.demo.wire import (
    Assignment,
    ImportResult,
    Job,
    Lead,
    ListedAuction,
    MadeOffer,
    Wallet,
)

ERRORS = [{"field": name} for name in WRONG_FIELDS]
JOB = Job(id="job_1", status="succeeded", result=ImportResult(created=CREATED, rejected=REJECTED))


def wallet(held: int) -> Wallet:
    return Wallet(balance_cents=1_000, held_cents=held, spendable_cents=1_000 - held)


def lead(via: str = "demand") -> Lead:
    sold = Assignment(customer_id="cus_1", assigned_via=via, charged_cents=950)
    made = {"id": "lead_1", "status": "assigned", "lead_type_id": None, "payout_cents": 570}
    return Lead.model_validate(made).model_copy(update={"assignment": sold})


def test_a_floor_that_differs_is_named() -> None:
    listed = ListedAuction(
        id="auction_1", price_cents=2_500, floor_cents=WINNING_CENTS, floor_by="others"
    )
    assert not list(listing_problems(listed))
    [problem] = listing_problems(listed.model_copy(update={"floor_cents": 500}))
    assert problem.endswith("is (500, 'others').")


@pytest.mark.parametrize("errors", [ERRORS[:1], []])
def test_an_import_that_differs_is_named(errors: list[dict[str, str]]) -> None:
    assert not list(import_problems(JOB, ERRORS))
    [problem] = import_problems(JOB, errors)
    assert problem.startswith("The errors file should name")
    assert len(list(import_problems(JOB.model_copy(update={"status": "failed"}), ERRORS))) == 1


def test_an_offer_that_differs_is_named() -> None:
    offer = MadeOffer(id="offer_1", status="refused", reason="duplicate")
    [problem] = offer_problems(OFFERS[1], "accepted", offer)
    assert problem == "Field team's offer of 950 should be accepted, is refused (duplicate)."


def test_a_sale_that_differs_is_named() -> None:
    assert not list(sale_problems(lead(), "demand", 950, 570))
    [problem] = sale_problems(lead("marketplace"), "demand", 950, 570)
    assert problem.startswith("lead_1 (status, via, charged, owed) should be")


def test_holds_are_the_orders_until_the_auction_is_over() -> None:
    held = {SUN: wallet(WINNING_CENTS), CLUB: wallet(OUTBID_CENTS)}
    assert not list(hold_problems(held, is_open=True))
    assert len(list(hold_problems(held, is_open=False))) == len(held)


def test_the_plan_adds_up() -> None:
    rows = list(csv.DictReader(CSV.splitlines(), delimiter=";"))
    assert set(rows[0]) == set(MAPPING)
    assert len(rows) == CREATED + REJECTED
    assert [one["Postcode"] for one in rows[:CREATED]] == sorted(
        {one.zip for one in OFFERS}, reverse=True
    )
    assert PRICES["first_price_cents"] == 2_500 > OFFERS[0].price_cents > OFFERS[1].price_cents
    assert PRICES["last_price_cents"] == OFFERS[2].price_cents
    assert expected_balances() == {SUN: DEPOSITS[SUN] - 700 - 950 - 500, CLUB: DEPOSITS[CLUB]}
    assert expected_sales()[1:] == [("demand", 950, 570), ("demand", 500, 300)]
