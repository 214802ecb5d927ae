"""Webhooks through the real handlers: kept, told of facts, delivered to."""

import json
from pathlib import Path
from typing import Any

from leadflow.domain.identifiers import UserId
from leadflow.domain.principals import Role, UserPrincipal
from tests.builders import TENANT_ID, configuration
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.integration.http import Client, invoked
from tests.integration.seeds import store_configuration, store_customer, store_lead
from tests.unit.application.webhook_world import BUYER, sold

EVENTS = Path(__file__).resolve().parents[2] / "events"
ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId("user_1"), role=Role.ADMIN)
OWN_ADMIN = ADMIN.model_copy(update={"role": Role.CUSTOMER_ADMIN, "customer_id": BUYER.id})
OF_CUSTOMER = f"/customers/{BUYER.id}/webhooks"
ASSIGNED = {"name": "A", "event": "lead.assigned", "timeout_seconds": 1}
Json = dict[str, Any]


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


def store_sold_lead() -> None:
    """The small tenant with a buyer that has a lead."""
    store_configuration(configuration())
    store_customer(BUYER)
    store_lead(sold(version=1))
