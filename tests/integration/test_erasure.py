"""Erasing a lead through the real handlers, tables and files; the tasks are called one by one."""

import json
from collections.abc import Iterator
from typing import Any, cast

import boto3
import pytest

from leadflow.adapters.dynamodb.demand_items import DEMAND, demand_item
from leadflow.adapters.dynamodb.erasures import DynamoErasures
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.lead_items import ClaimItem, PingKeyItem, SuppressionItem
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.marketplace_items import DemandItem
from leadflow.adapters.dynamodb.pings import digest_key
from leadflow.adapters.files import S3Files
from leadflow.application import signed_messages
from leadflow.domain.deliveries import Outbox
from leadflow.domain.erasure import Traces, remains_of, suppression_digests
from leadflow.domain.errors import NotFound, TransientFault
from leadflow.domain.identifiers import JobId, WebhookId
from leadflow.domain.jobs import JobStatus
from leadflow.domain.leads import LeadStatus, SearchKeys
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, lead, ping
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.fakes.jobs import ScriptedRuns
from tests.integration.erasure_market import ADMIN, BUYER, PERSON, SOURCE, TOLD, Market, found
from tests.integration.events import event
from tests.integration.http import Answer, Client, answered, invoked
from tests.integration.in_process import InProcess
from tests.integration.seeds import store_configuration, store_lead
from tests.markers import Marks, text_of
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.demand_examples import demand
from tools.stub_partner import StubPartner

BUCKET = "files"
STEPS_MAX = 5


@pytest.fixture(autouse=True)
def queue(
    loopback: None, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> MemoryOutboxQueue:
    """Calls for deliveries are kept here; workflows are only noted down, files lie in a bucket."""
    queue, noted = MemoryOutboxQueue(), ScriptedRuns()
    monkeypatch.setattr(signed_messages, "RETRY_SECONDS", 0)
    monkeypatch.setattr(container, "outbox_queue", lambda: queue)
    monkeypatch.setattr(container, "job_runs", lambda: noted)
    monkeypatch.setattr(container, "distribution", InProcess)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    files = S3Files(BUCKET)
    monkeypatch.setattr(container, "files", lambda: files)
    return queue


@pytest.fixture
def marks() -> Marks:
    found = Marks()
    found.add(PERSON.marks)
    return found


def stored(tables: dict[str, str]) -> Iterator[str]:
    """Everything that tables and bucket hold, keys included."""
    for name in set(tables.values()):
        for item in boto3.client("dynamodb").scan(TableName=name)["Items"]:
            yield text_of(item)
    files = container.files()
    for key in files.keys(""):
        yield f"{key} {files.read(key).decode()}"


def holding(tables: dict[str, str], marks: Marks) -> list[str]:
    return [text for text in stored(tables) if marks.found(text)]


def erased(lead_id: str) -> dict[str, Any]:
    """The result of a lead's erasure, by the handlers."""
    answer = Client("erase_lead", ADMIN).call("POST", f"/leads/{lead_id}/erase", {"confirm": True})
    assert answer.status == 202, answer.text
    assert answer.body["kind"] == "lead_erasure"
    step = event("erase_lead_data", "first") | {"job_id": answer.body["id"]}
    for _ in range(STEPS_MAX):
        step = cast("dict[str, Any]", invoked("erase_lead_data", json.loads(json.dumps(step))))
        if step["state"] == "ended":
            break
    job = Client("track_jobs", ADMIN).call("GET", f"/jobs/{answer.body['id']}").body
    assert job["status"] == "succeeded", job
    return cast("dict[str, Any]", job["result"])


@pytest.fixture
def market(stub: StubPartner, queue: MemoryOutboxQueue, tables: dict[str, str]) -> Market:
    return Market(stub, queue)


def test_nothing_of_the_person_is_left_in_any_table_or_file(
    market: Market, tables: dict[str, str], marks: Marks
) -> None:
    before = holding(tables, marks)
    assert len(before) >= 9, before
    fingerprints = market.lead.fingerprints
    assert len(fingerprints) == 1
    result = erased(market.lead.id)
    assert holding(tables, marks) == []
    left = [text for text in stored(tables) if fingerprints[0] in text or "PING_KEY" in text]
    assert left == [], "digests that anybody can make again are gone as well"
    assert [(one["way"], one["id"]) for one in result["recipients"]] == [
        ("pinged", market.partner.id),
        ("assigned", customer(1).id),
        *sorted(("webhook", hook["id"]) for hook in market.hooks),
        ("export", market.export),
    ]
    assert erased(market.lead.id) == result, "a repeat tells the same"
    assert holding(tables, marks) == []


def test_what_stays_are_money_and_digests_for_whoever_has_the_key(
    market: Market, tables: dict[str, str], marks: Marks, caplog: pytest.LogCaptureFixture
) -> None:
    def rows() -> list[str]:
        return [text for text in stored(tables) if "debit_account" in text]

    before = rows()
    erased(market.lead.id)
    assert rows() == before != []
    assert market.lead.id in before[0]
    key = configuration().tenant.cursor_key
    normal = SearchKeys(phone=PERSON.phone, email=PERSON.email.casefold())
    kept = {str(item.pk) for item in SuppressionItem.scan(SuppressionItem.sk == "ERASED")}
    digests = suppression_digests(key, normal)
    assert kept == {tenant_key(TENANT_ID, "ERASED", digest) for digest in digests}
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    lines = [str(vars(one)) for one in records]
    assert [line for line in lines if market.lead.id in line], "what is logged is seen"
    assert [line for line in lines if marks.found(line)] == [], "and has nothing of the person"


def test_another_lead_of_the_person_is_named_and_stays_and_the_person_may_come_again(
    market: Market,
) -> None:
    post = Client("submit_lead", SOURCE)
    twin = post.call("POST", "/leads", TOLD).body
    assert twin["status"] == "duplicate"
    assert erased(market.lead.id)["other_lead_ids"] == [twin["lead_public_id"]]
    assert found(twin["lead_public_id"]).values["email"] == PERSON.email
    again = post.call("POST", "/leads", TOLD).body
    assert again["status"] != "duplicate"
    assert found(again["lead_public_id"]).values["email"] == PERSON.email


def test_a_delivery_that_is_under_way_cannot_store_what_it_sent(market: Market) -> None:
    erasures = DynamoErasures()
    [told, _] = erasures.deliveries(TENANT_ID, market.lead.id)
    erased(market.lead.id)
    late = told.delivery.reopened()
    with pytest.raises(TransientFault):
        container.deliveries().settle(outbox_of(told.webhook_id), late)


def outbox_of(webhook_id: WebhookId) -> Outbox:
    return Outbox(tenant_id=TENANT_ID, webhook_id=webhook_id)


def test_a_filled_demand_forgets_who_was_asked_for() -> None:
    wanted = demand()
    demand_item(TENANT_ID, wanted).save()
    erasures = DynamoErasures()
    for _ in range(2):
        erasures.erase_demand(TENANT_ID, wanted.id)
    item = DemandItem.get(tenant_key(TENANT_ID, wanted.id), DEMAND)
    assert (item.version, "Ada" in item.document) == (2, False)


def test_claims_and_keys_of_others_stay() -> None:
    erasures = DynamoErasures()
    claim = ClaimItem(
        tenant_key(TENANT_ID, "CLAIM", "f"), "CLAIM", lead_id="other", claimed_at_ms=1
    )
    claim.save()
    erasures.erase_claims(TENANT_ID, lead().id, ["f", "unknown"])
    claim.refresh()
    one = ping()
    key = PingKeyItem(digest_key(TENANT_ID, one.source_id, one.digest), "PING_KEY", ping_id="other")
    key.save()
    erasures.erase_ping(TENANT_ID, one)
    key.refresh()


def test_what_was_never_deleted_has_no_remains() -> None:
    store_configuration(configuration())
    store_lead(lead())
    erasures = DynamoErasures()
    assert erasures.remains(TENANT_ID, lead().id) is None
    assert erasures.remains(TENANT_ID, lead(7).id) is None
    with pytest.raises(NotFound):
        erasures.keep(TENANT_ID, remains_of(lead(7), NOW, Traces()))


def tried(case: str) -> Answer:
    return answered("erase_lead", event("erase_lead", case))


def test_only_those_who_may_delete_sold_leads_order_it_and_confirm() -> None:
    store_configuration(configuration())
    store_lead(lead(1, status=LeadStatus.UNASSIGNED), 1)
    assert tried("by_support").body["detail"].endswith("leads.delete-sold.")
    refused = tried("not_confirmed")
    assert (refused.status, set(refused.body["errors"])) == (422, {"confirm"})
    assert tried("confirmed").status == 202
    other = ADMIN.model_copy(update={"tenant_id": "tenant_" + "9" * 26})
    path = f"/leads/{lead(1).id}/erase"
    assert Client("erase_lead", other).call("POST", path, {"confirm": True}).status == 404
    assert Client("erase_lead", BUYER).call("POST", path, {"confirm": True}).status == 403


def test_a_failed_erasure_says_so() -> None:
    store_configuration(configuration())
    store_lead(lead(1, status=LeadStatus.UNASSIGNED), 1)
    job_id = tried("confirmed").body["id"]
    failed = event("record_failed_job", "erasure") | {"job_id": job_id}
    assert invoked("record_failed_job", failed)
    job = container.jobs().get(TENANT_ID, JobId(job_id))
    assert job
    assert job.status is JobStatus.FAILED


def test_a_wait_goes_on_with_the_lead() -> None:
    store_configuration(configuration())
    store_lead(lead(1, status=LeadStatus.UNASSIGNED), 1)
    step = event("erase_lead_data", "after_a_wait") | {"job_id": tried("confirmed").body["id"]}
    assert cast("dict[str, Any]", invoked("erase_lead_data", step))["state"] == "ended"
    assert DynamoLeads().get(TENANT_ID, lead(1).id) is None
