"""Calls to the outside: partners and the Real Estate API.

Adapters implement these. Nothing here raises for what the other side does: whatever happens on the
way is a value, for each has its own meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from leadflow.domain.exchanges import ExchangeKind
    from leadflow.domain.identifiers import PartnerId, TenantId

RESPONSE_BYTES_MAX = 256 * 1024
"""Size limit of every answer from outside, in bytes."""


@dataclass(frozen=True)
class OutboundRequest:
    """A request as it goes out. `timeout_seconds` counts from its start to the answer's end.

    `secrets` are what its headers hold and nobody may be told, should the other side repeat them.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout_seconds: float
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """An answer that arrived whole, whatever its status; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime


class Failure(StrEnum):
    """Why there is no whole answer.

    `not_sent`: nothing reached the other side, which therefore did nothing: no address, an address
    that must not be called, no connection, invalid TLS. `timeout`: the time ran out, at whatever
    point behind the connection. `broken`: the connection ended early, or the answer was larger
    than `RESPONSE_BYTES_MAX`, encoded, or no HTTP at all.
    """

    NOT_SENT = "not_sent"
    TIMEOUT = "timeout"
    BROKEN = "broken"


@dataclass(frozen=True)
class NoAnswer:
    """A call without a whole answer.

    `status` and `headers` are those of an answer whose body did not arrive whole. `detail` says in
    a few words what happened; it carries nothing of what was sent. `timed_out` also marks calls
    whose connection could not be made in time, so that nothing was sent.
    """

    failure: Failure
    detail: str
    at: datetime
    timed_out: bool = False
    status: int | None = None
    headers: Mapping[str, str] | None = None


Reply = Answer | NoAnswer


class Outbound(Protocol):
    """HTTP to the outside: HTTPS only, no redirects, no repeats, no private addresses."""

    def send(self, request: OutboundRequest) -> Reply:
        """One call on a connection of its own."""
        ...

    def send_all(
        self, requests: Sequence[OutboundRequest], *, deadline_seconds: float
    ) -> Sequence[Reply]:
        """Calls at the same time, answered in their order; whoever is late has timed out.

        Ends within the deadline, counted from now, however many hang.
        """
        ...


class Addresses(Protocol):
    """Which URLs may be called."""

    def mistake(self, url: str) -> str | None:
        """What is wrong with a URL that shall be saved; None: nothing.

        It must be HTTPS and must not name, nor resolve to, an address that is not public. A name
        that cannot be resolved now is no mistake.
        """
        ...


Secrets = Mapping[str, str]
"""Secrets of one owner by name: of a partner `ping.token`, `post.header:X-Key` and so on."""


class SecretReader(Protocol):
    """Secrets that must be shown to others, kept apart from the configuration."""

    def of(self, tenant_id: TenantId, owner: str, version: int) -> Secrets:
        """The secrets of an owner (`partners#<id>`) as of a version of it or later."""
        ...


@dataclass(frozen=True)
class Call:
    """A call that was made."""

    partner_id: PartnerId
    kind: ExchangeKind
    timed_out: bool


class CallCounts(Protocol):
    """How often partners' calls time out, counted by the minute."""

    def count(self, tenant_id: TenantId, calls: Sequence[Call], at: datetime) -> None:
        """Count calls in the minute of `at`, in one write; losing them is no fault."""
        ...

    def since(self, tenant_id: TenantId, since: datetime, until: datetime) -> Sequence[MinuteCount]:
        """What was counted in every minute that begins from `since` to `until`."""
        ...


@dataclass(frozen=True)
class MinuteCount:
    """What was counted for one partner's exchange in one minute."""

    partner_id: PartnerId
    kind: ExchangeKind
    minute: datetime
    calls: int
    timeouts: int
