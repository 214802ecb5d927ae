"""The events of pings and of their promises, through the handlers, to the contract."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.domain.flows import EventName
from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import SourcePrincipal
from leadflow.runtime import container
from tests.builders import SOURCE_ID, STAMP, TENANT_ID, configuration, flow, lead, promise, stage
from tests.infrastructure.template import ROOT
from tests.integration.http import answered, invoked
from tests.integration.in_process import InProcess
from tests.integration.seeds import (
    entries_of,
    store_bid,
    store_configuration,
    store_customer,
    store_lead,
)
from tests.unit.domain.bidding_examples import bid, customer

PRINCIPAL = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)


@pytest.fixture(autouse=True)
def _bidding(tables: dict[str, str]) -> None:
    store_configuration(configuration())
    store_customer(customer(1))
    store_bid(bid(100))


def request(path: str) -> dict[str, Any]:
    """A request of the tenant of these tests."""
    event: dict[str, Any] = json.loads((ROOT / "events" / path).read_text())
    event["requestContext"]["authorizer"] = {
        "principal": PRINCIPAL.model_dump_json(),
        "caller": PRINCIPAL.caller,
    }
    return event


def task(path: str, **changes: object) -> dict[str, Any]:
    """A task over the lead of these tests; the rest is as the event says."""
    event: dict[str, Any] = json.loads((ROOT / "events" / path).read_text())
    ids = {"tenant_id": TENANT_ID, "lead_id": lead().id, "flow_id": flow().id}
    return event | ids | {"stage_id": stage(0).id, "stamp": STAMP} | changes


@pytest.mark.parametrize(
    ("path", "status", "member"),
    [
        ("receive_ping/ping.json", 200, "bids"),
        ("receive_ping/repeatable_ping.json", 200, "bids"),
        ("receive_ping/without_zip.json", 422, "errors"),
        ("receive_ping/test_of_a_live_source.json", 422, "errors"),
        ("receive_ping/malformed.json", 400, "code"),
        ("submit_lead/post_of_a_ping.json", 422, "error"),
    ],
)
def test_an_event_gets_the_answer_of_the_contract(path: str, status: int, member: str) -> None:
    answer = answered(path.partition("/")[0], request(path))
    assert (answer.status, member in answer.body) == (status, True)


def test_a_repeated_event_gets_the_same_answer() -> None:
    first, again = (
        answered("receive_ping", request("receive_ping/repeatable_ping.json")) for _ in range(2)
    )
    assert first.text == again.text
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "promised"),
    [
        ("honor_ping/promised_bid.json", None),
        ("honor_ping/behind_altered_data.json", stage(0).id),
    ],
)
def test_a_promised_bid_gets_the_lead(path: str, promised: str | None) -> None:
    store_lead(lead(promise=promise()))
    ended: Any = invoked("honor_ping", task(path, promised_stage_id=promised))
    assert (ended["outcome"], ended["status"], ended["payout_cents"]) == (
        "settled",
        "assigned",
        promise().offer.charged_cents,
    )
    [entry] = entries_of(customer(1).id)
    assert entry.signed_cents == -promise().offer.charged_cents
    steps = DynamoFlows().steps(TENANT_ID, flow().id)
    assert steps[-1].timeline[-1].event is EventName.PING_HONORED


def test_a_task_that_is_repeated_sells_once() -> None:
    store_lead(lead(promise=promise()))
    event = task("honor_ping/promised_bid.json")
    assert invoked("honor_ping", event) == invoked("honor_ping", event)
    assert len(entries_of(customer(1).id)) == 1


def test_a_promise_that_lapses_hands_the_lead_to_the_first_stage_and_stays_lapsed() -> None:
    store_lead(lead(promise=promise(lead_type_matches=False)))
    event = task("honor_ping/promised_bid.json")
    onward: Any = invoked("honor_ping", event)
    assert (onward["outcome"], onward["method"]) == ("unsold", "highest_price")
    assert (onward["step"], onward["stage_id"]) == (event["step"] + 1, stage(0).id)
    assert invoked("honor_ping", event) == onward
    stored = DynamoLeads().get(TENANT_ID, lead().id)
    assert stored
    assert (stored.status, stored.honored) == (LeadStatus.PROCESSING, False)


def test_a_promise_that_a_crash_left_is_kept_on_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    received = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=6)
    store_lead(lead(promise=promise(), received_at=received), head=flow(started_at=received))
    monkeypatch.setattr(container, "distribution", InProcess)
    assert invoked("reconcile", {}) == {"resumed": 1}
    stored = DynamoLeads().get(TENANT_ID, lead().id)
    assert stored
    assert (stored.status, stored.honored) == (LeadStatus.ASSIGNED, True)
