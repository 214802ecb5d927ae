"""The stub partner, seen as tests and the demo use it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.infrastructure.template import ROOT
from tools.stub_partner import Act, Behaviour, StubPartner, stub_partner
from tools.stub_partner.wire import next_request


@pytest.fixture
def stub() -> Iterator[StubPartner]:
    with stub_partner() as running:
        yield running


def asked(url: str, method: str, path: str, body: object = None) -> tuple[int, object]:
    """Status and JSON of an answer; None where it has no body."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.request(method, path, None if body is None else json.dumps(body))
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text else None


@pytest.mark.parametrize(
    ("behaviour", "status", "said"),
    [
        (Behaviour(price="9.99"), 200, {"status": "accepted", "price": "9.99"}),
        (Behaviour(act=Act.REFUSE), 200, {"status": "refused"}),
        (Behaviour(act=Act.DUPLICATE), 200, {"status": "duplicate"}),
        (Behaviour(act=Act.STATUS, status=503), 503, {"status": "error"}),
    ],
)
def test_a_path_answers_as_it_is_told(
    stub: StubPartner, behaviour: Behaviour, status: int, said: dict[str, str]
) -> None:
    stub.script("/a", behaviour)
    got, told = asked(stub.url, "POST", "/a", {})
    assert got == status
    assert isinstance(told, dict)
    assert told | said == told


def test_what_was_received_is_kept_with_what_was_taken(stub: StubPartner) -> None:
    stub.script("/refusing", Behaviour(act=Act.REFUSE))
    asked(stub.url, "POST", "/taking?key=1", {"zip": "78701"})
    asked(stub.url, "PUT", "/refusing", {})
    first, second = stub.calls
    assert (first.method, first.path, first.query, first.body, first.took) == (
        "POST",
        "/taking",
        "key=1",
        '{"zip": "78701"}',
        True,
    )
    assert (second.method, second.took) == ("PUT", False)
    stub.clear()
    assert stub.calls == ()


def test_a_stub_in_another_process_is_steered_over_http() -> None:
    command = [sys.executable, "-m", "tools.stub_partner", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 # this interpreter on a module of this repository
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        script = {"path": "*", "behaviour": {"act": "refuse"}}
        assert asked(url, "PUT", "/_script", script) == (204, None)
        assert asked(url, "PUT", "/_script", {"path": "*"})[0] == 422
        assert asked(url, "GET", "/_nothing")[0] == 404
        _, told = asked(url, "POST", "/x", {})
        _, calls = asked(url, "GET", "/_calls")
        assert asked(url, "DELETE", "/_calls") == (204, None)
        assert asked(url, "GET", "/_calls") == (200, [])
        process.terminate()
    assert isinstance(told, dict)
    assert told["status"] == "refused"
    assert isinstance(calls, list)
    assert [(call["path"], call["took"]) for call in calls] == [("/x", False)]


def test_a_request_is_taken_once_it_is_whole() -> None:
    received = bytearray(b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nab")
    assert next_request(received) is None
    received += b"cGET /b HTTP/1.1\r\n\r\n"
    first, second = next_request(received), next_request(received)
    assert first
    assert second
    assert (first.method, first.target, first.body) == ("POST", "/a", b"abc")
    assert (second.method, second.target, second.body) == ("GET", "/b", b"")
    assert not received
