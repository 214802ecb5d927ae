"""Rounds of calls: their order, deadlines and connections."""

import asyncio
import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from leadflow.adapters.outbound import REQUEST_BYTES_MAX, HttpOutbound
from leadflow.application.exchange_ports import (
    Answer,
    Failure,
    OutboundRequest,
)
from tests.integration.outbound_calls import SLACK_SECONDS, answered, failed, made, request
from tools.stub_partner import Act, Behaviour, StubPartner, stub_partner


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
