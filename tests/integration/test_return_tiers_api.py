"""Return tiers over HTTP, from the ladder to what customers see of it."""

from typing import Any, cast

import pytest

from leadflow.domain.identifiers import CustomerId, UserId
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, numbered
from tests.fakes.jobs import ScriptedRuns
from tests.integration.configuration_calls import made, refused
from tests.integration.events import event
from tests.integration.http import Answer, Client, answered, invoked
from tests.integration.seeds import store_configuration, store_customer
from tests.unit.domain.bidding_examples import customer

BUYER = customer(1).id
LOW = {"name": "Low", "lower_percentage": 0, "upper_percentage": 5}
HIGH = {"name": "High", "lower_percentage": 5, "upper_percentage": 100, "penalty_percentage": 10}


def person(role: Role = Role.ADMIN, customer_id: CustomerId | None = None) -> UserPrincipal:
    user_id = UserId(numbered("user", 1))
    return UserPrincipal(tenant_id=TENANT_ID, user_id=user_id, role=role, customer_id=customer_id)


@pytest.fixture(autouse=True)
def runs(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ScriptedRuns:
    """A tenant with a customer, and workflows that are only noted down."""
    noted = ScriptedRuns()
    monkeypatch.setattr(container, "job_runs", lambda: noted)
    store_configuration(configuration())
    store_customer(customer(1, lifetime_charged_cents=600_000, lifetime_refunded_cents=45_000))
    return noted


@pytest.fixture
def admin() -> Client:
    return Client("manage_configuration", person())


def read(customer_id: str = BUYER) -> dict[str, Any]:
    return Client("manage_customers", person()).call("GET", f"/customers/{customer_id}").body


def recalculate(principal: UserPrincipal, body: object = None, key: str | None = None) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    return Client("recalculate_return_tiers", principal).call(
        "POST", "/return-tiers/recalculate", body, headers=headers
    )


def test_a_tier_is_created_changed_audited_and_deleted(admin: Client) -> None:
    answer = admin.call("POST", "/return-tiers", HIGH)
    assert answer.status == 201
    assert answer.body.items() >= {**HIGH, "object": "return_tier", "version": 1}.items()
    path, stale = f"/return-tiers/{answer.body['id']}", {"If-Match": '"7"'}
    refused(admin.call("PATCH", path, {"colour": "red"}, headers=stale), 412, "precondition_failed")
    changed = admin.call("PATCH", path, {"colour": "red"}, headers={"If-Match": '"1"'})
    assert (changed.headers["ETag"], changed.body["colour"]) == ('"2"', "red")
    assert admin.call("DELETE", path).status == 204
    assert admin.call("GET", "/return-tiers").body["data"] == []
    assert admin.call("GET", path).body["archived"] is True
    log = admin.call("GET", "/audit-log").body["data"]
    assert [line["resource"] for line in log] == ["return-tiers"] * 3


def test_overlapping_bounds_are_refused_by_name(admin: Client) -> None:
    made(admin, "/return-tiers", LOW)
    answer = admin.call("POST", "/return-tiers", {**HIGH, "lower_percentage": 4.99})
    assert set(refused(answer, 422, "tiers_overlap")) == {"lower_percentage", "upper_percentage"}
    assert "the tier Low" in answer.body["detail"]


@pytest.mark.parametrize("role", [Role.CUSTOMER_ADMIN, Role.CUSTOMER_USER])
def test_customers_see_all_tiers_and_change_none(admin: Client, role: Role) -> None:
    tier_id = made(admin, "/return-tiers", HIGH)["id"]
    buyer = Client("manage_configuration", person(role, BUYER))
    assert [one["name"] for one in buyer.call("GET", "/return-tiers").body["data"]] == ["High"]
    assert buyer.call("GET", f"/return-tiers/{tier_id}").body["penalty_percentage"] == 10
    refused(buyer.call("POST", "/return-tiers", LOW), 403, "forbidden")
    refused(buyer.call("PATCH", f"/return-tiers/{tier_id}", {"name": "x"}), 403, "forbidden")
    refused(buyer.call("GET", "/lead-types"), 403, "forbidden")
    refused(recalculate(person(role, BUYER), {"confirm": True}), 403, "forbidden")


def test_other_roles_see_none(admin: Client) -> None:
    for role in (Role.CUSTOMER_SUPPORT, Role.SALES, Role.PARTNER_ADMIN):
        client = Client("manage_configuration", person(role))
        refused(client.call("GET", "/return-tiers"), 403, "forbidden")


@pytest.mark.parametrize("body", [None, {}, {"confirm": False}, {"confirm": "true"}])
def test_a_recalculation_needs_a_confirmation(runs: ScriptedRuns, body: object) -> None:
    assert set(refused(recalculate(person(), body), 422, "validation_failed")) == {"confirm"}
    assert not runs.started


def test_an_event_that_is_not_confirmed_is_refused(runs: ScriptedRuns) -> None:
    answer = answered(
        "recalculate_return_tiers", event("recalculate_return_tiers", "not_confirmed")
    )
    assert set(refused(answer, 422, "validation_failed")) == {"confirm"}


def test_tiers_act_for_those_whom_a_recalculation_has_moved(
    admin: Client, runs: ScriptedRuns
) -> None:
    high = made(admin, "/return-tiers", HIGH)
    admin.call("PATCH", "/settings", {"return_tiers_enabled": True})
    assert (read()["return_rate"], read()["return_tier"]) == (7.5, None)

    answer = answered("recalculate_return_tiers", event("recalculate_return_tiers", "confirmed"))

    assert (answer.status, answer.body["kind"]) == (202, "return_tier_recalculation")
    [job] = runs.started
    step = event("move_customers_to_tiers", "first") | {"job_id": job}
    ended = cast("dict[str, Any]", invoked("move_customers_to_tiers", step))
    assert (ended["state"], ended["moved"]) == ("ended", 1)
    done = Client("track_jobs", person()).call("GET", f"/jobs/{job}").body
    assert (done["status"], done["result"]) == ("succeeded", {"customers": 1, "moved": 1})
    assert done["progress"] == {"total": 1, "done": 1, "failed": 0}
    assert read()["return_tier"] == {"id": high["id"], "name": "High"}
    moves = admin.call("GET", "/audit-log").body["data"][0]
    assert (moves["resource_id"], moves["after"]) == (BUYER, {"return_tier_id": high["id"]})


def test_tiers_that_do_not_act_show_no_tier(admin: Client) -> None:
    high = made(admin, "/return-tiers", HIGH)
    placed = {"lifetime_charged_cents": 600_000, "return_tier_id": high["id"]}
    store_customer(customer(2, **placed))
    store_customer(customer(3, ignore_return_tiers=True, **placed))
    other = customer(2).id
    assert read(other)["return_tier"] is None
    admin.call("PATCH", "/settings", {"return_tiers_enabled": True})
    assert read(other)["return_tier"] == {"id": high["id"], "name": "High"}
    assert read(customer(3).id)["return_tier"] is None
    admin.call("DELETE", f"/return-tiers/{high['id']}")
    assert read(other)["return_tier"] is None


def test_a_new_customer_begins_in_its_tier(admin: Client) -> None:
    made(admin, "/return-tiers", LOW)
    entrance = {**LOW, "name": "Hello", "apply_to_new_customers": True}
    made(admin, "/return-tiers", entrance)
    admin.call("PATCH", "/settings", {"return_tiers_enabled": True})
    client = Client("manage_customers", person())
    new = made(client, "/customers", {"name": "Buyer", "email": "b@example.com"})
    assert new["return_tier"]["name"] == "Hello"
    listed = client.call("GET", "/customers").body["data"]
    assert [one["return_tier"] and one["return_tier"]["name"] for one in listed] == ["Hello", None]


def test_a_failed_recalculation_is_told_of(runs: ScriptedRuns) -> None:
    job = recalculate(person(), {"confirm": True}).body["id"]
    step = event("record_failed_job", "recalculation") | {"job_id": job}
    invoked("record_failed_job", step)
    assert Client("track_jobs", person()).call("GET", f"/jobs/{job}").body["status"] == "failed"


def test_a_repeated_recalculation_is_one_job_though_its_first_answer_was_lost(
    runs: ScriptedRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = recalculate(person(), {"confirm": True}, "again")
    monkeypatch.setattr("leadflow.runtime.http.once", lambda event, context, do: do(event, context))
    assert recalculate(person(), {"confirm": True}, "again").body["id"] == first.body["id"]
    assert set(runs.started) == {first.body["id"]}
