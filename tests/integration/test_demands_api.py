"""Demands from an API Gateway event to the answer, over DynamoDB."""

from datetime import timedelta
from typing import Any

import pytest

from leadflow.adapters.dynamodb.demand_writer import DynamoDemandWriter
from leadflow.adapters.dynamodb.demands import DynamoDemands
from leadflow.domain.demands import Demand, DemandStatus
from leadflow.domain.identifiers import DemandId
from leadflow.domain.principals import Principal, Role
from leadflow.runtime import container
from tests.builders import (
    CATEGORY_ID,
    SOURCE_ID,
    TENANT_ID,
    TYPE_ID,
    configuration,
    duplicate_check,
    numbered,
)
from tests.fakes.clock import FixedClock
from tests.integration.events import event, tried
from tests.integration.http import Answer, Client, invoked
from tests.integration.seeds import store_configuration, store_customer
from tests.integration.trade_calls import ADMIN
from tests.trade import principal
from tests.unit.application.demand_world import LEAD, bidder, caller
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.demand_examples import IMPORT_ID, WANTED_TYPE, demand

WANTED = demand(id=DemandId(numbered("demand", 1)))
OWNER = principal(Role.CUSTOMER_USER, customer(1).id)
STRANGER = principal(Role.CUSTOMER_USER, customer(2).id)
PATH = f"/demands/{WANTED.id}"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(autouse=True)
def _wanted(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    """An open demand of a customer, at a moment that stands still."""
    monkeypatch.setattr(container, "clock", lambda: clock)
    checks = (duplicate_check(),)
    store_configuration(configuration(from_source=bidder(), of_type=WANTED_TYPE, checks=checks))
    for number in (1, 2):
        store_customer(customer(number, spendable=500))
    DynamoDemandWriter().put_all(TENANT_ID, [WANTED])


def seen(path: str, by: Principal, query: dict[str, str] | None = None) -> Answer:
    return Client("view_demands", by).call("GET", path, query=query)


def offered(
    cents: object = 1_200, by: Principal | None = None, path: str = PATH, **lead: object
) -> Answer:
    body = {"price_cents": cents, "lead": {**LEAD, **lead}}
    return Client("offer_on_demand", by or caller()).call("POST", f"{path}/offers", body)


def cancelled(by: Principal) -> Answer:
    return Client("cancel_demand", by).call("DELETE", PATH)


def advance() -> object:
    return invoked("advance_auctions", event("advance_auctions", "schedule"))


def now() -> Demand:
    found = DynamoDemands().get(TENANT_ID, WANTED.id)
    assert found
    return found


def test_a_source_is_shown_what_is_open_and_neither_customer_nor_person() -> None:
    answer = tried("view_demands", "open_ones")
    assert answer.status == 200
    assert answer.body["data"] == [
        {
            "object": "demand",
            "id": WANTED.id,
            "lead_category_id": CATEGORY_ID,
            "lead_type_id": TYPE_ID,
            "criteria": {"zip": "78701", "county": "Travis"},
            "ceiling_cents": 2_500,
            "instant_price_cents": 500,
            "closes_at": "2026-03-11T14:00:00Z",
            "status": "open",
        }
    ]
    assert tried("view_demands", "one").body == answer.body["data"][0]


def test_a_customer_is_shown_its_own_and_the_tenant_whose_it_is() -> None:
    [own] = tried("view_demands", "own_ones").body["data"]
    assert (own["id"], own["created_at"], "customer_id" in own) == (
        WANTED.id,
        "2026-03-11T12:00:00Z",
        False,
    )
    [theirs] = seen("/demands", ADMIN).body["data"]
    assert (theirs["customer_id"], theirs["import_id"]) == (customer(1).id, IMPORT_ID)
    assert tried("view_demands", "all_cancelled").body["data"] == []


def test_an_offer_that_buys_tells_of_the_lead() -> None:
    answer = tried("offer_on_demand", "that_buys")
    assert answer.status == 201
    lead_id = answer.body["lead_public_id"]
    assert (answer.body["status"], answer.body["reason"]) == ("accepted", None)
    lead = Client("view_lead", ADMIN).call("GET", f"/leads/{lead_id}").body
    assert (lead["status"], lead["demand_id"], lead["offer_id"]) == (
        "assigned",
        WANTED.id,
        answer.body["id"],
    )
    assert "submission_id" not in lead
    assert lead["assignment"]["assigned_via"] == "demand"
    assert (lead["assignment"]["charged_cents"], lead["payout_cents"]) == (500, 250)
    flow = Client("view_flows", ADMIN).call("GET", f"/flows/{lead['flow_ids'][0]}").body
    assert (flow["kind"], flow["channel"], flow["sold_for_cents"]) == ("demand", "customer", 500)
    assert (flow["outcome"], flow["attempts"], flow["submission_ids"]) == (None, [], [])
    again = tried("offer_on_demand", "that_buys")
    assert (again.status, again.body) == (201, answer.body)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_lead_can_be_returned_like_any_other() -> None:
    lead_id = tried("offer_on_demand", "that_buys").body["lead_public_id"]
    own = Client("list_leads", OWNER).call("GET", "/leads").body["data"]
    assert [one["id"] for one in own] == [lead_id]
    lead = Client("return_lead", ADMIN).call("POST", f"/leads/{lead_id}/return").body
    assert (lead["status"], lead["payout_cents"]) == ("returned", 250)
    Client("delete_lead", ADMIN).call("DELETE", f"/leads/{lead_id}")
    flow = Client("view_flows", ADMIN).call("GET", f"/flows/{lead['flow_ids'][0]}").body
    assert flow["lead_deleted_at"]


def test_an_offer_that_waits_is_settled_at_the_close(clock: FixedClock) -> None:
    made = tried("offer_on_demand", "that_waits")
    assert made.status == 201
    assert made.body == {
        "object": "offer",
        "id": made.body["id"],
        "demand_id": WANTED.id,
        "status": "pending",
        "reason": None,
        "price_cents": 1_200,
        "created_at": "2026-03-11T12:00:00Z",
    }
    assert advance() == {}
    clock.at = NOW + timedelta(minutes=121)
    assert advance() == {"demands_filled": 1}
    assert advance() == {}
    [own] = tried("view_demands", "own_offers").body["data"]
    assert (own["status"], own["lead_public_id"][:5]) == ("accepted", "lead_")
    [told] = tried("view_demands", "all_offers").body["data"]
    assert told == {**own, "source_id": SOURCE_ID}
    assert seen(PATH, ADMIN).body["status"] == "filled"


def test_a_person_is_sold_once_and_again_when_the_first_lead_is_gone(clock: FixedClock) -> None:
    others = [demand(number, owner=2) for number in (2, 3)]
    DynamoDemandWriter().put_all(TENANT_ID, others)
    refused, waiting = [f"/demands/{one.id}" for one in others]
    lead_id = offered(400).body["lead_public_id"]
    assert offered(400, path=refused).body["reason"] == "duplicate"
    assert offered(path=waiting).body["status"] == "pending"
    Client("delete_lead", ADMIN).call("DELETE", f"/leads/{lead_id}")
    clock.at = NOW + timedelta(minutes=121)
    assert advance() == {"demands_filled": 1}


@pytest.mark.parametrize(
    ("cents", "lead", "code", "named"),
    [
        (2_501, {}, "offer_above_ceiling", None),
        (0, {}, "validation_failed", "price_cents"),
        (1.5, {}, "validation_failed", "price_cents"),
        (True, {}, "validation_failed", "price_cents"),
        (900, {"zip": "1"}, "validation_failed", "lead.zip"),
        (900, {"zip": "73301"}, "criteria_not_met", "lead.zip"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    cents: object, lead: dict[str, Any], code: str, named: str | None
) -> None:
    answer = offered(cents, **lead)
    assert (answer.status, answer.code) == (422, code)
    assert named is None or named in answer.body["errors"]
    assert seen(f"{PATH}/offers", ADMIN).body["data"] == []


@pytest.mark.parametrize("body", ["[]", "{", '{"price_cents": 900}', '{"lead": {}, "x": 1}'])
def test_a_body_that_is_no_offer_is_refused(body: str) -> None:
    answer = Client("offer_on_demand", caller()).call("POST", f"{PATH}/offers", body)
    assert answer.status in {400, 422}


def test_sources_and_nobody_else_make_offers() -> None:
    assert tried("offer_on_demand", "too_dear").code == "offer_above_ceiling"
    assert tried("offer_on_demand", "by_the_tenant").status == 403
    assert offered(by=OWNER).status == 403


def test_a_demand_is_cancelled_once() -> None:
    assert tried("cancel_demand", "by_a_source").status == 403
    assert cancelled(STRANGER).status == 404
    assert cancelled(principal(Role.SALES)).status == 403
    assert tried("cancel_demand", "by_its_customer").status == 204
    assert now().status is DemandStatus.CANCELLED
    answer = tried("cancel_demand", "by_the_tenant")
    assert (answer.status, answer.code) == (409, "demand_closed")
    assert offered().code == "demand_closed"
    assert seen(PATH, caller()).status == 404
    [told] = tried("view_demands", "all_cancelled").body["data"]
    assert told["status"] == "cancelled"


def test_an_archived_customer_takes_its_demands_along() -> None:
    offered()
    Client("manage_customers", ADMIN).call("DELETE", f"/customers/{customer(1).id}")
    assert seen(PATH, ADMIN).body["status"] == "cancelled"
    assert seen("/demands", caller()).body["data"] == []
    assert offered().code == "demand_closed"
    Client("manage_customers", ADMIN).call("POST", f"/customers/{customer(1).id}/restore")
    assert seen(PATH, ADMIN).body["status"] == "cancelled"
    [own] = seen(f"{PATH}/offers", caller()).body["data"]
    assert own["status"] == "lost"


def test_nobody_sees_over_the_walls() -> None:
    assert seen(PATH, STRANGER).status == 404
    assert seen("/demands", STRANGER).body["data"] == []
    assert seen(f"{PATH}/offers", OWNER).status == 403
    assert seen(PATH, principal(Role.PARTNER_USER)).status == 403
    query: dict[str, str] = {"customer_id": customer(2).id}
    assert seen("/demands", OWNER, query).status == 404


def test_a_cursor_goes_on_for_who_was_given_it() -> None:
    DynamoDemandWriter().put_all(TENANT_ID, [demand(2), demand(3)])
    first = seen("/demands", ADMIN, {"limit": "2"}).body
    assert first["has_more"]
    query: dict[str, str] = {"limit": "2", "cursor": first["next_cursor"]}
    rest = seen("/demands", ADMIN, query).body["data"]
    assert len({one["id"] for one in [*first["data"], *rest]}) == 3
    assert seen("/demands", OWNER, query).code == "invalid_cursor"
    assert seen("/demands", ADMIN, {**query, "status": "open"}).code == "invalid_cursor"
    open_ones = seen("/demands", caller(), {"limit": "1"}).body
    assert len(open_ones["data"]) == 1
    assert seen("/demands", ADMIN, {"status": "gone"}).code == "validation_failed"
