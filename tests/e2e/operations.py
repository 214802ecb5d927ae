"""What only the operator of a stack reaches: its outputs, functions and tables."""

import json
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from leadflow.adapters.dynamodb.demand_items import demand_item
from leadflow.adapters.dynamodb.keys import moment_key
from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import TenantId
from tests.e2e.shop import Json, Shop
from tools.local_stack import StackInfo
from tools.local_stack.aws import CONFIG, cloudformation, lambda_, local_session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef
    from mypy_boto3_sqs import SQSClient


WAIT_SECONDS, POLL_SECONDS = 180.0, 0.5
SETTLE_SECONDS, IDLE_SECONDS = 300.0, 10
"""How long all may take to settle, and how long a run may do nothing until it is picked up."""

RUNNING = ("pending", "processing")
PUT_AT_ONCE = 25
QUEUED_AT_ONCE = 10
"""Messages that one call puts into a queue."""


def until(holds: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Ask until something holds; fail when it takes too long."""
    ends_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends_at, f"It never came that {what}"
        time.sleep(POLL_SECONDS)


def output(stack: StackInfo, name: str) -> str:
    """An output of the stack."""
    described = cloudformation(stack.aws_endpoint_url).describe_stacks(StackName=stack.stack_name)
    outputs = described["Stacks"][0]["Outputs"]
    return next(one["OutputValue"] for one in outputs if one["OutputKey"] == name)


def invoke(stack: StackInfo, name: str, event: Json) -> Json:
    """Run the function that an output names, to its good end; what it answers."""
    client = lambda_(stack.aws_endpoint_url)
    answer = client.invoke(FunctionName=output(stack, name), Payload=json.dumps(event))
    told = answer["Payload"].read()
    assert not answer.get("FunctionError"), told
    answered: Json = json.loads(told) or {}
    return answered


def settle(stack: StackInfo, shops: Sequence[Shop], statuses: Sequence[str] = RUNNING) -> None:
    """Wait until no lead has such a status; runs whose function was killed are picked up early."""

    def are_settled() -> bool:
        if not any(shop.everything("/leads", status=one) for shop in shops for one in statuses):
            return True
        invoke(stack, "ReconcileFunctionName", {"idle_seconds": IDLE_SECONDS})
        return False

    until(are_settled, "all leads are settled", SETTLE_SECONDS)


def items(stack: StackInfo, table: str) -> list[Json]:
    """What the table that an output names holds."""
    pages = _dynamodb(stack).get_paginator("scan").paginate(TableName=output(stack, table))
    return [item for page in pages for item in page["Items"]]


def put_items(stack: StackInfo, table: str, made: Sequence[Json]) -> None:
    """Put items into the table that an output names, past the product."""
    client, name = _dynamodb(stack), output(stack, table)
    for start in range(0, len(made), PUT_AT_ONCE):
        requests: list[WriteRequestTypeDef] = [
            {"PutRequest": {"Item": one}} for one in made[start : start + PUT_AT_ONCE]
        ]
        left = client.batch_write_item(RequestItems={name: requests})["UnprocessedItems"]
        assert not left


def expire_ping(stack: StackInfo, ping_id: str) -> None:
    """Let a ping's validity have ended, as if time had gone by."""
    stored = [
        item
        for item in items(stack, "LeadsTableName")
        if item["sk"]["S"] == "PING" and ping_id in item["pk"]["S"]
    ]
    [item] = stored
    packed = item.pop("packed", None)
    document = json.loads(zlib.decompress(packed["B"]) if packed else item["document"]["S"])
    document["expires_at"] = document["received_at"]
    changed = item | {"document": {"S": json.dumps(document)}}
    _dynamodb(stack).put_item(TableName=output(stack, "LeadsTableName"), Item=changed)


def log_lines(stack: StackInfo, group: str) -> Iterator[str]:
    """The lines of the log group that an output names."""
    logs = local_session().client("logs", endpoint_url=stack.aws_endpoint_url, config=CONFIG)
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=output(stack, group))
    for page in pages:
        yield from (event["message"] for event in page["events"])


@contextmanager
def held_up(stack: StackInfo, name: str) -> Iterator[None]:
    """Let the function that an output names not run for a while."""
    client, function = lambda_(stack.aws_endpoint_url), output(stack, name)
    client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        client.delete_function_concurrency(FunctionName=function)


def deliver_facts(stack: StackInfo, facts: Sequence[tuple[str, Json]]) -> None:
    """Put facts into the queue of deliveries, as the bus does: pairs of name and detail."""
    sqs = local_session().client("sqs", endpoint_url=stack.aws_endpoint_url, config=CONFIG)
    queue = output(stack, "DeliveriesQueueUrl")
    for start in range(0, len(facts), QUEUED_AT_ONCE):
        entries = [
            {"Id": str(place), "MessageBody": json.dumps({"detail-type": name, "detail": detail})}
            for place, (name, detail) in enumerate(facts[start : start + QUEUED_AT_ONCE])
        ]
        answer = sqs.send_message_batch(QueueUrl=queue, Entries=entries)  # type: ignore[arg-type] # plain dicts
        assert not answer.get("Failed")


@dataclass(frozen=True)
class Listener:
    """A queue that everything on a bus is sent to."""

    sqs: "SQSClient"
    url: str

    def heard(self) -> list[Json]:
        """The events since the last call."""
        events: list[Json] = []
        while messages := self._received():
            events += messages
        return events

    def _received(self) -> list[Json]:
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        for one in messages:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=one["ReceiptHandle"])
        return [json.loads(one["Body"]) for one in messages]


@contextmanager
def listening(stack: StackInfo, bus: str) -> Iterator[Listener]:
    """Listen to the bus that an output names."""
    session, url = local_session(), stack.aws_endpoint_url
    sqs = session.client("sqs", endpoint_url=url, config=CONFIG)
    events = session.client("events", endpoint_url=url, config=CONFIG)
    queue = sqs.create_queue(QueueName="listener")["QueueUrl"]
    named = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    rule, bus_name = "listener", output(stack, bus)
    pattern = json.dumps({"source": ["leadflow"]})
    events.put_rule(Name=rule, EventBusName=bus_name, EventPattern=pattern)
    target = named["Attributes"]["QueueArn"]
    events.put_targets(Rule=rule, EventBusName=bus_name, Targets=[{"Id": "1", "Arn": target}])
    try:
        yield Listener(sqs, queue)
    finally:
        events.remove_targets(Rule=rule, EventBusName=bus_name, Ids=["1"])
        events.delete_rule(Name=rule, EventBusName=bus_name)
        sqs.delete_queue(QueueUrl=queue)


def _dynamodb(stack: StackInfo) -> "DynamoDBClient":
    return local_session().client("dynamodb", endpoint_url=stack.aws_endpoint_url, config=CONFIG)


def put_demands(stack: StackInfo, tenant_id: str, demands: Sequence[Demand]) -> None:
    """Store demands as an import does."""
    for demand in demands:
        item = demand_item(TenantId(tenant_id), demand).serialize()
        _dynamodb(stack).put_item(TableName=output(stack, "MarketplaceTableName"), Item=item)


def close_demand(stack: StackInfo, demand_id: str) -> None:
    """Let a demand that has offers be due, as if time had gone by."""
    [item] = [
        item
        for item in items(stack, "MarketplaceTableName")
        if item["sk"]["S"] == "DEMAND" and item["pk"]["S"].endswith(demand_id)
    ]
    document = json.loads(item["document"]["S"])
    document["closes_at"] = document["created_at"]
    key = {"S": moment_key(datetime.fromisoformat(document["created_at"]), demand_id)}
    changed = item | {"document": {"S": json.dumps(document)}, "closes_key": key, "due_key": key}
    _dynamodb(stack).put_item(TableName=output(stack, "MarketplaceTableName"), Item=changed)
