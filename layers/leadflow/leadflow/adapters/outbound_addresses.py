"""Which URLs and addresses may be called: public ones, and HTTPS only (`product.md`, 16.2).

A name is checked by what it resolves to, and every connection once more by the address that it is
made to, so that no spelling of an address and no change of a name's meaning gets past.
"""

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yarl import URL

URL_CHARACTERS_MAX = 2_048
LOOKUP_SECONDS_MAX = 2.0
"""How long saving a URL waits for the addresses of its name."""

URLS_KEPT_MAX = 1_024
"""URLs that are read once: partners are called by the same ones again and again."""

Resolve = Callable[[str, int], Sequence[str]]
"""Addresses of a name, looked up for a port. Blocks; raises `OSError` when there are none."""

_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""Within global unicast: tunnels (which hold another address) and documentation."""

_IPV4_BITS = 2**32 - 1
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)


class NotCallable(ValueError):
    """A URL must not be called; the message says why."""


def may_call(address: str, *, allow_loopback: bool) -> bool:
    """Whether an IP address is public, or loopback where that is allowed."""
    try:
        ip = _unwrapped(ipaddress.ip_address(address))
    except ValueError:
        return False
    if ip.is_loopback:
        return allow_loopback
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_4)
    is_plain = ip in _GLOBAL_UNICAST and ip.scope_id is None
    return is_plain and not any(ip in network for network in _NOT_PUBLIC_6)


@lru_cache(maxsize=URLS_KEPT_MAX)
def callable_url(text: str, *, allow_loopback: bool) -> "URL":
    """The URL as it is called. Raises `NotCallable`; names are not resolved here."""
    from yarl import URL  # noqa: PLC0415 # only where something is called, or a URL is saved

    try:
        url = URL(text) if not _UNFIT.search(text) else None
    except ValueError:
        url = None
    if url is None or not url.raw_host or url.port is None:
        raise NotCallable("The URL is not valid.")
    is_local = allow_loopback and url.scheme == "http" and _is_loopback(url.raw_host)
    if url.scheme != "https" and not is_local:
        raise NotCallable("The URL must begin with https://.")
    if url.raw_user is not None or url.raw_password is not None:
        raise NotCallable("The URL must not hold a user name or password.")
    if _is_literal(url.raw_host) and not may_call(url.raw_host, allow_loopback=allow_loopback):
        raise NotCallable("The URL must not lead to an address that is not public.")
    return url


def system_addresses(host: str, port: int) -> Sequence[str]:
    """Implements `Resolve` with the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedAddresses:
    """Implements `Addresses`."""

    def __init__(self, *, allow_loopback: bool, resolve: Resolve = system_addresses) -> None:
        self._allow_loopback = allow_loopback
        self._resolve = resolve

    def mistake(self, url: str) -> str | None:
        """What is wrong with a URL that shall be saved; None: nothing."""
        if len(url) > URL_CHARACTERS_MAX:
            return f"The URL has more than {URL_CHARACTERS_MAX} characters."
        try:
            checked = callable_url(url, allow_loopback=self._allow_loopback)
        except NotCallable as error:
            return str(error)
        host, port = checked.raw_host or "", checked.port or 0
        addresses = [] if _is_literal(host) else self._addresses(host, port)
        if all(may_call(one, allow_loopback=self._allow_loopback) for one in addresses):
            return None
        return "The URL must not lead to an address that is not public."

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        """What a name resolves to in time. A lookup that hangs is left to itself."""
        found: list[str] = []
        lookup = threading.Thread(target=self._look_up, args=(host, port, found), daemon=True)
        lookup.start()
        lookup.join(LOOKUP_SECONDS_MAX)
        return tuple(found)

    def _look_up(self, host: str, port: int, found: list[str]) -> None:
        try:
            found.extend(self._resolve(host, port))
        except (OSError, UnicodeError):
            return


def _is_literal(host: str) -> bool:
    """Whether a host is an address in any spelling, also one that only some systems read."""
    return ":" in host or _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None


def _is_loopback(host: str) -> bool:
    """Whether a host names this machine plainly: only then may a call go without TLS."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unwrapped(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 address stands for, if it is mapped or translated."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _TRANSLATED:
        return ipaddress.IPv4Address(int(ip) & _IPV4_BITS)
    return ip.ipv4_mapped or ip
