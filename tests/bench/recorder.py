"""Sees every request to AWS where it leaves the SDK, and what the emulator answered."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple, Protocol, TypeVar
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import BotocoreStubber

from tools.cost.recorded import Call, Change, Json
from tools.cost.units import Image

Answer = Callable[[Json], Json]
Response = AWSResponse | None
Emulate = Callable[[], Response]
Done = TypeVar("Done")


class Place(NamedTuple):
    """Where an item lies: its table, and the values of its keys in their order."""

    table: str
    keys: tuple[str, ...]


class Images(Protocol):
    """Looks at items past the emulator's API, for a request tells not what an item was."""

    def places(self, operation: str, sent: Json) -> Sequence[Place]:
        """The items that a write names; none for other operations."""
        ...

    def at(self, place: Place) -> Image | None:
        """An item as it is now."""
        ...


class _Body(BytesIO):
    """A response body as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        yield self.getvalue()


@dataclass
class Recorder:
    """Calls since the last `clear`, and the CPU time that the emulator took of this process.

    `answers` take the place of the emulator for operations that it lacks; with `images`, calls
    tell what they changed.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    emulator_seconds: float = 0.0
    images: Images | None = None
    clock: Callable[[], float] = time.process_time

    @property
    def operations(self) -> list[str]:
        """The operations in the order called."""
        return [call.operation for call in self.calls]

    @property
    def counts(self) -> dict[str, int]:
        """How often each operation was called."""
        return dict(sorted(Counter(self.operations).items()))

    def clear(self) -> None:
        """Begin anew."""
        self.calls.clear()
        self.emulator_seconds = 0.0

    def see(self, event_name: str, request: AWSPreparedRequest, emulate: Emulate) -> Response:
        """Note a request that is about to be sent, and answer it."""
        _, service, operation = event_name.split(".", 2)
        sent = json.loads(_text(request))
        position = len(self.calls)
        before = self._timed(lambda: self._images(operation, sent))
        if operation in self.answers:
            response: Response = _response(request, self.answers[operation](sent))
        else:
            response = self._timed(emulate)
        if response is not None:
            answered = json.loads(response.content or b"{}")
            changes = self._timed(lambda: self._changes(before))
            self.calls.insert(position, Call(service, operation, sent, answered, changes))
        return response

    def _images(self, operation: str, sent: Json) -> Mapping[Place, Image | None]:
        images = self.images
        if images is None:
            return {}
        return {place: images.at(place) for place in images.places(operation, sent)}

    def _changes(self, before: Mapping[Place, Image | None]) -> tuple[Change, ...]:
        images = self.images
        if images is None:
            return ()
        return tuple(Change(place.table, was, images.at(place)) for place, was in before.items())

    def _timed(self, run: Callable[[], Done]) -> Done:
        started = self.clock()
        try:
            return run()
        finally:
            self.emulator_seconds += self.clock() - started


@contextmanager
def recording(recorder: Recorder) -> Iterator[Recorder]:
    """Pass all requests through the recorder, also those of clients that were made before."""
    emulated = BotocoreStubber.__call__

    def seen(
        stubber: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **_: object
    ) -> Response:
        return recorder.see(event_name, request, lambda: emulated(stubber, event_name, request))

    with patch.object(BotocoreStubber, "__call__", seen):
        yield recorder


def _text(request: AWSPreparedRequest) -> str | bytes | bytearray:
    body = request.body or "{}"
    if isinstance(body, str | bytes | bytearray):
        return body
    message = "Streams are not recorded."
    raise TypeError(message)


def _response(request: AWSPreparedRequest, answer: Json) -> AWSResponse:
    headers = HTTPHeaders()
    headers["Content-Type"] = "application/x-amz-json-1.0"
    return AWSResponse(request.url, 200, headers, _Body(json.dumps(answer).encode()))
