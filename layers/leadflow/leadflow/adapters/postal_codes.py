"""States of the operating countries, and where Canadian and Australian postal codes lie.

The published prefix and range rules of both postal services; there is no county to know. A code
counts as known if its shape is right and its prefix or range is in use.
"""

import re
from collections.abc import Mapping

from leadflow.domain.geography import Country, Location
from leadflow.domain.values import compact_code

_US_STATES = """
AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY
NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR VI FM MH PW AA AE AP
"""
_CANADIAN_PROVINCES = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
_AUSTRALIAN_STATES = "ACT NSW NT QLD SA TAS VIC WA"
STATES: Mapping[Country, frozenset[str]] = {
    Country.US: frozenset(_US_STATES.split()),
    Country.CA: frozenset(_CANADIAN_PROVINCES.split()),
    Country.AU: frozenset(_AUSTRALIAN_STATES.split()),
}
"""Codes as the postal services write them; those of the US with territories and the military."""

_CANADIAN = re.compile(r"[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z] ?[0-9][ABCEGHJ-NPRSTV-Z][0-9]")
_PROVINCES: Mapping[str, str] = {
    "A": "NL",
    "B": "NS",
    "C": "PE",
    "E": "NB",
    "G": "QC",
    "H": "QC",
    "J": "QC",
    "K": "ON",
    "L": "ON",
    "M": "ON",
    "N": "ON",
    "P": "ON",
    "R": "MB",
    "S": "SK",
    "T": "AB",
    "V": "BC",
    "Y": "YT",
}
# X serves two territories; the prefixes of Nunavut are the few that can be listed.
_NUNAVUT = frozenset({"X0A", "X0B", "X0C"})
_NORTHWEST = frozenset({"X0E", "X0G", "X1A"})

_AUSTRALIAN = re.compile(r"[0-9]{4}")
_RANGES: tuple[tuple[int, int, str], ...] = (
    (200, 299, "ACT"),
    (800, 999, "NT"),
    (1000, 2599, "NSW"),
    (2600, 2618, "ACT"),
    (2619, 2899, "NSW"),
    (2900, 2920, "ACT"),
    (2921, 2999, "NSW"),
    (3000, 3999, "VIC"),
    (4000, 4999, "QLD"),
    (5000, 5999, "SA"),
    (6000, 6999, "WA"),
    (7000, 7999, "TAS"),
    (8000, 8999, "VIC"),
    (9000, 9999, "QLD"),
)


def locate(postal_code: str) -> Location | None:
    """The province or state of a Canadian (`K1A 0B1`) or Australian (`2600`) postal code."""
    text = postal_code.strip().upper()
    if _CANADIAN.fullmatch(text):
        return _located(compact_code(text), _province(text[:3]), Country.CA)
    if _AUSTRALIAN.fullmatch(text):
        return _located(text, _australian_state(int(text)), Country.AU)
    return None


def _located(postal_code: str, state: str | None, country: Country) -> Location | None:
    return Location(postal_code=postal_code, state=state, country=country) if state else None


def _province(prefix: str) -> str | None:
    if prefix in _NUNAVUT:
        return "NU"
    return "NT" if prefix in _NORTHWEST else _PROVINCES.get(prefix[0])


def _australian_state(number: int) -> str | None:
    return next((state for low, high, state in _RANGES if low <= number <= high), None)
