"""Deliveries to receivers that behave badly, and what breaks off or runs side by side."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from leadflow.domain.errors import TransientFault
from leadflow.runtime import container
from tests.builders import lead, numbered
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.integration.http import Client
from tests.integration.webhook_calls import (
    ADMIN,
    OF_CUSTOMER,
    OWN_ADMIN,
    Json,
    customers,
    event,
    history,
    kept_out,
    tell,
    tenants,
    work,
)
from tools.stub_partner import Act, Behaviour, StubPartner


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
