"""Single values out of a vendor's answer, which may be anything: unreadable ones are not known.

Nothing here raises. Numbers arrive as numbers or as texts, absent ones as null, `""` or 0.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from leadflow.domain.money import CENTS_MAX, round_half_up
from leadflow.domain.values import ISO_DATE_CHARACTERS, is_clean

TEXT_CHARACTERS_MAX = 255
"""Longer texts are none of the values that are looked for."""
COUNT_MAX = 10**9
"""No property has more rooms, or square feet, than that."""

_DIGITS_MAX = 15
_NUMBER = re.compile(rf"[0-9]{{1,{_DIGITS_MAX}}}(?:\.[0-9]{{1,{_DIGITS_MAX}}})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LEADING_DIGITS = re.compile(r"[0-9]{1,3}(?![0-9])")
_CENTS = Decimal(100)
_YEARS = range(1500, 2200)
_AGES = range(1, 131)
_BOOLEANS = {"true": True, "false": False}

Node = dict[str, object]


def inside(value: object, *names: str) -> object:
    """What lies on a path of members; None if nothing does."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def nodes(value: object) -> Iterator[Node]:
    """The objects of a list; an object alone counts as a list of one."""
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, dict):
            yield one


def text(value: object) -> str | None:
    """A text, trimmed."""
    if not isinstance(value, str) or not is_clean(value):
        return None
    trimmed = " ".join(value.split())
    return trimmed if 0 < len(trimmed) <= TEXT_CHARACTERS_MAX else None


def first_text(*values: object) -> str | None:
    """The first of the values that is a text."""
    return next((found for found in map(text, values) if found), None)


def number(value: object) -> Decimal | None:
    """A number above 0."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = Decimal(value.strip()) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, int):
        value = Decimal(value) if abs(value) < 10**_DIGITS_MAX else None
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    return value if value > 0 and value.adjusted() < _DIGITS_MAX else None


def cents(value: object) -> int | None:
    """Dollars as cents, rounded half-up."""
    dollars = number(value)
    rounded = round_half_up(dollars * _CENTS) if dollars else 0
    return rounded if 0 < rounded <= CENTS_MAX else None


def count(value: object) -> int | float | None:
    """A number of rooms or square feet; whole ones are integers."""
    exact = number(value)
    if exact is None or exact > COUNT_MAX:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def year(value: object) -> int | None:
    """A year in which something may have been built."""
    found = count(value)
    return int(found) if found in _YEARS and found is not None else None


def age(value: object) -> int | None:
    """Years of age, also out of a text such as `49 years old`."""
    leading = _LEADING_DIGITS.match(value) if isinstance(value, str) else None
    found = count(leading[0] if leading else value)
    return int(found) if found in _AGES and found is not None else None


def boolean(value: object) -> bool | None:
    """True or false, also as a text."""
    if isinstance(value, str):
        return _BOOLEANS.get(value.strip().casefold())
    return value if isinstance(value, bool) else None


def day(value: object) -> date | None:
    """The day of a date, whatever time follows it."""
    iso = value.strip()[:ISO_DATE_CHARACTERS] if isinstance(value, str) else ""
    try:
        return date.fromisoformat(iso) if _DAY.fullmatch(iso) else None
    except ValueError:
        return None
