"""A tenant in an account in which any call to AWS may be hit, and what AWS does about it then.

Clients repeat with their key, queues deliver again, state machines retry, schedules go on.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.model import OperationModel
from moto.dynamodb.models import dynamodb_backends

from leadflow.adapters.faults import FaultInjector
from leadflow.domain.principals import Principal
from tests.integration.conftest import REGION, TABLES, forget_process
from tests.integration.faults.account import Account, Json, Queued
from tests.integration.faults.machines import Machines
from tests.integration.http import Answer, Client, invoked
from tools.stub_partner import StubPartner
from tools.verify import tables
from tools.verify.observed import Observed
from tools.verify.promises import judged

ACCOUNT_ID = "123456789012"
JUDGED = ["LeadsTable", "WalletsTable", "FlowsTable", "MarketplaceTable"]
WITHHELD, OUTBOX, SLOW = (f"https://sqs.test/{name}" for name in ("withheld", "outbox", "slow"))
DELIVERIES = "https://sqs.test/deliveries"
CONSUMERS = {
    WITHHELD: "release_withheld_leads",
    DELIVERIES: "plan_deliveries",
    OUTBOX: "deliver_webhook",
    SLOW: "deliver_webhook",
}
TRIES_MAX = 10
"""Tries of a client, a queue or a schedule before the test says that nothing comes of it."""

VISIBLE_AGAIN_AFTER = timedelta(seconds=180)
"""The visibility timeout of the queues of deliveries; that of tokens is shorter."""

SETTLES_WITHIN = timedelta(minutes=15)
TICK = timedelta(milliseconds=1)


class Killed(BaseException):
    """The process ends here. No code of the product may hold it up."""


class Crashed(Exception):
    """What AWS sees of it."""


@dataclass
class TickingClock:
    """Implements `Clock`: no two moments are the same."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def now(self) -> datetime:
        self.at += TICK
        return self.at


@dataclass
class Switch:
    """Implements `Handlers`: hands to the injector of the moment what functions call."""

    injector: FaultInjector | None = None
    is_on: bool = False
    is_dead: bool = False
    calls: list[tuple[str, str]] = field(default_factory=list)

    def before_call(
        self, model: OperationModel, params: Mapping[str, Any], context: Json, **_: object
    ) -> tuple[object, Json] | None:
        if not self.is_on:
            return None
        if self.is_dead:
            raise Killed
        self.calls.append((str(model.service_model.service_id.hyphenize()), model.name))
        return self.injector.before_call(model, params, context) if self.injector else None

    def after_call(self, context: Json, **_: object) -> None:
        if self.injector:
            self.injector.after_call(context)

    def needs_retry(
        self, response: object, request_dict: Mapping[str, Any], **_: object
    ) -> float | None:
        return self.injector.needs_retry(response, request_dict) if self.injector else None

    def kill(self) -> None:
        """End the process that calls: whatever it still tries fails likewise."""
        self.is_dead = True
        raise Killed

    @contextmanager
    def on(self) -> Iterator[None]:
        """A function runs."""
        before, self.is_on = self.is_on, True
        try:
            yield
        finally:
            self.is_on = before


class World:
    """The account with one tenant. `note` is where paths keep what they have to know later."""

    def __init__(self, stub: StubPartner) -> None:
        self.stub = stub
        self.switch = Switch()
        self.clock = TickingClock()
        self.machines = Machines(self.invoke)
        self.account = Account(self.machines.distribute)
        self.note: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        self._hidden: dict[str, datetime] = {}

    def invoke(self, function: str, event: Json) -> object:
        """One invocation. Raises what left the handler, and `Crashed` when the process ended."""
        return self._in_process(lambda: invoked(function, event))

    def _in_process(self, run: Callable[[], object]) -> object:
        with self.switch.on():
            try:
                return run()
            except Killed as end:
                self.switch.is_dead = False
                forget_process()
                raise Crashed from end

    def request(
        self,
        function: str,
        by: Principal,
        route: str,
        body: object = None,
        *,
        key: str = "key-1",
    ) -> Answer:
        """A request of a client that repeats it with its key until it is answered for good."""
        method, _, path = route.partition(" ")
        headers = {"Idempotency-Key": key}
        for _ in range(TRIES_MAX):
            try:
                answer = self._in_process(
                    lambda: Client(function, by).call(method, path, body, headers=headers)
                )
            except Crashed:
                self._let_keys_expire()
                continue
            assert isinstance(answer, Answer)
            if answer.status < 500 and answer.body.get("code") != "idempotency_in_flight":
                return answer
            self._let_keys_expire()
        message = f"{route} was not answered"
        raise AssertionError(message)

    @staticmethod
    def _let_keys_expire() -> None:
        """As many seconds go by as a function may take, after which a key is not in flight."""
        client = boto3.client("dynamodb", region_name=REGION)
        for item in client.scan(TableName="IdempotencyTable")["Items"]:
            if item.get("status", {}).get("S") == "INPROGRESS":
                changed = {**item, "in_progress_expiration": {"N": "1"}}
                client.put_item(TableName="IdempotencyTable", Item=changed)

    def scheduled(self, function: str) -> None:
        """A call of a schedule, with the two retries of an asynchronous invocation."""
        for _ in range(3):
            try:
                self.invoke(function, {})
            except Exception:  # noqa: S112 # whatever it was, the schedule comes again
                continue
            return

    def drain(self) -> None:
        """Work off what was started and queued, until nothing is left that can be done now."""
        for _ in range(TRIES_MAX):
            started, self.account.started[:] = list(self.account.started), []
            for one in started:
                self.machines.work(one)
            moved = [self._consumed(url) for url in CONSUMERS]
            if not started and not any(moved):
                return

    def _consumed(self, url: str) -> bool:
        """Hand in what can be seen of a queue, one by one; what is kept is not seen for a while."""
        waiting, self.account.queues[url] = self.account.queues[url], []
        seen = [one for one in waiting if self._hidden.get(one.id, self.clock.at) <= self.clock.at]
        done = {one.id for one in seen if self._handled(CONSUMERS[url], one)}
        for one in seen:
            self._hidden[one.id] = self.clock.at + VISIBLE_AGAIN_AFTER
        kept = [one for one in waiting if one.id not in done]
        self.account.queues[url] = kept + self.account.queues[url]
        return bool(done)

    def _handled(self, function: str, message: Queued) -> bool:
        """Whether the message is done with. Others are seen again once time has gone by."""
        event = {"Records": [self._record(message)]}
        try:
            if self.machines.is_repeated:
                self.invoke(function, event)
            answer = self.invoke(function, event)
        except Exception:  # whatever it was, the message stays
            return False
        assert isinstance(answer, dict)
        return not answer["batchItemFailures"]

    def _record(self, message: Queued) -> Json:
        return {
            "messageId": message.id,
            "receiptHandle": message.id,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": str(int(self.clock.at.timestamp() * 1_000)),
                "SequenceNumber": "1",
                "MessageGroupId": message.group,
            },
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
        }

    def recover(self, schedules: Sequence[str]) -> None:
        """Ten minutes and more go by: what AWS calls by itself is called."""
        self.drain()
        for minutes in (6, 6):
            self.clock.at += timedelta(minutes=minutes)
            for function in schedules:
                self.scheduled(function)
            self.drain()

    def seen(self) -> Observed:
        """What the judge reads, as late as every lead has to be settled."""
        client = boto3.client("dynamodb", region_name=REGION)
        seen = tables.read(client, JUDGED, lambda _: None)
        return replace(seen, at=self.clock.at + SETTLES_WITHIN)

    def judge(self) -> Observed:
        """Every promise is kept."""
        seen = self.seen()
        broken = {promise.number: found for promise, found in judged(seen).items() if found}
        assert not broken, json.dumps(broken)
        return seen

    def keep(self) -> None:
        """Remember what the tables hold."""
        self._kept = {name: copy.deepcopy(table.items) for name, table in _tables().items()}
        self._kept_at = self.clock.at

    def restore(self) -> None:
        """All is as it was remembered, and every process is new."""
        for name, table in _tables().items():
            table.items = copy.deepcopy(self._kept[name])
        self.account.clear()
        self._hidden.clear()
        self.stub.clear()
        self.clock.at = self._kept_at
        self.switch.is_dead = False
        self.switch.injector = None
        self.switch.calls.clear()
        forget_process()


def _tables() -> dict[str, Any]:
    stored: dict[str, Any] = dynamodb_backends[ACCOUNT_ID][REGION].tables
    return {name: stored[name] for name in TABLES}
