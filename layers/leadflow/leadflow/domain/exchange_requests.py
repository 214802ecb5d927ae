"""The request that an exchange makes of a lead's values (`product.md`, 16.2; `api.md`, 8)."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import urlencode

from leadflow.domain.exchanges import (
    AuthType,
    BodyFormat,
    Exchange,
    HttpMethod,
    MappingRow,
    is_secret_header,
)
from leadflow.domain.merge_fields import (
    TEXTS_KEPT_MAX,
    MergeValue,
    MergeValues,
    merged,
    merged_text,
)

KEY_LEVELS_MAX = 10
KEY_CHARACTERS_MAX = 200
MASK = "***"

_CONTENT_TYPES: Mapping[BodyFormat, str] = {
    BodyFormat.JSON: "application/json",
    BodyFormat.FORM: "application/x-www-form-urlencoded",
}
_ENCODER = json.JSONEncoder(separators=(",", ":"))

_Tree: TypeAlias = dict[str, "MergeValue | _Tree"]


@dataclass(frozen=True)
class RequestParts:
    """A request as it goes out."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


def rendered(exchange: Exchange, values: MergeValues, secrets: Mapping[str, str]) -> RequestParts:
    """The request of an exchange whose mapping has no mistakes.

    `secrets` are those that `secret_names` names. JSON keeps numbers and booleans, and keys with
    dots become objects within objects; forms and queries know text and flat keys only.
    """
    headers = _headers(exchange, secrets)
    if exchange.method is HttpMethod.GET:
        query = _form(exchange.mapping, values)
        return RequestParts("GET", _with_query(exchange.url, query), headers, None)
    body = _body(exchange, values)
    return RequestParts(exchange.method.value, exchange.url, headers, body)


def mapping_mistakes(rows: Sequence[MappingRow]) -> Mapping[int, str]:
    """What is wrong with keys, by the numbers of their rows; of two that clash it is the later."""
    found: dict[int, str] = {}
    leaves: set[str] = set()
    parents: set[str] = set()
    for number, row in enumerate(rows):
        wrong = _key_mistake(row.key, leaves, parents)
        if wrong:
            found[number] = wrong
        else:
            leaves.add(row.key)
            parents.update(_parents(row.key))
    return found


def masked(parts: RequestParts, exchange: Exchange) -> RequestParts:
    """The request as it may be shown: secrets are never anywhere but in its headers."""
    hidden = {name.casefold() for name in exchange.secret_headers}
    headers = {
        name: MASK if name.casefold() in hidden or is_secret_header(name) else value
        for name, value in parts.headers.items()
    }
    return replace(parts, headers=headers)


def _headers(exchange: Exchange, secrets: Mapping[str, str]) -> dict[str, str]:
    own = {name: secrets.get(f"header:{name}", "") for name in exchange.secret_headers}
    given = {**exchange.headers, **own}
    if exchange.method is not HttpMethod.GET:
        given = _with_default(given, "Content-Type", _CONTENT_TYPES[exchange.format])
    authorization = _authorization(exchange, secrets)
    if authorization is None:
        return given
    kept = {name: value for name, value in given.items() if name.casefold() != "authorization"}
    return {**kept, "Authorization": authorization}


def _with_default(headers: dict[str, str], name: str, value: str) -> dict[str, str]:
    is_there = any(given.casefold() == name.casefold() for given in headers)
    return headers if is_there else {**headers, name: value}


def _authorization(exchange: Exchange, secrets: Mapping[str, str]) -> str | None:
    if exchange.auth.type is AuthType.BEARER:
        return f"Bearer {secrets.get('token', '')}"
    if exchange.auth.type is AuthType.BASIC:
        pair = f"{exchange.auth.username or ''}:{secrets.get('password', '')}"
        return f"Basic {b64encode(pair.encode(errors='replace')).decode()}"
    return None


def _with_query(url: str, query: str) -> str:
    """The URL with more of a query, without a fragment."""
    address = url.partition("#")[0]
    if not query:
        return address
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{query}"


def _body(exchange: Exchange, values: MergeValues) -> bytes:
    if exchange.format is BodyFormat.FORM:
        return _form(exchange.mapping, values).encode()
    return _ENCODER.encode(_tree(exchange.mapping, values)).encode()


def _form(rows: Sequence[MappingRow], values: MergeValues) -> str:
    pairs = [(row.key, merged_text(merged(row.value, values))) for row in rows]
    return urlencode(pairs, errors="replace")


def _tree(rows: Sequence[MappingRow], values: MergeValues) -> _Tree:
    root: _Tree = {}
    for row in rows:
        *outer, last = _levels(row.key)
        here = root
        for level in outer:
            inner = here.setdefault(level, {})
            here = inner if isinstance(inner, dict) else {}
        here[last] = merged(row.value, values)
    return root


@lru_cache(maxsize=TEXTS_KEPT_MAX)
def _levels(key: str) -> tuple[str, ...]:
    return tuple(key.split("."))


def _parents(key: str) -> Iterator[str]:
    levels = _levels(key)
    return (".".join(levels[:count]) for count in range(1, len(levels)))


def _key_mistake(key: str, leaves: set[str], parents: set[str]) -> str | None:
    levels = key.split(".")
    if not all(level.strip() for level in levels):
        return "A key, and each of its parts between dots, needs a name."
    if len(key) > KEY_CHARACTERS_MAX or len(levels) > KEY_LEVELS_MAX:
        return f"A key has at most {KEY_CHARACTERS_MAX} characters and {KEY_LEVELS_MAX} parts."
    if key in leaves:
        return f"The key {key} is there twice."
    if key in parents or not leaves.isdisjoint(_parents(key)):
        return f"The key {key} and another one cannot both be there: one holds the other."
    return None
