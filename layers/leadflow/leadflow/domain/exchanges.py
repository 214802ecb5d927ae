"""Exchanges: how a partner is pinged and posted to (`product.md`, 16.2; `api.md`, 6).

Neither they nor any other target of calls hold secrets: passwords, tokens and secret headers lie
apart from them, by the names that `secret_names` gives them.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field as Bound

from leadflow.domain.model import Frozen

TIMEOUT_SECONDS_MAX = 30
PING_TIMEOUT_SECONDS = 5
POST_TIMEOUT_SECONDS = 10
MAPPING_ROWS_MAX = 200
HEADERS_MAX = 50

ExchangeKind = Literal["ping", "post"]

_SECRET_HEADER = re.compile(r"auth|cookie|key|token|secret|password|signature", re.IGNORECASE)


class HttpMethod(StrEnum):
    """How a request is sent; with GET the mapping becomes the query."""

    POST = "POST"
    PUT = "PUT"
    GET = "GET"


class BodyFormat(StrEnum):
    """How the mapping is written into the body."""

    JSON = "json"
    FORM = "form"


class AuthType(StrEnum):
    """How a request authenticates itself."""

    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"


class TreatUnknownAs(StrEnum):
    """What a post without a clear answer counts as, once it is settled (15.10)."""

    SOLD = "sold"
    NOT_SOLD = "not_sold"


class ExchangeAuth(Frozen):
    """Authentication without its secret, which lies apart."""

    type: AuthType = AuthType.NONE
    username: str | None = None


class MappingRow(Frozen):
    """One member of a request: a literal, or text with merge fields."""

    key: str
    value: str | int | float | bool


class ResponseRules(Frozen):
    """How an answer is read; paths are dotted, values are compared as text."""

    success_path: str | None = None
    success_values: tuple[str, ...] = ()
    price_path: str | None = None
    message_path: str | None = None
    duplicate_path: str | None = None
    duplicate_values: tuple[str, ...] = ()


class HttpTarget(Frozen):
    """How a URL of somebody else is called: everything but what is sent."""

    method: HttpMethod = HttpMethod.POST
    url: str
    auth: ExchangeAuth = Bound(default_factory=ExchangeAuth)
    headers: Mapping[str, str] = {}
    secret_headers: tuple[str, ...] = ()
    timeout_seconds: Annotated[int, Bound(ge=1, le=TIMEOUT_SECONDS_MAX)]


class Exchange(HttpTarget):
    """One way of calling a partner.

    `active_since` is when it was last switched on: what happened before does not count against it.
    `paused_reason` and `paused_at` tell of a pause that nobody asked for.
    """

    format: BodyFormat = BodyFormat.JSON
    mapping: tuple[MappingRow, ...] = ()
    response: ResponseRules = Bound(default_factory=ResponseRules)
    active: bool = True
    active_since: datetime
    paused_reason: Literal["timeouts"] | None = None
    paused_at: datetime | None = None


class PostExchange(Exchange):
    """How a lead is delivered to a partner."""

    treat_unknown_as: TreatUnknownAs = TreatUnknownAs.SOLD


def is_secret_header(name: str) -> bool:
    """Whether the value of a header is kept and shown as a secret."""
    return _SECRET_HEADER.search(name) is not None


def secret_names(target: HttpTarget) -> Iterator[str]:
    """What the secrets of a target are called, each within its owner."""
    if target.auth.type is AuthType.BASIC:
        yield "password"
    if target.auth.type is AuthType.BEARER:
        yield "token"
    yield from (f"header:{name}" for name in target.secret_headers)
