"""Conditions as they are saved: what is refused at which path, what is kept."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from leadflow.domain.conditions import GROUPS_MAX, ROWS_MAX, Operator, check, kept
from tests.unit.domain.condition_examples import FORMATS, PROPERTIES, READER, conditions, rows


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
