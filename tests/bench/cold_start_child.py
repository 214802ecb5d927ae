"""Run as a fresh process: import a function, call it once, print what that took as JSON.

`cpu_seconds` until its first client has been made, the most memory in `memory_bytes` that the
process held once the call was over, and whether it `has_client`: without one the seconds are of the
whole call. Each call to AWS is answered at once, with nothing. With no argument it is the floor:
boto3 and a DynamoDB client. Otherwise the handler's file and the event that it is called with.
"""

import importlib.util
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

_FIRST_CLIENT = "create_client"
_SENT = "send"
_KIB = 1024
_REGION = "us-east-1"
STARTED = time.process_time()


def floor() -> None:
    """What every function in Python needs."""
    import boto3  # noqa: PLC0415 # it is what is measured

    client = boto3.client("dynamodb")
    made_at = time.process_time()
    _answer_with_nothing()
    client.list_tables()
    _tell(made_at, has_client=True)


def function(app: str, event: str) -> None:
    """A function with one of its events."""
    handler = _loaded(app)
    # What is loaded to look at clients is what a client loads. The event is Lambda's to hand over.
    clients = _answer_with_nothing()
    before = time.process_time()
    content = json.loads(Path(event).read_text())
    spent = time.process_time() - before
    with suppress(Exception):
        handler(content, _context())
    _tell((clients[0] if clients else time.process_time()) - spent, has_client=bool(clients))


def _loaded(app: str) -> Callable[[object, object], object]:
    spec = importlib.util.spec_from_file_location("app", app)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Callable[[object, object], object] = module.handler
    return handler


def _answer_with_nothing() -> list[float]:
    """Answer all calls from now on; when clients are made from now on, in CPU seconds."""
    from botocore.session import Session  # noqa: PLC0415 # not before the function does

    clients: list[float] = []
    made: Any = Session.create_client

    def created(self: Session, *arguments: str, **options: str) -> object:
        client: object = made(self, *arguments, **options)
        clients.append(time.process_time())
        return client

    setattr(Session, _FIRST_CLIENT, created)
    from botocore.awsrequest import AWSResponse, HeadersDict  # noqa: PLC0415 # as above
    from botocore.httpsession import URLLib3Session  # noqa: PLC0415

    headers: Any = HeadersDict({"Content-Type": "application/json"})

    def answered(_session: URLLib3Session, request: SimpleNamespace) -> AWSResponse:
        answer: Any = AWSResponse(request.url, 200, headers, BytesIO())
        answer._content = b"{}"
        return cast("AWSResponse", answer)

    setattr(URLLib3Session, _SENT, answered)
    return clients


def _memory_bytes() -> int:
    """The high-water mark of this program; `getrusage` would tell that of its parent as well."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * _KIB


def _tell(cpu_seconds: float, *, has_client: bool) -> None:
    told = {"cpu_seconds": cpu_seconds - STARTED, "memory_bytes": _memory_bytes()}
    print("\n" + json.dumps(told | {"has_client": has_client}), flush=True)


def _context() -> SimpleNamespace:
    return SimpleNamespace(
        function_name="function",
        memory_limit_in_mb=512,
        invoked_function_arn=f"arn:aws:lambda:{_REGION}:123456789012:function:function",
        aws_request_id="11111111-2222-3333-4444-555555555555",
        get_remaining_time_in_millis=lambda: 29_000,
    )


if __name__ == "__main__":
    if sys.argv[1:]:
        function(*sys.argv[1:])
    else:
        floor()
