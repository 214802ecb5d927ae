"""Calls to the outside over the real client, and what came of them."""

from leadflow.adapters.outbound import HttpOutbound
from leadflow.adapters.outbound_addresses import Resolve
from leadflow.adapters.system import SystemClock
from leadflow.application.exchange_ports import (
    Answer,
    NoAnswer,
    OutboundRequest,
    Reply,
)

SLACK_SECONDS = 0.4
"""What a busy machine may add to a time that is held."""


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
