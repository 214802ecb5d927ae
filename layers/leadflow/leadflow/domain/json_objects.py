"""Reading JSON bodies strictly: exact numbers, bounded nesting; requests are objects."""

import json
from decimal import Decimal, InvalidOperation

from leadflow.domain.errors import MalformedRequest

JsonObject = dict[str, object]
"""A parsed body: numbers with a fraction are `Decimal`, all others `int`."""

NESTING_MAX = 32
"""Levels of arrays and objects in a body."""


def parse_json(text: str) -> object:
    """Parse any JSON. Raises `MalformedRequest` for what is none.

    Stricter than the standard library's default: no `NaN` and no `Infinity`, no numbers that
    would lose digits, at most `NESTING_MAX` levels.
    """
    try:
        parsed: object = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest("The body is not valid JSON.") from error
    # Without that many brackets it cannot be that deep, and need not be walked.
    brackets = text.count("{") + text.count("[")
    if brackets > NESTING_MAX and _depth(parsed) > NESTING_MAX:
        raise MalformedRequest(f"The body is nested deeper than {NESTING_MAX} levels.")
    return parsed


def parse_object(text: str) -> JsonObject:
    """Parse a body in the same way. Raises `MalformedRequest` for what is no JSON object."""
    parsed = parse_json(text)
    if not isinstance(parsed, dict):
        raise MalformedRequest("The body must be a JSON object.")
    return parsed


def _exact(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation as error:
        message = "the exponent is beyond every number"
        raise ValueError(message) from error


def _refuse_constant(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)


_DECODER = json.JSONDecoder(parse_float=_exact, parse_constant=_refuse_constant)


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
