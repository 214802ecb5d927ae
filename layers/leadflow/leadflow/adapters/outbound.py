"""HTTP to partners and other services: `Outbound`, with one event loop for the process's life.

What talks HTTP is heavy and lies in `outbound_client.py`; it is loaded with the first call.
"""

from __future__ import annotations

import re
import threading
import time
import weakref
from functools import cached_property
from typing import TYPE_CHECKING

from leadflow.adapters.outbound_addresses import Resolve, system_addresses
from leadflow.application.exchange_ports import Failure, NoAnswer, OutboundRequest, Reply

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence
    from ssl import SSLContext

    from leadflow.adapters.outbound_client import HttpClient
    from leadflow.application.ports import Clock

REQUEST_BYTES_MAX = 1024 * 1024
"""Size limit of a request's body, in bytes."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")


class HttpOutbound:
    """Implements `Outbound`. Callers in several threads take turns."""

    def __init__(
        self,
        clock: Clock,
        *,
        allow_loopback: bool,
        resolve: Resolve = system_addresses,
        trust: SSLContext | None = None,
    ) -> None:
        """`trust` replaces the system's certificates."""
        self._clock = clock
        self._allow_loopback = allow_loopback
        self._resolve = resolve
        self._trust = trust
        self._turn = threading.Lock()

    def send(self, request: OutboundRequest) -> Reply:
        """One call on a connection of its own."""
        return self._mistake(request) or self._sent(request, time.monotonic())

    def send_all(
        self, requests: Sequence[OutboundRequest], *, deadline_seconds: float
    ) -> Sequence[Reply]:
        """Calls at the same time, on kept connections where there are any."""
        ends = time.monotonic() + deadline_seconds
        refused = {number: self._mistake(one) for number, one in enumerate(requests)}
        right = [one for number, one in enumerate(requests) if refused[number] is None]
        with self._turn:
            sent = iter(self._loop.run_until_complete(self._client.send_all(right, ends)))
        return [refused[number] or next(sent) for number in range(len(requests))]

    def _sent(self, request: OutboundRequest, started: float) -> Reply:
        with self._turn:
            return self._loop.run_until_complete(
                self._client.send(request, started + request.timeout_seconds)
            )

    def _mistake(self, request: OutboundRequest) -> NoAnswer | None:
        if len(request.body or b"") > REQUEST_BYTES_MAX:
            return NoAnswer(Failure.NOT_SENT, "the request is too large", self._clock.now())
        if all(
            _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)
            for name, value in request.headers.items()
        ):
            return None
        return NoAnswer(Failure.NOT_SENT, "a header is not valid", self._clock.now())

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        import asyncio  # noqa: PLC0415 # not before something is called

        return asyncio.new_event_loop()

    @cached_property
    def _client(self) -> HttpClient:
        from leadflow.adapters.outbound_client import HttpClient  # noqa: PLC0415 # heavy

        client = HttpClient(
            self._clock,
            allow_loopback=self._allow_loopback,
            resolve=self._resolve,
            trust=self._trust,
        )
        weakref.finalize(self, _end, self._loop, client)
        return client


def _end(loop: asyncio.AbstractEventLoop, client: HttpClient) -> None:
    """Close connections and loop; in a thread of its own where another loop is running."""
    import asyncio  # noqa: PLC0415 # as above

    if asyncio._get_running_loop() is None:
        _ended(loop, client)
        return
    ending = threading.Thread(target=_ended, args=(loop, client))
    ending.start()
    ending.join()


def _ended(loop: asyncio.AbstractEventLoop, client: HttpClient) -> None:
    loop.run_until_complete(client.close())
    loop.close()
