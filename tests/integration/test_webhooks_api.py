"""Webhooks over HTTP: kept, tried, tracked; events, walls, secrets."""

import json

import pytest
from standardwebhooks import Webhook as Verifier

from leadflow.domain.principals import Role, UserPrincipal
from tests.builders import lead, numbered
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.integration.http import Answer, Client, answered
from tests.integration.webhook_calls import (
    ADMIN,
    OF_CUSTOMER,
    OWN_ADMIN,
    Json,
    customers,
    event,
    history,
    tell,
    tenants,
    work,
)
from tools.stub_partner import Act, Behaviour, StubPartner

RIVAL = OWN_ADMIN.model_copy(update={"customer_id": numbered("cus", 2)})


def test_a_fact_reaches_tenant_and_customer_signed_and_once(
    queue: MemoryOutboxQueue, stub: StubPartner
) -> None:
    hooks = [tenants(f"{stub.url}/tenant"), customers(f"{stub.url}/customer")]
    tell(queue)
    tell(queue)
    assert sorted(call.path for call in stub.calls) == ["/customer", "/tenant"]
    by_path = {call.path: call for call in stub.calls}
    for hook, path in zip(hooks, ("/tenant", "/customer"), strict=True):
        call = by_path[path]
        assert Verifier(hook["secret"]).verify(call.body, dict(call.headers))
    [delivery] = history(hooks[0]["id"])
    assert (delivery["object"], delivery["event"]) == ("delivery", "lead.assigned")
    assert delivery["request"]["body"] == by_path["/tenant"].body
    assert delivery["attempts"][0]["response_status"] == 200


def test_sent_once_more_it_is_called_for_and_goes_where_the_webhook_is_now(
    queue: MemoryOutboxQueue, stub: StubPartner
) -> None:
    hook = tenants(stub.script("/bad", Behaviour(act=Act.STATUS, status=404)))
    tell(queue)
    [failed] = history(hook["id"])
    path = f"/webhooks/{hook['id']}"
    patch = {"url": f"{stub.url}/good"}
    Client("manage_configuration", ADMIN).call("PATCH", path, patch)
    answer = Client("track_deliveries", ADMIN).call(
        "POST", f"{path}/deliveries/{failed['id']}/resend"
    )
    assert (answer.status, answer.body["status"]) == (202, "pending"), answer.text
    work(queue)
    [delivery] = history(hook["id"])
    assert (delivery["status"], len(delivery["attempts"])) == ("succeeded", 2)
    assert [(call.path, call.headers["webhook-id"]) for call in stub.calls] == [
        ("/bad", failed["id"]),
        ("/good", failed["id"]),
    ]


@pytest.mark.parametrize(
    ("case", "status", "member"),
    [
        ("manage_customer_webhooks/create", 201, "secret"),
        ("manage_customer_webhooks/wrong_template", 422, "errors"),
        ("manage_customer_webhooks/by_customer_user", 403, "code"),
        ("manage_customer_webhooks/list", 200, "data"),
        ("manage_customer_webhooks/set_active", 404, "code"),
        ("manage_customer_webhooks/rotate_secret", 404, "code"),
        ("track_deliveries/of_tenant", 404, "code"),
        ("track_deliveries/of_customer", 404, "code"),
        ("track_deliveries/resend", 404, "code"),
        ("test_webhook/made_up", 404, "code"),
        ("test_webhook/of_lead", 404, "code"),
    ],
)
def test_an_event_gets_the_answer_of_the_contract(
    queue: MemoryOutboxQueue, case: str, status: int, member: str
) -> None:
    answer = answered(case.partition("/")[0], event(case))
    assert (answer.status, member in answer.body) == (status, True), answer.text


def test_a_customers_webhook_is_kept_with_versions(
    queue: MemoryOutboxQueue, stub: StubPartner
) -> None:
    own = Client("manage_customer_webhooks", OWN_ADMIN)
    hook = customers(f"{stub.url}/customer")
    path = f"{OF_CUSTOMER}/{hook['id']}"
    shown = own.call("GET", path)
    assert (shown.headers["ETag"], "secret" in shown.body) == ('"2"', False)
    stale = own.call("PATCH", path, {"name": "x"}, headers={"If-Match": '"1"'})
    assert (stale.status, stale.code) == (412, "precondition_failed")
    rotated = own.call("POST", f"{path}/rotate-secret")
    assert rotated.body["secret"] != hook["secret"]
    [listed] = own.call("GET", OF_CUSTOMER).body["data"]
    assert listed["version"] == 3
    assert own.call("DELETE", path).status == 204
    assert own.call("GET", path).status == 404


def test_a_trial_is_signed_and_shown_without_secrets(
    queue: MemoryOutboxQueue, stub: StubPartner
) -> None:
    auth = {"type": "bearer", "token": "t0p-s3cret"}
    hook = customers(f"{stub.url}/customer", auth=auth)
    path = f"{OF_CUSTOMER}/{hook['id']}/test"
    answer = Client("test_webhook", OWN_ADMIN).call("POST", path, {"lead_id": lead().id})
    assert (answer.status, answer.body["outcome"]) == (200, "succeeded"), answer.text
    [call] = stub.calls
    assert Verifier(hook["secret"]).verify(call.body, dict(call.headers))
    assert call.headers["authorization"] == "Bearer t0p-s3cret"
    assert "t0p-s3cret" not in answer.text
    assert json.loads(answer.body["request"]["body"])["charged_amount"] == "45.00"


@pytest.mark.parametrize(
    "caller", [RIVAL, OWN_ADMIN.model_copy(update={"role": Role.CUSTOMER_USER})]
)
@pytest.mark.parametrize(
    "asked",
    [
        ("manage_customer_webhooks", "GET", ""),
        ("manage_customer_webhooks", "PATCH", ""),
        ("manage_customer_webhooks", "DELETE", ""),
        ("manage_customer_webhooks", "POST", "/rotate-secret"),
        ("track_deliveries", "GET", "/deliveries"),
        ("track_deliveries", "POST", f"/deliveries/{numbered('delivery', 1)}/resend"),
        ("test_webhook", "POST", "/test"),
    ],
)
def test_nobody_else_reaches_a_customers_webhook(
    queue: MemoryOutboxQueue,
    stub: StubPartner,
    caller: UserPrincipal,
    asked: tuple[str, str, str],
) -> None:
    hook = customers(f"{stub.url}/customer")
    function, method, tail = asked
    body: Json | None = {} if method == "PATCH" else None
    answer = Client(function, caller).call(method, f"{OF_CUSTOMER}/{hook['id']}{tail}", body)
    assert answer.status == (404 if caller is RIVAL else 403)
    assert not stub.calls


def test_customers_do_not_reach_the_tenants_webhooks(
    queue: MemoryOutboxQueue, stub: StubPartner
) -> None:
    hook = tenants(f"{stub.url}/tenant")
    tell(queue)
    path = f"/webhooks/{hook['id']}"
    own = f"{OF_CUSTOMER}/{hook['id']}/deliveries"
    answers: list[Answer] = [
        Client("track_deliveries", OWN_ADMIN).call("GET", f"{path}/deliveries"),
        Client("test_webhook", OWN_ADMIN).call("POST", f"{path}/test"),
        Client("track_deliveries", OWN_ADMIN).call("GET", own),
    ]
    assert [one.status for one in answers] == [403, 403, 404]


def test_the_tenants_secret_rotates_over_http(queue: MemoryOutboxQueue, stub: StubPartner) -> None:
    hook = tenants(f"{stub.url}/tenant")
    path = f"/webhooks/{hook['id']}/rotate-secret"
    rotated = Client("manage_configuration", ADMIN).call("POST", path)
    assert (rotated.status, rotated.headers["ETag"]) == (200, '"2"')
    tell(queue)
    [call] = stub.calls
    for secret in (hook["secret"], rotated.body["secret"]):
        assert Verifier(secret).verify(call.body, dict(call.headers))
    log = Client("manage_configuration", ADMIN).call("GET", "/audit-log").text
    assert hook["secret"] not in log
    assert rotated.body["secret"] not in log
