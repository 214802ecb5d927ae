"""Every function with a route that changes something keeps its answers, and forgets what failed."""

import importlib
import json
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from tests.bench.recorder import Recorder, recording
from tests.infrastructure.template import ROOT, resources
from tests.infrastructure.test_functions import folder, variables
from tests.integration.http import Context
from tests.noting import handling

SAFE = {"GET", "HEAD", "OPTIONS"}
CHANGING = sorted(
    name
    for name, function in resources("AWS::Serverless::Function").items()
    if "IDEMPOTENCY_TABLE" in variables(function)
    and any(
        event["Type"] == "Api" and event["Properties"]["Method"] not in SAFE
        for event in function["Properties"].get("Events", {}).values()
    )
)


def changing_event(name: str) -> dict[str, Any]:
    """An event of the function that changes something, with a key."""
    for path in sorted((ROOT / "events" / folder(name)).glob("*.json")):
        event: dict[str, Any] = json.loads(path.read_text())
        if event.get("httpMethod", "GET") not in SAFE:
            return event | {"headers": {"Idempotency-Key": "order-42"}}
    message = f"{name} has no event that changes something."
    raise AssertionError(message)


def answered(name: str, status: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a request asks of the tables if the routes answer with this status."""
    answer = {"statusCode": status, "body": "{}", "multiValueHeaders": {}}
    monkeypatch.setattr(APIGatewayRestResolver, "resolve", lambda *_: answer)
    with recording(Recorder()) as recorder, handling(folder(name)):
        # Not through `invoked`: what the routes answer here is none of the document's answers.
        handler = importlib.import_module(f"functions.{folder(name)}.app").handler
        handler(changing_event(name), Context())
    return recorder.operations


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("name", CHANGING)
def test_an_answer_is_kept_and_a_failure_is_forgotten(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(name, 503, monkeypatch) == ["PutItem", "DeleteItem"]
    assert answered(name, 201, monkeypatch) == ["PutItem", "UpdateItem"]
    assert answered(name, 201, monkeypatch) == ["PutItem"]
