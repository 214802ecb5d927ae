"""What conditions match (`product.md`, 5): each operator, rows and groups, days."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from leadflow.domain.conditions import Fact, check, kept, matches
from tests.unit.domain.condition_examples import FORMATS, PROPERTIES, conditions, rows

TODAY = date(2026, 3, 10)
FACTS: Mapping[str, Fact] = {
    "city": "san tan valley",
    "phone": "+14802671234",
    "zip": "k1a0b1",
    "state": "az",
    "age": Decimal("12.5"),
    "owner": True,
    "sold": "2026-03-08",
    "seen": "2026-03-08 13:45:00",
    "roof": "tile",
    "source": "source_1",
}


def is_true(
    name: str, operator: str, value: object, facts: Mapping[str, Fact] | None = None
) -> bool:
    saved = conditions(rows((name, operator, value)))
    assert check(saved, PROPERTIES, FORMATS) == {}
    return matches(kept(saved, PROPERTIES, FORMATS), FACTS if facts is None else facts, TODAY)


TRUE_ROWS = [
    ("city", "equals", " San  Tan Valley"),
    ("city", "does_not_equal", "Phoenix"),
    ("city", "contains", "TAN"),
    ("city", "does_not_contain", "tana"),
    ("phone", "equals", "(480) 267-1234"),
    ("phone", "does_not_equal", "(480) 267-1235"),
    ("phone", "contains", "480-267"),
    ("phone", "does_not_contain", "481"),
    ("zip", "equals", "K1A 0B1"),
    ("zip", "contains", "k1a 0"),
    ("state", "equals", "AZ"),
    ("age", "equals", 12.5),
    ("age", "does_not_equal", 12),
    ("age", "less_than", 12.6),
    ("age", "less_than_or_equal", 12.5),
    ("age", "greater_than", 12),
    ("age", "greater_than_or_equal", 12.5),
    ("age", "between", [12.5, 13]),
    ("age", "between", [12, 12.5]),
    ("owner", "equals", True),
    ("owner", "does_not_equal", False),
    ("sold", "equals", "2026-03-08"),
    ("sold", "does_not_equal", "2026-03-09"),
    ("sold", "less_than", "2026-03-09"),
    ("sold", "less_than_or_equal", "2026-03-08"),
    ("sold", "greater_than", "2026-03-07"),
    ("sold", "greater_than_or_equal", "2026-03-08"),
    ("sold", "between", ["2026-03-08", "2026-03-08"]),
    ("sold", "within_past_days", 2),
    ("sold", "older_than_days", 1),
    ("seen", "equals", "2026-03-08"),
    ("seen", "equals", "2026-03-08T13:45:00Z"),
    ("seen", "does_not_equal", "2026-03-08T13:45:01"),
    ("seen", "less_than", "2026-03-08 13:45:01"),
    ("seen", "less_than_or_equal", "2026-03-08"),
    ("seen", "greater_than", "2026-03-08T13:44:59"),
    ("seen", "greater_than_or_equal", "2026-03-08"),
    ("seen", "between", ["2026-03-08", "2026-03-08T13:45:00"]),
    ("seen", "within_past_days", 2),
    ("seen", "older_than_days", 1),
    ("roof", "equals", "Tile"),
    ("roof", "does_not_equal", "Shingle"),
    ("roof", "any", ["Shingle", "Tile"]),
    ("roof", "all", ["Tile"]),
    ("roof", "none", ["Shingle"]),
    ("source", "equals", "source_1"),
    ("source", "does_not_equal", "source_2"),
    ("source", "any", ["source_2", "source_1"]),
    ("source", "all", ["source_1", "source_1"]),
    ("source", "none", ["source_2"]),
]
FALSE_ROWS = [
    ("city", "equals", "San Tan"),
    ("city", "does_not_equal", "SAN TAN VALLEY"),
    ("city", "contains", "phoenix"),
    ("city", "does_not_contain", "valley"),
    ("phone", "contains", "481"),
    ("age", "equals", 12),
    ("age", "less_than", 12.5),
    ("age", "less_than_or_equal", 12.4),
    ("age", "greater_than", 12.5),
    ("age", "greater_than_or_equal", 12.6),
    ("age", "between", [12.6, 13]),
    ("age", "between", [12, 12.4]),
    ("owner", "equals", False),
    ("sold", "less_than", "2026-03-08"),
    ("sold", "greater_than", "2026-03-08"),
    ("sold", "between", ["2026-03-09", "2026-03-10"]),
    ("sold", "within_past_days", 1),
    ("sold", "older_than_days", 2),
    ("seen", "does_not_equal", "2026-03-08"),
    ("seen", "less_than", "2026-03-08"),
    ("seen", "greater_than", "2026-03-08"),
    ("seen", "equals", "2026-03-08 13:45:01"),
    ("roof", "any", ["Shingle", "Slate"]),
    ("roof", "all", ["Tile", "Slate"]),
    ("roof", "none", ["Tile", "Slate"]),
    ("source", "any", ["source_2"]),
    ("source", "none", ["source_1"]),
]


@pytest.mark.parametrize(("name", "operator", "value"), TRUE_ROWS)
def test_a_row_is_true(name: str, operator: str, value: object) -> None:
    assert is_true(name, operator, value)


@pytest.mark.parametrize(("name", "operator", "value"), FALSE_ROWS)
def test_a_row_is_false(name: str, operator: str, value: object) -> None:
    assert not is_true(name, operator, value)


@pytest.mark.parametrize(("name", "operator", "value"), TRUE_ROWS + FALSE_ROWS)
def test_a_row_whose_property_is_missing_is_false(name: str, operator: str, value: object) -> None:
    assert not is_true(name, operator, value, {})


@pytest.mark.parametrize(("name", "operator", "value"), TRUE_ROWS)
def test_a_row_whose_property_changed_its_type_is_false(
    name: str, operator: str, value: object
) -> None:
    facts: dict[str, Fact] = {name: Decimal(7) if isinstance(FACTS[name], str) else "seven"}

    assert not is_true(name, operator, value, facts)


@pytest.mark.parametrize(
    ("sold", "is_within", "is_older"),
    [
        ("2026-03-11", False, False),
        ("2026-03-10", True, False),
        ("2026-03-03", True, False),
        ("2026-03-02", False, True),
    ],
)
def test_day_operators_at_their_edges(sold: str, is_within: bool, is_older: bool) -> None:
    assert is_true("sold", "within_past_days", 7, {"sold": sold}) is is_within
    assert is_true("sold", "older_than_days", 7, {"sold": sold}) is is_older


def test_the_last_moment_of_today_is_within_the_past_0_days() -> None:
    assert is_true("seen", "within_past_days", 0, {"seen": "2026-03-10 23:59:59"})


def test_text_that_merely_starts_like_a_day_does_not_equal_it() -> None:
    assert not is_true("city", "equals", "2026-03-08", {"city": "2026-03-08 in town"})


def test_rows_are_joined_by_and_groups_by_or() -> None:
    true, false = ("city", "contains", "tan"), ("age", "greater_than", 99)

    assert matches(conditions(rows(true, true)), FACTS, TODAY)
    assert not matches(conditions(rows(true, false)), FACTS, TODAY)
    assert matches(conditions(rows(true, false), rows(true)), FACTS, TODAY)


def test_the_caller_says_what_an_empty_set_means() -> None:
    assert not matches((), FACTS, TODAY)
    assert matches((), FACTS, TODAY, when_empty=True)
    assert not matches(conditions(rows(("age", "equals", 1))), FACTS, TODAY, when_empty=True)
