"""The value of a condition row: what fits its property and its operator (`product.md`, 5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from leadflow.domain.fields import DATE_TIMES, DATES, PHONES, FieldType
from leadflow.domain.formats import Formats
from leadflow.domain.values import (
    compact_code,
    exact_number,
    is_clean,
    iso_date,
    normal_form,
    number,
)

DAYS_MAX = 36_500
CHOICES_MAX = 1_000
OPERAND_CHARACTERS_MAX = 1_000
_ENDS = 2


class Reference(StrEnum):
    """Properties of a lead that are no fields; their values are ids."""

    SOURCE = "source"
    LEAD_CATEGORY = "lead_category"
    LEAD_TYPE = "lead_type"


PropertyKind = FieldType | Reference
"""What a property holds: a field's type, or a reference."""

Properties = Mapping[str, PropertyKind]
"""The properties that a condition may name, by name."""

Scalar = bool | int | float | str
RowValue = Scalar | tuple[Scalar, ...]
"""One value; a number of days; both ends of a range; the chosen values."""


class Operator(StrEnum):
    """The operators of `product.md`, 5."""

    EQUALS = "equals"
    DOES_NOT_EQUAL = "does_not_equal"
    CONTAINS = "contains"
    DOES_NOT_CONTAIN = "does_not_contain"
    LESS_THAN = "less_than"
    LESS_THAN_OR_EQUAL = "less_than_or_equal"
    GREATER_THAN = "greater_than"
    GREATER_THAN_OR_EQUAL = "greater_than_or_equal"
    BETWEEN = "between"
    WITHIN_PAST_DAYS = "within_past_days"
    OLDER_THAN_DAYS = "older_than_days"
    ANY = "any"
    ALL = "all"
    NONE = "none"


EQUALITIES = frozenset({Operator.EQUALS, Operator.DOES_NOT_EQUAL})
CONTAINMENTS = frozenset({Operator.CONTAINS, Operator.DOES_NOT_CONTAIN})
DAY_COUNTS = frozenset({Operator.WITHIN_PAST_DAYS, Operator.OLDER_THAN_DAYS})
CHOICES = frozenset({Operator.ANY, Operator.ALL, Operator.NONE})
ORDERINGS = frozenset(Operator) - EQUALITIES - CONTAINMENTS - DAY_COUNTS - CHOICES

_ISO_DATE_TIME = re.compile(r"([0-9-]{10})[T ]([0-9:]{8})Z?")


@dataclass(frozen=True)
class Mistake:
    """Why a row's value cannot be compared with its property."""

    message: str


def operators_of(kind: PropertyKind) -> frozenset[Operator]:
    """The operators that apply to a property."""
    if isinstance(kind, Reference) or kind is FieldType.LIST_OF_VALUES:
        return EQUALITIES | CHOICES
    if kind is FieldType.NUMERIC:
        return EQUALITIES | ORDERINGS
    if kind in DATES | DATE_TIMES:
        return EQUALITIES | ORDERINGS | DAY_COUNTS
    return EQUALITIES if kind is FieldType.BOOLEAN else EQUALITIES | CONTAINMENTS


def read_value(
    kind: PropertyKind, operator: Operator, value: RowValue, formats: Formats
) -> RowValue | Mistake:
    """The value as it is kept; `operator` must be one of `operators_of(kind)`.

    Phones are kept as E.164, postal codes without blanks and dates with a blank before the time,
    which only their type can tell; everything else stays as it was typed.
    """
    if operator in DAY_COUNTS:
        return _days(value)
    if operator in CHOICES:
        return _choices(kind, value, formats)
    if operator is Operator.BETWEEN:
        return _range(kind, value, formats)
    if operator in CONTAINMENTS:
        return _fragment(kind, value)
    return _single(kind, value, formats)


def _days(value: RowValue) -> RowValue | Mistake:
    if type(value) is int and 0 <= value <= DAYS_MAX:
        return value
    return Mistake(f"The value must be a number of days, 0 to {DAYS_MAX}.")


def _choices(kind: PropertyKind, value: RowValue, formats: Formats) -> RowValue | Mistake:
    if not isinstance(value, tuple) or not 1 <= len(value) <= CHOICES_MAX:
        return Mistake(f"The value must be a list of 1 to {CHOICES_MAX} values.")
    return _all_read([_single(kind, choice, formats) for choice in value])


def _range(kind: PropertyKind, value: RowValue, formats: Formats) -> RowValue | Mistake:
    if not isinstance(value, tuple) or len(value) != _ENDS:
        return Mistake("The value must be a list of two values, the lower one first.")
    ends = _all_read([_single(kind, end, formats) for end in value])
    if isinstance(ends, tuple) and _is_above(*ends):
        return Mistake("The first value must not be above the second.")
    return ends


def _all_read(found: Sequence[Scalar | Mistake]) -> tuple[Scalar, ...] | Mistake:
    mistakes = [one for one in found if isinstance(one, Mistake)]
    return mistakes[0] if mistakes else tuple(one for one in found if not isinstance(one, Mistake))


def _is_above(low: Scalar, high: Scalar) -> bool:
    if isinstance(low, str) and isinstance(high, str):
        common = min(len(low), len(high))
        return low[:common] > high[:common]
    return not isinstance(low, str) and not isinstance(high, str) and low > high


def _fragment(kind: PropertyKind, value: RowValue) -> RowValue | Mistake:
    if not isinstance(value, str) or not _is_text(value):
        return Mistake(f"The value must be text of at most {OPERAND_CHARACTERS_MAX} characters.")
    if kind in PHONES:
        return re.sub(r"[^0-9+]", "", value) or Mistake("The value must contain a digit.")
    return compact_code(value) if kind is FieldType.ZIP else value.strip()


def _single(kind: PropertyKind, value: RowValue, formats: Formats) -> Scalar | Mistake:
    found: Scalar | None = None
    if kind is FieldType.NUMERIC:
        found = _number(value)
    elif kind is FieldType.BOOLEAN:
        found = value if isinstance(value, bool) else None
    elif isinstance(value, str) and _is_text(value):
        found = _text(kind, value.strip(), formats)
    return Mistake(f"The value is not of the type {kind}.") if found is None else found


def _text(kind: PropertyKind, text: str, formats: Formats) -> str | None:
    if isinstance(kind, Reference):
        return text
    if kind in DATES | DATE_TIMES:
        return _iso(kind, text)
    if kind in PHONES:
        return formats.phone(text, kind)
    if normal_form(kind, text, formats) is None:
        return None
    return compact_code(text) if kind is FieldType.ZIP else text


def _iso(kind: FieldType, text: str) -> str | None:
    """An ISO date; for a field with a time also an ISO date and time."""
    timed = _ISO_DATE_TIME.fullmatch(text) if kind in DATE_TIMES else None
    as_ymd = f"{timed[1]} {timed[2]}" if timed else text
    kind = FieldType.YMD_HIS if timed else FieldType.YMD
    return iso_date(kind, as_ymd)


def _number(value: RowValue) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if number(exact_number(value)) is None else value


def _is_text(text: str) -> bool:
    return 0 < len(text.strip()) <= OPERAND_CHARACTERS_MAX and is_clean(text)
