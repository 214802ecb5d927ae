"""The second act: varied enough, and possible with what is configured."""

from pathlib import Path

import pytest

from tools.demo.ping_post.market import BIDS, CUSTOMERS, PRODUCTS
from tools.demo.ping_post.partners import PARTNERS, leads_taken, partner_body
from tools.demo.ping_post.plan import ROTATING_CUSTOMERS, ROTATING_PARTNERS, Ids, stages
from tools.demo.ping_post.script import EXPLAINED, STEPS
from tools.demo.ping_post.steps import UNKNOWN_PING, Ask, Fate, Give
from tools.stub_partner import Behaviour, ReceivedCall, StubPartner
from tools.stub_partner.calls import Book

FATES = [step.expected for step in STEPS if isinstance(step.expected, Fate)]
IDS = Ids(
    category="category_1",
    lead_types={name: f"type_{name}" for name in (*PRODUCTS, "Aged solar")},
    customers={name: f"cus_{name}" for name in CUSTOMERS},
    partners={name: f"partner_{name}" for name in PARTNERS},
)


def test_the_plan_has_every_method() -> None:
    assert {stage["method"] for stage in stages(IDS)} == {
        "highest_price",
        "round_robin",
        "marketplace",
        "alter_data",
        "real_estate_api",
    }


@pytest.mark.parametrize(
    ("via", "channel"),
    [
        ("bidding", "bid"),
        ("partner", "ping_post"),
        ("round_robin", "customer"),
        ("round_robin", "ping_post"),
    ],
)
def test_every_way_to_sell_a_lead_occurs(via: str, channel: str) -> None:
    assert (via, channel) in {(fate.via, fate.channel) for fate in FATES}


def test_a_lead_is_listed_one_is_altered_and_one_is_looked_up() -> None:
    assert "marketplace" in {fate.status for fate in FATES}
    assert [fate.taker for fate in FATES if fate.lead_type == "Aged solar" and fate.taker]
    assert [fate.taker for fate in FATES if fate.home_value]


def test_every_way_to_find_nobody_occurs() -> None:
    assert {fate.outcome for fate in FATES if fate.outcome} == {
        "no_eligible_candidate",
        "all_refused",
        "deadline_passed",
        "no_stage_accepted",
    }


def test_a_promise_is_kept_and_one_lapses() -> None:
    assert {fate.honored for fate in FATES} == {None, True, False}


def test_everybody_who_takes_or_loses_a_lead_is_configured() -> None:
    known = {*CUSTOMERS, *PARTNERS}
    assert {fate.taker for fate in FATES if fate.taker} <= known
    assert {loser for fate in FATES for loser, _ in fate.lost} <= known
    assert {bid.buyer for bid in BIDS} <= set(CUSTOMERS)
    assert {*ROTATING_CUSTOMERS, *ROTATING_PARTNERS} <= known


def test_nobody_is_expected_to_pay_more_than_it_has() -> None:
    for name, cents in CUSTOMERS.items():
        assert sum(fate.charged_cents or 0 for fate in FATES if fate.taker == name) <= cents


def test_a_post_names_only_pings_that_were_asked_before() -> None:
    asked = {UNKNOWN_PING}
    for step in STEPS:
        if isinstance(step, Ask):
            assert step.again == (step.key in asked)
            asked.add(step.key)
        else:
            assert step.ping is None or step.ping in asked


def test_the_record_that_is_shown_has_bids_and_partners_and_all_kinds_of_verdicts() -> None:
    step = STEPS[EXPLAINED]
    assert isinstance(step, Give)
    assert isinstance(step.expected, Fate)
    losers = {loser for loser, _ in step.expected.lost}
    assert losers & set(CUSTOMERS)
    assert losers & set(PARTNERS)
    reasons = {reason for _, reason in step.expected.lost}
    assert {"outscored", "partner_ping_timeout", "partner_post_duplicate"} <= reasons


def test_a_partner_is_configured_as_its_stub_behaves() -> None:
    book = Book()
    body = partner_body("Heavyweight", StubPartner("http://127.0.0.1:1", book))
    assert body["offer_penalty_percentage"] == 25
    assert body["eligibility"] == [
        [{"property": "state", "operator": "equals", "value": state}] for state in ("CO", "IL")
    ]
    assert "ping" not in partner_body("Gutter Guild", StubPartner("http://127.0.0.1:1", book))


def test_a_partner_has_taken_what_was_posted_to_it_and_accepted() -> None:
    lead = "lead_" + "7" * 26

    def call(path: str, *, took: bool) -> ReceivedCall:
        body = f"reference={lead}&name=Ada"
        return ReceivedCall(
            method="POST", path=path, query="", headers={}, body=body, took=took, connection=1
        )

    calls = [
        call("/eaves-co/post", took=True),
        call("/eaves-co/post", took=False),
        call("/eaves-co/ping", took=True),
        call("/sunbeam/post", took=True),
    ]
    assert leads_taken("Eaves & Co", calls) == [lead]
    assert PARTNERS["Eaves & Co"].post == Behaviour()


def test_the_readme_counts_the_calls() -> None:
    readme = Path(__file__).parents[3] / "README.md"
    assert f"{len(STEPS)} pings and posts" in readme.read_text()
