"""Calls to the outside in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadflow.application.exchange_ports import (
    Answer,
    Failure,
    NoAnswer,
    OutboundRequest,
    Reply,
)
from tests.unit.domain.bidding_examples import NOW


def answer(body: bytes = b"{}", status: int = 200, **headers: str) -> Answer:
    """An answer that arrived whole."""
    return Answer(status, headers, body, NOW)


def no_answer(failure: Failure, status: int | None = None) -> NoAnswer:
    """A call without a whole answer."""
    timed_out = failure is Failure.TIMEOUT
    return NoAnswer(failure, failure.value, NOW, timed_out, status)


@dataclass
class ScriptedOutbound:
    """Implements `Outbound`: replies by URL, else an empty object; `sent` are all requests.

    `deadlines` are those of the rounds, in seconds.
    """

    replies: dict[str, Reply] = field(default_factory=dict)
    sent: list[OutboundRequest] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)

    def send(self, request: OutboundRequest) -> Reply:
        self.sent.append(request)
        return self.replies.get(request.url, answer())

    def send_all(
        self, requests: Sequence[OutboundRequest], *, deadline_seconds: float
    ) -> Sequence[Reply]:
        self.deadlines.append(deadline_seconds)
        return [self.send(request) for request in requests]
