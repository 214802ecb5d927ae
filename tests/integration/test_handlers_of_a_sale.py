"""From `POST /leads` to the ledger through the real handlers and tables.

Only the state machine is stood in for (`in_process.py`).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from moto.dynamodb.responses import DynamoHandler

from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import LeadId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.limits import LeadCaps
from leadflow.domain.principals import SourcePrincipal
from leadflow.runtime import container
from tests.builders import SOURCE_ID, TENANT_ID, VALUES, configuration, duplicate_check, flow, lead
from tests.integration.http import Answer, Client, invoked
from tests.integration.in_process import InProcess
from tests.integration.seeds import (
    entries_of,
    store_bid,
    store_configuration,
    store_customer,
    store_lead,
)
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.usage_shares import grant_shares

SOURCE = Client("submit_lead", SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID))
AWS_CALLS_MAX = 10


@pytest.fixture(autouse=True)
def _stand_in(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "distribution", InProcess)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each operation of the tables is called."""
    counted: Counter[str] = Counter()
    serve: Callable[[DynamoHandler], object] = DynamoHandler.call_action

    def counting(handler: DynamoHandler) -> object:
        counted[handler.headers["X-Amz-Target"].rsplit(".", 1)[-1]] += 1
        return serve(handler)

    monkeypatch.setattr(DynamoHandler, "call_action", counting)
    return counted


def post(number: int = 0, headers: Mapping[str, str] | None = None) -> Answer:
    values = VALUES | {"email": f"ada{number}@example.com"}
    return SOURCE.call("POST", "/leads", values, headers=headers)


def wallet(number: int = 1) -> Customer:
    customer_id = customer(number).id
    return DynamoCustomers().many(TENANT_ID, [customer_id])[customer_id]


def stored(answer: Answer) -> Lead:
    found = DynamoLeads().get(TENANT_ID, LeadId(answer.body["lead_public_id"]))
    assert found
    return found


def test_a_posted_lead_is_sold_charged_and_answered() -> None:
    store_configuration(configuration())
    for number, amount in ((1, 100), (2, 60)):
        store_customer(customer(number))
        store_bid(bid(amount, owner=number))
    answer = post()
    assert answer.status == 201
    assert (answer.body["status"], answer.body["price"]) == ("assigned", 70.0)
    assert answer.body["result"] == "success"
    assert stored(answer).status is LeadStatus.ASSIGNED
    [entry] = entries_of(customer(1).id)
    assert entry.signed_cents == -dollars(70)
    assert wallet().balance_cents == customer(1).balance_cents - dollars(70)


def test_a_sale_costs_few_calls(calls: Counter[str]) -> None:
    store_configuration(configuration())
    for number in range(1, 40):
        store_customer(customer(number))
        store_bid(bid(10 * (number % 9 + 1), owner=number))
    grant_shares(TENANT_ID)
    post(1)
    calls.clear()
    assert post(2).body["status"] == "assigned"
    start_of_the_run = 1
    assert sum(calls.values()) + start_of_the_run <= AWS_CALLS_MAX


def test_a_lead_that_nobody_wants_is_unassigned() -> None:
    store_configuration(configuration())
    answer = post()
    assert (answer.status, answer.body["status"], answer.body["price"]) == (201, "unassigned", 0.0)
    assert answer.body["result"] == "rejected"


def test_a_second_equal_lead_is_a_duplicate_and_is_not_charged() -> None:
    store_configuration(configuration(checks=(duplicate_check(),)))
    store_customer(customer(1))
    store_bid(bid(100))
    assert [post().body["status"] for _ in range(2)] == ["assigned", "duplicate"]
    assert len(entries_of(customer(1).id)) == 1


def test_of_many_equal_leads_at_once_exactly_one_is_no_duplicate() -> None:
    store_configuration(configuration(checks=(duplicate_check(),)))
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: post(), range(8)))
    assert Counter(answer.body["status"] for answer in answers) == {
        "unassigned": 1,
        "duplicate": 7,
    }


@pytest.mark.parametrize(("spendable", "cap"), [(35, 5), (500, 3)])
def test_a_race_never_goes_beyond_the_money_or_the_cap(spendable: int, cap: int) -> None:
    store_configuration(configuration())
    buyer = customer(1, spendable=spendable, lead_caps=LeadCaps(daily=cap))
    store_customer(buyer)
    store_bid(bid(10, owner=1))
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(post, range(8)))
    statuses = Counter(answer.body["status"] for answer in answers)
    assert statuses == {"assigned": 3, "unassigned": 5}
    assert wallet().balance_cents == dollars(spendable - 30)
    entries = sorted(entries_of(buyer.id), key=lambda entry: entry.sequence)
    assert [entry.sequence for entry in entries] == [1, 2, 3]
    assert entries[-1].balance_after_cents == wallet().balance_cents


def test_a_request_that_is_repeated_with_its_key_sells_once() -> None:
    store_configuration(configuration())
    store_customer(customer(1))
    store_bid(bid(100))
    answers = [post(headers={"Idempotency-Key": "order-42"}) for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert len(entries_of(customer(1).id)) == 1


def test_an_invalid_lead_is_refused_with_all_that_is_wrong() -> None:
    store_configuration(configuration())
    refused = SOURCE.call("POST", "/leads", {"zip": "00000", "email": "nobody"})
    assert (refused.status, refused.code) == (422, "validation_failed")
    assert set(refused.body["errors"]) == {"zip", "email"}


@pytest.mark.parametrize(
    ("minutes", "handling", "status"),
    [
        (6, "resumed", LeadStatus.ASSIGNED),
        (11, "given_up", LeadStatus.DISTRIBUTION_ERROR),
    ],
)
def test_what_a_crash_left_processing_is_finished_on_schedule(
    minutes: int, handling: str, status: LeadStatus
) -> None:
    store_configuration(configuration())
    store_customer(customer(1))
    store_bid(bid(100))
    received = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)
    left = lead(received_at=received)
    store_lead(left, head=flow(started_at=received))
    assert invoked("reconcile", {}) == {handling: 1}
    settled = DynamoLeads().get(TENANT_ID, left.id)
    assert settled
    assert settled.status is status
    assert invoked("reconcile", {}) == {}
