"""The index finds what trying every group in its order finds, whatever is asked of the lead."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadflow.domain import condition_index as module
from leadflow.domain.condition_index import ConditionIndex, Group
from leadflow.domain.conditions import Fact, Operator, Row, matches
from leadflow.domain.operands import CHOICES, CONTAINMENTS, DAY_COUNTS

TODAY = date(2026, 3, 10)
NUMBERS = (-1, 0, 1, 4.9, 5, 5.1, 7)
TIMES = (
    "2026-03-07",
    "2026-03-08",
    "2026-03-08 00:00:00",
    "2026-03-08 13:45:00",
    "2026-03-08 23:59:59",
    "2026-03-09",
    "2026-03-10",
)
TEXTS = ("a", "b", "ab", "2026-03-08 in town", "2026-03-0", "2026-03-08\U0010ffffa", "\U0010ffff")
SCALARS = (*NUMBERS, *TIMES, *TEXTS, True, False)
PROPERTIES = ("x", "y", "z")
KINDS = (NUMBERS, TIMES, TEXTS, (True, False))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Any operator with a value of its shape; nothing holds it to the type of the property."""
    operator = draw(st.sampled_from(Operator))
    value: object = draw(st.sampled_from(SCALARS))
    if operator in DAY_COUNTS:
        value = draw(st.integers(0, 3))
    elif operator in CONTAINMENTS:
        value = draw(st.sampled_from(TEXTS))
    elif operator in CHOICES:
        value = tuple(draw(st.lists(st.sampled_from(SCALARS), min_size=1, max_size=3)))
    elif operator is Operator.BETWEEN:
        kind: tuple[object, ...] = draw(st.sampled_from(KINDS))
        value = (draw(st.sampled_from(kind)), draw(st.sampled_from(kind)))
    return a_row(draw(st.sampled_from(PROPERTIES)), operator, value)


GROUPS = st.lists(st.lists(rows(), max_size=4).map(tuple), max_size=8)
FACTS = st.dictionaries(
    st.sampled_from(PROPERTIES),
    st.sampled_from([Decimal(str(one)) for one in NUMBERS])
    | st.sampled_from((*TIMES, *TEXTS))
    | st.booleans(),
)


def a_row(name: str, operator: str, value: object) -> Row:
    return Row.model_validate({"property": name, "operator": operator, "value": value})


def loan(operator: str, value: object) -> Group:
    return (a_row("loan", operator, value),)


def first_of(groups: list[Group], facts: Mapping[str, Fact]) -> int | None:
    return ConditionIndex(groups).first_match(facts, TODAY)


@given(GROUPS, FACTS, st.sampled_from([1, 3, 1_024]))
@example([(a_row("x", "less_than_or_equal", "2026-03-08"),)], {"x": TEXTS[5]}, 3)
@example([(a_row("x", "less_than", 5), a_row("x", "less_than", TIMES[0]))], {"x": TIMES[0]}, 3)
@example([(a_row("x", "between", (TIMES[0], 5)),)], {"x": Decimal(5)}, 3)
def test_the_index_agrees_with_trying_each_group(
    groups: list[Group], facts: dict[str, Fact], together: int
) -> None:
    tried = [number for number, one in enumerate(groups) if matches((one,), facts, TODAY)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "GROUPS_TOGETHER_MAX", together)
        assert first_of(groups, facts) == (tried[0] if tried else None)


@given(rows(), FACTS)
def test_each_true_row_is_found_by_itself(row: Row, facts: dict[str, Fact]) -> None:
    assert (first_of([(row,)], facts) == 0) is matches(((row,),), facts, TODAY)


@given(
    st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(*[st.sampled_from(kind)] * 3)),
    st.sampled_from(["less_than", "less_than_or_equal", "greater_than", "greater_than_or_equal"]),
    st.sampled_from(["less_than", "greater_than_or_equal", "equals", "does_not_equal"]),
)
def test_two_rows_about_one_property_must_both_be_true(
    values: tuple[object, object, object], first: str, second: str
) -> None:
    fact, *operands = values
    group = (a_row("x", first, operands[0]), a_row("x", second, operands[1]))
    facts: dict[str, Fact] = {
        "x": fact if isinstance(fact, str | bool) else Decimal(str(fact)),
    }

    assert (first_of([group], facts) == 0) is matches((group,), facts, TODAY)


def test_only_groups_that_no_fact_rules_out_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def noting(groups: object, *_: object) -> bool:
        tried.append(groups)
        return False

    monkeypatch.setattr(module, "matches", noting)
    groups = [
        loan("between", (0, 9)),
        loan("between", (10, 19)),
        (*loan("less_than", 20), *loan("greater_than_or_equal", 10)),
        (*loan("less_than", 20), *loan("less_than", 11)),
        loan("greater_than", 10),
        loan("less_than_or_equal", 10),
        loan("any", ("a", "b")),
        loan("equals", "2026-03-08"),
        (a_row("zip", "equals", "a"),),
        loan("does_not_equal", 5),
        (*loan("any", (5, 10)), *loan("any", (5, 20))),
        (*loan("less_than", 20), *loan("less_than", 5)),
        (*loan("greater_than", 5), *loan("greater_than", 20)),
        (*loan("less_than", 20), a_row("zip", "does_not_equal", "a")),
    ]

    first_of(groups, {"loan": Decimal(10)})

    assert tried == [(groups[number],) for number in (1, 2, 3, 5, 9)]


def test_the_first_group_wins_across_the_parts_of_an_index() -> None:
    groups = [loan("equals", number // 2) for number in range(3 * module.GROUPS_TOGETHER_MAX)]

    for number in (0, 511, 512, 1_023, 1_535):
        assert first_of(groups, {"loan": Decimal(number)}) == 2 * number
    assert first_of(groups, {"loan": Decimal(1_536)}) is None
    assert first_of([], {"loan": Decimal(1)}) is None
