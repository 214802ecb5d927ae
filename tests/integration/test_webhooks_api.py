"""Webhooks through the real handlers: events, receivers that behave badly, walls, races."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from leadflow.application import signed_messages
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import UserId
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, lead, numbered
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.integration.http import Answer, Client, answered, invoked
from tests.integration.seeds import store_configuration, store_customer, store_lead
from tests.unit.application.webhook_world import BUYER, sold
from tools.stub_partner import Act, Behaviour, StubPartner, stub_partner

EVENTS = Path(__file__).resolve().parents[2] / "events"
ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId("user_1"), role=Role.ADMIN)
OWN_ADMIN = ADMIN.model_copy(update={"role": Role.CUSTOMER_ADMIN, "customer_id": BUYER.id})
RIVAL = OWN_ADMIN.model_copy(update={"customer_id": numbered("cus", 2)})
OF_CUSTOMER = f"/customers/{BUYER.id}/webhooks"
ASSIGNED = {"name": "A", "event": "lead.assigned", "timeout_seconds": 1}
Json = dict[str, Any]


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers may be on loopback; settings are read after this."""
    monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", "true")


@pytest.fixture
def queue(
    loopback: None, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> MemoryOutboxQueue:
    """The small tenant with a sold lead; calls for deliveries are kept here."""
    monkeypatch.setattr(signed_messages, "RETRY_SECONDS", 0)
    queue = MemoryOutboxQueue()
    monkeypatch.setattr(container, "outbox_queue", lambda: queue)
    store_configuration(configuration())
    store_customer(BUYER)
    store_lead(sold(version=1))
    return queue


@pytest.fixture
def stub(queue: MemoryOutboxQueue) -> Iterator[StubPartner]:
    with stub_partner() as running:
        yield running


def event(case: str) -> Json:
    made: Json = json.loads((EVENTS / f"{case}.json").read_text())
    return made


def kept_out(function: str, raw: Json) -> list[str]:
    """The messages that stay in their queue."""
    answer = invoked(function, raw)
    assert isinstance(answer, dict)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def tenants(url: str, **members: object) -> Json:
    """A webhook of the tenant."""
    answer = Client("manage_configuration", ADMIN).call(
        "POST", "/webhooks", {**ASSIGNED, "url": url, **members}
    )
    assert answer.status == 201, answer.text
    return answer.body


def customers(url: str, **members: object) -> Json:
    """An active webhook of the buyer."""
    own = Client("manage_customer_webhooks", OWN_ADMIN)
    made = own.call("POST", OF_CUSTOMER, {"name": "C", "url": url, **members})
    assert (made.status, made.body["active"]) == (201, False), made.text
    path = f"{OF_CUSTOMER}/{made.body['id']}"
    assert own.call("PATCH", path, {"active": True}).body["active"]
    return made.body


def work(queue: MemoryOutboxQueue) -> None:
    """Do what was called for."""
    while queue.calls:
        outbox, _ = queue.calls.pop(0)
        raw = event("deliver_webhook/of_tenant")
        raw["Records"][0]["body"] = outbox.model_dump_json(exclude_none=True)
        assert kept_out("deliver_webhook", raw) == []


def tell(queue: MemoryOutboxQueue) -> None:
    """The facts of the event file arrive, and are delivered."""
    assert kept_out("plan_deliveries", event("plan_deliveries/facts")) == []
    work(queue)


def history(webhook_id: str) -> list[Json]:
    answer = Client("track_deliveries", ADMIN).call("GET", f"/webhooks/{webhook_id}/deliveries")
    assert answer.status == 200, answer.text
    found: list[Json] = answer.body["data"]
    return found


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


def test_messages_that_are_no_facts_stay_in_the_queue(queue: MemoryOutboxQueue) -> None:
    raw = event("plan_deliveries/malformed")
    ids = [one["messageId"] for one in raw["Records"]]
    assert kept_out("plan_deliveries", raw) == ids[:2]
    assert len(kept_out("deliver_webhook", event("deliver_webhook/malformed"))) == 1


@pytest.mark.parametrize("case", ["of_tenant", "of_customer"])
def test_an_outbox_without_webhook_is_worked_on_in_vain(
    queue: MemoryOutboxQueue, case: str
) -> None:
    assert kept_out("deliver_webhook", event(f"deliver_webhook/{case}")) == []


@pytest.mark.parametrize(
    ("behaviour", "statuses", "status"),
    [
        (Behaviour(act=Act.HANG), [None] * 4, "failed"),
        (Behaviour(act=Act.DROP), [None] * 4, "failed"),
        (Behaviour(act=Act.STATUS, status=500), [500] * 4, "failed"),
        (Behaviour(act=Act.REDIRECT, location="/elsewhere"), [302], "failed"),
        (Behaviour(act=Act.STATUS, status=404), [404], "failed"),
        (Behaviour(act=Act.OVERSIZE), [200], "succeeded"),
        (Behaviour(act=Act.CUSTOM, headers=(("Content-Encoding", "gzip"),)), [200], "succeeded"),
        (Behaviour(act=Act.BREAK_OFF), [200], "succeeded"),
        (Behaviour(act=Act.GARBAGE), [200], "succeeded"),
    ],
)
def test_receivers_that_behave_badly_do_no_harm(
    queue: MemoryOutboxQueue,
    stub: StubPartner,
    behaviour: Behaviour,
    statuses: list[int | None],
    status: str,
) -> None:
    hook = tenants(stub.script("/bad", behaviour))
    tell(queue)
    [delivery] = history(hook["id"])
    assert [one["response_status"] for one in delivery["attempts"]] == statuses
    assert delivery["status"] == status
    assert len({call.headers["webhook-id"] for call in stub.calls}) == 1
    assert "/elsewhere" not in {call.path for call in stub.calls}


def test_a_refused_connection_is_tried_again_and_told_of(queue: MemoryOutboxQueue) -> None:
    hook = tenants("http://127.0.0.1:9/closed")
    tell(queue)
    [delivery] = history(hook["id"])
    assert [one["error"] for one in delivery["attempts"]] == ["no connection"] * 4
    assert delivery["response"] is None


def test_a_url_that_became_private_is_not_called(
    queue: MemoryOutboxQueue, stub: StubPartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tenants(f"{stub.url}/tenant")
    monkeypatch.setattr(container.outbound(), "_allow_loopback", False)
    tell(queue)
    [delivery] = history(hook["id"])
    assert {one["error"] for one in delivery["attempts"]} == {"the URL must not be called"}
    assert not stub.calls


@pytest.mark.parametrize("make", [tenants, customers])
def test_a_receiver_that_is_gone_pauses_its_webhook(
    queue: MemoryOutboxQueue, stub: StubPartner, make: Callable[..., Json]
) -> None:
    hook = make(stub.script("/gone", Behaviour(act=Act.STATUS, status=410)))
    tell(queue)
    if make is tenants:
        shown = Client("manage_configuration", ADMIN).call("GET", f"/webhooks/{hook['id']}").body
    else:
        reader = Client("manage_customer_webhooks", OWN_ADMIN)
        shown = reader.call("GET", f"{OF_CUSTOMER}/{hook['id']}").body
    assert (shown["active"], shown["paused_reason"]) == (False, "gone")
    assert shown["paused_at"]


def test_what_breaks_off_in_the_middle_is_sent_again_under_the_same_id(
    queue: MemoryOutboxQueue, stub: StubPartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tenants(f"{stub.url}/tenant")
    assert kept_out("plan_deliveries", event("plan_deliveries/facts")) == []
    deliveries = container.deliveries()
    settle = deliveries.settle

    def broken(*_arguments: object) -> None:
        raise TransientFault("The store is out of reach.")

    monkeypatch.setattr(deliveries, "settle", broken)
    raw = event("deliver_webhook/of_tenant")
    raw["Records"][0]["body"] = queue.calls[0][0].model_dump_json(exclude_none=True)
    assert len(kept_out("deliver_webhook", raw)) == 1
    assert history(hook["id"])[0]["status"] == "pending"
    monkeypatch.setattr(deliveries, "settle", settle)
    monkeypatch.setattr(container.outboxes(), "take", lambda *_: True)
    monkeypatch.setattr(container.outboxes(), "release", lambda *_, **__: True)
    work(queue)
    assert [call.headers["webhook-id"] for call in stub.calls] == [history(hook["id"])[0]["id"]] * 2
    assert history(hook["id"])[0]["status"] == "succeeded"


def test_of_many_deliverers_with_one_call_one_delivers(
    queue: MemoryOutboxQueue, stub: StubPartner
) -> None:
    hook = tenants(stub.script("/slow", Behaviour(delay_ms=200)))
    facts = event("plan_deliveries/facts")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: kept_out("plan_deliveries", facts), range(4))) == [[]] * 4
    raw = event("deliver_webhook/of_tenant")
    raw["Records"][0]["body"] = queue.calls[0][0].model_dump_json(exclude_none=True)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: kept_out("deliver_webhook", raw), range(4)))
    assert len(stub.calls) == 1
    assert [one["status"] for one in history(hook["id"])] == ["succeeded"]


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


def test_a_deleted_lead_is_told_of_as_such(queue: MemoryOutboxQueue, stub: StubPartner) -> None:
    hook = tenants(f"{stub.url}/tenant")
    facts = event("plan_deliveries/facts")
    facts["Records"][0]["body"] = facts["Records"][0]["body"].replace(
        lead().id, numbered("lead", 9)
    )
    assert kept_out("plan_deliveries", facts) == []
    work(queue)
    [delivery] = history(hook["id"])
    assert delivery["attempts"][0]["error"] == "The lead has been deleted."
    assert (delivery["status"], delivery["request"]) == ("failed", None)


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
