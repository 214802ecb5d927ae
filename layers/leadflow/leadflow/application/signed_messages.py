"""Messages that are signed, sent, and sent again where that helps (`product.md`, 21.3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential

from leadflow.application.exchange_ports import Outbound, OutboundRequest, Reply
from leadflow.application.ports import Clock
from leadflow.domain.exchange_answers import is_success
from leadflow.domain.target_requests import RequestParts

ATTEMPTS_MAX = 4
"""Tries of one message: 5xx, timeouts and failed connections are repeated."""

RETRY_SECONDS = 0.1
"""The wait before the second try; it doubles."""

RETRY_SECONDS_MAX = 0.4

_SERVER_ERROR = 500


class Signatures(Protocol):
    """Signatures by Standard Webhooks."""

    def headers(
        self, secrets: Sequence[str], message_id: str, at: datetime, body: str
    ) -> Mapping[str, str]:
        """The headers that prove who sent the body: id, time in Unix seconds, signatures."""
        ...


@dataclass(frozen=True)
class Message:
    """What is sent, the same at every try. `hidden` are the secrets that its headers hold.

    `signing` are those that sign it. `timeout_seconds` is for one try.
    """

    id: str
    parts: RequestParts
    timeout_seconds: float
    signing: Sequence[str] = field(repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Try:
    """One try: when it began, the headers that signed it, and what came of it."""

    at: datetime
    signature: Mapping[str, str]
    reply: Reply

    @property
    def is_taken(self) -> bool:
        """Whether the status was a 2xx, be its body lost or too large."""
        return self.reply.status is not None and is_success(self.reply.status)

    @property
    def may_pass(self) -> bool:
        """Whether the next try may end otherwise: 5xx, timeouts and failed connections."""
        return self.reply.status is None or self.reply.status >= _SERVER_ERROR


@dataclass(frozen=True)
class Sent:
    """A message with all its tries."""

    message: Message
    tries: Sequence[Try]


@dataclass(frozen=True, kw_only=True)
class Messenger:
    """Sends messages, those of one call side by side."""

    outbound: Outbound
    signatures: Signatures
    clock: Clock

    def send(self, messages: Sequence[Message]) -> Iterator[Sent]:
        """Each message as soon as it has ended, be it after `ATTEMPTS_MAX` tries.

        Ends within four times the longest timeout and 0.7 seconds.
        """
        tries: dict[str, list[Try]] = {one.id: [] for one in messages}
        left = list(messages)
        rounds = Retrying(
            retry=retry_if_result(bool),
            wait=wait_exponential(multiplier=RETRY_SECONDS, max=RETRY_SECONDS_MAX),
            stop=stop_after_attempt(ATTEMPTS_MAX),
            retry_error_callback=lambda _: None,
        )
        for attempt in rounds:
            for message, made in zip(left, self._round(left), strict=True):
                tries[message.id].append(made)
            yield from (Sent(one, tries[one.id]) for one in left if not _goes_on(tries[one.id]))
            left = [one for one in left if _goes_on(tries[one.id])]
            attempt.retry_state.set_result(left)

    def once(self, message: Message) -> Try:
        """One try."""
        [made] = self._round([message])
        return made

    def _round(self, messages: Sequence[Message]) -> Sequence[Try]:
        """One try of each, side by side."""
        now = self.clock.now()
        signed = [self._signature(one, now) for one in messages]
        requests = [_request(one, own) for one, own in zip(messages, signed, strict=True)]
        deadline = max((one.timeout_seconds for one in messages), default=0)
        replies = self.outbound.send_all(requests, deadline_seconds=deadline)
        return [Try(now, own, reply) for own, reply in zip(signed, replies, strict=True)]

    def _signature(self, message: Message, now: datetime) -> Mapping[str, str]:
        body = (message.parts.body or b"").decode()
        return self.signatures.headers(message.signing, message.id, now, body)


def _goes_on(tries: Sequence[Try]) -> bool:
    return tries[-1].may_pass and len(tries) < ATTEMPTS_MAX


def _request(message: Message, signature: Mapping[str, str]) -> OutboundRequest:
    parts = message.parts
    return OutboundRequest(
        method=parts.method,
        url=parts.url,
        headers={**parts.headers, **signature},
        body=parts.body,
        timeout_seconds=message.timeout_seconds,
        secrets=(*message.hidden, *message.signing),
    )
