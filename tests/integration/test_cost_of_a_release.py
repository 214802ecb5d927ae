"""What a withheld lead costs in calls to AWS: to withhold it, to release it, and while it waits."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from leadflow.domain.subscriptions import Limits
from leadflow.runtime import container
from tests.bench.machine import WalkedMachine
from tests.bench.market import Market, context
from tests.bench.recorder import Recorder, recording
from tests.bench.sold_lead import submit_lead
from tests.integration.http import invoked
from tests.integration.outlets import outlets  # noqa: F401 # a fixture for all tests here
from tests.usage_shares import grant_shares

FAR = Limits(leads=1_000_000)
NEAR = Limits(leads=0)

WITHHELD = [
    "GetItem",
    *["TransactWriteItems"] * 2,
    "GetItem",
    "BatchGetItem",
    "GetItem",
    "TransactWriteItems",
    "SendMessage",
]
"""Stamp, submission, a lead that finds no room; the books; the lead as withheld, its token."""

RELEASED = [
    "Query",
    *["GetItem"] * 2,
    "TransactWriteItems",
    "StartSyncExecution",
    "GetItem",
    *["Query"] * 3,
    "BatchGetItem",
    "TransactWriteItems",
]
"""The oldest, the lead, the stamp, the release; then what every sold lead costs in its run."""

BLOCKED = [
    "Query",
    *["GetItem"] * 2,
    "TransactWriteItems",
    *["GetItem"] * 2,
    "BatchGetItem",
]
"""The release is refused; the total and its shares are read, and the total once more."""

WATCHED_IDLE = ["Query", "GetItem", "Query"]
"""All tenants at once; then one's total, and whether anybody waits."""


@dataclass(frozen=True)
class Meter:
    """A tenant with a withheld lead, and what is asked of AWS."""

    market: Market
    recorder: Recorder

    def limit(self, limits: Limits) -> None:
        """Change the limits, and give shares their grants as the first leads do."""
        container.plan_usage().change_limits(self.market.tenant_id, limits)
        if limits is FAR:
            grant_shares(self.market.tenant_id)

    def post(self) -> str:
        """Post a lead; its status."""
        status: str = json.loads(submit_lead()(self.market.event(), context())["body"])["status"]
        return status

    def calls(self, function: str, event: object) -> Counter[str]:
        """The calls of one invocation."""
        self.recorder.clear()
        assert isinstance(event, dict)
        answer = invoked(function, event)
        assert answer
        return Counter(self.recorder.operations)

    @property
    def token(self) -> dict[str, object]:
        """The event of one token."""
        now = str(int(container.clock().now().timestamp() * 1000))
        attributes = {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": now,
            "MessageGroupId": self.market.tenant_id,
        }
        body = json.dumps({"tenant_id": self.market.tenant_id})
        record = {
            "messageId": "message-1",
            "body": body,
            "attributes": attributes,
            "eventSource": "aws:sqs",
        }
        return {"Records": [record]}


@pytest.fixture
def meter(tables: dict[str, str]) -> Iterator[Meter]:
    machine = WalkedMachine()
    answers = {
        "StartSyncExecution": machine.start_sync_execution,
        "SendMessage": lambda _: {"MessageId": "message-1"},
    }
    recorder = Recorder(answers)
    with recording(recorder):
        market = Market().open()
        market.fill(10)
        meter = Meter(market, recorder)
        assert meter.post() == "assigned"
        meter.limit(NEAR)
        recorder.clear()
        assert meter.post() == "withheld"
        yield meter


def test_a_withheld_lead_costs_one_message_besides_what_its_post_does(meter: Meter) -> None:
    assert meter.recorder.operations == WITHHELD


def test_a_released_lead_costs_four_calls_besides_its_run(meter: Meter) -> None:
    meter.limit(FAR)
    assert meter.calls("release_withheld_leads", meter.token) == Counter(RELEASED)


@pytest.mark.parametrize("backlog", [0, 20])
def test_a_look_without_room_costs_the_same_whatever_the_backlog(
    meter: Meter, backlog: int
) -> None:
    for _ in range(backlog):
        assert meter.post() == "withheld"
    meter.calls("release_withheld_leads", meter.token)
    assert meter.calls("release_withheld_leads", meter.token) == Counter(BLOCKED)


def test_an_idle_tenant_costs_little_by_the_minute(meter: Meter) -> None:
    meter.limit(FAR)
    meter.calls("release_withheld_leads", meter.token)
    assert meter.calls("watch_subscriptions", {}) == Counter(WATCHED_IDLE)
