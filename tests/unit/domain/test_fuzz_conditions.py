"""Condition sets, as people type them and as leads meet them (`product.md`, 5)."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.requests import validated
from leadflow.domain.conditions import (
    GROUPS_MAX,
    ROWS_MAX,
    Conditions,
    Operator,
    Properties,
    Reference,
    check,
    kept,
    matches,
)
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.fields import FieldType
from leadflow.domain.json_objects import parse_object
from leadflow.domain.model import Request
from leadflow.domain.operands import CHOICES_MAX, OPERAND_CHARACTERS_MAX
from leadflow.domain.values import normal_form
from tests.unit.domain.fuzzing import JSON, NUMBERS, TEXTS, within

FORMATS = LibraryFormats()
TODAY = date(2026, 3, 10)
PROPERTIES: Properties = {kind.value: kind for kind in [*FieldType, *Reference]}
READER: TypeAdapter[Conditions] = TypeAdapter(Conditions)
LIKELY = st.sampled_from(
    [
        "4802671234",
        "K1A 0B1",
        "tx",
        "2026-03-10",
        "2026-02-30",
        "2026-03-10T10:00:00Z",
        "1",
        "a@b.co",
    ]
)
SCALARS = LIKELY | TEXTS | st.booleans() | st.integers() | st.floats(allow_nan=False)
VALUES = SCALARS | st.lists(SCALARS, max_size=3)
FACTS = st.dictionaries(
    st.sampled_from([*PROPERTIES]),
    LIKELY | TEXTS | st.booleans() | st.decimals(allow_nan=False),
    max_size=6,
)


class Form(Request):
    """A request with conditions."""

    conditions: Conditions = ()


def row(name: str, operator: str, value: object) -> dict[str, object]:
    return {"property": name, "operator": operator, "value": value}


ROWS = st.builds(row, st.sampled_from([*PROPERTIES]), st.sampled_from([*Operator]), VALUES)


@given(JSON)
def test_any_json_in_place_of_conditions_is_read_or_refused_with_its_place(value: object) -> None:
    _read(value)


@given(st.builds(row, TEXTS, TEXTS, JSON))
def test_a_row_of_anything_is_read_or_refused_with_its_place(value: object) -> None:
    _read([[value]])


def _read(value: object) -> None:
    places: list[str] = []
    try:
        validated(Form, {"conditions": value})
    except ValidationFailed as refused:
        places = [path.split(".")[0] for path in refused.errors] or ["nowhere"]
    assert set(places) <= {"conditions"}


@given(st.lists(st.lists(ROWS, min_size=1, max_size=3), max_size=3), FACTS)
def test_what_may_be_saved_is_kept_as_it_is_and_tells_yes_or_no_of_any_lead(
    typed: list[list[dict[str, object]]], facts: dict[str, str | bool | Decimal]
) -> None:
    try:
        conditions = validated(Form, {"conditions": typed}).conditions
    except ValidationFailed:
        return
    mistakes = check(conditions, PROPERTIES, FORMATS)
    good = tuple(
        tuple(one for place, one in enumerate(group) if not _is_wrong(mistakes, number, place))
        for number, group in enumerate(conditions)
    )
    good = tuple(filter(None, good))
    assert not check(good, PROPERTIES, FORMATS)
    saved = kept(good, PROPERTIES, FORMATS)
    stored = READER.validate_json(READER.dump_json(saved))
    assert stored == saved
    assert kept(stored, PROPERTIES, FORMATS) == saved, "a repeat changes nothing"
    assert not check(stored, PROPERTIES, FORMATS)
    assert matches(stored, facts, TODAY) in {True, False}


def _is_wrong(mistakes: dict[str, list[str]], group: int, place: int) -> bool:
    return any(path.startswith(f"conditions.{group}.{place}.") for path in mistakes)


@given(ROWS, st.dictionaries(st.sampled_from([*FieldType]), SCALARS, max_size=3))
def test_a_row_and_its_negation_never_agree_on_a_value_of_its_type(
    typed: dict[str, object], values: dict[FieldType, str | bool | float]
) -> None:
    opposite = {
        Operator.EQUALS: Operator.DOES_NOT_EQUAL,
        Operator.CONTAINS: Operator.DOES_NOT_CONTAIN,
        Operator.ANY: Operator.NONE,
    }.get(Operator(str(typed["operator"])))
    try:
        pair = [validated(Form, {"conditions": [[typed]]}).conditions]
        pair += [validated(Form, {"conditions": [[{**typed, "operator": opposite}]]}).conditions]
    except ValidationFailed:
        return
    if any(check(one, PROPERTIES, FORMATS) for one in pair):
        return
    read = {
        kind.value: normal_form(kind, value, FORMATS)
        for kind, value in values.items()
        if not isinstance(value, float)
    }
    facts = {name: fact for name, fact in read.items() if fact is not None}
    if typed["property"] in facts:
        answers = [matches(kept(one, PROPERTIES, FORMATS), facts, TODAY) for one in pair]
        assert answers[0] is not answers[1]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("operator", list(Operator))
def test_no_number_is_too_much_for_an_operator(operator: Operator, number: str) -> None:
    for value in (number, f"[{number},{number}]"):
        body = (
            f'{{"conditions":[[{{"property":"numeric","operator":"{operator}","value":{value}}}]]}}'
        )
        within(partial(_evaluate, body, {"numeric": Decimal(5)}), len(body))


def _evaluate(body: str, facts: Mapping[str, Decimal | str]) -> None:
    conditions = validated(Form, parse_object(body)).conditions
    if not check(conditions, PROPERTIES, FORMATS):
        matches(kept(conditions, PROPERTIES, FORMATS), facts, TODAY)


LONG = "a" * OPERAND_CHARACTERS_MAX
FULL = {
    "all groups and rows": [[row("text", "equals", "x")] * ROWS_MAX] * (GROUPS_MAX // 5),
    "more groups than may be": [[row("text", "equals", "x")]] * (GROUPS_MAX + 1),
    "all choices": [[row("list-of-values", "any", [f"v{one}" for one in range(CHOICES_MAX)])]] * 5,
    "long texts": [[row("text", "contains", LONG)] * ROWS_MAX] * 2,
    "long phones": [[row("phone-us", "contains", "(" * OPERAND_CHARACTERS_MAX)] * ROWS_MAX] * 2,
    "long addresses": [[row("email", "equals", "a@" + "b." * 499)] * ROWS_MAX] * 2,
    "long links": [[row("url-scheme", "equals", "http://" + "a." * 490 + "b")] * ROWS_MAX] * 2,
}


@pytest.mark.parametrize("case", list(FULL))
def test_a_full_set_takes_no_more_than_its_size(case: str) -> None:
    body = json.dumps({"conditions": FULL[case]})
    within(lambda: _evaluate(body, {"text": "a" * 10_000}), len(body))
