"""Single values out of a vendor's answer."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.money import CENTS_MAX
from leadflow.domain.vendor_values import (
    age,
    boolean,
    cents,
    count,
    day,
    first_text,
    inside,
    nodes,
    number,
    text,
    year,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
UNKNOWN: tuple[object, ...] = (
    None,
    "",
    0,
    "0",
    "0.00",
    -1,
    "-1",
    True,
    [],
    {},
    "many",
    "NaN",
    Decimal("NaN"),
    "1e9",
)


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (415000, 41_500_000),
        ("12491.00", 1_249_100),
        (" 6518.40 ", 651_840),
        (Decimal("0.005"), 1),
        (Decimal("0.0049"), None),
        (CENTS_MAX // 100, CENTS_MAX),
        (CENTS_MAX // 100 + 1, None),
        (Decimal("1E+999999"), None),
        (Decimal("1E-999999"), None),
        (10**400, None),
    ],
)
def test_dollars_become_cents_half_up(given_value: object, expected: int | None) -> None:
    assert cents(given_value) == expected


@pytest.mark.parametrize("value", UNKNOWN)
def test_what_is_absent_or_no_amount_is_not_known(value: object) -> None:
    assert cents(value) is None
    assert count(value) is None
    assert number(value) is None


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [(3, 3), ("1840.00", 1840), (Decimal("2.5"), 2.5), (10**9 + 1, None)],
)
def test_whole_counts_are_integers(given_value: object, expected: float | None) -> None:
    found = count(given_value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [(1994, 1994), ("1994", 1994), (0, None), (94, None), (Decimal("1994.5"), None), (9999, None)],
)
def test_a_year_is_a_whole_number_of_our_time(given_value: object, expected: int | None) -> None:
    assert year(given_value) == expected


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (52, 52),
        ("52", 52),
        ("49 years old", 49),
        (0, None),
        (131, None),
        ("4912", None),
        (None, None),
    ],
)
def test_an_age_may_be_spelled_out(given_value: object, expected: int | None) -> None:
    assert age(given_value) == expected


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [(True, True), (False, False), (" True", True), ("false", False), ("", None), (1, None)],
)
def test_true_and_false_may_be_texts(given_value: object, expected: bool | None) -> None:
    assert boolean(given_value) is expected


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        ("2019-05-02", date(2019, 5, 2)),
        ("2019-05-02T00:00:00.000Z", date(2019, 5, 2)),
        ("2019-02-30", None),
        ("05/02/2019", None),
        ("", None),
        (20190502, None),
    ],
)
def test_a_date_may_carry_a_time(given_value: object, expected: date | None) -> None:
    assert day(given_value) == expected


def test_texts_are_trimmed_short_and_clean() -> None:
    assert text("  Ada   Example ") == "Ada Example"
    for unclean in ("", " ", "a\x00b", "\ud800", "x" * 256, 5, None):
        assert text(unclean) is None
    assert first_text(None, "", " SFR ", "other") == "SFR"
    assert first_text(None, 5) is None


def test_paths_end_where_nothing_lies() -> None:
    assert inside({"a": {"b": 5}}, "a", "b") == 5
    assert inside({"a": {"b": 5}}, "a", "b", "c") is None
    assert inside([], "a") is None


def test_an_object_alone_is_a_list_of_one() -> None:
    assert list(nodes({"a": 1})) == [{"a": 1}]
    assert list(nodes([5, {"a": 1}, None])) == [{"a": 1}]
    assert not list(nodes("a"))


@given(ANYTHING)
def test_reading_never_fails(value: object) -> None:
    for read in (age, boolean, cents, count, day, first_text, number, text, year):
        read(value)
