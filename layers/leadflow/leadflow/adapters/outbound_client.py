"""Calls over aiohttp, each of which ends in time and as a value.

aiohttp follows no redirect here, keeps no cookies, reads no environment, unpacks nothing and
repeats nothing. Times are those of the event loop, in seconds.
"""

import asyncio
import errno
import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from ssl import SSLContext

import aiohttp

from leadflow.adapters.outbound_addresses import NotCallable, Resolve, callable_url
from leadflow.adapters.outbound_connections import (
    PROGRESS,
    AddressRefused,
    CheckedResolver,
    Progress,
    WatchedConnector,
    checked_socket,
)
from leadflow.application.exchange_ports import (
    RESPONSE_BYTES_MAX,
    Answer,
    Failure,
    NoAnswer,
    OutboundRequest,
    Reply,
)
from leadflow.application.ports import Clock

KEPT_SECONDS_MAX = 10
"""How long a connection is kept for the next round."""

BEGUN_AT_ONCE = 10
"""Calls of a round that are begun before the first of them gets its turn to send."""

_BUFFER_BYTES = 64 * 1024
_TURNS = 1
"""Turns of the loop in which it notices what became of connections while it stood still."""

_LATE = "the time ran out"
_OWN_HEADERS = {"User-Agent": "Leadflow", "Accept-Encoding": "identity"}
_PLAIN = frozenset({"", "identity"})
_NOBODY_WAITS = aiohttp.ClientTimeout(total=None, connect=None, sock_read=None, sock_connect=None)
_DETAILS: Mapping[type[Exception], str] = {
    NotCallable: "the URL must not be called",
    aiohttp.ClientConnectorDNSError: "the name has no address",
    aiohttp.ClientConnectorCertificateError: "the certificate is not valid",
    aiohttp.ClientConnectorSSLError: "TLS failed",
    aiohttp.ClientConnectorError: "no connection",
    aiohttp.ServerDisconnectedError: "the connection ended early",
    aiohttp.ClientPayloadError: "the connection ended early",
    aiohttp.ClientResponseError: "the answer is no HTTP",
}


class _Unreadable(Exception):
    """An answer is not read to its end; the message says why."""


class HttpClient:
    """Sessions for calls on fresh and on kept connections. Made and used within one loop."""

    def __init__(
        self, clock: Clock, *, allow_loopback: bool, resolve: Resolve, trust: SSLContext | None
    ) -> None:
        self._clock = clock
        self._allow_loopback = allow_loopback
        self._resolve = resolve
        self._trust = trust
        self._fresh: aiohttp.ClientSession | None = None
        self._kept: aiohttp.ClientSession | None = None

    async def send(self, request: OutboundRequest, ends: float) -> Reply:
        """One call on a connection of its own."""
        if self._fresh is None:
            self._fresh = self._session(kept=False)
        return await self._called(self._fresh, request, ends)

    async def send_all(self, requests: Sequence[OutboundRequest], ends: float) -> list[Reply]:
        """Calls at the same time, in order."""
        if self._kept is None:
            self._kept = self._session(kept=True)
        with _collecting_later():
            return await self._round(self._kept, requests, ends)

    async def _round(
        self, session: aiohttp.ClientSession, requests: Sequence[OutboundRequest], ends: float
    ) -> list[Reply]:
        await _settled()
        now = asyncio.get_running_loop().time()
        calls: list[asyncio.Task[Reply]] = []
        for number, one in enumerate(requests, start=1):
            until = min(ends, now + one.timeout_seconds)
            calls.append(asyncio.create_task(self._called(session, one, until)))
            # Else the first request would leave only after the last one was made.
            if number % BEGUN_AT_ONCE == 0:
                await _settled()
        replies = await asyncio.gather(*calls)
        await _settled()
        return replies

    async def close(self) -> None:
        """Close all connections."""
        for session in (self._fresh, self._kept):
            if session is not None:
                await session.close()
        await _settled()

    def _session(self, *, kept: bool) -> aiohttp.ClientSession:
        connector = WatchedConnector(
            resolver=CheckedResolver(self._resolve, allow_loopback=self._allow_loopback),
            socket_factory=partial(checked_socket, self._allow_loopback),
            use_dns_cache=False,
            ssl=self._trust or True,
            limit=0,
            **({"keepalive_timeout": KEPT_SECONDS_MAX} if kept else {"force_close": True}),
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers=_OWN_HEADERS,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=_NOBODY_WAITS,
            auto_decompress=False,
            read_bufsize=_BUFFER_BYTES,
            middlewares=[_once],
        )

    async def _called(
        self, session: aiohttp.ClientSession, request: OutboundRequest, ends: float
    ) -> Reply:
        progress = Progress()
        PROGRESS.set(progress)
        if ends <= asyncio.get_running_loop().time():
            return self._unanswered(progress, Failure.TIMEOUT, _LATE, timed_out=True)
        try:
            async with asyncio.timeout_at(ends):
                body = await self._answered(session, request, progress)
        except TimeoutError:
            return self._unanswered(progress, Failure.TIMEOUT, _LATE, timed_out=True)
        except (aiohttp.ClientError, _Unreadable, OSError, ValueError) as error:
            return self._failed(progress, error)
        return Answer(progress.status or 0, progress.headers or {}, body, self._clock.now())

    async def _answered(
        self, session: aiohttp.ClientSession, request: OutboundRequest, progress: Progress
    ) -> bytes:
        url = callable_url(request.url, allow_loopback=self._allow_loopback)
        async with session.request(
            request.method,
            url,
            data=request.body,
            headers=request.headers,
            allow_redirects=False,
        ) as response:
            progress.status = response.status
            progress.headers = {
                name.lower(): _shown(value) for name, value in response.headers.items()
            }
            return await _body(response)

    def _failed(self, progress: Progress, error: Exception) -> NoAnswer:
        cause = getattr(error, "os_error", error)
        timed_out = getattr(cause, "errno", None) == errno.ETIMEDOUT
        if isinstance(error, _Unreadable):
            detail = str(error)
        elif isinstance(cause, AddressRefused):
            detail = _DETAILS[NotCallable]
        else:
            known = (text for kind, text in _DETAILS.items() if isinstance(error, kind))
            detail = next(known, "the connection ended early" if progress.connected else "no call")
        return self._unanswered(progress, Failure.BROKEN, detail, timed_out=timed_out)

    def _unanswered(
        self, progress: Progress, failure: Failure, detail: str, *, timed_out: bool
    ) -> NoAnswer:
        return NoAnswer(
            failure if progress.connected else Failure.NOT_SENT,
            detail,
            self._clock.now(),
            timed_out,
            progress.status,
            progress.headers,
        )


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Look for garbage behind a round: within it that holds all partners up."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


async def _settled() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The body, of which never more is held than the limit and one buffer."""
    encodings = response.headers.getall("Content-Encoding", [])
    if not all(one.strip().lower() in _PLAIN for one in encodings):
        raise _Unreadable("the answer is encoded")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > RESPONSE_BYTES_MAX:
            raise _Unreadable("the answer is too large")
    return bytes(body)


def _shown(value: str) -> str:
    """A header's value without the stand-ins of bytes that are no text."""
    if value.isascii():
        return value
    return value.encode(errors="surrogateescape").decode(errors="replace")


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a call whose kept connection turned out to be dead."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Unreadable("the connection ended early") from error
