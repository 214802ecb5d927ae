"""Run as a fresh process: import a function, make its first client, print its CPU seconds.

Without arguments the floor: boto3 and a DynamoDB client. Otherwise the handler's file and the
event that it is called with; the call ends where the first client has been made.
"""

import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_FIRST_CLIENT = "create_client"


def main() -> None:
    """Measure what the arguments name."""
    started = time.process_time()
    if len(sys.argv) == 1:
        import boto3  # noqa: PLC0415 # it is what is measured

        boto3.client("dynamodb")
        _end(started)
    _, app, event = sys.argv
    spec = importlib.util.spec_from_file_location("app", app)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _end_at_first_client(started)
    # The event is what Lambda would hand over: reading it is not the function's work.
    before = time.process_time()
    body = json.loads(Path(event).read_text())
    module.handler(body, _context())
    print(f"no client was made after {before - started:.3f} s", file=sys.stderr)
    sys.exit(1)


def _end_at_first_client(started: float) -> None:
    from botocore.session import Session  # noqa: PLC0415 # not before the function does

    made: Any = Session.create_client

    def created(self: Session, *arguments: str, **options: str) -> None:
        made(self, *arguments, **options)
        _end(started)

    setattr(Session, _FIRST_CLIENT, created)


def _end(started: float) -> None:
    print(time.process_time() - started, flush=True)
    os._exit(0)


def _context() -> SimpleNamespace:
    return SimpleNamespace(
        function_name="function",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:function",
        aws_request_id="11111111-2222-3333-4444-555555555555",
        get_remaining_time_in_millis=lambda: 29_000,
    )


if __name__ == "__main__":
    main()
