"""What an exchange must keep to be saved (`product.md`, 16.2)."""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from leadflow.application.manage_configuration.condition_rules import kinds_of_leads
from leadflow.application.manage_configuration.desk import Desk
from leadflow.application.manage_configuration.exchange_forms import (
    AuthForm,
    ExchangeForm,
    ResponseForm,
    path_of_secret,
)
from leadflow.domain.answer_paths import is_path
from leadflow.domain.configuration import Configuration
from leadflow.domain.exchange_requests import mapping_mistakes
from leadflow.domain.exchanges import AuthType, Exchange, ExchangeKind, MappingRow
from leadflow.domain.merge_fields import mistakes, names

HEADER_CHARACTERS_MAX = 2_000

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HEADER_VALUE = re.compile(rf"[\x20-\x7e\t]{{0,{HEADER_CHARACTERS_MAX}}}")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_SET_BY_TRANSPORT = frozenset({"host", "content-length", "transfer-encoding", "connection"})

_NOTHING_KEPT = "This is needed; nothing is stored that could be kept."
_NO_PATH = "The values need the path that they are compared at."

_Mistake = tuple[str, str]
"""Path within the exchange, and message."""


def exchange_mistakes(
    kind: ExchangeKind,
    form: ExchangeForm | None,
    before: Exchange | None,
    missing: Iterable[str],
    desk: Desk,
) -> dict[str, list[str]]:
    """What is wrong with an exchange, by paths such as `ping.mapping.2.value`.

    `missing` are secrets that it needs and will not have. What a stored exchange has already may
    stay: its address, and merge fields of what has been archived since.
    """
    if form is None:
        return {}
    errors: dict[str, list[str]] = {}
    found = chain(
        _url_mistakes(form, before, desk),
        _auth_mistakes(form.auth),
        _header_mistakes(form),
        ((path_of_secret(name), _NOTHING_KEPT) for name in missing),
        _mapping_mistakes(kind, form, _known_names(before, desk.configuration)),
        _response_mistakes(kind, form.response),
    )
    for path, message in found:
        errors.setdefault(f"{kind}.{path}", []).append(message)
    return errors


def merge_names(exchange: Exchange) -> frozenset[str]:
    """The merge fields that a mapping uses."""
    texts = (row.value for row in exchange.mapping if isinstance(row.value, str))
    return frozenset(chain.from_iterable(map(names, texts)))


def _known_names(before: Exchange | None, configuration: Configuration) -> Collection[str]:
    used = merge_names(before) if before else frozenset[str]()
    return {*kinds_of_leads(configuration, ()), *used}


def _url_mistakes(form: ExchangeForm, before: Exchange | None, desk: Desk) -> Iterator[_Mistake]:
    is_known = before is not None and before.url == form.url
    if not is_known and (message := desk.url_mistake(form.url)):
        yield "url", message


def _auth_mistakes(auth: AuthForm) -> Iterator[_Mistake]:
    if auth.type is AuthType.BASIC:
        if auth.username is None:
            yield "auth.username", "Basic authentication needs a username."
        elif ":" in auth.username:
            yield "auth.username", "The username must not have a colon."
    elif auth.username is not None or auth.password is not None:
        member = "username" if auth.username is not None else "password"
        yield f"auth.{member}", "Only basic authentication has this."
    if auth.type is not AuthType.BEARER and auth.token is not None:
        yield "auth.token", "Only bearer authentication has a token."
    elif auth.token is not None and not _TOKEN.fullmatch(auth.token):
        yield "auth.token", "The token has characters that are not allowed in a header."


def _header_mistakes(form: ExchangeForm) -> Iterator[_Mistake]:
    seen: set[str] = set()
    for name, value in form.headers.items():
        if message := _header_mistake(name, value, seen, form.auth.type):
            yield f"headers.{name}", message
        seen.add(name.casefold())


def _header_mistake(name: str, value: str, seen: set[str], auth: AuthType) -> str | None:
    if not _HEADER_NAME.fullmatch(name):
        return "This is no name of a header."
    if name.casefold() in _SET_BY_TRANSPORT:
        return "This header is always set by itself."
    if name.casefold() == "authorization" and auth is not AuthType.NONE:
        return "This header is set by the authentication."
    if name.casefold() in seen:
        return "The header is named twice."
    return None if _HEADER_VALUE.fullmatch(value) else "This is no value of a header."


def _mapping_mistakes(
    kind: ExchangeKind, form: ExchangeForm, known: Collection[str]
) -> Iterator[_Mistake]:
    rows = [MappingRow(key=row.key, value=row.value) for row in form.mapping]
    for index, message in mapping_mistakes(rows).items():
        yield f"mapping.{index}.key", message
    for index, row in enumerate(rows):
        if isinstance(row.value, str):
            for message in mistakes(row.value, known, allow_response=kind == "post"):
                yield f"mapping.{index}.value", message


def _response_mistakes(kind: ExchangeKind, response: ResponseForm) -> Iterator[_Mistake]:
    for member in ("success_path", "price_path", "message_path", "duplicate_path"):
        path: str | None = getattr(response, member)
        if path is not None and not is_path(path):
            yield f"response.{member}", "This is no path such as data.price or offers.0.price."
    if kind == "ping" and response.price_path is None:
        yield "response.price_path", "A ping needs the path of the price."
    if response.success_path is None:
        if response.success_values:
            yield "response.success_path", _NO_PATH
        if response.duplicate_values and response.duplicate_path is None:
            yield "response.duplicate_path", _NO_PATH
