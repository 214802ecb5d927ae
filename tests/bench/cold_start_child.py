"""Run as a fresh process: import a function, call it once, print what that took.

The first argument says what is printed: `seconds` of CPU until the first client has been made, or
the `memory` that the process held at most, in bytes, once the call was over. With nothing more it
is the floor: boto3 and a DynamoDB client. Otherwise the handler's file and the event that it is
called with. It ends with `NO_CLIENT` when the call was over before there was a client.
"""

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

NO_CLIENT = 3
_FIRST_CLIENT = "create_client"
_SENT = "send"
_KIB = 1024
_REGION = "us-east-1"


def seconds(*named: str) -> None:
    """Print the CPU seconds up to the first client."""
    started = time.process_time()
    if not named:
        import boto3  # noqa: PLC0415 # it is what is measured

        boto3.client("dynamodb")
        _end(time.process_time() - started)
    handler = _loaded(named[0])
    _after_each_client(lambda: _end(time.process_time() - started))
    # The event is what Lambda would hand over: reading it is not the function's work.
    before = time.process_time()
    event = json.loads(Path(named[1]).read_text())
    read = time.process_time() - before
    with suppress(Exception):
        handler(event, _context())
    _end(time.process_time() - started - read, NO_CLIENT)


def memory(*named: str) -> None:
    """Print the most memory that was held. Each call to AWS is answered at once, with nothing."""
    clients: list[None] = []
    if named:
        handler = _loaded(named[0])
        _answer_with_nothing()
        _after_each_client(lambda: clients.append(None))
        event = json.loads(Path(named[1]).read_text())
        with suppress(Exception):
            handler(event, _context())
    else:
        import boto3  # noqa: PLC0415 # it is what is measured

        _answer_with_nothing()
        clients.append(None)
        boto3.client("dynamodb").list_tables()
    _end(_memory_bytes(), 0 if clients else NO_CLIENT)


def _loaded(app: str) -> Callable[[object, object], object]:
    spec = importlib.util.spec_from_file_location("app", app)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Callable[[object, object], object] = module.handler
    return handler


def _after_each_client(then: Callable[[], None]) -> None:
    from botocore.session import Session  # noqa: PLC0415 # not before the function does

    made: Any = Session.create_client

    def created(self: Session, *arguments: str, **options: str) -> object:
        client: object = made(self, *arguments, **options)
        then()
        return client

    setattr(Session, _FIRST_CLIENT, created)


def _answer_with_nothing() -> None:
    from botocore.awsrequest import AWSResponse, HeadersDict  # noqa: PLC0415 # as above
    from botocore.httpsession import URLLib3Session  # noqa: PLC0415

    headers: Any = HeadersDict({"Content-Type": "application/json"})

    def answered(_session: URLLib3Session, request: SimpleNamespace) -> AWSResponse:
        answer: Any = AWSResponse(request.url, 200, headers, BytesIO())
        answer._content = b"{}"
        return cast("AWSResponse", answer)

    setattr(URLLib3Session, _SENT, answered)


def _memory_bytes() -> int:
    """The high-water mark of this program; `getrusage` would tell that of its parent as well."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * _KIB


def _end(taken: float, code: int = 0) -> None:
    print(f"\n{taken}", flush=True)
    os._exit(code)


def _context() -> SimpleNamespace:
    return SimpleNamespace(
        function_name="function",
        memory_limit_in_mb=512,
        invoked_function_arn=f"arn:aws:lambda:{_REGION}:123456789012:function:function",
        aws_request_id="11111111-2222-3333-4444-555555555555",
        get_remaining_time_in_millis=lambda: 29_000,
    )


if __name__ == "__main__":
    {"seconds": seconds, "memory": memory}[sys.argv[1]](*sys.argv[2:])
