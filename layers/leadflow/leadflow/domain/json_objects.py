"""Reading JSON bodies strictly: an object, exact numbers, bounded nesting."""

import json
from decimal import Decimal

from leadflow.domain.errors import MalformedRequest

JsonObject = dict[str, object]
"""A parsed body: numbers with a fraction are `Decimal`, all others `int`."""

NESTING_MAX = 32
"""Levels of arrays and objects in a body."""


def parse_object(text: str) -> JsonObject:
    """Parse a body. Raises `MalformedRequest` for what is no JSON object.

    Stricter than the standard library's default: no `NaN` and no `Infinity`, no numbers that
    would lose digits, at most `NESTING_MAX` levels.
    """
    try:
        parsed = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest("The body is not valid JSON.") from error
    if not isinstance(parsed, dict):
        raise MalformedRequest("The body must be a JSON object.")
    if _depth(parsed) > NESTING_MAX:
        raise MalformedRequest(f"The body is nested deeper than {NESTING_MAX} levels.")
    return parsed


def _refuse_constant(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _depth(parsed: object) -> int:
    deepest, level = 0, [parsed]
    while level and deepest <= NESTING_MAX:
        containers = [item for item in level if isinstance(item, dict | list)]
        deepest += bool(containers)
        level = [
            inner
            for outer in containers
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return deepest
