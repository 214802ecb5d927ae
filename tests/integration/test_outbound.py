"""Calls to partners over real HTTP, against a stub that does all that a partner may do."""

import asyncio
import gc
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from yarl import URL

from leadflow.adapters import outbound_client
from leadflow.adapters.outbound import REQUEST_BYTES_MAX, HttpOutbound
from leadflow.adapters.outbound_addresses import CheckedAddresses, Resolve
from leadflow.adapters.system import SystemClock
from leadflow.application.exchange_ports import (
    RESPONSE_BYTES_MAX,
    Answer,
    Failure,
    NoAnswer,
    OutboundRequest,
    Reply,
)
from tools.stub_partner import Act, Behaviour, StubPartner, stub_partner
from tools.stub_partner.behaviours import answer_of
from tools.stub_partner.certificates import self_signed

PUBLIC = "93.184.215.14"
SLACK_SECONDS = 0.4
"""What a busy machine may add to a time that is held."""

MEGABYTE = 1024 * 1024


def request(
    url: str,
    *,
    method: str = "POST",
    body: bytes | None = b"{}",
    timeout_seconds: float = 5,
    **headers: str,
) -> OutboundRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return OutboundRequest(method, url, named, body, timeout_seconds)


def made(*, allow_loopback: bool = True, resolve: Resolve | None = None) -> HttpOutbound:
    clock = SystemClock()
    if resolve is None:
        return HttpOutbound(clock, allow_loopback=allow_loopback)
    return HttpOutbound(clock, allow_loopback=allow_loopback, resolve=resolve)


def failed(reply: Reply) -> NoAnswer:
    assert isinstance(reply, NoAnswer), reply
    return reply


def answered(reply: Reply) -> Answer:
    assert isinstance(reply, Answer), reply
    return reply


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


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "localhost"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_loopback_is_not_called_in_any_spelling(stub: StubPartner, host: str, scheme: str) -> None:
    port = stub.url.rpartition(":")[2]
    strict = made(allow_loopback=False)
    reply = failed(strict.send(request(f"{scheme}://{host}:{port}/x")))
    assert (reply.failure, reply.detail) == (Failure.NOT_SENT, "the URL must not be called")
    assert not stub.calls


@pytest.mark.parametrize(
    "url", ["", "nothing", "ftp://partner.example", "http://a:b@127.0.0.1/", "http://10.0.0.1/"]
)
def test_urls_that_must_not_be_called_are_not(outbound: HttpOutbound, url: str) -> None:
    assert failed(outbound.send(request(url))).failure is Failure.NOT_SENT


def test_a_spelling_that_nobody_thought_of_is_refused_where_it_connects(
    stub: StubPartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound_client, "callable_url", lambda text, **_: URL(text))
    reply = failed(made(allow_loopback=False).send(request(f"{stub.url}/x")))
    assert (reply.failure, reply.detail) == (Failure.NOT_SENT, "the URL must not be called")
    assert not stub.calls


def test_a_name_that_changes_its_meaning_after_saving_is_not_called(stub: StubPartner) -> None:
    meanings = iter([[PUBLIC], ["127.0.0.1"]])

    def rebound(_host: str, _port: int) -> Sequence[str]:
        return next(meanings)

    port = stub.url.rpartition(":")[2]
    url = f"https://partner.example:{port}/x"
    assert CheckedAddresses(allow_loopback=False, resolve=rebound).mistake(url) is None
    reply = failed(made(allow_loopback=False, resolve=rebound).send(request(url)))
    assert (reply.failure, reply.detail) == (Failure.NOT_SENT, "the URL must not be called")


def test_a_name_is_resolved_once_and_what_was_checked_is_called(stub: StubPartner) -> None:
    meanings = iter([["127.0.0.1"], [PUBLIC]])
    url = stub.url.replace("127.0.0.1", "localhost")
    reply = made(resolve=lambda _host, _port: next(meanings)).send(request(f"{url}/x"))
    assert answered(reply).status == 200
    assert stub.calls[0].headers["host"].startswith("localhost:")
    assert next(meanings) == [PUBLIC]


def test_a_name_with_one_address_that_is_not_public_is_not_called(stub: StubPartner) -> None:
    mixed = made(resolve=lambda _host, _port: ["127.0.0.1", "10.0.0.1"])
    url = stub.url.replace("127.0.0.1", "localhost")
    assert failed(mixed.send(request(url))).failure is Failure.NOT_SENT
    assert not stub.calls


def without_address(_host: str, _port: int) -> Sequence[str]:
    raise OSError


def unspeakable(_host: str, _port: int) -> Sequence[str]:
    raise UnicodeError


@pytest.mark.parametrize("resolve", [without_address, unspeakable, lambda _host, _port: []])
def test_a_name_without_an_address_means_nothing_was_sent(resolve: Resolve) -> None:
    reply = failed(made(resolve=resolve).send(request("https://partner.example")))
    assert (reply.failure, reply.detail) == (Failure.NOT_SENT, "the name has no address")


def test_a_lookup_that_hangs_holds_nobody_up(stub: StubPartner) -> None:
    ended = threading.Event()

    def hangs(_host: str, _port: int) -> Sequence[str]:
        ended.wait(10)
        return [PUBLIC]

    outbound = made(resolve=hangs)
    hanging = [request(f"https://p{number}.example") for number in range(150)]
    started = time.monotonic()
    replies = outbound.send_all([*hanging, request(f"{stub.url}/x")], deadline_seconds=1)
    assert time.monotonic() - started < 1 + SLACK_SECONDS
    assert {(failed(one).failure, failed(one).timed_out) for one in replies[:-1]} == {
        (Failure.NOT_SENT, True)
    }
    answered(replies[-1])
    ended.set()
    answered(outbound.send(request(f"{stub.url}/x")))


def test_replies_come_in_the_order_of_the_requests(
    stub: StubPartner, outbound: HttpOutbound
) -> None:
    for number, delay_ms in enumerate((90, 30, 60)):
        stub.script(f"/{number}", Behaviour(price=str(number + 1), delay_ms=delay_ms))
    requests = [request(f"{stub.url}/{number}") for number in range(3)]
    replies = outbound.send_all(requests, deadline_seconds=5)
    assert [f'"price": "{n + 1}"'.encode() in answered(r).body for n, r in enumerate(replies)] == [
        True
    ] * 3


def test_a_round_ends_at_its_deadline_however_many_hang(
    stub: StubPartner, outbound: HttpOutbound
) -> None:
    stub.script("*", Behaviour(price="5", delay_ms=50))
    hang = stub.script("/hang", Behaviour(act=Act.HANG))
    requests = [request(f"{stub.url}/{number}") for number in range(80)]
    requests += [request(hang) for _ in range(20)]
    started = time.monotonic()
    replies = outbound.send_all(requests, deadline_seconds=0.8)
    assert 0.8 <= time.monotonic() - started < 0.8 + SLACK_SECONDS
    assert all(isinstance(reply, Answer) for reply in replies[:80])
    assert {failed(reply).failure for reply in replies[80:]} == {Failure.TIMEOUT}


def test_a_partner_has_no_longer_than_its_own_timeout(
    stub: StubPartner, outbound: HttpOutbound
) -> None:
    url = stub.script("/x", Behaviour(act=Act.HANG))
    started = time.monotonic()
    [reply] = outbound.send_all([request(url, timeout_seconds=0.1)], deadline_seconds=5)
    assert failed(reply).timed_out
    assert time.monotonic() - started < 0.1 + SLACK_SECONDS


def test_after_the_deadline_nothing_is_sent(stub: StubPartner, outbound: HttpOutbound) -> None:
    [reply] = outbound.send_all([request(f"{stub.url}/x")], deadline_seconds=0)
    assert failed(reply).timed_out
    assert not stub.calls


def test_nobody_to_call_is_no_trouble(outbound: HttpOutbound) -> None:
    assert list(outbound.send_all([], deadline_seconds=1)) == []


def test_rounds_keep_their_connections_and_posts_do_not(stub: StubPartner) -> None:
    outbound = made()
    one = request(f"{stub.url}/x")
    outbound.send_all([one], deadline_seconds=5)
    outbound.send_all([one], deadline_seconds=5)
    outbound.send(one)
    outbound.send(one)
    first, second, third, fourth = [call.connection for call in stub.calls]
    assert first == second
    assert len({second, third, fourth}) == 3


def test_a_connection_that_the_partner_has_left_is_not_used_again(
    stub: StubPartner, outbound: HttpOutbound
) -> None:
    url = stub.script("/x", Behaviour(leaves=True))
    for _ in range(3):
        [reply] = outbound.send_all([request(url)], deadline_seconds=5)
        answered(reply)
        time.sleep(0.05)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_nothing_is_ever_repeated(stub: StubPartner, outbound: HttpOutbound, method: str) -> None:
    one = request(stub.script("/x", Behaviour()), method=method, body=None)
    outbound.send_all([one], deadline_seconds=5)
    stub.script("/x", Behaviour(act=Act.DROP))
    [reply] = outbound.send_all([one], deadline_seconds=5)
    assert failed(reply).failure is Failure.BROKEN
    assert len(stub.calls) == 2


@pytest.mark.parametrize(
    "bad",
    [
        request("http://127.0.0.1:1/", X_Note="a\r\nInjected: 1"),
        OutboundRequest("POST", "http://127.0.0.1:1/", {"X Note": "a"}, b"", 1),
        request("http://127.0.0.1:1/", body=b"x" * (REQUEST_BYTES_MAX + 1)),
    ],
)
def test_a_request_that_cannot_be_sent_does_not_stop_the_others(
    stub: StubPartner, outbound: HttpOutbound, bad: OutboundRequest
) -> None:
    right = request(f"{stub.url}/x")
    first, second, third = outbound.send_all([right, bad, right], deadline_seconds=5)
    assert failed(second).failure is Failure.NOT_SENT
    assert failed(outbound.send(bad)).failure is Failure.NOT_SENT
    answered(first)
    answered(third)


def test_several_threads_take_turns(stub: StubPartner, outbound: HttpOutbound) -> None:
    url = stub.script("/x", Behaviour(delay_ms=10))
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: outbound.send(request(url)), range(16)))
    assert [answered(reply).status for reply in replies] == [200] * 16


def has_no_connection(stub: StubPartner) -> bool:
    ends = time.monotonic() + SLACK_SECONDS
    while stub.connections and time.monotonic() < ends:
        time.sleep(0.01)
    return stub.connections == 0


def test_what_nobody_needs_any_more_closes_its_connections() -> None:
    kept = [made(), made()]

    async def forgotten() -> None:
        kept.pop()
        gc.collect()

    with stub_partner() as stub:
        for outbound in kept:
            outbound.send_all([request(f"{stub.url}/x")], deadline_seconds=5)
        assert stub.connections == 2
        del outbound
        asyncio.run(forgotten())
        kept.pop()
        gc.collect()
        assert has_no_connection(stub)
