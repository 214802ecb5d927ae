"""Listings and purchases from an API Gateway event to the answer, over DynamoDB."""

from datetime import timedelta

import pytest

from leadflow.application import browse_marketplace
from leadflow.domain.principals import Role, UserPrincipal
from tests.builders import TENANT_ID, VALUES, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.events import event, tried
from tests.integration.http import Client, answered
from tests.integration.marketplace_calls import AUCTION, BUYER, by, open_market, wallet
from tests.integration.seeds import entries_of
from tests.unit.domain.bidding_examples import NOW

CONTACT = [str(VALUES[title]) for title in ("first_name", "last_name", "email", "zip")]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(autouse=True)
def machine(
    tables: dict[str, str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> ScriptedDistribution:
    return open_market(monkeypatch, clock)


def test_a_listing_says_what_it_costs_and_when_less(clock: FixedClock) -> None:
    clock.at = NOW + timedelta(minutes=20)
    answer = tried("browse_marketplace", "auctions_of_a_state")
    assert answer.status == 200
    assert answer.body["data"] == [
        {
            "object": "auction",
            "id": AUCTION.id,
            "lead_type_id": AUCTION.lead_type_id,
            "lead_type": "Any",
            "county": "Travis County",
            "state": "TX",
            "received_at": "2026-03-11T12:00:00Z",
            "ends_at": "2026-03-11T14:15:00Z",
            "price_cents": 2_250,
            "next_price_cents": 2_000,
            "next_drop_at": "2026-03-11T12:30:00Z",
            "drops_left": 7,
            "floor_cents": 500,
            "floor_by": "none",
        }
    ]


def test_at_the_last_price_there_is_no_next_one(clock: FixedClock) -> None:
    clock.at = NOW + timedelta(minutes=125)
    [listed] = tried("browse_marketplace", "auctions_for_the_tenant").body["data"]
    assert (listed["price_cents"], listed["drops_left"]) == (500, 0)
    assert (listed["next_price_cents"], listed["next_drop_at"]) == (None, None)


def test_anybody_reads_the_public_listing_and_nobody_finds_the_person_in_it() -> None:
    answer = tried("browse_marketplace", "public_marketplace")
    assert (answer.status, len(answer.body["data"])) == (200, 1)
    assert not [value for value in CONTACT if value in answer.text]


def test_a_public_request_with_a_key_or_a_wrong_limit_is_answered_all_the_same() -> None:
    public = event("browse_marketplace", "public_marketplace")
    keyed = public | {"headers": {"Idempotency-Key": "1"}}
    assert answered("browse_marketplace", keyed).status == 200
    limited = public | {"queryStringParameters": {"limit": "0"}}
    assert answered("browse_marketplace", limited).code == "validation_failed"


def test_a_caller_that_reads_the_public_listing_too_often_is_told_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    monkeypatch.setattr(browse_marketplace, "CALLER_PER_MINUTE", 2)
    clock.at = NOW + timedelta(seconds=20)
    answers = [tried("browse_marketplace", "public_marketplace") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert (answers[-1].code, answers[-1].headers["Retry-After"]) == ("rate_limited", "40")
    clock.at = NOW + timedelta(seconds=60)
    assert tried("browse_marketplace", "public_marketplace").status == 200


def test_a_tenant_that_is_not_public_looks_like_none() -> None:
    public = event("browse_marketplace", "public_marketplace")
    other = public["path"].replace("0" * 26, "7" * 26)
    assert answered("browse_marketplace", public | {"path": other}).code == "not_found"


def test_wrong_filters_are_named() -> None:
    answer = tried("browse_marketplace", "wrong_filters")
    assert (answer.status, set(answer.body["errors"])) == (422, {"lead_type_id", "order"})


@pytest.mark.parametrize("role", [Role.DATA_VALIDATION, Role.PARTNER_ADMIN])
def test_who_may_not_see_the_marketplace_is_told_so(role: Role) -> None:
    user = UserPrincipal(tenant_id=TENANT_ID, user_id=numbered("user", 1), role=role)
    answer = Client("browse_marketplace", user).call("GET", "/marketplace/auctions")
    assert (answer.status, "marketplace.view" in answer.body["detail"]) == (403, True)


@pytest.mark.parametrize(
    ("function", "case"), [("buy_lead", "by_the_tenant"), ("cancel_buy_order", "by_the_tenant")]
)
def test_only_customers_trade(function: str, case: str) -> None:
    assert tried(function, case).code == "forbidden"


def test_a_purchase_shows_the_lead_as_the_customer_sees_it() -> None:
    answer = tried("buy_lead", "one")
    assert (answer.status, answer.body["charged_cents"]) == (200, 2_500)
    shown = answer.body["lead"]
    assert (shown["status"], shown["contact"]["email"]) == ("assigned", VALUES["email"])
    assert "source_id" not in shown
    assert tried("buy_lead", "one").body == answer.body
    assert wallet().balance_cents == 47_500
    assert [one.signed_cents for one in entries_of(BUYER.id)] == [-2_500]


def test_too_dear_is_a_price_that_changed() -> None:
    answer = tried("buy_lead", "too_dear")
    assert (answer.status, answer.code) == (409, "price_changed")


def test_of_several_each_has_its_result() -> None:
    assert tried("buy_lead", "several").body == {
        "results": [
            {
                "auction_id": AUCTION.id,
                "status": "bought",
                "lead_id": AUCTION.lead_id,
                "charged_cents": 2_500,
            }
        ]
    }
    assert tried("buy_lead", "several").body["results"] == [
        {"auction_id": AUCTION.id, "status": "refused", "code": "auction_closed"}
    ]


@pytest.mark.parametrize(
    "items",
    [[], [{"auction_id": AUCTION.id}], [{"auction_id": AUCTION.id, "max_price_cents": 0}], 3],
)
def test_a_wrong_list_of_listings_is_named(items: object) -> None:
    answer = by(1, "buy_lead").call("POST", "/marketplace/buy", {"items": items})
    assert answer.code == "validation_failed"
    assert all(path.startswith("items") for path in answer.body["errors"])
