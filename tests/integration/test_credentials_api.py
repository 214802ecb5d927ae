"""Who is let in, who stays, and what everybody may do, over DynamoDB."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import pytest

from leadflow.domain.posts import BODY_BYTES_MAX
from leadflow.domain.principals import Role
from tests.integration.configuration_calls import (
    ARN,
    let_in,
    made,
    made_category,
    made_source,
    refused,
)
from tests.integration.http import Client, invoked


def is_kept_out(authorization: str) -> bool:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        let_in(authorization)
    return True


def basic(key: str, secret: str) -> str:
    return f"Basic {b64encode(f'{key}:{secret}'.encode()).decode()}"


@pytest.fixture
def admin(tables: Mapping[str, str]) -> Client:
    provisioned: Any = invoked("provision_tenant", {"name": "Acme"})
    return Client("manage_configuration", let_in(f"Bearer {provisioned['admin_token']}"))


def test_rotation_ends_the_pair_at_once_and_archiving_ends_everything(admin: Client) -> None:
    source = made_source(admin, made_category(admin)["id"])
    first, path = source["credentials"], f"/sources/{source['id']}"
    assert let_in(basic(first["api_key"], first["api_secret"])) == let_in(
        f"Bearer {first['bearer_token']}"
    )
    assert "credentials" not in admin.call("GET", path).body
    second = made(admin, f"{path}/credentials", {})["credentials"]
    assert is_kept_out(basic(first["api_key"], first["api_secret"]))
    assert let_in(f"Bearer {first['bearer_token']}")
    assert let_in(basic(second["api_key"], second["api_secret"]))
    assert admin.call("DELETE", path).status == 204
    assert is_kept_out(basic(second["api_key"], second["api_secret"]))
    assert is_kept_out(f"Bearer {first['bearer_token']}")
    assert is_kept_out(f"Bearer {second['bearer_token']}")
    refused(admin.call("POST", f"{path}/credentials"), 409, "conflict")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("[]", 400, "malformed_json"),
        ({"zz": 1}, 422, "validation_failed"),
        ("x" * (BODY_BYTES_MAX + 1), 413, "payload_too_large"),
    ],
)
def test_a_rotation_with_a_wrong_body_rotates_nothing(
    admin: Client, body: object, status: int, code: str
) -> None:
    source = made_source(admin, made_category(admin)["id"])
    pair, path = source["credentials"], f"/sources/{source['id']}"
    refused(admin.call("POST", f"{path}/credentials", body), status, code)
    assert let_in(basic(pair["api_key"], pair["api_secret"]))


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer nobody", "Basic !!", "Digest x"])
def test_unknown_credentials_are_kept_out(tables: Mapping[str, str], header: str) -> None:
    assert is_kept_out(header)


def test_one_answer_of_the_authorizer_opens_the_whole_stage(admin: Client) -> None:
    token = made(admin, "/users", {"email": "a@acme.com", "role": "admin"})["token"]
    event = {"methodArn": ARN, "headers": {"Authorization": f"Bearer {token}"}}
    answer: Any = invoked("authorize_request", event)
    [statement] = answer["policyDocument"]["Statement"]
    assert statement["Resource"] == "arn:aws:execute-api:us-east-1:123456789012:api1/local/*/*"
    assert answer["context"]["caller"] == let_in(f"Bearer {token}").caller


def test_a_user_is_let_in_until_it_is_removed(admin: Client) -> None:
    user = made(admin, "/users", {"email": "sue@acme.com", "role": "sales", "name": "Sue"})
    token, path = user.pop("token"), f"/users/{user['id']}"
    assert let_in(f"Bearer {token}").role is Role.SALES  # type: ignore[union-attr] # a user
    assert admin.call("GET", path).body == user
    changed = admin.call("PATCH", path, {"role": "admin"}, headers={"If-Match": '"1"'})
    assert (changed.body["role"], changed.body["name"]) == ("admin", "Sue")
    assert let_in(f"Bearer {token}").role is Role.ADMIN  # type: ignore[union-attr] # a user
    refused(admin.call("DELETE", path, headers={"If-Match": '"1"'}), 412, "precondition_failed")
    assert admin.call("DELETE", path).status == 204
    assert is_kept_out(f"Bearer {token}")
    refused(admin.call("GET", path), 404, "not_found")
    assert len(admin.call("GET", "/users").body["data"]) == 1


def test_the_last_admin_stays(admin: Client) -> None:
    [first] = admin.call("GET", "/users").body["data"]
    path = f"/users/{first['id']}"
    refused(admin.call("DELETE", path), 409, "conflict")
    refused(admin.call("PATCH", path, {"role": "sales", "email": "a@acme.com"}), 409, "conflict")
    made(admin, "/users", {"email": "b@acme.com", "role": "admin"})
    assert admin.call("DELETE", path).status == 204


def test_the_roles_are_listed_with_what_they_permit(admin: Client) -> None:
    roles = {one["role"]: one["permissions"] for one in admin.call("GET", "/roles").body["data"]}
    assert roles["admin"] == ["*"]
    assert roles["data_validation"] == ["leads.update", "leads.view"]


def test_the_roles_come_in_pages(admin: Client) -> None:
    first = admin.call("GET", "/roles", query={"limit": "5"}).body
    query = {"limit": "5", "cursor": str(first["next_cursor"])}
    rest = admin.call("GET", "/roles", query=query).body
    assert {one["role"] for one in first["data"] + rest["data"]} == set(Role)
    assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)
    refused(admin.call("GET", "/roles", query={"limit": "0"}), 422, "validation_failed")
