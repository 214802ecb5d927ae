from typing import Annotated

import pytest
from pydantic import Field

from leadflow.application.requests import validated
from leadflow.domain.conditions import Conditions
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.model import Request


class Part(Request):
    number: int


class Body(Request):
    name: str = ""
    value: Annotated[dict[str, int], Field(default_factory=dict)]
    parts: Annotated[tuple[Part, ...], Field(strict=False)] = ()
    conditions: Conditions = ()


def errors(value: object, *at: str | int) -> dict[str, list[str]]:
    with pytest.raises(ValidationFailed) as refused:
        validated(Body, value, at)
    return {path: list(messages) for path, messages in refused.value.errors.items()}


def test_all_mistakes_are_told_of_by_path() -> None:
    found = errors({"parts": [{"number": 1}, {"number": "2"}], "name": 5, "colour": "red"})
    assert found.keys() == {"parts.1.number", "name", "colour"}


def test_paths_begin_where_the_value_stands() -> None:
    assert errors({"name": 5}, "stages", 2).keys() == {"stages.2.name"}
    assert errors(5, "stages", 2).keys() == {"stages.2"}


def test_what_is_no_object_is_told_of_as_the_body() -> None:
    assert errors([]).keys() == {"body"}


def test_the_types_that_a_row_might_have_had_are_no_part_of_the_path() -> None:
    row = {"property": "a", "operator": "equals", "value": {}}
    assert errors({"conditions": [[row]]}).keys() == {"conditions.0.0.value"}
    assert errors({"value": {"a": "x"}}).keys() == {"value.a"}


@pytest.mark.parametrize("text", ["\x00", "a\x1fb", "\x7f", "\ud800"])
def test_unclean_texts_are_refused_wherever_they_are(text: str) -> None:
    assert errors({"name": text}).keys() == {"name"}
    assert errors({"parts": [{"number": text}]}).keys() == {"parts.0.number"}
    assert errors({"value": {text: 1}}).keys() == {"value"}
    assert errors({text: 1}).keys() == {"body"}


def test_tabs_and_line_ends_are_no_control_characters() -> None:
    assert validated(Body, {"name": "a\tb\r\nc"}).name == "a\tb\r\nc"
