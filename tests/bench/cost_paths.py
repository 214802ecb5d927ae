"""The four paths that are priced: a lead sold, a lead unsold, a ping, a lead withheld and released.

Each is run over moto with everything that it sets off, from the request to the last fact told.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from leadflow.domain.sources import SourceType
from leadflow.domain.subscriptions import Limits
from leadflow.runtime import container
from tests.bench.fact_flow import MESSAGES_MAX, handled, told
from tests.bench.images import MotoImages
from tests.bench.market import Market, context
from tests.bench.metering import MeteredMachine, Metering
from tests.bench.recorder import Recorder, recording
from tests.bench.sold_lead import handler_of
from tests.usage_shares import grant_shares
from tools.cost.recorded import Delivery, Json, Path

WITHHELD = "withheld.fifo"
FAR, NEAR = Limits(leads=1_000_000), Limits(leads=0)


@dataclass
class Scene:
    """A tenant with bids on file, and the meter that runs along."""

    metering: Metering
    bids: int
    source_type: SourceType = SourceType.INTERNAL
    market: Market = field(init=False)
    _answers: list[int] = field(default_factory=list)
    _deliveries: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.enter()

    def enter(self) -> None:
        """Let there be a new tenant."""
        self.market = Market(source_type=self.source_type).open()
        self.market.fill(self.bids)

    def clear(self) -> None:
        """Begin anew."""
        self.metering.clear()
        self._answers.clear()
        self._deliveries.clear()

    def measured(self, act: Callable[["Scene", int, int], None], leads: int, batch: int) -> Path:
        """Act once so that everything is loaded, then with all the leads, and tell the facts."""
        for number in (1, leads):
            self.clear()
            act(self, number, batch)
            deliveries, sent = told(self.metering, batch)
        return Path(
            leads=leads,
            answers=tuple(self._answers),
            invocations=tuple(self.metering.invocations),
            deliveries=(*self._deliveries, *deliveries),
            sent=sent,
        )

    def post(self, expected: str) -> None:
        """Post a lead, of which that must become."""
        body = self._asked("submit_lead", self.market.event())
        _check(body.get("status"), expected)

    def ping(self) -> None:
        """Send a ping that finds somebody."""
        body = self._asked("receive_ping", self.market.ping_event())
        _check(body.get("message"), "Match found")

    def limit(self, limits: Limits) -> None:
        """Change the limits, past the meter; far from them shares have their grants."""
        container.plan_usage().change_limits(self.market.tenant_id, limits)
        if limits is FAR:
            grant_shares(self.market.tenant_id)

    def redeem(self, tokens: int) -> None:
        """Let so many tokens be redeemed at once."""
        message = self._token()
        handled(self.metering, "release_withheld_leads", [message] * tokens)
        self._deliveries.append(Delivery(WITHHELD, tokens * len(message["body"])))

    def _asked(self, function: str, event: dict[str, Any]) -> Json:
        answer = self.metering.invoke(function, lambda: handler_of(function)(event, context()))
        self._answers.append(len(answer["body"].encode()))
        body: Json = json.loads(answer["body"])
        return body

    def _token(self) -> Json:
        attributes = {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(int(datetime.now(UTC).timestamp() * 1_000)),
            "MessageGroupId": self.market.tenant_id,
        }
        return {
            "messageId": "message-1",
            "body": json.dumps({"tenant_id": self.market.tenant_id}),
            "attributes": attributes,
            "eventSource": "aws:sqs",
        }


def sold(scene: Scene, leads: int, _batch: int) -> None:
    """Leads that the first bidder gets."""
    for _ in range(leads):
        scene.post("assigned")


def unsold(scene: Scene, leads: int, _batch: int) -> None:
    """Leads that nobody bids for."""
    for _ in range(leads):
        scene.post("unassigned")


def pinged(scene: Scene, leads: int, _batch: int) -> None:
    """Pings of a source, without the posts that may come back to them."""
    for _ in range(leads):
        scene.ping()


def withheld_released(scene: Scene, leads: int, batch: int) -> None:
    """Leads that find no room, and are released and sold once there is some.

    Of a new tenant: within a cycle limits are not lowered below what they were.
    """
    scene.enter()
    scene.post("assigned")
    scene.clear()
    scene.limit(NEAR)
    for _ in range(leads):
        scene.post("withheld")
    scene.limit(FAR)
    size = min(batch, MESSAGES_MAX)
    for start in range(0, leads, size):
        scene.redeem(min(size, leads - start))


def clocked(clock: Callable[[], float] | None = None) -> tuple[Recorder, Metering]:
    """A recorder with a meter on it, and the machine between them."""
    recorder = Recorder(images=MotoImages())
    if clock is not None:
        recorder.clock = clock
    metering = Metering(recorder)
    machine = MeteredMachine(metering=metering)
    recorder.answers = {
        "StartSyncExecution": machine.start_sync_execution,
        "SendMessage": lambda _: {"MessageId": "message-1"},
        "PutEvents": _taken,
    }
    return recorder, metering


@contextmanager
def scene(
    bids: int,
    source_type: SourceType = SourceType.INTERNAL,
    clock: Callable[[], float] | None = None,
) -> Iterator[Scene]:
    """A tenant in an account that is there already."""
    recorder, metering = clocked(clock)
    with recording(recorder):
        yield Scene(metering, bids, source_type)


def _taken(sent: Json) -> Mapping[str, object]:
    return {"FailedEntryCount": 0, "Entries": [{"EventId": "event-1"} for _ in sent["Entries"]]}


def _check(found: object, expected: str) -> None:
    if found != expected:
        message = f"{found} instead of {expected}"
        raise AssertionError(message)
