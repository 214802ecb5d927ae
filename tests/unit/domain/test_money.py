"""Cents and percentages."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from leadflow.domain.money import (
    CENTS_MAX,
    Cents,
    Percentage,
    PositiveCents,
    dollars,
    less,
    round_half_up,
    share,
)

CENTS, POSITIVE = TypeAdapter[int](Cents), TypeAdapter[int](PositiveCents)
PERCENTAGE = TypeAdapter[Decimal](Percentage)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999", 2), ("0", 0), ("-0.5", -1)],
)
def test_half_a_cent_is_rounded_up(exact: str, rounded: int) -> None:
    assert round_half_up(Decimal(exact)) == rounded


@given(st.integers(0, CENTS_MAX), st.decimals(0, 100, places=2))
def test_a_share_and_what_is_left_are_the_whole(cents: int, percentage: Decimal) -> None:
    assert share(cents, percentage) + less(cents, percentage) == cents


@given(st.integers(0, CENTS_MAX))
def test_dollars_survive_json_to_the_cent(cents: int) -> None:
    assert round(json.loads(json.dumps(dollars(cents))) * 100) == cents


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (CENTS, -1),
        (CENTS, CENTS_MAX + 1),
        (CENTS, 1.5),
        (POSITIVE, 0),
        (PERCENTAGE, Decimal("100.01")),
        (PERCENTAGE, Decimal("-0.01")),
        (PERCENTAGE, Decimal("33.333")),
    ],
)
def test_amounts_and_percentages_have_bounds(kind: TypeAdapter[object], value: object) -> None:
    with pytest.raises(ValidationError):
        kind.validate_python(value)
