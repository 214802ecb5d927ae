"""Tokens in SQS and facts on EventBridge: what is sent, and what a failure becomes."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from leadflow.adapters.event_bridge import EventBridgeBus
from leadflow.adapters.sqs import SqsOutboxQueue, SqsWithheldQueue
from leadflow.application.release_withheld_leads import TokenBody
from leadflow.application.withheld_ports import Message, Token
from leadflow.domain.deliveries import Outbox
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import WebhookId
from leadflow.domain.told_facts import Fact, Told
from tests.builders import TENANT_ID
from tests.integration.conftest import REGION

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MESSAGE = Message("message-1", TENANT_ID, "{}", datetime(2026, 3, 11, tzinfo=UTC), 1)


@pytest.fixture
def sqs(aws: None) -> "SQSClient":
    return boto3.client("sqs", region_name=REGION)


@pytest.fixture
def urls(sqs: "SQSClient") -> tuple[str, str]:
    """The queue of tokens, and that of dead letters."""
    names = ("withheld.fifo", "dead-letters.fifo")
    tokens, dead = (
        sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"}) for name in names
    )
    return tokens["QueueUrl"], dead["QueueUrl"]


def received(sqs: "SQSClient", url: str) -> list[dict[str, Any]]:
    """Up to ten messages, with their attributes."""
    answer = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )
    return [dict(one) for one in answer.get("Messages", [])]


def test_a_token_joins_the_group_of_its_tenant_once(
    sqs: "SQSClient", urls: tuple[str, str]
) -> None:
    queue = SqsWithheldQueue(*urls)
    for _ in range(2):
        queue.put(Token(TENANT_ID, "lead-1"))
        queue.put(Token(TENANT_ID, "chain-1", is_chain=True))
    plain, chain = received(sqs, urls[0])
    assert TokenBody.model_validate_json(plain["Body"]) == TokenBody(tenant_id=TENANT_ID)
    assert TokenBody.model_validate_json(chain["Body"]).chain
    assert plain["Attributes"]["MessageGroupId"] == TENANT_ID
    assert plain["Attributes"]["MessageDeduplicationId"] == "lead-1"


def test_what_is_no_token_is_set_aside_as_it_is(sqs: "SQSClient", urls: tuple[str, str]) -> None:
    SqsWithheldQueue(*urls).set_aside(MESSAGE)
    [aside] = received(sqs, urls[1])
    assert (aside["Body"], aside["Attributes"]["MessageGroupId"]) == ("{}", TENANT_ID)


@pytest.mark.usefixtures("aws")
def test_a_queue_that_is_not_there_is_a_fault_that_may_pass() -> None:
    url = f"https://sqs.{REGION}.amazonaws.com/123456789012/none.fifo"
    queue = SqsWithheldQueue(url, url)
    with pytest.raises(TransientFault):
        queue.put(Token(TENANT_ID, "lead-1"))
    with pytest.raises(TransientFault):
        queue.set_aside(MESSAGE)


def test_a_call_for_deliveries_reaches_the_queue_of_its_receiver(sqs: "SQSClient") -> None:
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("outbox", "slow")]
    outbox = Outbox(tenant_id=TENANT_ID, webhook_id=WebhookId("webhook_1"))
    for slow in (False, True):
        SqsOutboxQueue(*urls).put(outbox, slow=slow)
        [call] = received(sqs, urls[slow])
        assert Outbox.model_validate_json(call["Body"]) == outbox
        assert call["Attributes"]["MessageGroupId"] == TENANT_ID


def test_a_call_that_has_to_come_later_does(sqs: "SQSClient") -> None:
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("outbox", "slow")]
    SqsOutboxQueue(*urls).put_later(Outbox(tenant_id=TENANT_ID, webhook_id=WebhookId("webhook_1")))
    assert received(sqs, urls[0]) == received(sqs, urls[1]) == []
    waiting = sqs.get_queue_attributes(
        QueueUrl=urls[1], AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )
    assert waiting["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"


class Sold(Fact):
    """A fact of this test."""

    cents: int


def test_a_fact_reaches_who_listens(sqs: "SQSClient", urls: tuple[str, str]) -> None:
    bridge = boto3.client("events", region_name=REGION)
    bridge.create_event_bus(Name="leadflow")
    target = sqs.create_queue(QueueName="target")["QueueUrl"]
    named = sqs.get_queue_attributes(QueueUrl=target, AttributeNames=["QueueArn"])
    arn = named["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["leadflow"], "detail-type": ["lead.sold"]})
    bridge.put_rule(Name="sold", EventBusName="leadflow", EventPattern=pattern)
    bridge.put_targets(Rule="sold", EventBusName="leadflow", Targets=[{"Id": "1", "Arn": arn}])

    EventBridgeBus("leadflow").tell([Told("lead.sold", Sold(id="one", cents=5))])

    [told] = received(sqs, target)
    event = json.loads(told["Body"])
    assert (event["detail-type"], event["detail"]) == ("lead.sold", {"id": "one", "cents": 5})


@pytest.mark.usefixtures("aws")
def test_a_fact_that_the_bus_does_not_take_is_a_fault() -> None:
    class Failing:
        def put_events(self, **_: object) -> dict[str, object]:
            return {"FailedEntryCount": 1}

    bus = EventBridgeBus("leadflow")
    vars(bus)["_client"] = Failing()
    with pytest.raises(TransientFault, match="did not take all"):
        bus.tell([Told("lead.sold", Sold(id="one", cents=5))])
