"""Text with merge fields, such as `Lead {{ lead_public_id }}` (`product.md`, 16.2).

Between double braces stands the title of a field, the name of what the lead belongs to, or
`response.` and a path into the partner's answer to the ping.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from leadflow.domain.answer_paths import is_path
from leadflow.domain.exchanges import MappingRow
from leadflow.domain.values import exact_number, plain_text

MERGE_NAMES = frozenset({"lead_public_id", "lead_type", "lead_category", "source"})
"""Merge fields that every lead has beside its fields."""

RESPONSE_PREFIX = "response."

UNMATCHED = "The braces of the merge fields do not match."

MergeValue = str | int | float | bool
MergeValues = Mapping[str, MergeValue]
"""Values by the names of their merge fields; those without a value are left out."""

TEXTS_KEPT_MAX = 4_096
"""Texts that are looked at once: every lead asks for those of the same mappings."""

_FIELD = re.compile(r"\{\{([^{}]*)\}\}")


def mistakes(text: str, known: Collection[str], *, allow_response: bool) -> list[str]:
    """What is wrong with a text; `known` are the titles of all fields.

    Only what goes out with a post may name the answer to the ping.
    """
    found = [] if is_whole(text) else [UNMATCHED]
    for name in dict.fromkeys(names(text)):
        wrong = _mistake(name, known, allow_response=allow_response)
        found += [wrong] if wrong else []
    return found


def names(text: str) -> Iterator[str]:
    """The merge fields of a text, in order, as often as they stand there."""
    return (match[1].strip() for match in _FIELD.finditer(text))


def unknown(name: str) -> str:
    """What is wrong with a name that nothing is known by."""
    return f"{name} is no merge field." if name else "A merge field has no name."


def is_whole(text: str) -> bool:
    """Whether the braces of all merge fields match."""
    literals = _FIELD.split(text)[::2]
    return not any("{{" in literal or "}}" in literal for literal in literals)


def response_paths(mapping: Iterable[MappingRow]) -> tuple[str, ...]:
    """The paths into the answer to the ping that a post's mapping asks for, each once."""
    asked = (name for row in mapping if isinstance(row.value, str) for name in names(row.value))
    paths = (name.removeprefix(RESPONSE_PREFIX) for name in asked if _is_response(name))
    return tuple(dict.fromkeys(paths))


def fill(text: str, values: MergeValues) -> str:
    """The text with values in place of its merge fields; nothing for those without one."""
    return _FIELD.sub(lambda match: merged_text(values.get(match[1].strip(), "")), text)


def merged(value: MergeValue, values: MergeValues) -> MergeValue:
    """A member of a request: a text that is one merge field and no more keeps its value's type."""
    if not isinstance(value, str):
        return value
    name = _only_field(value)
    return fill(value, values) if name is None else values.get(name, "")


@lru_cache(maxsize=TEXTS_KEPT_MAX)
def _only_field(text: str) -> str | None:
    """The merge field that is all of a text."""
    whole = _FIELD.fullmatch(text)
    return whole[1].strip() if whole else None


def merged_text(value: MergeValue) -> str:
    """A value as text; numbers without exponent."""
    return value if isinstance(value, str) else plain_text(exact_number(value))


def _is_response(name: str) -> bool:
    return name.startswith(RESPONSE_PREFIX)


def _mistake(name: str, known: Collection[str], *, allow_response: bool) -> str | None:
    if name in MERGE_NAMES or name in known:
        return None
    if not _is_response(name):
        return unknown(name)
    if not allow_response:
        return "Only a post may use merge fields of the answer to the ping."
    is_right = is_path(name.removeprefix(RESPONSE_PREFIX))
    return None if is_right else f"{name} is no path into the answer to the ping."
