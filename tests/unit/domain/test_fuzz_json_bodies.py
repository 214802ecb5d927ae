"""Bodies of up to 256 KiB that try to exhaust who reads them (`api.md`, 1)."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.requests import validated
from leadflow.domain.errors import MalformedRequest
from leadflow.domain.fields import FieldRequest, FieldType, category_fields
from leadflow.domain.geography import Country
from leadflow.domain.json_objects import parse_json, parse_object
from leadflow.domain.model import Request
from leadflow.domain.posts import BODY_BYTES_MAX
from leadflow.domain.validation import InvalidLead, ValidLead, storable, validate
from tests.unit.domain.fuzzing import JSON, NUMBERS, TEXTS, known, within

FULL = BODY_BYTES_MAX
FORMATS = LibraryFormats()
FIELDS = category_fields(
    [
        FieldRequest(title=f"a_{kind.value}".replace("-", "_"), type=kind)
        for kind in FieldType
        if kind is not FieldType.LIST_OF_VALUES
    ]
)
TITLES = [field.title for field in FIELDS]
HOSTILE = {
    "arrays that are never closed": "[" * FULL,
    "arrays within arrays": "[" * (FULL // 2) + "]" * (FULL // 2),
    "objects within objects": '{"a":' * (FULL // 6) + "1" + "}" * (FULL // 6),
    "empty objects": "[" + "{}," * (FULL // 3 - 2) + "{}]",
    "one name again and again": "{" + '"a":1,' * (FULL // 6 - 2) + '"a":1}',
    "quotes that are escaped": '{"a":"' + '\\"' * (FULL // 2 - 4),
    "lone surrogates": '{"a":"' + "\\ud800" * (FULL // 6 - 2) + '"}',
    "blanks": " " * FULL,
    "numbers beyond": '{"a":[' + "1e999999," * (FULL // 9 - 2) + "1]}",
    "digits": '{"a":[' + ("9" * 4_000 + ",") * (FULL // 4_001 - 1) + "1]}",
}


class Anything(Request):
    """A request with one free member."""

    name: str


@pytest.mark.parametrize("case", list(HOSTILE))
def test_a_full_body_takes_no_more_than_its_size(case: str) -> None:
    text = HOSTILE[case]
    assert len(text) <= FULL
    within(lambda: validated(Anything, parse_object(text)), len(text))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("title", [title for title in TITLES if title[:2] == "a_"])
def test_no_number_is_too_much_for_a_field(title: str, number: str) -> None:
    def read() -> None:
        values = parse_object(f'{{"zip": "78701", "{title}": {number}}}')
        _validated(values)

    within(read, len(number))


@given(JSON, st.sampled_from(["", "\ufeff", "\x00", "}", ","]))
def test_any_json_is_read_or_malformed(value: object, behind: str) -> None:
    known(lambda: parse_json(json.dumps(value) + behind))
    known(lambda: parse_json(json.dumps(value, ensure_ascii=False) + behind))


@given(TEXTS)
def test_any_text_is_read_or_malformed(text: str) -> None:
    with suppress(MalformedRequest):
        parse_json(text)


@given(st.dictionaries(st.sampled_from(TITLES), JSON))
def test_any_values_are_a_valid_lead_or_invalid_fields(values: dict[str, object]) -> None:
    _validated({"zip": "78701", **values})


def _validated(values: dict[str, object]) -> None:
    lead = validate(values, FIELDS, call="post", countries=(Country.US,), formats=FORMATS)
    if isinstance(lead, ValidLead):
        json.dumps(storable(lead.values))
    assert isinstance(lead, ValidLead) or set(lead.errors) <= set(TITLES)
    assert isinstance(lead, ValidLead | InvalidLead)
