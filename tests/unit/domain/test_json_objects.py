"""Reading bodies."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from leadflow.domain.errors import MalformedRequest
from leadflow.domain.json_objects import NESTING_MAX, parse_json, parse_object


def arrays(levels: int) -> str:
    """Arrays within an object, so many levels in all."""
    return '{"a": ' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


def objects(levels: int) -> str:
    """Objects within each other, so many levels."""
    return '{"a": ' * (levels - 1) + "{}" + "}" * (levels - 1)


def test_numbers_keep_all_their_digits() -> None:
    parsed = parse_object('{"price": 0.1, "count": 9007199254740993, "big": 1e400}')
    assert parsed == {"price": Decimal("0.1"), "count": 9007199254740993, "big": Decimal("1e400")}


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", '{"a": 1,}', "{'a': 1}", '{"a": NaN}', '{"a": -Infinity}', "\ufeff{}", "{} {}"],
)
def test_what_is_not_json_is_malformed(text: str) -> None:
    with pytest.raises(MalformedRequest, match="not valid JSON"):
        parse_object(text)


@pytest.mark.parametrize("text", ["[]", "null", "1", '"a"', "true"])
def test_what_is_no_object_is_malformed(text: str) -> None:
    with pytest.raises(MalformedRequest, match="must be a JSON object"):
        parse_object(text)


@pytest.mark.parametrize("nested", [arrays, objects])
def test_nesting_is_bounded(nested: Callable[[int], str]) -> None:
    assert parse_object(nested(NESTING_MAX))
    with pytest.raises(MalformedRequest, match="nested deeper"):
        parse_object(nested(NESTING_MAX + 1))


@pytest.mark.parametrize("text", [arrays(100_000), objects(100_000), '{"a": ' + "9" * 10_000 + "}"])
def test_a_body_made_to_exhaust_the_parser_is_malformed(text: str) -> None:
    with pytest.raises(MalformedRequest):
        parse_object(text)


def test_an_exponent_beyond_every_number_is_malformed() -> None:
    with pytest.raises(MalformedRequest, match="not valid JSON"):
        parse_object('{"a": 1e99999999999999999999999}')


def test_any_json_can_be_parsed_where_it_need_not_be_an_object() -> None:
    assert parse_json("[1, null]") == [1, None]
    with pytest.raises(MalformedRequest, match="nested deeper"):
        parse_json("[" * (NESTING_MAX + 1) + "]" * (NESTING_MAX + 1))
