"""Calls to partners over real HTTP, against a stub that does all that a partner may do."""

import socket
import time
import tracemalloc
from collections.abc import Iterator

import pytest

from leadflow.adapters.outbound import HttpOutbound
from leadflow.adapters.system import SystemClock
from leadflow.application.exchange_ports import (
    RESPONSE_BYTES_MAX,
    Answer,
    Failure,
)
from tests.integration.outbound_calls import SLACK_SECONDS, answered, failed, made, request
from tools.stub_partner import Act, Behaviour, StubPartner, stub_partner
from tools.stub_partner.behaviours import answer_of
from tools.stub_partner.certificates import self_signed

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def running() -> Iterator[StubPartner]:
    with stub_partner() as stub:
        yield stub


@pytest.fixture
def stub(running: StubPartner) -> StubPartner:
    running.clear()
    return running


@pytest.fixture(scope="module")
def outbound() -> HttpOutbound:
    return made()


def test_a_request_arrives_as_it_was_made(stub: StubPartner, outbound: HttpOutbound) -> None:
    url = stub.script("/ping", Behaviour(price="12.50"))
    sent = request(
        f"{url}?key=a%20b&x=%2B", method="PUT", body=b'{"a":1}', Content_Type="text/x", X_Key="k"
    )
    reply = answered(outbound.send(sent))
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert b'"12.50"' in reply.body
    [call] = stub.calls
    assert (call.method, call.path, call.body) == ("PUT", "/ping", '{"a":1}')
    assert call.query in ("key=a%20b&x=%2B", "key=a+b&x=%2B")
    assert {name: call.headers[name] for name in ("content-type", "x-key")} == {
        "content-type": "text/x",
        "x-key": "k",
    }
    assert call.headers["accept-encoding"] == "identity"
    assert call.headers["user-agent"] == "Leadflow"


def test_get_has_no_body(stub: StubPartner, outbound: HttpOutbound) -> None:
    answered(outbound.send(request(f"{stub.url}/x", method="GET", body=None)))
    assert (stub.calls[0].method, stub.calls[0].body) == ("GET", "")


@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_any_status_is_an_answer(stub: StubPartner, outbound: HttpOutbound, status: int) -> None:
    url = stub.script("/x", Behaviour(act=Act.CUSTOM, status=status))
    assert answered(outbound.send(request(url))).status == status


def test_redirects_are_not_followed(stub: StubPartner, outbound: HttpOutbound) -> None:
    elsewhere = stub.script("/elsewhere", Behaviour())
    url = stub.script("/x", Behaviour(act=Act.REDIRECT, location=elsewhere))
    assert answered(outbound.send(request(url))).status == 302
    assert [call.path for call in stub.calls] == ["/x"]


def test_cookies_are_not_kept(stub: StubPartner, outbound: HttpOutbound) -> None:
    url = stub.script("/x", Behaviour(headers=(("Set-Cookie", "a=1; Path=/"),)))
    for _ in range(2):
        outbound.send(request(url))
        outbound.send_all([request(url)], deadline_seconds=5)
    assert len(stub.calls) == 4
    assert not any("cookie" in call.headers for call in stub.calls)


def test_proxies_of_the_environment_are_not_used(
    stub: StubPartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    answered(made().send(request(f"{stub.url}/x")))


@pytest.mark.parametrize(
    ("behaviour", "failure", "status"),
    [
        (Behaviour(act=Act.BREAK_OFF), Failure.BROKEN, 200),
        (Behaviour(act=Act.DROP), Failure.BROKEN, None),
        (Behaviour(act=Act.OVERSIZE), Failure.BROKEN, 200),
        (Behaviour(act=Act.GZIP_BOMB), Failure.BROKEN, 200),
        (Behaviour(act=Act.HANG), Failure.TIMEOUT, None),
        (Behaviour(act=Act.ACCEPT_THEN_HANG), Failure.TIMEOUT, None),
        (Behaviour(act=Act.DRIP, drip_ms=10), Failure.TIMEOUT, 200),
        (Behaviour(delay_ms=5_000), Failure.TIMEOUT, None),
    ],
)
def test_what_breaks_an_answer_is_told(
    stub: StubPartner,
    outbound: HttpOutbound,
    behaviour: Behaviour,
    failure: Failure,
    status: int | None,
) -> None:
    if behaviour.act is Act.GZIP_BOMB:
        answer_of(behaviour)
    url = stub.script("/x", behaviour)
    started = time.monotonic()
    [in_round] = outbound.send_all([request(url, timeout_seconds=0.3)], deadline_seconds=5)
    for reply in (failed(in_round), failed(outbound.send(request(url, timeout_seconds=0.3)))):
        assert (reply.failure, reply.status) == (failure, status)
        assert reply.timed_out is (failure is Failure.TIMEOUT)
        assert (reply.headers is None) is (status is None)
    assert time.monotonic() - started < 0.6 + SLACK_SECONDS
    assert len(stub.calls) == 2


@pytest.mark.parametrize(
    "raw",
    [
        "220 mail.example.com ESMTP\r\n\r\n",
        "\x00\xff" * 100,
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nabcde",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nX: " + "y" * MEGABYTE,
        "HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 10_000,
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Encoding: identity, br\r\nContent-Length: 2\r\n\r\nab",
    ],
)
def test_what_is_no_right_http_is_broken(
    stub: StubPartner, outbound: HttpOutbound, raw: str
) -> None:
    url = stub.script("/x", Behaviour(act=Act.RAW, body=raw))
    assert failed(outbound.send(request(url))).failure is Failure.BROKEN


def test_headers_that_are_no_text_are_shown_as_far_as_they_are(
    stub: StubPartner, outbound: HttpOutbound
) -> None:
    raw = "HTTP/1.1 200 OK\r\nX-Note: caf\xe9\r\nContent-Length: 0\r\n\r\n"
    url = stub.script("/x", Behaviour(act=Act.RAW, body=raw))
    assert answered(outbound.send(request(url))).headers["x-note"] == "caf\ufffd"


@pytest.mark.parametrize(
    ("size", "is_whole"), [(RESPONSE_BYTES_MAX, True), (RESPONSE_BYTES_MAX + 1, False)]
)
def test_answers_are_read_up_to_their_limit(
    stub: StubPartner, outbound: HttpOutbound, size: int, is_whole: bool
) -> None:
    url = stub.script("/x", Behaviour(act=Act.CUSTOM, body="x" * size))
    reply = outbound.send(request(url))
    assert isinstance(reply, Answer) is is_whole
    if isinstance(reply, Answer):
        assert len(reply.body) == size


@pytest.mark.parametrize("act", [Act.OVERSIZE, Act.GZIP_BOMB])
def test_a_huge_answer_takes_little_memory(
    stub: StubPartner, outbound: HttpOutbound, act: Act
) -> None:
    behaviour = Behaviour(act=act)
    if act is Act.GZIP_BOMB:
        answer_of(behaviour)
    url = stub.script("/x", behaviour)
    outbound.send(request(url))
    tracemalloc.start()
    outbound.send(request(url))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * MEGABYTE


def test_a_connection_that_is_refused_means_nothing_was_sent(outbound: HttpOutbound) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    reply = failed(outbound.send(request(f"http://127.0.0.1:{port}/")))
    assert (reply.failure, reply.timed_out) == (Failure.NOT_SENT, False)


def test_a_connection_that_is_not_made_in_time_means_nothing_was_sent(
    outbound: HttpOutbound,
) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/"
        reply = failed(outbound.send(request(url, timeout_seconds=0.2)))
    assert (reply.failure, reply.timed_out) == (Failure.NOT_SENT, True)


def test_a_certificate_that_nobody_vouches_for_means_nothing_was_sent() -> None:
    signed = self_signed()
    with stub_partner(tls=signed.server) as stub:
        reply = failed(made().send(request(f"{stub.url}/x")))
        assert (reply.failure, reply.detail) == (Failure.NOT_SENT, "the certificate is not valid")
        assert not stub.calls
        trusting = HttpOutbound(SystemClock(), allow_loopback=True, trust=signed.trusting)
        assert answered(trusting.send(request(f"{stub.url}/x"))).status == 200


def test_a_certificate_of_another_name_means_nothing_was_sent() -> None:
    signed = self_signed()
    with stub_partner(tls=signed.server) as stub:
        outbound = HttpOutbound(
            SystemClock(),
            allow_loopback=True,
            trust=signed.trusting,
            resolve=lambda _host, _port: ["127.0.0.1"],
        )
        url = stub.url.replace("127.0.0.1", "partner.example")
        assert failed(outbound.send(request(url))).failure is Failure.NOT_SENT
        assert not stub.calls


def test_what_speaks_no_tls_gets_nothing(stub: StubPartner, outbound: HttpOutbound) -> None:
    url = stub.url.replace("http://", "https://")
    assert failed(outbound.send(request(url, timeout_seconds=0.3))).failure is Failure.NOT_SENT
    assert not stub.calls
