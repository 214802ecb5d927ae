"""Secrets that sign outgoing messages, by Standard Webhooks (`product.md`, 21.3)."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

OVERLAP = timedelta(hours=24)
"""How long the secret before the newest one signs as well."""

_PREFIX = "whsec_"
_CURRENT, _FORMER, _UNTIL = "signing", "signing_former", "signing_former_until"


def signing_secret(random: str) -> str:
    """A secret as it is shown, of a long random text."""
    return _PREFIX + b64encode(random.encode()).decode()


def first_secret(secret: str) -> Mapping[str, str]:
    """What is kept of an owner that begins to sign."""
    return {_CURRENT: secret}


def rotated(kept: Mapping[str, str], secret: str, now: datetime) -> Mapping[str, str]:
    """What is kept once there is a new secret; the one before it signs for `OVERLAP`."""
    former = kept.get(_CURRENT)
    until = (now + OVERLAP).isoformat()
    return {_CURRENT: secret} | ({_FORMER: former, _UNTIL: until} if former else {})


def signing_part(kept: Mapping[str, str]) -> Mapping[str, str]:
    """What signs, of all the secrets of an owner."""
    return {name: kept[name] for name in (_CURRENT, _FORMER, _UNTIL) if name in kept}


def signing_now(kept: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """The secrets that sign at a moment, the newest first; none where none is kept."""
    until = kept.get(_UNTIL)
    is_former_valid = until is not None and now < datetime.fromisoformat(until)
    names = (_CURRENT, _FORMER) if is_former_valid else (_CURRENT,)
    return tuple(kept[name] for name in names if name in kept)
