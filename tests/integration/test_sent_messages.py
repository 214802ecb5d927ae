"""What functions send to their queues, which are real ones and called as the template does."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.application import deliver_webhook, signed_messages
from leadflow.domain.identifiers import JobId, UserId
from leadflow.domain.jobs import Job, JobKind
from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.domain.subscriptions import Limits
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, lead, numbered
from tests.fakes.distribution import ScriptedDistribution
from tests.fakes.withheld import MemoryBus
from tests.infrastructure.template import resources
from tests.integration.conftest import forget_process
from tests.integration.events import event
from tests.integration.http import Client, invoked
from tests.integration.seeds import store_configuration, store_lead
from tests.integration.test_publish_facts import from_file
from tests.integration.test_withheld import ids, release, wait
from tests.integration.webhook_calls import kept_out, store_sold_lead, tenants
from tools.stub_partner import StubPartner

ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId(numbered("user", 1)), role=Role.ADMIN)
PATH = f"/leads/{lead().id}"
BIDDING = {"start": "bidding"}
REFUSED = "http://127.0.0.1:1/hook"
QUEUES = resources("AWS::SQS::Queue")
Json = dict[str, Any]


class Queues:
    """The queues of the template."""

    def __init__(self) -> None:
        self.sqs = boto3.client("sqs")
        self.urls = {name: self._made(name) for name in QUEUES}

    def _made(self, name: str) -> str:
        if not QUEUES[name]["Properties"].get("FifoQueue"):
            return self.sqs.create_queue(QueueName=name)["QueueUrl"]
        made = self.sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})
        return made["QueueUrl"]

    def variables(self) -> Iterator[tuple[str, str]]:
        """The variables that name them, in any function."""
        for function in resources("AWS::Serverless::Function").values():
            given = function["Properties"].get("Environment", {}).get("Variables", {})
            for variable, value in given.items():
                if isinstance(value, dict) and value.get("Ref") in self.urls:
                    yield variable, self.urls[value["Ref"]]

    def taken(self, name: str) -> list[Json]:
        """The messages of one, which are gone then."""
        url = self.urls[name]
        answer = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        found = answer.get("Messages", [])
        for one in found:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return [json.loads(one["Body"]) for one in found]


@pytest.fixture
def queues(loopback: None, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Queues:
    made, bus = Queues(), MemoryBus()
    for variable, url in made.variables():
        monkeypatch.setenv(variable, url)
    forget_process()
    monkeypatch.setattr(container, "distribution", ScriptedDistribution)
    monkeypatch.setattr(container, "bus", lambda: bus)
    return made


@pytest.fixture
def shop(queues: Queues) -> Queues:
    store_configuration(configuration())
    return queues


def in_batch() -> None:
    job = Job(
        id=JobId(numbered("job", 1)),
        kind=JobKind.LEAD_REPROCESS,
        owner=ADMIN.user_id,
        wish=BIDDING | {"filter": {}},
        created_at=container.clock().now(),
    )
    container.jobs().add(TENANT_ID, job)
    boto3.client("s3").create_bucket(Bucket="files")
    batch = {"list_number": 0, "number": 0, "lead_ids": [lead().id]}
    invoked("reprocess_batch", {"tenant_id": TENANT_ID, "job_id": job.id, "batch": batch})


def asking(function: str, method: str, path: str, body: object = None) -> Callable[[], object]:
    return lambda: Client(function, ADMIN).call(method, path, body)


@pytest.mark.parametrize(
    ("status", "distribute"),
    [
        (LeadStatus.UNASSIGNED, asking("reprocess_lead", "POST", f"{PATH}/reprocess", BIDDING)),
        (LeadStatus.UNASSIGNED, asking("edit_lead", "PATCH", PATH, {"reprocess": BIDDING})),
        (LeadStatus.AUDIT, asking("release_audited_lead", "POST", f"{PATH}/release")),
        (LeadStatus.UNASSIGNED, in_batch),
    ],
    ids=["reprocess", "edit", "release", "batch"],
)
def test_a_lead_that_has_to_wait_sends_its_token(
    shop: Queues,
    monkeypatch: pytest.MonkeyPatch,
    status: LeadStatus,
    distribute: Callable[[], object],
) -> None:
    monkeypatch.setenv("FILES_BUCKET", "files")
    forget_process()
    store_lead(lead(status=status))
    container.plan_usage().change_limits(TENANT_ID, Limits(leads=0))
    distribute()
    waiting = DynamoLeads().get(TENANT_ID, lead().id)
    assert waiting
    assert waiting.status is LeadStatus.WITHHELD
    assert shop.taken("WithheldQueue") == [{"tenant_id": TENANT_ID}]


def test_tokens_are_topped_up_and_go_on_and_what_is_none_is_set_aside(shop: Queues) -> None:
    wait(2, room=2)
    assert invoked("watch_subscriptions", event("watch_subscriptions", "schedule"))
    chain = {"tenant_id": TENANT_ID, "chain": True}
    assert shop.taken("WithheldQueue") == [chain]
    assert release("chain_token") == []
    assert shop.taken("WithheldQueue") == [chain]
    assert release("malformed") == []
    assert len(shop.taken("WithheldDeadLetters")) == len(ids("malformed")[:1])


def test_a_receiver_is_called_for_where_it_holds_up_nobody_but_its_like(
    queues: Queues, stub: StubPartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signed_messages, "RETRY_SECONDS", 0)
    monkeypatch.setattr(deliver_webhook, "WORK_LASTS", deliver_webhook.WORK_LASTS * 0)
    store_sold_lead()
    living = tenants(stub.url)["id"]
    dead = tenants(REFUSED, name="B")["id"]
    plan()
    calls = queues.taken("OutboxQueue")
    assert {one["webhook_id"] for one in calls} == {living, dead}
    for call in calls:
        raw = event("deliver_webhook", "of_tenant")
        raw["Records"][0]["body"] = json.dumps(call)
        assert kept_out("deliver_webhook", raw) == []
    assert called(queues) == ([living], [dead]), "who delivers hands on what may be left"
    plan()
    assert called(queues) == ([living], [dead])


def called(queues: Queues) -> tuple[list[str], list[str]]:
    """The webhooks that are called for, and those in the queue of the slow."""
    of_queue = [queues.taken(name) for name in ("OutboxQueue", "SlowOutboxQueue")]
    fast, slow = ([one["webhook_id"] for one in calls] for calls in of_queue)
    return fast, slow


def plan() -> None:
    assert kept_out("plan_deliveries", event("plan_deliveries", "facts")) == []


def test_a_record_that_cannot_be_read_is_kept_by_its_keys(queues: Queues) -> None:
    batch = from_file("unreadable")
    [_, broken] = batch["Records"]
    assert invoked("publish_facts", batch) == {"batchItemFailures": []}
    [kept] = queues.taken("FailedFacts")
    assert kept["keys"] == broken["dynamodb"]["Keys"]
