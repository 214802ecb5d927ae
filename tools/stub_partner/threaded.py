"""A stub partner within this process, in a thread of its own."""

import asyncio
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue

from tools.stub_partner.behaviours import Behaviour
from tools.stub_partner.calls import Book, ReceivedCall
from tools.stub_partner.server import port_of, serving

START_SECONDS_MAX = 10.0


class StubPartner:
    """A running stub: `url` has no slash at its end."""

    def __init__(self, url: str, book: Book) -> None:
        self.url = url
        self._book = book

    def script(self, path: str, behaviour: Behaviour) -> str:
        """Answer calls of a path so from now on; the URL of the path."""
        self._book.script(path, behaviour)
        return f"{self.url}{path}"

    @property
    def calls(self) -> Sequence[ReceivedCall]:
        """What was received so far."""
        return self._book.calls()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return self._book.connections

    def clear(self) -> None:
        """Forget calls and behaviours."""
        self._book.clear()


@contextmanager
def stub_partner(*, tls: ssl.SSLContext | None = None) -> Iterator[StubPartner]:
    """A stub on a free port of loopback, as long as the block lasts."""
    book = Book()
    started: SimpleQueue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = SimpleQueue()

    async def serve() -> None:
        server = await serving(book, tls=tls)
        ending = asyncio.Event()
        started.put((port_of(server), asyncio.get_running_loop(), ending))
        await ending.wait()
        server.close()
        book.hang_up()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    port, loop, ending = started.get(timeout=START_SECONDS_MAX)
    try:
        yield StubPartner(f"{'https' if tls else 'http'}://127.0.0.1:{port}", book)
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(START_SECONDS_MAX)
