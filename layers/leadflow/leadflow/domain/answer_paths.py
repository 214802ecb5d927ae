"""Dotted paths into the JSON that a partner answered, such as `result.offers.0.price`.

Whatever was answered, looking something up never fails: what is not there is None.
"""

import re
from decimal import Decimal

from leadflow.domain.values import plain_text

PATH_CHARACTERS_MAX = 200
PATH_LEVELS_MAX = 20
INDEX_DIGITS_MAX = 6

_LEVEL = re.compile(r"[^\s.{}\x00-\x1f\x7f]+")
_INDEX = re.compile(rf"[0-9]{{1,{INDEX_DIGITS_MAX}}}")
_DIGITS_MAX = 60
"""Digits up to which a number is spelled out: a few characters of JSON could mean millions."""


def is_path(text: str) -> bool:
    """Whether a text is a path: levels without blanks or braces between single dots."""
    levels = text.split(".")
    is_short = len(text) <= PATH_CHARACTERS_MAX and len(levels) <= PATH_LEVELS_MAX
    return is_short and all(_LEVEL.fullmatch(level) for level in levels)


def found(parsed: object, path: str) -> object:
    """What lies at a path, lists counted from 0; None for nothing, and for JSON's null."""
    here = parsed
    for level in path.split("."):
        here = _below(here, level)
    return here


def text_of(value: object) -> str | None:
    """A value as it is compared (true is `true`); None for null, objects and lists."""
    if isinstance(value, Decimal) and abs(value.adjusted()) > _DIGITS_MAX:
        return str(value)
    return plain_text(value) if isinstance(value, str | int | Decimal) else None


def _below(outer: object, level: str) -> object:
    if isinstance(outer, dict):
        return outer.get(level)
    if isinstance(outer, list) and _INDEX.fullmatch(level):
        return outer[int(level)] if int(level) < len(outer) else None
    return None
