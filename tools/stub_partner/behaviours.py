"""What a stub partner does with a call, and what it says."""

import gzip
import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache

from pydantic import BaseModel, ConfigDict

from tools.stub_partner.wire import answer

OVERSIZE_BYTES = 100 * 1024 * 1024
DELAY_MS_MAX = 600_000


class Act(StrEnum):
    """What is done with a call.

    `hang`, and `accept_then_hang`, which takes the lead first: no answer ever. `break_off`: the
    connection ends within the body; `drop`: before any answer. `garbage`: a body that is no JSON;
    `raw`: the characters of `body`, and nothing else. `oversize`: 100 MB; `gzip_bomb`: as many,
    packed. `drip`: one byte of the body at a time. `custom`: what `body` holds.
    """

    ACCEPT = "accept"
    REFUSE = "refuse"
    DUPLICATE = "duplicate"
    STATUS = "status"
    REDIRECT = "redirect"
    HANG = "hang"
    ACCEPT_THEN_HANG = "accept_then_hang"
    BREAK_OFF = "break_off"
    DROP = "drop"
    GARBAGE = "garbage"
    RAW = "raw"
    OVERSIZE = "oversize"
    GZIP_BOMB = "gzip_bomb"
    DRIP = "drip"
    CUSTOM = "custom"


class Behaviour(BaseModel):
    """How calls of one path are answered, after `delay_ms`.

    `price` is dollars as the partner spells them; None: its answers name no price. `leaves`: the
    connection ends after the answer, without a word in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    act: Act = Act.ACCEPT
    price: str | float | None = None
    delay_ms: int = 0
    status: int = 200
    location: str = "/"
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    drip_ms: int = 50
    leaves: bool = False


NEVER = frozenset({Act.HANG, Act.ACCEPT_THEN_HANG})
"""Acts without an answer."""

TAKING = frozenset({Act.ACCEPT, Act.ACCEPT_THEN_HANG})
"""Acts with which the partner has the lead."""


def priced(price: str | float, delay_ms: int = 0) -> Behaviour:
    """Accept, at a price in dollars."""
    return Behaviour(price=price, delay_ms=delay_ms)


@cache
def answer_of(behaviour: Behaviour) -> bytes:
    """The whole answer of an act that is not streamed."""
    if behaviour.act in _SAID:
        return _said(behaviour, *_SAID[behaviour.act])
    return _OTHERS[behaviour.act](behaviour)


def _said(behaviour: Behaviour, status: str, message: str) -> bytes:
    told: dict[str, object] = {"status": status, "message": message}
    if status == "accepted":
        told |= {} if behaviour.price is None else {"price": behaviour.price}
        told |= {"reference": "ref-1", "metadata": {"campaign_id": 7, "tags": ["a", "b"]}}
    return answer(behaviour.status, json.dumps(told).encode(), dict(behaviour.headers))


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(OVERSIZE_BYTES))


_SAID: Mapping[Act, tuple[str, str]] = {
    Act.ACCEPT: ("accepted", "Thank you"),
    Act.REFUSE: ("refused", "No capacity today"),
    Act.DUPLICATE: ("duplicate", "This lead was here before"),
    Act.STATUS: ("error", "Out of order"),
}
_OTHERS: Mapping[Act, Callable[[Behaviour], bytes]] = {
    Act.REDIRECT: lambda one: answer(302, b"", {"Location": one.location}),
    Act.GARBAGE: lambda one: answer(one.status, b"<html>It works!</html>"),
    Act.RAW: lambda one: one.body.encode("latin-1"),
    Act.GZIP_BOMB: lambda one: answer(one.status, _bomb(), {"Content-Encoding": "gzip"}),
    Act.CUSTOM: lambda one: answer(one.status, one.body.encode(), dict(one.headers)),
}
