from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.conditions import (
    GROUPS_MAX,
    ROWS_MAX,
    Conditions,
    Fact,
    Operator,
    Properties,
    Reference,
    check,
    kept,
    matches,
)
from leadflow.domain.fields import FieldType

FORMATS = LibraryFormats()
TODAY = date(2026, 3, 10)
READER: TypeAdapter[Conditions] = TypeAdapter(Conditions)
PROPERTIES: Properties = {
    "city": FieldType.TEXT,
    "phone": FieldType.PHONE_US,
    "zip": FieldType.ZIP,
    "state": FieldType.STATE,
    "email": FieldType.EMAIL,
    "age": FieldType.NUMERIC,
    "owner": FieldType.BOOLEAN,
    "sold": FieldType.MDY,
    "seen": FieldType.YMD_HIS,
    "roof": FieldType.LIST_OF_VALUES,
    "source": Reference.SOURCE,
    "lead_type": Reference.LEAD_TYPE,
}
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


def rows(*group: tuple[str, str, object]) -> list[dict[str, object]]:
    return [{"property": name, "operator": op, "value": value} for name, op, value in group]


def conditions(*groups: list[dict[str, object]]) -> Conditions:
    return READER.validate_python(list(groups))


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


def mistakes(name: str, operator: str, value: object) -> set[str]:
    return set(check(conditions(rows((name, operator, value))), PROPERTIES, FORMATS))


FITTING = {
    "city": {"equals", "does_not_equal", "contains", "does_not_contain"},
    "owner": {"equals", "does_not_equal"},
    "roof": {"equals", "does_not_equal", "any", "all", "none"},
    "source": {"equals", "does_not_equal", "any", "all", "none"},
    "age": {
        "equals", "does_not_equal", "less_than", "less_than_or_equal", "greater_than",
        "greater_than_or_equal", "between",
    },
    "sold": {
        "equals", "does_not_equal", "less_than", "less_than_or_equal", "greater_than",
        "greater_than_or_equal", "between", "within_past_days", "older_than_days",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FITTING)
@pytest.mark.parametrize("operator", Operator)
def test_an_operator_that_does_not_fit_is_refused(name: str, operator: Operator) -> None:
    refused = "conditions.0.0.operator" in mistakes(name, operator, "x")

    assert refused is (operator not in FITTING[name])


@pytest.mark.parametrize(
    ("name", "operator", "value"),
    [
        ("city", "equals", 5),
        ("city", "equals", "  "),
        ("city", "contains", ["a"]),
        ("city", "contains", "\ud800"),
        ("city", "contains", "a" * 1_001),
        ("phone", "equals", "123"),
        ("phone", "contains", "abc"),
        ("email", "equals", "nobody"),
        ("age", "equals", "5"),
        ("age", "equals", True),
        ("age", "less_than", 2**53),
        ("age", "between", 5),
        ("age", "between", [1, 2, 3]),
        ("age", "between", [2, 1]),
        ("age", "between", [1, "2"]),
        ("owner", "equals", "true"),
        ("owner", "equals", 1),
        ("sold", "equals", "03/08/2026"),
        ("sold", "less_than", "2026-02-29"),
        ("sold", "equals", "2026-03-08 10:00:00"),
        ("sold", "between", ["2026-03-09", "2026-03-08"]),
        ("sold", "within_past_days", -1),
        ("sold", "within_past_days", 1.5),
        ("sold", "older_than_days", True),
        ("sold", "older_than_days", 36_501),
        ("seen", "equals", "2026-03-08 25:00:00"),
        ("roof", "any", "Tile"),
        ("roof", "any", []),
        ("roof", "none", ["Tile", 5]),
        ("source", "equals", 5),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(name: str, operator: str, value: object) -> None:
    assert mistakes(name, operator, value) == {"conditions.0.0.value"}


def test_an_unknown_property_is_refused_at_its_path() -> None:
    saved = conditions(rows(("city", "equals", "a")), rows(("age", "equals", 1), ("x", "any", [1])))

    assert set(check(saved, PROPERTIES, FORMATS, "stages.2.conditions")) == {
        "stages.2.conditions.1.1.property"
    }


def test_an_unknown_operator_cannot_be_read() -> None:
    with pytest.raises(ValidationError):
        conditions(rows(("city", "resembles", "a")))


def test_the_size_of_a_condition_set_is_bounded() -> None:
    group = rows(("age", "equals", 1))

    assert check(conditions(*[group] * GROUPS_MAX), PROPERTIES, FORMATS) == {}
    assert set(check(conditions(*[group] * (GROUPS_MAX + 1)), PROPERTIES, FORMATS)) == {
        "conditions"
    }
    assert check(conditions(group * ROWS_MAX), PROPERTIES, FORMATS) == {}
    assert set(check(conditions(group * (ROWS_MAX + 1), []), PROPERTIES, FORMATS)) == {
        "conditions.0",
        "conditions.1",
    }


def test_what_is_kept_reads_as_it_was_typed_where_its_type_is_not_needed() -> None:
    saved = conditions(
        rows(
            ("city", "equals", "San Tan"),
            ("age", "equals", 5),
            ("roof", "any", ["Tile"]),
            ("phone", "equals", "480-267-1234"),
        )
    )

    [group] = kept(saved, PROPERTIES, FORMATS)

    assert [row.value for row in group] == ["San Tan", 5, ("Tile",), "+14802671234"]


def test_conditions_survive_a_store() -> None:
    saved = conditions(rows(("owner", "equals", True), ("age", "between", [1, 2.5])))

    assert READER.validate_json(READER.dump_json(saved)) == saved
    assert (
        READER.validate_python(
            [rows(("owner", "equals", True), ("age", "between", [Decimal(1), Decimal("2.5")]))]
        )
        == saved
    )


@pytest.mark.parametrize("number", ["1e999999", "-1e400"])
def test_a_number_beyond_every_float_is_never_spelled_out(number: str) -> None:
    """As an integer it would have a million digits, and reading those takes minutes."""
    with pytest.raises(ValidationError):
        conditions(rows(("age", "equals", Decimal(number))))
