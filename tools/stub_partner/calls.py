"""What a stub partner received, and how it shall behave."""

import asyncio
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from tools.stub_partner.behaviours import TAKING, Behaviour
from tools.stub_partner.wire import Request

CALLS_KEPT_MAX = 10_000

_DEFAULT = Behaviour()


class ReceivedCall(BaseModel):
    """A call as it arrived. `took`: the partner has taken the lead with it.

    `connection` tells connections apart, by number.
    """

    model_config = ConfigDict(frozen=True)

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str
    took: bool
    connection: int


class _Noted(NamedTuple):
    request: Request
    behaviour: Behaviour
    connection: int


class Book:
    """Behaviours by path, and the calls received; used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._behaviours: dict[str, Behaviour] = {}
        self._noted: deque[_Noted] = deque(maxlen=CALLS_KEPT_MAX)
        self._open: set[asyncio.Transport] = set()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def connected(self, transport: asyncio.Transport) -> None:
        """Count a new connection."""
        self._open.add(transport)

    def disconnected(self, transport: asyncio.Transport) -> None:
        """Count it no more."""
        self._open.discard(transport)

    def hang_up(self) -> None:
        """End all connections; within the loop that serves them."""
        for transport in tuple(self._open):
            transport.abort()

    def script(self, path: str, behaviour: Behaviour) -> None:
        """From now on calls of the path are answered so; `*` stands for all others."""
        with self._lock:
            self._behaviours[path] = behaviour

    def received(self, request: Request, connection: int) -> Behaviour:
        """Note a call; how it is to be answered."""
        path = request.target.partition("?")[0]
        with self._lock:
            behaviour = self._behaviours.get(path) or self._behaviours.get("*") or _DEFAULT
            self._noted.append(_Noted(request, behaviour, connection))
        return behaviour

    def calls(self) -> Sequence[ReceivedCall]:
        """The calls so far, in order."""
        with self._lock:
            noted = tuple(self._noted)
        return tuple(_call(one) for one in noted)

    def clear(self) -> None:
        """Forget calls and behaviours."""
        with self._lock:
            self._noted.clear()
            self._behaviours.clear()


def _call(noted: _Noted) -> ReceivedCall:
    path, _, query = noted.request.target.partition("?")
    return ReceivedCall(
        method=noted.request.method,
        path=path,
        query=query,
        headers=noted.request.headers,
        body=noted.request.body.decode(errors="replace"),
        took=noted.behaviour.act in TAKING,
        connection=noted.connection,
    )
