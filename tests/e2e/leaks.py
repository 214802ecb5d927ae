"""Where nobody's contact data and no secret may be, searched once all tests are through (C12).

Each place is searched with a control: something that is put there, and has to be found.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from tests.contract_run import held
from tests.e2e.shop import PEOPLE, REFUSALS, SECRETS
from tests.markers import Marks, text_of
from tools.local_stack import StackInfo
from tools.local_stack.aws import CONFIG, local_session
from tools.stub_real_estate.answers import Property
from tools.stub_real_estate.server import API_KEY, SKIP_TRACE_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

PEOPLE.add([Property().email, f"+1{Property().phone}", "wanted@example.com", "+14045550199"])
SECRETS.add([API_KEY, SKIP_TRACE_KEY])

CONTROL = "control-mark-of-a-leak"
EAR = "leak-listener"
HISTORIES_MAX = 300
"""Executions of one state machine that are looked at, the newest first."""

MESSAGES_MAX = 10_000
"""Messages of one queue that are looked at."""

PEOPLE_BELONG = frozenset(
    {
        ("LeadsTable", "LEAD"),
        ("LeadsTable", "SUBMISSION"),
        ("LeadsTable", "PING"),
        ("DeliveriesTable", "DELIVERY"),
        ("MarketplaceTable", "DEMAND"),
        ("MarketplaceTable", "OFFER"),
    }
)
"""Tables, and the first part of sort keys, of what is made to hold contact data."""

SECRETS_BELONG = frozenset({("ConfigurationTable", "SECRETS")})
"""Where secrets lie that have to be shown to others (ADR 0015)."""

FILES_BELONG = ("leads.csv", "parts/", "marks/", "errors", "upload.csv")
"""Files of exports and imports; every other file of a job has ids."""

Texts = Iterator[tuple[str, str]]
"""Where each text is from, and the text."""


@dataclass(frozen=True)
class Leak:
    """A mark where it must not be."""

    place: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """All places of a stack that are searched."""

    stack: StackInfo

    def plant(self) -> None:
        """Put the control where a test may write."""
        group = self.logs.describe_log_groups()["logGroups"][0]["logGroupName"]
        self.logs.create_log_stream(logGroupName=group, logStreamName=CONTROL)
        line = {"timestamp": int(time.time() * 1000), "message": CONTROL}
        self.logs.put_log_events(
            logGroupName=group,
            logStreamName=CONTROL,
            logEvents=[line],  # type: ignore[list-item] # a plain dict
        )
        self.metrics_client.put_metric_data(
            Namespace="Control", MetricData=[{"MetricName": CONTROL, "Value": 1}]
        )
        queue = self.sqs.create_queue(QueueName="leak-control")["QueueUrl"]
        self.sqs.send_message(QueueUrl=queue, MessageBody=CONTROL)
        [bus] = [name for name in self._buses if name != "default"]
        self.bus.put_events(
            Entries=[
                {
                    "EventBusName": bus,
                    "Source": "leadflow",
                    "DetailType": CONTROL,
                    "Detail": json.dumps({"tenant_id": CONTROL}),
                }
            ]
        )
        self.s3.put_object(Bucket=self._bucket, Key=f"{CONTROL}/report.csv", Body=CONTROL.encode())
        REFUSALS.append(CONTROL)

    @property
    def texts(self) -> dict[str, Callable[[], Texts]]:
        """What is searched, by the kind of place."""
        return {
            "logs": self._log_lines,
            "metrics": self._metrics,
            "histories": self._histories,
            "queues": self._messages,
            "refusals": lambda: (("refusal", text) for text in REFUSALS),
            "tables": self._items,
            "files": self._files,
        }

    def _log_lines(self) -> Texts:
        for group in self.logs.describe_log_groups()["logGroups"]:
            name = group["logGroupName"]
            pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=name)
            for page in pages:
                yield from ((name, event["message"]) for event in page["events"])

    def _metrics(self) -> Texts:
        for page in self.metrics_client.get_paginator("list_metrics").paginate():
            yield from (("metric", json.dumps(one, default=str)) for one in page["Metrics"])

    def _histories(self) -> Texts:
        for machine in self.sfn.list_state_machines()["stateMachines"]:
            pages = self.sfn.get_paginator("list_executions").paginate(
                stateMachineArn=machine["stateMachineArn"]
            )
            all_of_it = (one["executionArn"] for page in pages for one in page["executions"])
            for arn in islice(all_of_it, HISTORIES_MAX):
                found = self.sfn.describe_execution(executionArn=arn)
                history = self.sfn.get_execution_history(executionArn=arn, maxResults=1000)
                said = [found.get("input"), found.get("output"), found.get("cause"), history]
                yield machine["name"], json.dumps(said, default=str)

    def _messages(self) -> Texts:
        for url in self.sqs.list_queues().get("QueueUrls", []):
            for _ in range(MESSAGES_MAX // 10):
                answer = self.sqs.receive_message(
                    QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
                )
                messages = answer.get("Messages", [])
                for one in messages:
                    yield url, json.dumps(one)
                    self.sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
                if not messages:
                    break

    def _items(self) -> Texts:
        for name in self.dynamodb.list_tables()["TableNames"]:
            for page in self.dynamodb.get_paginator("scan").paginate(TableName=name):
                for item in page["Items"]:
                    yield kind_of(name, item), text_of(item)

    def _files(self) -> Texts:
        for place, text in self.whole_files():
            if not any(part in place for part in FILES_BELONG):
                yield place, text
            yield "file name", place

    def whole_files(self) -> Texts:
        """Every file, by its name."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
            for one in page.get("Contents", []):
                body = self.s3.get_object(Bucket=self._bucket, Key=one["Key"])["Body"].read()
                yield one["Key"], body.decode(errors="replace")

    @property
    def _buses(self) -> list[str]:
        return [one["Name"] for one in self.bus.list_event_buses()["EventBuses"]]

    @property
    def _bucket(self) -> str:
        names = [one["Name"] for one in self.s3.list_buckets()["Buckets"]]
        return next(name for name in names if "files" in name.lower())

    def listen(self) -> None:
        """Keep every event of the stack's own bus in a queue from now on."""
        url = self.sqs.create_queue(QueueName=EAR)["QueueUrl"]
        named = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        pattern = json.dumps({"source": ["leadflow"]})
        for bus in self._buses:
            if bus != "default":
                self.bus.put_rule(Name=EAR, EventBusName=bus, EventPattern=pattern)
                target = {"Id": "1", "Arn": named["Attributes"]["QueueArn"]}
                self.bus.put_targets(Rule=EAR, EventBusName=bus, Targets=[target])  # type: ignore[list-item] # a plain dict

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        return local_session().client("logs", **self._at)

    @cached_property
    def metrics_client(self) -> Any:  # noqa: ANN401 # its stubs are not installed
        return local_session().client("cloudwatch", **self._at)

    @cached_property
    def sfn(self) -> "SFNClient":
        return local_session().client("stepfunctions", **self._at)

    @cached_property
    def sqs(self) -> "SQSClient":
        return local_session().client("sqs", **self._at)

    @cached_property
    def bus(self) -> "EventBridgeClient":
        return local_session().client("events", **self._at)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return local_session().client("dynamodb", **self._at)

    @cached_property
    def s3(self) -> "S3Client":
        return local_session().client("s3", **self._at)

    @property
    def _at(self) -> dict[str, Any]:
        return {"endpoint_url": self.stack.aws_endpoint_url, "config": CONFIG}


PLANTED = frozenset({"logs", "metrics", "queues", "refusals", "files"})
"""Where the control has to be found; the others are known by the ids that they hold."""


def leaks(stack: StackInfo) -> list[Leak]:
    """Every mark that is where it must not be; fails where a control is not found."""
    places = Places(stack)
    places.plant()
    found: list[Leak] = []
    searched, both = 0, Marks(PEOPLE.known | SECRETS.known)
    for kind, texts in places.texts.items():
        control, seen = CONTROL if kind in PLANTED else "tenant_", 0
        for place, text in texts():
            searched += 1
            seen += control in text
            marks = forbidden(place, text) if both.found(text) else []
            found += [Leak(f"{kind}: {place}", tuple(marks))] if marks else []
        assert seen, f"What is in {kind} was not searched: the control is not there."
    if not found:
        held(
            "texts of a whole run are searched for people and secrets", ["C12"], operations=searched
        )
    return found


def forbidden(place: str, text: str) -> list[str]:
    """The marks in a text that must not be in that place."""
    table, _, kind = place.partition(" ")
    people = [] if (table, kind) in PEOPLE_BELONG else PEOPLE.found(text)
    secrets = [] if (table, kind) in SECRETS_BELONG else SECRETS.found(text)
    return [*people, *secrets]


def kind_of(table: str, item: dict[str, Any]) -> str:
    """A table by its logical name, and what kind of item it is."""
    logical = next(
        (one for one in LOGICAL if one.removesuffix("Table").lower() in table.lower()), table
    )
    partition = str(item.get("pk", {}).get("S", ""))
    sort = str(item.get("sk", {}).get("S", ""))
    kind = "SECRETS" if "#SECRETS" in partition else sort.partition("#")[0]
    return f"{logical} {kind}"


LOGICAL = (
    "LeadsTable",
    "WalletsTable",
    "ConfigurationTable",
    "FlowsTable",
    "MarketplaceTable",
    "DeliveriesTable",
    "IdempotencyTable",
)
