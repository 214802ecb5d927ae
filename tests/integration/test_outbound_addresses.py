"""Which URLs and addresses may be called."""

import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.adapters import outbound_addresses
from leadflow.adapters.outbound_addresses import (
    URL_CHARACTERS_MAX,
    CheckedAddresses,
    may_call,
    system_addresses,
)

PUBLIC = "93.184.215.14"
EVERY_INTERFACE = "0.0.0.0"  # noqa: S104 # refused here, not bound


def resolving_to(*addresses: str) -> CheckedAddresses:
    """Checks with a resolver that always says so."""
    return CheckedAddresses(allow_loopback=False, resolve=lambda _host, _port: addresses)


def unresolvable(_host: str, _port: int) -> Sequence[str]:
    raise OSError


@pytest.mark.parametrize(
    "address",
    [
        PUBLIC,
        "8.8.8.8",
        "172.15.255.255",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_public_addresses_may_be_called(address: str) -> None:
    assert may_call(address, allow_loopback=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.9",
        "::1",
        EVERY_INTERFACE,
        "::",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.8",
        "192.88.99.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "2002:808:808::",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "4000::1",
        "localhost",
        "",
        "1",
    ],
)
def test_all_other_addresses_may_not(address: str) -> None:
    assert not may_call(address, allow_loopback=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_may_be_called_where_that_is_allowed(address: str) -> None:
    assert may_call(address, allow_loopback=True)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", EVERY_INTERFACE, "fe80::1"])
def test_allowing_loopback_allows_nothing_else(address: str) -> None:
    assert not may_call(address, allow_loopback=True)


@given(st.ip_addresses().map(str) | st.text(max_size=10), st.booleans())
def test_no_address_breaks_the_check(address: str, allow: bool) -> None:
    assert may_call(address, allow_loopback=allow) in (True, False)


@pytest.mark.parametrize(
    "url",
    [
        "https://partner.example/ping",
        "https://partner.example:8443/ping?key=a%20b#part",
        "https://PARTNER.example.",
        f"https://{PUBLIC}/",
        "https://[2606:4700::1111]/",
        "https://bücher.example/",
        "https://123.example/",
    ],
)
def test_https_urls_of_public_addresses_are_right(url: str) -> None:
    assert resolving_to(PUBLIC).mistake(url) is None


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("", "not valid"),
        ("partner.example", "not valid"),
        ("/ping", "not valid"),
        ("https://", "not valid"),
        ("https:///ping", "not valid"),
        ("https://partner.example:port/", "not valid"),
        ("https://partner.example:99999/", "not valid"),
        ("https://[::1/", "not valid"),
        ("https://partner.example/a b", "not valid"),
        ("https://partner.example\\@127.0.0.1/", "not valid"),
        ("https://partner.example/\r\nX: 1", "not valid"),
        ("http://partner.example/", "https://"),
        ("ftp://partner.example/", "https://"),
        ("https://user@partner.example/", "user name"),
        ("https://user:word@partner.example/", "user name"),
        ("https://127.0.0.1/", "not public"),
        ("https://127.0.0.1./", "not public"),
        ("https://[::1]/", "not public"),
        ("https://[::ffff:10.0.0.1]/", "not public"),
        ("https://[fe80::1%25eth0]/", "not public"),
        ("https://127.1/", "not public"),
        ("https://2130706433/", "not public"),
        ("https://0x7f000001/", "not public"),
        ("https://0x7f.0.0.0x1/", "not public"),
        ("https://0177.0.0.1/", "not public"),
        ("https://134744072/", "not public"),
        ("https://\uff11\uff12\uff17.0.0.1/", "not public"),
        ("https://127\u30020.0.1/", "not public"),
        ("https://169.254.169.254/latest/meta-data", "not public"),
        (f"https://partner.example/{'x' * URL_CHARACTERS_MAX}", "more than"),
    ],
)
def test_what_is_wrong_with_a_url_is_said(url: str, word: str) -> None:
    assert word in (resolving_to(PUBLIC).mistake(url) or "")


@pytest.mark.parametrize("addresses", [("10.0.0.1",), (PUBLIC, "127.0.0.1"), ("::1", PUBLIC)])
def test_a_name_with_any_address_that_is_not_public_is_refused(addresses: tuple[str, ...]) -> None:
    mistake = resolving_to(*addresses).mistake("https://partner.example/")
    assert "not public" in (mistake or "")


def test_a_name_that_cannot_be_resolved_now_is_no_mistake() -> None:
    checked = CheckedAddresses(allow_loopback=False, resolve=unresolvable)
    assert checked.mistake("https://partner.example/") is None


def test_saving_does_not_wait_for_a_lookup_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound_addresses, "LOOKUP_SECONDS_MAX", 0.05)
    ended = threading.Event()

    def hangs(_host: str, _port: int) -> Sequence[str]:
        ended.wait(10)
        return ["127.0.0.1"]

    checked = CheckedAddresses(allow_loopback=False, resolve=hangs)
    assert checked.mistake("https://partner.example/") is None
    ended.set()


def test_where_loopback_is_allowed_a_stub_may_be_saved() -> None:
    checked = CheckedAddresses(allow_loopback=True)
    assert checked.mistake("http://127.0.0.1:8700/ping") is None
    assert checked.mistake("http://localhost:8700/ping") is None
    assert checked.mistake("http://10.0.0.1/") is not None
    assert checked.mistake("http://partner.example/") is not None


def test_the_system_resolves_names() -> None:
    assert {"127.0.0.1", "::1"} & set(system_addresses("localhost", 80))
