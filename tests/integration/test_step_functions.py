"""Starting runs over HTTP: patience, failures and what comes back."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from leadflow.adapters.step_functions import ExpressDistribution
from leadflow.application.run_ports import RunResult
from leadflow.domain.errors import TransientFault
from leadflow.domain.leads import LeadStatus
from tests.builders import run

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:distribution"
SOLD = {"status": "assigned", "payout_cents": 700, "outcome": "settled"}
SLOW_SECONDS = 0.6


class States(BaseHTTPRequestHandler):
    """Stands in for Step Functions; tests set what it answers, and how slowly."""

    status: ClassVar[int] = 200
    answer: ClassVar[dict[str, object]] = {}
    delay_seconds: ClassVar[float] = 0
    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.headers["X-Amz-Target"].rsplit(".", 1)[-1], body))
        time.sleep(self.delay_seconds)
        try:
            self.send_response(self.status)
            self.end_headers()
            self.wfile.write(json.dumps(self.answer).encode())
        except OSError:  # whoever asked has lost patience
            self.close_connection = True

    def log_message(self, *_parts: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, value in (
        ("status", 200),
        ("answer", {"status": "SUCCEEDED", "output": json.dumps(SOLD)}),
        ("delay_seconds", 0),
        ("asked", []),
    ):
        monkeypatch.setattr(States, name, value)
    listening = ThreadingHTTPServer(("127.0.0.1", 0), States)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    url = f"http://127.0.0.1:{listening.server_port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    yield url
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.fixture
def distribution(server: str) -> ExpressDistribution:
    return ExpressDistribution(ARN, endpoint_url=server)


def test_a_run_that_ends_in_time_tells_its_result(distribution: ExpressDistribution) -> None:
    assert distribution.run(run(), patience_seconds=5) == RunResult(LeadStatus.ASSIGNED, 700)
    [(operation, request)] = States.asked
    assert operation == "StartSyncExecution"
    assert request["stateMachineArn"] == ARN
    assert json.loads(request["input"]) == asdict(run())


def test_a_caller_out_of_patience_gets_no_result_and_starts_no_second_run(
    distribution: ExpressDistribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(States, "delay_seconds", SLOW_SECONDS)
    began = time.monotonic()
    assert distribution.run(run(), patience_seconds=0.2) is None
    assert time.monotonic() - began < SLOW_SECONDS
    assert len(States.asked) == 1


def test_a_run_that_failed_has_no_result(
    distribution: ExpressDistribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(States, "answer", {"status": "FAILED", "error": "CorruptState"})
    assert distribution.run(run(), patience_seconds=5) is None


def test_a_run_is_resumed_without_waiting_for_its_end(distribution: ExpressDistribution) -> None:
    distribution.resume(run())
    assert [operation for operation, _ in States.asked] == ["StartExecution"]


@pytest.mark.parametrize("status", [400, 500])
def test_a_run_that_could_not_be_started_is_a_fault_that_may_pass(
    distribution: ExpressDistribution, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(States, "status", status)
    monkeypatch.setattr(States, "answer", {"__type": "ExecutionLimitExceeded"})
    with pytest.raises(TransientFault):
        distribution.run(run(), patience_seconds=5)
    with pytest.raises(TransientFault):
        distribution.resume(run())
