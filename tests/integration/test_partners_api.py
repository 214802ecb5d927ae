"""Partners and the Real Estate API over HTTP, and where their secrets are."""

import json
import socket
from collections.abc import Mapping
from typing import Any

import pytest

from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.secrets import DynamoSecrets
from leadflow.domain.identifiers import TenantId, UserId
from leadflow.domain.principals import Role, UserPrincipal
from tests.builders import SOURCE_ID, TENANT_ID, configuration
from tests.integration.http import Answer, Client
from tests.integration.seeds import store_configuration

PING = {"url": "https://buyer.example.com/ping", "response": {"price_path": "price"}}
POST = {"url": "https://buyer.example.com/post"}
BASIC = {"type": "basic", "username": "me", "password": "pa55word"}
SECRETS = ("pa55word", "t0p-s3cret", "k3y-k3y")
INTEGRATION = "/integrations/real-estate-api"
API = {"base_url": "https://api.example.com", "api_key": "t0p-s3cret"}


def user(role: Role = Role.ADMIN, tenant_id: TenantId = TENANT_ID) -> UserPrincipal:
    return UserPrincipal(tenant_id=tenant_id, user_id=UserId("user_1"), role=role)


@pytest.fixture(autouse=True)
def _names_are_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name of a host resolves to an address that is public, without asking anybody."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.fixture
def admin(tables: Mapping[str, str]) -> Client:
    store_configuration(configuration())
    return Client("manage_configuration", user())


def made(client: Client, **members: object) -> dict[str, Any]:
    answer = client.call("POST", "/partners", {"name": "Buyer", **members})
    assert answer.status == 201, answer.text
    return answer.body


def refused(answer: Answer, status: int, code: str) -> dict[str, Any]:
    assert (answer.status, answer.code) == (status, code), answer.text
    errors: dict[str, Any] = answer.body.get("errors", {})
    return errors


def test_a_partner_is_created_read_changed_listed_and_archived(admin: Client) -> None:
    body = made(admin, ping=PING, post=POST, offer_penalty_percentage=2.5)
    path = f"/partners/{body['id']}"
    assert (body["object"], body["offer_penalty_percentage"]) == ("partner", 2.5)
    assert (body["ping_configured"], body["post_configured"]) == (True, True)
    read = admin.call("GET", path)
    assert (read.status, read.headers["ETag"], read.body) == (200, '"1"', body)
    changed = admin.call("PATCH", path, {"ping": None}, headers={"If-Match": '"1"'})
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert "ping" not in changed.body
    refused(admin.call("PATCH", path, {}, headers={"If-Match": '"1"'}), 412, "precondition_failed")
    assert [one["id"] for one in admin.call("GET", "/partners").body["data"]] == [body["id"]]
    admin.call("PATCH", f"/sources/{SOURCE_ID}", {"partner_id": body["id"]})
    assert admin.call("DELETE", path).status == 204
    assert admin.call("GET", "/partners").body["data"] == []
    assert admin.call("GET", path).body["archived"]
    assert "partner_id" not in admin.call("GET", f"/sources/{SOURCE_ID}").body


@pytest.mark.parametrize(
    "url",
    [
        "http://buyer.example.com",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://2130706433/",
        "https://224.0.0.1/",
        "https://me:secret@buyer.example.com/",
        "ftp://buyer.example.com/",
    ],
)
def test_only_public_addresses_are_saved(admin: Client, url: str) -> None:
    answer = admin.call("POST", "/partners", {"name": "Buyer", "post": {"url": url}})
    assert set(refused(answer, 422, "validation_failed")) == {"post.url"}


def test_a_name_that_leads_into_the_own_network_is_not_saved(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    answer = admin.call("POST", "/partners", {"name": "Buyer", "post": POST})
    assert set(refused(answer, 422, "validation_failed")) == {"post.url"}


def test_secrets_are_nowhere_but_sealed_in_their_own_item(
    admin: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    half = {**PING, "auth": BASIC, "headers": {"X-Api-Key": "k3y-k3y"}}
    body = made(admin, ping=half)
    path = f"/partners/{body['id']}"
    patch = {"post": {**POST, "auth": {"type": "bearer", "token": "t0p-s3cret"}}}
    texts = [
        json.dumps(body),
        admin.call("PATCH", path, patch).text,
        admin.call("GET", path).text,
        admin.call("GET", "/partners").text,
        admin.call("GET", "/audit-log").text,
        admin.call("PATCH", path, {"post": {**patch["post"], "url": "t0p-s3cret"}}).text,
        capsys.readouterr().out,
    ]
    assert not [one for one in SECRETS for text in texts if one in text]
    assert '"***"' in texts[2]
    [item] = ConfigurationItem.query(f"{TENANT_ID}#SECRETS")
    assert (item.sk, item.version) == (f"partners#{body['id']}", 2)
    assert DynamoSecrets().of(TENANT_ID, item.sk, 2) == {
        "ping.password": "pa55word",
        "ping.header:X-Api-Key": "k3y-k3y",
        "post.token": "t0p-s3cret",
    }
    stored = [str(one.document) for one in ConfigurationItem.scan()]
    assert not [one for one in SECRETS for text in stored if one in text]


def test_the_real_estate_api_is_put_read_and_removed(admin: Client) -> None:
    refused(admin.call("GET", INTEGRATION), 404, "not_found")
    refused(admin.call("DELETE", INTEGRATION), 404, "not_found")
    put = admin.call("PUT", INTEGRATION, {**API, "skip_trace_api_key": "k3y-k3y"})
    assert put.status == 200, put.text
    assert (put.body["object"], put.body["id"]) == ("integration", "real-estate-api")
    assert (put.body["api_key_set"], put.body["skip_trace_api_key_set"]) == (True, True)
    read = admin.call("GET", INTEGRATION)
    assert (read.body, read.headers["ETag"]) == (put.body, put.headers["ETag"])
    stale = {"If-Match": '"99"'}
    refused(admin.call("PUT", INTEGRATION, API, headers=stale), 412, "precondition_failed")
    refused(admin.call("DELETE", INTEGRATION, headers=stale), 412, "precondition_failed")
    fresh = {"If-Match": put.headers["ETag"]}
    second = admin.call("PUT", INTEGRATION, API, headers=fresh)
    assert second.body["skip_trace_api_key_set"] is False
    assert admin.call("DELETE", INTEGRATION).status == 204
    refused(admin.call("GET", INTEGRATION), 404, "not_found")
    logged = admin.call("GET", "/audit-log").body["data"]
    assert [one["resource"] for one in logged] == ["integrations"] * 3
    assert not [one for one in SECRETS if one in json.dumps(logged) + put.text + read.text]


def test_a_missing_permission_is_named(admin: Client) -> None:
    for function, method, path, permission in (
        ("manage_configuration", "GET", "/partners", "partners.view"),
        ("manage_configuration", "POST", "/partners", "partners.create"),
        ("manage_configuration", "PATCH", "/partners/x", "partners.update"),
        ("manage_configuration", "DELETE", "/partners/x", "partners.delete"),
        ("test_partner_exchange", "POST", "/partners/x/test-exchange", "partners.update"),
        ("manage_configuration", "GET", INTEGRATION, "integrations.view"),
        ("manage_configuration", "PUT", INTEGRATION, "integrations.update"),
        ("manage_configuration", "DELETE", INTEGRATION, "integrations.delete"),
    ):
        answer = Client(function, user(Role.SALES)).call(method, path, "{}")
        refused(answer, 403, "forbidden")
        assert permission in answer.body["detail"]
