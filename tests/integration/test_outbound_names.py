"""Whom nobody calls: addresses in any spelling, and names that mean another one."""

import threading
import time
from collections.abc import Iterator, Sequence

import pytest
from yarl import URL

from leadflow.adapters import outbound_client
from leadflow.adapters.outbound import HttpOutbound
from leadflow.adapters.outbound_addresses import CheckedAddresses, Resolve
from leadflow.application.exchange_ports import (
    Failure,
)
from tests.integration.outbound_calls import SLACK_SECONDS, answered, failed, made, request
from tools.stub_partner import StubPartner, stub_partner

PUBLIC = "93.184.215.14"


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
