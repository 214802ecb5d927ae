"""Configuration over HTTP, from a new tenant to its audit log."""

from collections.abc import Mapping
from typing import Any

import pytest

from leadflow.domain.identifiers import TenantId, UserId
from leadflow.domain.principals import Role, SourcePrincipal, UserPrincipal
from leadflow.runtime import container
from tests.fakes.addresses import PublicAddresses
from tests.integration.configuration_calls import let_in, made, made_category, made_source, refused
from tests.integration.http import Client, invoked


@pytest.fixture
def admin(tables: Mapping[str, str]) -> Client:
    provisioned: Any = invoked("provision_tenant", {"name": "Acme"})
    return Client("manage_configuration", let_in(f"Bearer {provisioned['admin_token']}"))


@pytest.fixture
def planner(admin: Client) -> Client:
    return Client("manage_distribution_plan", admin.principal)


def test_a_new_tenant_has_a_bidding_stage_the_marketplace_and_its_defaults(
    admin: Client, planner: Client
) -> None:
    plan = planner.call("GET", "/distribution-plan")
    settings = admin.call("GET", "/settings").body
    assert plan.headers["ETag"] == '"1"'
    stage, listing = plan.body["stages"]
    assert (stage["name"], stage["method"], stage["paused"]) == ("Bidding", "highest_price", False)
    assert (listing["name"], listing["method"]) == ("Marketplace", "marketplace")
    assert stage["settings"]["bids"]["enabled"]
    assert not stage["settings"]["partners"]["enabled"]
    assert (settings["operating_countries"], settings["marketplace_enabled"]) == (["US"], True)
    assert settings["default_consent_name"] == "Acme"


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "Acme", "countries": ["FR"]}, "countries.0"),
        ({"name": "Acme", "countries": []}, "countries"),
        ({"name": "Acme", "marketplace": "yes"}, "marketplace"),
        ({"name": "Acme", "colour": "red"}, "colour"),
    ],
)
def test_an_operator_is_told_what_is_wrong_with_a_tenant(
    tables: Mapping[str, str], payload: Mapping[str, object], told: str
) -> None:
    with pytest.raises(Exception, match=told):
        invoked("provision_tenant", payload)


def test_a_resource_is_created_read_changed_listed_and_archived(admin: Client) -> None:
    category = made_category(admin, fields=[{"title": "roof_age", "type": "numeric"}])
    path = f"/lead-categories/{category['id']}"
    read = admin.call("GET", path)
    assert (read.status, read.headers["ETag"], read.body) == (200, '"1"', category)
    assert [field["title"] for field in read.body["fields"]][-1] == "roof_age"
    changed = admin.call("PATCH", path, {"description": "Roofs"}, headers={"If-Match": '"1"'})
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.body["name"], changed.body["description"]) == ("Homes", "Roofs")
    assert [one["id"] for one in admin.call("GET", "/lead-categories").body["data"]] == [
        category["id"]
    ]
    assert admin.call("DELETE", path).status == 204
    assert admin.call("GET", "/lead-categories").body["data"] == []
    assert admin.call("GET", path).body["archived"]
    assert admin.call("DELETE", path).status == 204
    refused(admin.call("PATCH", path, {"name": "Roofs"}), 409, "conflict")


def test_a_category_comes_with_its_fallback_type(admin: Client) -> None:
    category = made_category(admin)
    fallback = admin.call("GET", f"/lead-types/{category['fallback_lead_type_id']}").body
    assert (fallback["fallback"], fallback["lead_category_id"]) == (True, category["id"])
    assert fallback["bidding_scopes"] == []


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_stale_version_is_refused(admin: Client, method: str) -> None:
    path = f"/lead-categories/{made_category(admin)['id']}"
    body = {"name": "Roofs"} if method == "PATCH" else None
    answer = admin.call(method, path, body, headers={"If-Match": '"7"'})
    refused(answer, 412, "precondition_failed")
    assert admin.call("GET", path).headers["ETag"] == '"1"'


def test_lists_are_walked_newest_first_and_cursors_are_bound(admin: Client) -> None:
    wanted = [made_category(admin, name=f"C{index}")["id"] for index in range(5)][::-1]
    walked, query = [], {"limit": "2"}
    for _ in range(3):
        page = admin.call("GET", "/lead-categories", query=query).body
        walked += [one["id"] for one in page["data"]]
        query = {"limit": "2", "cursor": page["next_cursor"]}
    assert (walked, page["has_more"]) == (wanted, False)
    foreign = admin.call("GET", "/lead-categories", query={"limit": "2"}).body["next_cursor"]
    answer = admin.call("GET", "/lead-types", query={"cursor": foreign})
    refused(answer, 422, "invalid_cursor")
    assert "limit" in refused(
        admin.call("GET", "/sources", query={"limit": "201"}), 422, "validation_failed"
    )


def test_what_does_not_exist_is_not_found(admin: Client, planner: Client) -> None:
    for client, path in (
        (admin, "/no-such-things"),
        (admin, "/no-such-things/x"),
        (admin, "/lead-types/type_x"),
        (admin, "/users/user_x"),
        (admin, "/customers/cus_x/users"),
        (planner, "/distribution-plan/versions/2"),
        (planner, "/distribution-plan/versions/0x1"),
    ):
        refused(client.call("GET", path), 404, "not_found")
    refused(admin.call("POST", "/sources/source_x/credentials"), 404, "not_found")
    refused(admin.call("PATCH", "/sources/source_x", {}), 404, "not_found")
    refused(admin.call("DELETE", "/sources/source_x"), 404, "not_found")


def test_another_tenants_objects_look_like_none(admin: Client) -> None:
    category = made_category(admin)
    token = invoked("provision_tenant", {"name": "Rival"})["admin_token"]  # type: ignore[index] # JSON
    rival = Client("manage_configuration", let_in(f"Bearer {token}"))
    path = f"/lead-categories/{category['id']}"
    refused(rival.call("GET", path), 404, "not_found")
    refused(rival.call("PATCH", path, {"name": "Mine"}), 404, "not_found")
    body = {"name": "T", "lead_category_id": category["id"]}
    errors = refused(rival.call("POST", "/lead-types", body), 422, "validation_failed")
    assert errors == {"lead_category_id": ["There is no such lead category."]}


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"name": NaN}', ""])
def test_a_body_that_is_no_json_object_is_refused(admin: Client, body: str) -> None:
    refused(admin.call("POST", "/lead-categories", body), 400, "malformed_json")


def test_control_characters_and_lone_surrogates_are_refused_wherever_they_are(
    admin: Client,
) -> None:
    for text in ("a\x00b", "a\ud800b"):
        fields = [{"title": "a", "type": "text", "description": text}]
        body = {"name": text, "fields": fields}
        answer = admin.call("POST", "/lead-categories", body)
        errors = refused(answer, 422, "validation_failed")
        assert errors.keys() == {"name", "fields.0.description"}


def test_a_missing_permission_is_named(admin: Client, planner: Client) -> None:
    user = UserPrincipal(
        tenant_id=admin.principal.tenant_id, user_id=UserId("user_2"), role=Role.SALES
    )
    for client, method, path, permission in (
        (admin, "GET", "/sources", "sources.view"),
        (admin, "POST", "/lead-types", "lead-types.create"),
        (admin, "PATCH", "/audit-conditions/x", "audit-conditions.update"),
        (admin, "DELETE", "/duplicate-checks/x", "duplicate-checks.delete"),
        (admin, "POST", "/sources/x/credentials", "sources.update"),
        (admin, "GET", "/users", "users.view"),
        (admin, "DELETE", "/users/x", "users.delete"),
        (admin, "GET", "/roles", "users.view"),
        (admin, "POST", "/customers/cus_x/users", "customers.update"),
        (admin, "PATCH", "/settings", "tenant-settings.update"),
        (admin, "GET", "/audit-log", "tenant-settings.view"),
        (planner, "PUT", "/distribution-plan", "stages.update"),
        (planner, "GET", "/distribution-plan/versions/1", "stages.view"),
    ):
        answer = Client(client.function, user).call(method, path, "{}")
        refused(answer, 403, "forbidden")
        assert permission in answer.body["detail"]


def test_a_source_may_not_configure_anything(admin: Client) -> None:
    source = made_source(admin, made_category(admin)["id"])
    sender = let_in(f"Bearer {source['credentials']['bearer_token']}")
    assert isinstance(sender, SourcePrincipal)
    for path in ("/sources", "/users", "/settings"):
        refused(Client("manage_configuration", sender).call("GET", path), 403, "forbidden")


def test_the_plan_is_replaced_as_a_whole_and_keeps_its_versions(
    admin: Client, planner: Client
) -> None:
    plan = planner.call("GET", "/distribution-plan").body
    plan["stages"].append({"name": "Second", "method": "highest_price", "id": "stage_mine"})
    answer = planner.call("PUT", "/distribution-plan", plan, headers={"If-Match": '"1"'})
    assert answer.status == 200, answer.text
    assert answer.headers["ETag"] == '"2"'
    *kept, second = answer.body["stages"]
    assert kept == plan["stages"][:2]
    assert second["id"] != "stage_mine"
    assert planner.call("GET", "/distribution-plan/versions/2").body == answer.body
    assert len(planner.call("GET", "/distribution-plan/versions/1").body["stages"]) == 2
    stale = planner.call("PUT", "/distribution-plan", plan, headers={"If-Match": '"1"'})
    refused(stale, 412, "precondition_failed")


def test_settings_are_changed_one_by_one(admin: Client) -> None:
    patch = {
        "ping_validity_minutes": 10,
        "bidding": {"lead_caps": {"bid": {"daily": False}}},
    }
    answer = admin.call("PATCH", "/settings", patch, headers={"If-Match": '"1"'})
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert admin.call("GET", "/settings").body == answer.body
    caps = answer.body["bidding"]["lead_caps"]
    assert answer.body["ping_validity_minutes"] == 10
    assert caps["bid"] == {"daily": False, "weekly": True, "monthly": True}
    assert caps["account"] == {"daily": True, "weekly": True, "monthly": True}


def test_the_direct_post_tells_its_signing_secret_once(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "addresses", PublicAddresses)
    on = {"direct_post": {"enabled": True, "url": "https://receiver.example.com/x"}}
    shown = admin.call("PATCH", "/settings", on).body["direct_post"]
    assert shown["secret"].startswith("whsec_")
    assert "secret" not in admin.call("GET", "/settings").body["direct_post"]
    rotated = admin.call("POST", "/settings/direct-post/rotate-secret")
    assert (rotated.status, set(rotated.body)) == (200, {"secret"})
    assert rotated.body["secret"] != shown["secret"]
    log = admin.call("GET", "/audit-log").text
    assert not [one for one in (shown["secret"], rotated.body["secret"]) if one in log]


def test_without_a_direct_post_there_is_no_secret_to_rotate(admin: Client) -> None:
    answer = admin.call("POST", "/settings/direct-post/rotate-secret")
    refused(answer, 422, "direct_post_not_configured")


def test_every_change_is_in_the_audit_log_without_secrets(admin: Client) -> None:
    category = made_category(admin)
    source = made_source(admin, category["id"])
    admin.call("PATCH", f"/sources/{source['id']}", {"name": "Site"})
    made(admin, "/users", {"email": "sue@acme.com", "role": "sales"})
    answer = admin.call("GET", "/audit-log", query={"limit": "2"})
    user, change = answer.body["data"]
    assert isinstance(admin.principal, UserPrincipal)
    assert change["actor"] == admin.principal.user_id
    assert (change["resource"], change["resource_id"]) == ("sources", source["id"])
    assert (change["before"], change["after"]) == ({"name": "Web"}, {"name": "Site"})
    assert (user["resource"], user["before"]) == ("users", None)
    older = admin.call("GET", "/audit-log", query={"cursor": answer.body["next_cursor"]})
    assert [line["resource"] for line in older.body["data"]][:3] == [
        "sources",
        "lead-types",
        "lead-categories",
    ]
    logged = answer.text + older.text
    assert user["after"]["token_hash"] == "***"
    assert older.body["data"][0]["after"]["credentials"] == "***"
    assert source["credentials"]["bearer_token"] not in logged


def test_a_repeated_request_creates_nothing_twice(admin: Client) -> None:
    key = {"Idempotency-Key": "once"}
    first = admin.call("POST", "/lead-categories", {"name": "Homes"}, headers=key)
    again = admin.call("POST", "/lead-categories", {"name": "Homes"}, headers=key)
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert len(admin.call("GET", "/lead-categories").body["data"]) == 1


def test_a_tenant_that_does_not_exist_is_an_internal_error(tables: Mapping[str, str]) -> None:
    nobody = UserPrincipal(
        tenant_id=TenantId("tenant_x"), user_id=UserId("user_x"), role=Role.ADMIN
    )
    answer = Client("manage_configuration", nobody).call("GET", "/settings")
    assert (answer.status, answer.code) == (500, "internal")
