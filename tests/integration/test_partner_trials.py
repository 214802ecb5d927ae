"""Trial calls of partners, over HTTP to a stub on loopback."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
from leadflow.application.configuration_ports import Change, Founding, ResourceKind
from leadflow.domain.credentials import digest
from leadflow.domain.identifiers import PartnerId, TenantId, UserId
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.domain.users import User
from tests.builders import (
    TENANT_ID,
    configuration,
    lead,
    numbered,
    partner,
    ping_exchange,
    post_exchange,
)
from tests.integration.http import Answer, Client, answered
from tests.integration.seeds import store_configuration, store_lead
from tests.unit.domain.bidding_examples import NOW
from tools.stub_partner import Act, Behaviour, StubPartner

EVENTS = Path(__file__).resolve().parents[2] / "events" / "test_partner_exchange"
ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId("user_1"), role=Role.ADMIN)
AUTH = {"type": "bearer", "token": "t0p-s3cret"}
HEADERS = {"X-Api-Key": "k3y-k3y", "X-Version": "2"}


@pytest.fixture
def path(loopback: None, tables: Mapping[str, str], stub: StubPartner) -> str:
    """Where the trials of a partner are asked for whose calls the stub takes."""
    store_configuration(configuration())
    body = {
        "name": "Buyer",
        "ping": {
            "url": f"{stub.url}/ping",
            "auth": AUTH,
            "headers": HEADERS,
            "mapping": [{"key": "lead.zip", "value": "{{ zip }}"}],
            "response": {"price_path": "price"},
        },
        "post": {
            "url": f"{stub.url}/post",
            "mapping": [
                {"key": "email", "value": "{{ email }}"},
                {"key": "reference", "value": "{{ response.reference }}"},
            ],
            "response": {"success_path": "status", "success_values": ["accepted"]},
            "active": False,
        },
    }
    answer = Client("manage_configuration", ADMIN).call("POST", "/partners", body)
    assert answer.status == 201, answer.text
    return f"/partners/{answer.body['id']}/test-exchange"


def tried(path: str, **body: object) -> Answer:
    return Client("test_partner_exchange", ADMIN).call("POST", path, body)


def test_a_ping_goes_out_with_its_secrets_and_is_shown_without(
    path: str, stub: StubPartner
) -> None:
    echo = json.dumps({"price": "12.50", "you_sent": ["Bearer t0p-s3cret", "k3y-k3y"]})
    stub.script("/ping", Behaviour(act=Act.CUSTOM, body=echo))
    answer = tried(path, exchange="ping")
    assert answer.status == 200, answer.text
    assert answer.body["outcome"] == "offered"
    assert json.loads(answer.body["request"]["body"]) == {"lead": {"zip": "78701"}}
    assert answer.body["request"]["headers"]["Authorization"] == "***"
    assert answer.body["response"]["status"] == 200
    assert not [secret for secret in ("t0p-s3cret", "k3y-k3y") if secret in answer.text]
    [call] = stub.calls
    headers = {name.lower(): value for name, value in call.headers.items()}
    assert (headers["authorization"], headers["x-api-key"]) == ("Bearer t0p-s3cret", "k3y-k3y")


def test_a_post_of_a_stored_lead_leaves_the_lead_as_it_is(path: str, stub: StubPartner) -> None:
    store_lead(lead())
    answer = tried(path, exchange="post", lead_id=lead().id)
    assert answer.body["outcome"] == "accepted", answer.text
    assert json.loads(stub.calls[0].body)["email"] == "ada@example.com"
    shown = Client("view_lead", ADMIN).call("GET", f"/leads/{lead().id}").body
    assert (shown["version"], shown["status"]) == (1, "processing")


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (Behaviour(act=Act.REFUSE), "partner_post_declined"),
        (Behaviour(act=Act.REDIRECT, location="/other"), "partner_post_http_error"),
        (Behaviour(act=Act.GARBAGE), "unknown"),
        (Behaviour(act=Act.BREAK_OFF), "unknown"),
    ],
)
def test_the_outcome_is_what_the_partner_makes_of_it(
    path: str, stub: StubPartner, behaviour: Behaviour, outcome: str
) -> None:
    stub.script("/post", behaviour)
    answer = tried(path, exchange="post")
    assert (answer.status, answer.body["outcome"]) == (200, outcome)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"exchange": "pong"}, 422, "validation_failed"),
        ({}, 422, "validation_failed"),
        ({"exchange": "ping", "lead_id": 5}, 422, "validation_failed"),
        ({"exchange": "ping", "lead_id": numbered("lead", 9)}, 404, "not_found"),
    ],
)
def test_a_trial_that_cannot_be_made_calls_nobody(
    path: str, stub: StubPartner, body: Mapping[str, object], status: int, code: str
) -> None:
    answer = tried(path, **body)
    assert (answer.status, answer.code) == (status, code)
    assert not stub.calls


def test_an_exchange_that_is_not_there_is_a_conflict(path: str, stub: StubPartner) -> None:
    partner_path = path.removesuffix("/test-exchange")
    Client("manage_configuration", ADMIN).call("PATCH", partner_path, {"post": None})
    answer = tried(path, exchange="post")
    assert (answer.status, answer.code) == (409, "conflict")


def test_another_tenants_partner_is_not_found(path: str) -> None:
    stranger = ADMIN.model_copy(update={"tenant_id": founded(TenantId(numbered("tenant", 1)))})
    answer = Client("test_partner_exchange", stranger).call("POST", path, {"exchange": "ping"})
    assert (answer.status, answer.code) == (404, "not_found")


def founded(tenant_id: TenantId, *partners: Change) -> TenantId:
    """A tenant with no more than it needs."""
    start = configuration()
    tenant = start.tenant.model_copy(update={"id": tenant_id})
    admin = User(
        id=ADMIN.user_id,
        role=Role.ADMIN,
        token_hash=digest("token"),
        created_at=NOW,
        updated_at=NOW,
    )
    changes = (
        Change(ResourceKind.TENANT, tenant_id, None, tenant),
        Change(ResourceKind.SETTINGS, "settings", None, start.settings),
        Change(ResourceKind.PLAN, "plan", None, start.plan),
        *partners,
    )
    DynamoConfiguration().found(tenant_id, Founding(changes, admin, ()))
    return tenant_id


@pytest.mark.usefixtures("loopback", "tables")
@pytest.mark.parametrize(
    ("name", "status", "member"),
    [
        ("ping", 200, "outcome"),
        ("post_of_lead", 404, "detail"),
        ("unknown_exchange", 422, "errors"),
    ],
)
def test_an_event_gets_the_answer_of_the_contract(
    stub: StubPartner, name: str, status: int, member: str
) -> None:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    principal = json.loads(event["requestContext"]["authorizer"]["principal"])
    theirs = partner(
        id=PartnerId(event["pathParameters"]["id"]),
        ping=ping_exchange(url=f"{stub.url}/ping"),
        post=post_exchange(url=f"{stub.url}/post"),
    )
    change = Change(ResourceKind.PARTNER, theirs.id, None, theirs)
    founded(TenantId(principal["tenant_id"]), change)
    answer = answered("test_partner_exchange", event)
    assert (answer.status, member in answer.body) == (status, True), answer.text
