"""Templates of customers' webhooks: whatever values hold, the result is JSON."""

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.payload_templates import (
    DEFAULT_TEMPLATE,
    TEMPLATE_CHARACTERS_MAX,
    Variable,
    filled,
    template_mistakes,
    template_names,
)

KNOWN = {"name", "amount", "count", "charged_amount", "scope", "lead_type"}
VALUES: dict[str, Variable] = {"name": 'A "b"\n\\ é', "amount": Decimal("45"), "count": 5}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = texts | st.integers(-(2**53), 2**53) | st.booleans()


def test_the_default_template_has_all_that_is_delivered_beside_its_own_members() -> None:
    values: dict[str, Variable] = {
        "charged_amount": Decimal("45.5"),
        "scope": "county",
        "lead_type": "Roof",
    }
    assert filled(DEFAULT_TEMPLATE, values, {"zip": "78701", "beds": 3}) == {
        "charged_amount": "45.50",
        "scope": "county",
        "lead_type": "Roof",
        "zip": "78701",
        "beds": 3,
    }
    assert template_mistakes(DEFAULT_TEMPLATE, KNOWN) == []


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ('{"a": "x {{ name }} {{count}}"}', {"a": 'x A "b"\n\\ é 5'}),
        ('{"a": {{ name }}, "b": {{count}}}', {"a": 'A "b"\n\\ é', "b": 5}),
        ('{"a": "{{ amount }}", "b": {{ amount }}}', {"a": "45.00", "b": 45.0}),
        ('[{{ count }}, [{{ count }}], "{{ count }}"]', [5, [5], "5"]),
        ('{"a": {"b": {{ count }}}}', {"a": {"b": 5}}),
        ('{"k {{ count }}": 1, {{ count }}: 2}', {"k 5": 1, "5": 2}),
        ('{"a": {{ scope }}, "b": "{{ scope }}"}', {"a": "", "b": ""}),
        ('{"lead": {{{ deliverable_fields }}}}', {"lead": {"zip": "1"}}),
        ('{"zip": "own", {{ deliverable_fields }}}', {"zip": "own"}),
        ('{{{ deliverable_fields }}, "zip": "own"}', {"zip": "own"}),
        ('{"n": 1.5, "t": true, "z": null, "i": 7}', {"n": 1.5, "t": True, "z": None, "i": 7}),
        ('"{{ name }}"', 'A "b"\n\\ é'),
    ],
)
def test_a_field_within_a_text_is_text_and_one_alone_keeps_its_type(
    template: str, result: object
) -> None:
    assert template_mistakes(template, KNOWN) == []
    assert filled(template, VALUES, {"zip": "1"}) == result


def test_without_delivered_fields_the_result_is_json_as_well() -> None:
    assert filled('{"a": 1, {{ deliverable_fields }}}', {}, {}) == {"a": 1}


@pytest.mark.parametrize(
    ("template", "mistake"),
    [
        ("", "must be JSON"),
        ('{"a": 1', "must be JSON"),
        ("{ deliverable_fields }", "must be JSON"),
        ("[{{ deliverable_fields }}]", "must be JSON"),
        ('{"a": {{ count }}{{ count }}}', "must be JSON"),
        ('{"a": 1e999}', "must be JSON"),
        ("[" * 40 + "]" * 40, "must be JSON"),
        ('{"a": {{ source }}}', "source is no merge field."),
        ('{"a": "{{ source }}"}', "source is no merge field."),
        ('{"{{ source }}": 1}', "source is no merge field."),
        ('{"a": "{{ }}"}', "A merge field has no name."),
        ('{"a": "{{ name"}', "The braces of the merge fields do not match."),
        ('{"a": "{{ deliverable_fields }}"}', "not within a text"),
        ('{"a": "\\u0000count"}', "must not hold"),
        ('{"a": {{ "q\\ }}}', "is no merge field."),
    ],
)
def test_a_template_that_cannot_give_json_is_refused(template: str, mistake: str) -> None:
    found = template_mistakes(template, KNOWN)
    assert len(found) == 1
    assert mistake in found[0]


def test_all_unknown_names_are_told_of_at_once() -> None:
    found = template_mistakes('{"a": "{{ x }} {{ y }}", "b": {{ z }}}', KNOWN)
    assert found == [f"{name} is no merge field." for name in "xyz"]


def test_the_names_of_a_template_are_known_wherever_they_stand() -> None:
    template = '{"a": {{ x }}, "{{ y }}": ["{{ z }}"], {{ deliverable_fields }}}'
    assert template_names(template) == {"x", "y", "z"}


@given(name=scalars, fields=st.dictionaries(texts, scalars, max_size=3))
def test_no_value_breaks_the_json(name: str | int, fields: dict[str, str | int]) -> None:
    template = '{"in": "<{{ name }}>", "alone": {{ name }}, {{ deliverable_fields }}}'
    made = filled(template, {"name": name}, fields)
    read = json.loads(json.dumps(made))
    assert read["alone"] == name
    assert {**fields, **read} == read | {key: read[key] for key in fields}
    assert set(read) == {"in", "alone", *fields}


def test_the_end_of_an_unclosed_text_is_looked_for_once() -> None:
    """Behind each of its escaped quotes once more, it took seconds."""
    began = time.process_time()
    assert template_mistakes('"' + '\\"' * (TEMPLATE_CHARACTERS_MAX // 2 - 1), KNOWN)
    assert time.process_time() - began < 0.5
