"""Connections of calls: checked where they lead, and known to the call that uses them."""

import asyncio
import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from leadflow.adapters.outbound_addresses import Resolve, may_call

LOOKUPS_MAX = 100
"""Names that are looked up at the same time, those included that nobody waits for any more."""


class AddressRefused(OSError):
    """A connection would lead to an address that must not be called."""


@dataclass
class Progress:
    """How far a call has come: only what was connected may have been sent."""

    connected: bool = False
    status: int | None = None
    headers: Mapping[str, str] | None = None


PROGRESS: ContextVar[Progress] = ContextVar("progress")
"""How far the call has come that the running task makes."""


class WatchedConnector(aiohttp.TCPConnector):
    """Tells a call that it has a connection: from then on something may have been sent."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,
    ) -> Connection:
        """A kept connection or a new one."""
        connection = await super().connect(req, traces, timeout)
        PROGRESS.get().connected = True
        return connection


def checked_socket(
    allow_loopback: bool,
    entry: tuple[int, int, int, str, tuple[object, ...]],
) -> socket.socket:
    """A socket for an address that may be called: what is checked is what is connected to."""
    family, kind, protocol, _, address = entry
    if not may_call(str(address[0]), allow_loopback=allow_loopback):
        raise AddressRefused("the address must not be called")
    return socket.socket(family, kind, protocol)


class CheckedResolver(AbstractResolver):
    """Addresses of names; a name with any address that must not be called has none."""

    def __init__(self, resolve: Resolve, *, allow_loopback: bool) -> None:
        self._resolve = resolve
        self._allow_loopback = allow_loopback
        self._slots = asyncio.Semaphore(LOOKUPS_MAX)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Look up and check. Raises `OSError`."""
        del family
        await self._slots.acquire()
        addresses = await self._looked_up(host, port)
        if not all(may_call(one, allow_loopback=self._allow_loopback) for one in addresses):
            raise AddressRefused("the address must not be called")
        return [_entry(host, port, one) for one in addresses]

    async def close(self) -> None:
        """Nothing to close: lookups that hang are left to themselves."""

    def _looked_up(self, host: str, port: int) -> "asyncio.Future[Sequence[str]]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Sequence[str]] = loop.create_future()

        def settle(found: Sequence[str] | OSError) -> None:
            self._slots.release()
            if future.done():
                return
            if isinstance(found, OSError):
                future.set_exception(found)
            else:
                future.set_result(found)

        def look_up() -> None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(settle, self._found(host, port))

        threading.Thread(target=look_up, daemon=True).start()
        return future

    def _found(self, host: str, port: int) -> Sequence[str] | OSError:
        try:
            return self._resolve(host, port) or OSError("the name has no address")
        except OSError as error:
            return error
        except UnicodeError:
            return OSError("the name cannot be looked up")


def _entry(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=family,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
