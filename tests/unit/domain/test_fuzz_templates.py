"""Merge fields and payload templates of up to their documented size (`product.md`, 16.2, 17.4)."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain import payload_templates
from leadflow.domain.exchange_requests import mapping_mistakes, tree
from leadflow.domain.exchanges import MappingRow
from leadflow.domain.merge_fields import MergeValue, fill, merged, mistakes
from leadflow.domain.payload_templates import (
    TEMPLATE_CHARACTERS_MAX,
    Variable,
    filled,
    template_mistakes,
    template_names,
)
from tests.unit.domain.fuzzing import NUMBERS, TEXTS, known, within

FULL = TEMPLATE_CHARACTERS_MAX
VALUES: dict[str, MergeValue] = {
    "name": "{{ name }}{{ name }}",
    "count": 5,
    "share": 0.1,
    "owner": True,
}
"""A value that looks like merge fields: it must not be filled again."""

AMOUNTS: dict[str, Variable] = {"amount": Decimal("45.5"), **VALUES}
FIELDS: dict[str, MergeValue] = {"zip": "78701", "{{ name }}": "{{ name }}"}
HOSTILE = {
    "a text with escaped quotes that is never closed": '"' + '\\"' * (FULL // 2 - 1),
    "backslashes": '"' + "\\" * (FULL - 1),
    "quotes": '"' * FULL,
    "braces that open": "{" * FULL,
    "braces that open twice": "{{ a " * (FULL // 5),
    "braces that close": "}" * FULL,
    "blanks within braces": "{{" + " " * (FULL - 4) + "}}",
    "fields without commas": "{{a}}" * (FULL // 5),
    "many fields": "[" + "{{name}}," * (FULL // 9 - 2) + "1]",
    "many fields in a text": '"' + "{{name}}" * (FULL // 8 - 1) + '"',
    "all fields again and again": "[" + "{{{ deliverable_fields }}}," * (FULL // 27 - 1) + "1]",
    "arrays within arrays": "[" * (FULL // 2) + "]" * (FULL // 2),
    "digits": "[" + "9" * (FULL - 2) + "]",
}
PARTS = st.lists(
    st.sampled_from(
        ["{{", "}}", "{", "}", " ", '"', "\\", "\\u0000", ":", ",", "[", "]", "name", "amount"]
    )
    | st.sampled_from(NUMBERS[:6])
    | TEXTS
    | st.just("{{ deliverable_fields }}"),
    max_size=20,
).map("".join)


def _filled(template: str) -> None:
    if template_mistakes(template, AMOUNTS) == []:
        made = filled(template, AMOUNTS, FIELDS)
        assert json.loads(json.dumps(made, allow_nan=False)) == made
        assert template_names(template) <= {*AMOUNTS, "deliverable_fields"}


def _filled_anew(template: str) -> None:
    """Fill a template that is not kept from the last time."""
    payload_templates._read.cache_clear()
    _filled(template)


@pytest.mark.parametrize("case", list(HOSTILE))
def test_a_full_template_takes_no_more_than_its_size(case: str) -> None:
    template = HOSTILE[case]
    assert len(template) <= FULL
    within(lambda: _filled_anew(template), len(template))
    within(lambda: mistakes(template, VALUES, allow_response=True), len(template))
    within(lambda: fill(template, VALUES), len(template))


def test_values_that_look_like_fields_are_never_filled_again() -> None:
    template = '{"{{ name }}": {{ name }}, {{ deliverable_fields }}}'
    once = str(VALUES["name"])
    expected = {"zip": "78701", "{{ name }}": "{{ name }}", once: once}
    assert filled(template, AMOUNTS, FIELDS) == expected
    assert fill("{{ name }}", VALUES) == merged("{{ name }}", VALUES) == once


@given(PARTS)
def test_a_template_without_mistakes_gives_json_whatever_it_holds(template: str) -> None:
    _filled(template)


@given(PARTS)
def test_any_text_with_merge_fields_is_whole_or_told_of(text: str) -> None:
    if mistakes(text, VALUES, allow_response=True) == []:
        assert isinstance(merged(text, VALUES), str | int | float | bool)


@given(st.lists(st.builds(MappingRow, key=PARTS, value=PARTS), max_size=6))
def test_a_mapping_without_mistakes_becomes_json_with_each_key(rows: list[MappingRow]) -> None:
    if not mapping_mistakes(rows):
        made = tree(rows, VALUES)
        for row in rows:
            here: object = made
            for level in row.key.split("."):
                assert isinstance(here, dict)
                here = here[level]
            assert here == merged(row.value, VALUES)
    known(lambda: tree(rows, VALUES))
