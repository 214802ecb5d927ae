"""The request that an exchange makes of a lead's values (`product.md`, 16.2; `api.md`, 8)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import urlencode

from leadflow.domain.exchanges import BodyFormat, Exchange, HttpMethod, MappingRow
from leadflow.domain.merge_fields import (
    TEXTS_KEPT_MAX,
    MergeValue,
    MergeValues,
    merged,
    merged_text,
)
from leadflow.domain.target_requests import RequestParts, asked, posted

KEY_LEVELS_MAX = 10
KEY_CHARACTERS_MAX = 200

_ENCODER = json.JSONEncoder(separators=(",", ":"))

Tree: TypeAlias = dict[str, "MergeValue | Tree"]
"""Members within members, as JSON nests them."""


def rendered(exchange: Exchange, values: MergeValues, secrets: Mapping[str, str]) -> RequestParts:
    """The request of an exchange whose mapping has no mistakes.

    `secrets` are those that `secret_names` names. JSON keeps numbers and booleans, and keys with
    dots become objects within objects; forms and queries know text and flat keys only.
    """
    if exchange.method is HttpMethod.GET:
        return asked(exchange, _form(exchange.mapping, values), secrets)
    return posted(exchange, exchange.format, _body(exchange, values), secrets)


def tree(rows: Sequence[MappingRow], values: MergeValues) -> Tree:
    """The members that mapping rows make; keys with dots nest."""
    root: Tree = {}
    for row in rows:
        *outer, last = _levels(row.key)
        here = root
        for level in outer:
            inner = here.setdefault(level, {})
            here = inner if isinstance(inner, dict) else {}
        here[last] = merged(row.value, values)
    return root


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


def _body(exchange: Exchange, values: MergeValues) -> bytes:
    if exchange.format is BodyFormat.FORM:
        return _form(exchange.mapping, values).encode()
    return _ENCODER.encode(tree(exchange.mapping, values)).encode()


def _form(rows: Sequence[MappingRow], values: MergeValues) -> str:
    pairs = [(row.key, merged_text(merged(row.value, values))) for row in rows]
    return urlencode(pairs, errors="replace")


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
