"""The second act notices what is not as it should be."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.unit.tools.ping_post_examples import (
    ANSWER,
    FLOW,
    LEAD_ID,
    SHOP,
    WON,
    asked,
    lead,
    posted,
    step,
)
from tools.demo.ping_post.checks import (
    expected_balances,
    owed_by_partners,
    partner_problems,
    problems_of,
)
from tools.demo.ping_post.market import CUSTOMERS
from tools.demo.ping_post.play import Played
from tools.demo.ping_post.steps import Ask
from tools.demo.wire import QuotedBid
from tools.stub_partner import ReceivedCall


def problems(played: Played) -> str:
    return "\n".join(problems_of(played, SHOP))


def test_a_sale_and_an_answer_as_expected_have_no_problem() -> None:
    assert problems(posted()) == ""
    assert problems(asked("A vendor asks for a price")) == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"http_status": 500}, "the HTTP status should be 201, is 500"),
        ({"lead": lead(6251)}, "the charge in cents should be 6250, is 6251"),
        ({"lead": lead(taker="Backup")}, "who has it should be Sunbeam, is Backup"),
        ({"flow": FLOW.model_copy(update={"channel": "bid"})}, "the channel should be ping_post"),
        ({"flow": FLOW.model_copy(update={"honored": True})}, "honoured should be None, is True"),
        (
            {"flow": FLOW.model_copy(update={"decisions": [WON]})},
            "a reason of Lone Star Energy should be outscored, is missing",
        ),
        ({"lead": None}, "the record should be readable, is missing"),
    ],
)
def test_a_sale_that_differs_is_named(changes: dict[str, object], told: str) -> None:
    found = problems(posted(**changes))
    assert found.startswith("Call 2, Offer 62.50 beats bid 50.00: ")
    assert told in found


def test_a_wrong_price_or_message_of_a_ping_is_named() -> None:
    found = problems(asked("A vendor asks for a price", price=Decimal(30), message="Rejected"))
    assert "the price in cents should be 3150, is 3000" in found
    assert "the message should be Match found, is Rejected" in found


def test_an_equal_ping_with_another_answer_is_named() -> None:
    found = problems(asked("An equal ping"))
    assert "an answer given before should be True, is False" in found


def test_a_list_of_bids_in_another_order_is_named() -> None:
    website = step("The website sees all bids")
    assert isinstance(website, Ask)
    bids = [
        QuotedBid(id="1", price=Decimal(cents) / 100, tcpa_name=name)
        for name, cents in website.expected.bids
    ]
    right = asked(website.shows, price=Decimal(0), bids=bids)
    assert problems(right) == ""
    assert "the list of bids" in problems(asked(website.shows, bids=bids[::-1]))


def test_a_post_that_should_have_been_refused_is_named() -> None:
    played = Played(12, step("The same ping once more"), 201, answer=ANSWER)
    found = problems(played)
    assert "the HTTP status should be 422, is 201" in found
    assert "the code should be ping_not_found, is None" in found


def test_a_partner_pays_outside_the_wallets() -> None:
    assert expected_balances([posted()]) == CUSTOMERS
    assert owed_by_partners([lead()], SHOP)["Sunbeam"] == (1, 6250)


def test_a_customer_pays_from_its_wallet() -> None:
    played = replace(posted(), step=step("Bid 80.00 beats offer 62.50"))
    assert expected_balances([played])["Austin Solar"] == 43000


def call(name: str) -> ReceivedCall:
    return ReceivedCall(
        method="POST",
        path=f"/{name}/post",
        query="",
        headers={},
        body=f'{{"reference": "{LEAD_ID}"}}',
        took=True,
        connection=1,
    )


def test_partners_whose_books_agree_have_no_problem() -> None:
    assert list(partner_problems([lead()], [call("sunbeam")], [posted()], SHOP)) == []


def test_a_lead_that_a_second_partner_took_as_well_is_named() -> None:
    found = list(partner_problems([lead()], [call("sunbeam"), call("backup")], [posted()], SHOP))
    assert found == [f"Backup: took ['{LEAD_ID}'], but has []."]


def test_a_partner_that_owes_too_little_is_named() -> None:
    found = list(partner_problems([lead(6200)], [call("sunbeam")], [posted()], SHOP))
    assert found == ["Sunbeam: should owe 6250, owes 6200."]
