"""Finding something in what a partner answered."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.answer_paths import (
    PATH_CHARACTERS_MAX,
    PATH_LEVELS_MAX,
    found,
    is_path,
    text_of,
)

ANSWER = {
    "result": {"offers": [{"price": Decimal("12.50")}, {"price": 9}], "note": None},
    "0": "zero",
    "text": "abc",
}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("text", "abc"),
        ("result.offers.0.price", Decimal("12.50")),
        ("result.offers.1.price", 9),
        ("0", "zero"),
    ],
)
def test_a_path_leads_through_objects_and_lists(path: str, value: object) -> None:
    assert found(ANSWER, path) == value


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "result.note",
        "result.note.x",
        "result.offers.2",
        "result.offers.-1",
        "result.offers.x",
        "result.offers.\u0660",
        "text.0",
        "",
        ".",
        "result.offers.9999999999999999999",
    ],
)
def test_a_path_to_nothing_finds_none(path: str) -> None:
    assert found(ANSWER, path) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+3"), "1000"),
        ("abc", "abc"),
        (None, None),
        ({}, None),
        ([1], None),
    ],
)
def test_values_are_compared_as_text(value: object, text: str | None) -> None:
    assert text_of(value) == text


def test_a_number_of_a_few_characters_stays_short() -> None:
    assert text_of(Decimal("1E+999999999")) == "1E+999999999"


@given(ANY_JSON, st.text(max_size=20))
def test_looking_something_up_never_fails(answer: object, path: str) -> None:
    text = text_of(found(answer, path))
    assert text is None or isinstance(text, str)


@pytest.mark.parametrize("path", ["a", "a.b", "a.0.b", "a-b.c_d", "ä.ö", "response.x"])
def test_levels_between_dots_are_a_path(path: str) -> None:
    assert is_path(path)


@pytest.mark.parametrize(
    "path", ["", ".", "a.", ".a", "a..b", "a b", "a.{b}", "a\n", "a.\x00", "\u3000"]
)
def test_blanks_braces_and_empty_levels_are_no_path(path: str) -> None:
    assert not is_path(path)


def test_the_length_of_a_path_is_bounded() -> None:
    assert is_path("a" * PATH_CHARACTERS_MAX)
    assert not is_path("a" * (PATH_CHARACTERS_MAX + 1))
    assert is_path(".".join("a" * PATH_LEVELS_MAX))
    assert not is_path(".".join("a" * (PATH_LEVELS_MAX + 1)))
