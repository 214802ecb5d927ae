"""Step Functions, SQS and EventBridge, answered in this process; DynamoDB and S3 are moto's.

What they answer they answer behind botocore's events, as `adapters/faults.py` does, so a fault hits
a call to them like any other.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from botocore.model import OperationModel

Json = dict[str, Any]
Answer = tuple[object, Json]


@dataclass(frozen=True)
class Queued:
    """A message in a queue."""

    id: str
    body: str
    group: str


@dataclass(frozen=True)
class Started:
    """An execution that nobody waits for."""

    arn: str
    data: Json


@dataclass(frozen=True)
class _Http:
    status_code: int


@dataclass
class Account:
    """Implements `Handlers`; `distribute` runs the state machine and gives its output, or None."""

    distribute: Callable[[Json], Json | None]
    queues: dict[str, list[Queued]] = field(default_factory=lambda: defaultdict(list))
    started: list[Started] = field(default_factory=list)
    told: list[Json] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)
    """How often an execution of a name was started."""
    _deduplicated: set[tuple[str, str]] = field(default_factory=set)

    def before_call(
        self, model: OperationModel, params: Mapping[str, Any], context: Json, **_: object
    ) -> Answer | None:
        """Answer the operations that are known here."""
        operations = {
            "StartSyncExecution": self._run,
            "StartExecution": self._start,
            "SendMessage": self._send,
            "PutEvents": self._tell,
        }
        operation = operations.get(model.name)
        return operation(json.loads(params["body"])) if operation else None

    def after_call(self, context: Json, **_: object) -> None:
        """Nothing: it is answered."""

    def needs_retry(
        self, response: object, request_dict: Mapping[str, Any], **_: object
    ) -> float | None:
        """None: botocore decides."""
        return None

    def clear(self) -> None:
        """Forget everything."""
        for kept in (self.queues, self.started, self.told, self.runs, self._deduplicated):
            kept.clear()

    def _run(self, asked: Json) -> Answer:
        output = self.distribute(json.loads(asked["input"]))
        if output is None:
            return _ok(status="FAILED", executionArn="arn")
        return _ok(status="SUCCEEDED", executionArn="arn", output=json.dumps(output))

    def _start(self, asked: Json) -> Answer:
        name = asked.get("name")
        if name and self.runs[name]:
            return _refused("ExecutionAlreadyExists")
        self.runs[name or str(uuid4())] += 1
        self.started.append(Started(asked["stateMachineArn"], json.loads(asked["input"])))
        return _ok(executionArn="arn", startDate=0)

    def _send(self, asked: Json) -> Answer:
        url, key = asked["QueueUrl"], asked.get("MessageDeduplicationId")
        if key is None or (url, key) not in self._deduplicated:
            self.queues[url].append(
                Queued(str(uuid4()), asked["MessageBody"], asked.get("MessageGroupId", ""))
            )
        if key is not None:
            self._deduplicated.add((url, key))
        return _ok(MessageId="message")

    def _tell(self, asked: Json) -> Answer:
        self.told += asked["Entries"]
        return _ok(FailedEntryCount=0, Entries=[{"EventId": "event"} for _ in asked["Entries"]])


def _ok(**members: object) -> Answer:
    return _Http(200), {"ResponseMetadata": {"HTTPStatusCode": 200}, **members}


def _refused(code: str) -> Answer:
    error = {"Code": code, "Message": code}
    return _Http(400), {"ResponseMetadata": {"HTTPStatusCode": 400}, "Error": error}
