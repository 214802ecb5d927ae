"""Templates of customers' webhooks: JSON with merge fields (`product.md`, 17.4).

A template is read as JSON in which each merge field stands for a value, and filled by walking
through what was read. So it gives JSON whatever the values hold. A field within a text becomes
text, one that stands alone keeps its type, and one without a value is an empty text.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from math import isfinite

from pydantic import JsonValue

from leadflow.domain.errors import MalformedRequest
from leadflow.domain.json_objects import parse_json
from leadflow.domain.merge_fields import (
    UNMATCHED,
    MergeValue,
    fill,
    is_whole,
    merged_text,
    names,
    unknown,
)

DEFAULT_TEMPLATE = (
    '{ "charged_amount": "{{ charged_amount }}", "scope": "{{ scope }}", '
    '"lead_type": "{{ lead_type }}", {{ deliverable_fields }} }'
)
TEMPLATE_CHARACTERS_MAX = 20_000
TEMPLATES_KEPT_MAX = 256
"""Templates that are read once: every lead of a customer asks for the same ones."""

ALL_FIELDS = "deliverable_fields"
"""Stands where members of an object stand, for those of all fields that are delivered."""

_NO_JSON = "With values in place of its merge fields the template must be JSON."
_WITHIN_TEXT = f"{ALL_FIELDS} stands for members of an object, and not within a text."
_MARK = "\x00"
_SPELLED_MARK = "\\u0000"
_UNFIT = f"The template must not hold {_SPELLED_MARK}."
# A text that is never closed is taken whole: looked for once more behind each of its quotes, the
# end of a long one would take seconds.
_PART = re.compile(r'"(?:[^"\\]|\\.)*+"?|\{\{([^{}]*)\}\}', re.DOTALL)

Variable = MergeValue | Decimal
"""Decimals are amounts: text with two decimals, or else a number."""

Variables = Mapping[str, Variable]


def template_mistakes(text: str, known: Collection[str]) -> list[str]:
    """What is wrong with a template; `known` are its merge fields."""
    if _SPELLED_MARK in text:
        return [_UNFIT]
    try:
        read = _read(text)
    except MalformedRequest:
        return [_NO_JSON]
    texts = list(_texts(read))
    used = {name for one in texts for name in _names(one)}
    found = [] if all(map(is_whole, texts)) else [UNMATCHED]
    found += [_WITHIN_TEXT] if ALL_FIELDS in used else []
    return found + [unknown(name) for name in sorted(used - {*known, ALL_FIELDS})]


def template_names(text: str) -> frozenset[str]:
    """The merge fields of a template that has no mistakes."""
    return frozenset(name for one in _texts(_read(text)) for name in _names(one))


def filled(text: str, variables: Variables, fields: Mapping[str, MergeValue]) -> JsonValue:
    """The JSON value that a template without mistakes gives.

    `fields` are all that are delivered. Members that the template names itself come before them.
    """
    texts = {name: _text_of(value) for name, value in variables.items()}
    return _Filling(variables, texts, fields).of(_read(text))


class _Filling:
    """Values to be put into a template."""

    def __init__(
        self, typed: Variables, texts: Mapping[str, str], fields: Mapping[str, MergeValue]
    ) -> None:
        self._typed, self._texts, self._fields = typed, texts, fields

    def of(self, read: JsonValue) -> JsonValue:
        if isinstance(read, dict):
            return self._object(read)
        if isinstance(read, list):
            return [self.of(one) for one in read]
        return self._scalar(read) if isinstance(read, str) else read

    def _object(self, read: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        own = {self._text(key): self.of(one) for key, one in read.items() if key != _MARK}
        return {**own, **self._fields, **own} if _MARK in read else own

    def _scalar(self, text: str) -> JsonValue:
        if not text.startswith(_MARK):
            return self._text(text)
        value = self._typed.get(text[1:], "")
        return float(value) if isinstance(value, Decimal) else value

    def _text(self, text: str) -> str:
        if text.startswith(_MARK):
            return self._texts.get(text[1:], "")
        return fill(text, self._texts)


def _text_of(value: Variable) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else merged_text(value)


@lru_cache(maxsize=TEMPLATES_KEPT_MAX)
def _read(text: str) -> JsonValue:
    """The template as JSON with marks for merge fields. Raises `MalformedRequest`."""
    return _plain(parse_json(_PART.sub(_marked, text)))


def _marked(part: re.Match[str]) -> str:
    """Texts stay as they are; a field that stands alone becomes a text or a member of its own."""
    if part[1] is None:
        return part[0]
    name = part[1].strip()
    if name == ALL_FIELDS:
        return f'"{_SPELLED_MARK}": null'
    spelled = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_SPELLED_MARK}{spelled}"'


def _plain(parsed: object) -> JsonValue:
    """The value with floats in place of exact numbers. Raises `MalformedRequest` beyond them."""
    if isinstance(parsed, dict):
        return {str(key): _plain(one) for key, one in parsed.items()}
    if isinstance(parsed, list):
        return [_plain(one) for one in parsed]
    if isinstance(parsed, Decimal):
        if not isfinite(float(parsed)):
            raise MalformedRequest("The template holds a number that is too large.")
        return float(parsed)
    return parsed if isinstance(parsed, str | bool | int) else None


def _texts(read: JsonValue) -> Iterator[str]:
    if isinstance(read, dict):
        for key, one in read.items():
            if key != _MARK:
                yield key
            yield from _texts(one)
    elif isinstance(read, list):
        for one in read:
            yield from _texts(one)
    elif isinstance(read, str):
        yield read


def _names(text: str) -> Iterator[str]:
    return iter((text[1:],)) if text.startswith(_MARK) else names(text)
