"""The patterns of event filters, and what they let pass."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.infrastructure.template import resources

Pattern = Mapping[str, Any]
_ABSENT = object()


def filters_of(mapping: str) -> Sequence[Pattern]:
    """The patterns of an event source mapping: a record that fits one of them is delivered."""
    properties = resources("AWS::Lambda::EventSourceMapping")[mapping]["Properties"]
    return [json.loads(one["Pattern"]) for one in properties["FilterCriteria"]["Filters"]]


def matches(pattern: Pattern, record: Mapping[str, Any]) -> bool:
    """Whether a record fits: a value is in a list, has a prefix, or is none of others."""
    return all(_fits(wanted, record.get(name, _ABSENT)) for name, wanted in pattern.items())


def _fits(wanted: Pattern | Sequence[object], value: object) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and matches(wanted, value)
    return value is not _ABSENT and any(_is(one, value) for one in wanted)


def _is(wanted: object, value: object) -> bool:
    if not isinstance(wanted, Mapping):
        return wanted == value
    [(operator, operand)] = wanted.items()
    if operator == "prefix":
        return str(value).startswith(operand)
    assert operator == "anything-but"
    return value not in operand
