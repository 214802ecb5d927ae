"""How often anybody may read what is public (`product.md`, 2.2)."""

import hashlib
from ipaddress import IPv6Address, ip_address, ip_network

CALLER_PER_MINUTE = 60
"""Requests of one caller to one tenant's public listing."""

TENANT_PER_MINUTE = 600
"""Requests of all callers together."""

_HOSTS_BITS = 64
"""One subscriber has at least so many IPv6 addresses, and counts as one caller."""


def caller_of(address: str) -> str:
    """A name for the caller behind an address, from which the address cannot be read.

    All IPv6 addresses of a /64 are one caller. A text that is no address is one, too.
    """
    return hashlib.sha256(_network(address).encode()).hexdigest()


def _network(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return (
        str(ip_network((known, _HOSTS_BITS), False)) if isinstance(known, IPv6Address) else address
    )
