"""The condition builder: groups joined by OR, their rows by AND (`product.md`, 5)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated

from pydantic import Field as Bound
from pydantic import StrictBool, StrictInt, StrictStr

from leadflow.domain.comparisons import Comparison, comparison
from leadflow.domain.formats import Formats
from leadflow.domain.model import Frozen
from leadflow.domain.operands import (
    Mistake,
    Operator,
    Properties,
    PropertyKind,
    Reference,
    operators_of,
    read_value,
)
from leadflow.domain.values import NormalValue

__all__ = [
    "Conditions",
    "Fact",
    "Operator",
    "Properties",
    "PropertyKind",
    "Reference",
    "Row",
    "check",
    "kept",
    "matches",
]

GROUPS_MAX = 100
ROWS_MAX = 100

Fact = NormalValue
"""A lead's value in normal form, or the id of one of its references."""

_Number = Annotated[float, Bound(allow_inf_nan=False)]
# Strict: a decimal such as 1e999999 would be spelled out as an integer of a million digits.
_Scalar = StrictBool | StrictInt | _Number | StrictStr


class Row(Frozen):
    """One comparison. `value` is a scalar, both ends of a range, or a list of choices."""

    property: str
    operator: Operator
    value: _Scalar | tuple[_Scalar, ...]

    @cached_property
    def comparison(self) -> Comparison:
        """What the row compares, read from its value once."""
        return comparison(self.operator, self.value)


_Group = Annotated[tuple[Row, ...], Bound(strict=False)]
Conditions = Annotated[tuple[_Group, ...], Bound(strict=False)]
"""A condition set. What an empty one means is the business of whoever owns it."""


def check(
    conditions: Conditions, properties: Properties, formats: Formats, path: str = "conditions"
) -> dict[str, list[str]]:
    """What is wrong with a condition set that shall be saved, by paths like `conditions.0.2.value`.

    At most `GROUPS_MAX` groups of 1 to `ROWS_MAX` rows; every property known, every operator and
    value fitting. Empty if nothing is wrong.
    """
    if len(conditions) > GROUPS_MAX:
        return {path: [f"At most {GROUPS_MAX} groups are allowed."]}
    errors: dict[str, list[str]] = {}
    for index, group in enumerate(conditions):
        if not 1 <= len(group) <= ROWS_MAX:
            errors[f"{path}.{index}"] = [f"A group has 1 to {ROWS_MAX} rows."]
            continue
        for position, row in enumerate(group):
            for member, message in _mistakes(row, properties, formats):
                errors[f"{path}.{index}.{position}.{member}"] = [message]
    return errors


def kept(conditions: Conditions, properties: Properties, formats: Formats) -> Conditions:
    """A checked condition set as it has to be saved: phones, postal codes and dates normalised."""
    return tuple(tuple(_kept(row, properties, formats) for row in group) for group in conditions)


def matches(
    conditions: Conditions,
    facts: Mapping[str, Fact],
    today: date,
    *,
    when_empty: bool = False,
) -> bool:
    """Whether every row of some group is true; `when_empty` is the answer of an empty set.

    A row whose property is missing, or by now of another type, is false, whatever its operator.
    `today` is the UTC day.
    """
    if not conditions:
        return when_empty
    return any(_all_true(group, facts, today) for group in conditions)


def _all_true(group: Iterable[Row], facts: Mapping[str, Fact], today: date) -> bool:
    for row in group:
        fact = facts.get(row.property)
        comparison = row.comparison
        if fact is None or type(fact) is not comparison.fact_type:
            return False
        if not comparison.test(fact, today):
            return False
    return True


def _mistakes(row: Row, properties: Properties, formats: Formats) -> Iterator[tuple[str, str]]:
    """At most one pair of member and message."""
    kind = properties.get(row.property)
    if kind is None:
        yield "property", "There is no such property here."
    elif row.operator not in operators_of(kind):
        yield "operator", f"The operator does not apply to the type {kind}."
    elif isinstance(found := read_value(kind, row.operator, row.value, formats), Mistake):
        yield "value", found.message


def _kept(row: Row, properties: Properties, formats: Formats) -> Row:
    value = read_value(properties[row.property], row.operator, row.value, formats)
    return (
        row
        if isinstance(value, Mistake)
        else Row(property=row.property, operator=row.operator, value=value)
    )
