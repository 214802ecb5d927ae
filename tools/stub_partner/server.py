"""The server: one object per connection, answering from a timer, so that a hundred fit at once.

Paths that begin with an underscore are not partners': `GET /_calls` tells what was received, `PUT
/_script` takes `{"path", "behaviour"}`, `DELETE /_calls` forgets both.
"""

import asyncio
import json
import ssl
from itertools import count

from pydantic import BaseModel, ValidationError

from tools.stub_partner.behaviours import NEVER, OVERSIZE_BYTES, Act, Behaviour, answer_of
from tools.stub_partner.calls import Book
from tools.stub_partner.wire import REQUEST_BYTES_MAX, Request, answer, head, next_request

BACKLOG = 1_024
_CHUNK = bytes(64 * 1024)
_DRIPS_MAX = 100_000
_CONNECTIONS = count(1)


class Script(BaseModel):
    """The body of `PUT /_script`."""

    path: str
    behaviour: Behaviour


class Connection(asyncio.Protocol):
    """One client's connection; requests on it are answered one after the other."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._number = next(_CONNECTIONS)
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._book.connected(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop whatever is still being written."""
        del exc
        if self._transport:
            self._book.disconnected(self._transport)
        self._transport = None
        if self._task:
            self._task.cancel()

    def pause_writing(self) -> None:
        """The client does not keep up."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._may_write.set()

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        self._received += data
        if len(self._received) > REQUEST_BYTES_MAX:
            self._end()
            return
        while (request := next_request(self._received)) is not None:
            self._answer(request)

    def _answer(self, request: Request) -> None:
        if request.target.startswith("/_"):
            self._write(_controlled(self._book, request))
            return
        behaviour = self._book.received(request, self._number)
        if behaviour.act in NEVER:
            return
        loop = asyncio.get_running_loop()
        loop.call_later(behaviour.delay_ms / 1_000, self._act, behaviour)

    def _act(self, behaviour: Behaviour) -> None:
        match behaviour.act:
            case Act.DROP:
                self._end()
            case Act.BREAK_OFF:
                self._write(head(behaviour.status, 1_000) + b'{"status": "acc')
                self._end()
            case Act.RAW:
                self._write(answer_of(behaviour))
                self._end()
            case Act.OVERSIZE:
                self._task = asyncio.get_running_loop().create_task(self._flood(behaviour))
            case Act.DRIP:
                self._task = asyncio.get_running_loop().create_task(self._drip(behaviour))
            case _:
                self._write(answer_of(behaviour))
                if behaviour.leaves:
                    self._end()

    async def _flood(self, behaviour: Behaviour) -> None:
        self._write(head(behaviour.status, OVERSIZE_BYTES))
        for _ in range(OVERSIZE_BYTES // len(_CHUNK)):
            await self._may_write.wait()
            self._write(_CHUNK)

    async def _drip(self, behaviour: Behaviour) -> None:
        self._write(head(behaviour.status, _DRIPS_MAX))
        for _ in range(_DRIPS_MAX):
            self._write(b" ")
            await asyncio.sleep(behaviour.drip_ms / 1_000)

    def _write(self, data: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(data)

    def _end(self) -> None:
        if self._transport:
            self._transport.close()


def _controlled(book: Book, request: Request) -> bytes:
    match request.method, request.target:
        case "GET", "/_calls":
            calls = [call.model_dump() for call in book.calls()]
            return answer(200, json.dumps(calls).encode())
        case "DELETE", "/_calls":
            book.clear()
            return answer(204, b"")
        case "PUT", "/_script":
            return _scripted(book, request.body)
    return answer(404, b"{}")


def _scripted(book: Book, body: bytes) -> bytes:
    try:
        script = Script.model_validate_json(body)
    except ValidationError as error:
        return answer(422, error.json(include_url=False).encode())
    book.script(script.path, script.behaviour)
    return answer(204, b"")


async def serving(
    book: Book, *, port: int = 0, tls: ssl.SSLContext | None = None
) -> asyncio.Server:
    """A server on loopback; port 0 takes a free one."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: Connection(book), "127.0.0.1", port, ssl=tls, backlog=BACKLOG
    )


def port_of(server: asyncio.Server) -> int:
    """The port that a server listens on."""
    return int(server.sockets[0].getsockname()[1])
