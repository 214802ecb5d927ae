"""The marketplace from an API Gateway event to the answer, over DynamoDB."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leadflow.adapters.dynamodb.auction_items import auction_item
from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.order_items import order_item
from leadflow.application import browse_marketplace
from leadflow.application.finish_archivings import ARCHIVED_WITHIN
from leadflow.application.free_holds import FreeHolds
from leadflow.domain.buy_orders import BuyOrder
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.errors import TransientFault
from leadflow.domain.flows import attempted
from leadflow.domain.identifiers import AuctionId, OrderId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.domain.settings import TenantSettings
from leadflow.runtime import container
from tests.builders import TENANT_ID, VALUES, lead, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.http import Answer, Client, answered, invoked
from tests.integration.seeds import entries_of, store_configuration, store_customer, store_lead
from tests.trade import principal
from tests.unit.application.marketplace_world import LISTING, listable
from tests.unit.domain.auction_examples import auction
from tests.unit.domain.bidding_examples import NOW, customer

EVENTS = Path(__file__).parents[2] / "events"
BUYER = customer(1, spendable=500)
AUCTION = auction(id=AuctionId(numbered("auction", 1)))
ORDER_ID = OrderId(numbered("order", 1))
CONTACT = [str(VALUES[title]) for title in ("first_name", "last_name", "email", "zip")]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def machine() -> ScriptedDistribution:
    return ScriptedDistribution()


@pytest.fixture(autouse=True)
def market(
    tables: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    clock: FixedClock,
    machine: ScriptedDistribution,
) -> None:
    """A tenant with a listed lead and two customers, at a moment that stands still."""
    monkeypatch.setattr(container, "clock", lambda: clock)
    monkeypatch.setattr(container, "distribution", lambda: machine)
    settings = TenantSettings(default_consent_name="Acme", public_marketplace_enabled=True)
    store_configuration(replace(listable(), settings=settings))
    for one in (BUYER, customer(2, spendable=500)):
        store_customer(one)
    store_lead(lead(status=LeadStatus.MARKETPLACE))
    auction_item(TENANT_ID, AUCTION).save()


def an_order() -> BuyOrder:
    """The order that the events speak of, held already."""
    order = BuyOrder(
        id=ORDER_ID,
        auction_id=AUCTION.id,
        customer_id=BUYER.id,
        amount_cents=1_100,
        placed_at=NOW,
        updated_at=NOW,
    )
    order_item(TENANT_ID, order).save()
    auction_item(TENANT_ID, AUCTION.with_order(order.standing)).save()
    store_customer(BUYER.model_copy(update={"held_cents": 1_100}))
    return order


def tried(function: str, case: str) -> Answer:
    """What a function answers to one of its events."""
    event: dict[str, Any] = json.loads((EVENTS / function / f"{case}.json").read_text())
    return answered(function, event)


def by(number: int, function: str) -> Client:
    """A user of that customer."""
    return Client(function, principal(Role.CUSTOMER_USER, customer(number).id))


def wallet(number: int = 1) -> Customer:
    owner = customer(number).id
    return DynamoCustomers().many(TENANT_ID, [owner])[owner]


def advance() -> object:
    event = json.loads((EVENTS / "advance_auctions/schedule.json").read_text())
    return invoked("advance_auctions", event)


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
    path = "browse_marketplace/public_marketplace.json"
    event: dict[str, Any] = json.loads((EVENTS / path).read_text())
    keyed = event | {"headers": {"Idempotency-Key": "1"}}
    assert answered("browse_marketplace", keyed).status == 200
    limited = event | {"queryStringParameters": {"limit": "0"}}
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
    event: dict[str, Any] = json.loads(
        (EVENTS / "browse_marketplace/public_marketplace.json").read_text()
    )
    other = event["path"].replace("0" * 26, "7" * 26)
    assert answered("browse_marketplace", event | {"path": other}).code == "not_found"


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


def test_an_order_is_answered_with_what_is_held() -> None:
    answer = tried("place_buy_order", "order")
    assert (answer.status, answer.body["bought"]) == (201, None)
    order = answer.body["order"]
    assert (order["auction_id"], order["amount_cents"], order["status"]) == (
        AUCTION.id,
        1_100,
        "active",
    )
    assert tried("place_buy_order", "order").body == answer.body
    assert (wallet().held_cents, wallet().balance_cents) == (1_100, 50_000)
    [listed] = tried("browse_marketplace", "own_orders").body["data"]
    assert listed == order


def test_an_order_at_the_current_price_buys() -> None:
    answer = tried("place_buy_order", "at_the_current_price")
    assert (answer.status, answer.body["order"]) == (201, None)
    assert answer.body["bought"]["charged_cents"] == 2_500


def test_an_order_below_the_last_price_is_refused() -> None:
    assert tried("place_buy_order", "below_the_last_price").code == "buy_order_below_last_price"


def test_an_order_is_canceled_by_its_customer_alone() -> None:
    an_order()
    path = f"/marketplace/orders/{ORDER_ID}"
    assert by(2, "cancel_buy_order").call("DELETE", path).status == 404
    assert tried("cancel_buy_order", "cancel").status == 204
    assert tried("cancel_buy_order", "cancel").status == 204
    assert wallet().held_cents == 0


def test_the_schedule_settles_an_order_that_was_reached(clock: FixedClock) -> None:
    an_order()
    clock.at = NOW + timedelta(minutes=89)
    assert advance() == {}
    clock.at = NOW + timedelta(minutes=91)
    assert advance() == {"sold": 1}
    assert (wallet().balance_cents, wallet().held_cents) == (48_900, 0)
    stored = DynamoLeads().get(TENANT_ID, AUCTION.lead_id)
    assert stored
    assert stored.status is LeadStatus.ASSIGNED


def test_the_schedule_hands_an_unsold_lead_on(
    clock: FixedClock, machine: ScriptedDistribution
) -> None:
    clock.at = NOW + timedelta(minutes=135)
    assert advance() == {"unsold": 1}
    assert advance() == {}
    [(run, _)] = machine.started
    assert (run.method, run.step) == ("highest_price", AUCTION.step + 2)


def test_an_archived_customers_holds_are_let_go() -> None:
    an_order()
    admin = Client("manage_customers", principal(Role.ADMIN))
    assert admin.call("DELETE", f"/customers/{BUYER.id}").status == 204
    assert (wallet().archived, wallet().held_cents) == (True, 0)
    answer = tried("place_buy_order", "order")
    assert answer.code == "customer_archived"


def test_an_archiving_that_broke_off_is_finished_by_the_schedule(
    monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    an_order()
    with monkeypatch.context() as broken:
        broken.setattr(FreeHolds, "of_customer", _down)
        admin = Client("manage_customers", principal(Role.ADMIN))
        assert admin.call("DELETE", f"/customers/{BUYER.id}").status == 503
    assert (wallet().archived, wallet().held_cents > 0) == (True, True)
    assert advance() == {}
    clock.at += ARCHIVED_WITHIN
    assert advance() == {"archivings_canceled": 1}
    assert wallet().held_cents == 0
    assert advance() == {}


def _down(*_: object) -> None:
    raise TransientFault("down")


def test_a_deleted_leads_holds_are_let_go() -> None:
    listing = auction(version=1)
    auction_item(TENANT_ID, listing).save()
    order = an_order().model_copy(update={"auction_id": listing.id})
    order_item(TENANT_ID, order).save()
    held = listing.with_order(order.standing)
    auction_item(TENANT_ID, held).save()
    processing = AttemptStatus.PROCESSING
    entered = attempted(LISTING, processing, None, started_at=NOW, ended_at=NOW)
    step = entered.model_copy(update={"number": listing.step})
    DynamoFlows().add_step(TENANT_ID, listing.flow_id, step)
    admin = Client("delete_lead", principal(Role.ADMIN))
    assert admin.call("DELETE", f"/leads/{listing.lead_id}").status == 204
    assert wallet().held_cents == 0
