"""Text with merge fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.exchanges import MappingRow
from leadflow.domain.merge_fields import (
    MergeValue,
    fill,
    merged,
    merged_text,
    mistakes,
    names,
    response_paths,
)

KNOWN = frozenset({"first_name", "loan-amount", "_x"})
VALUES: dict[str, MergeValue] = {
    "first_name": "Ada",
    "loan-amount": 325_000,
    "rate": 6.5,
    "is_owner": True,
    "response.metadata.campaign_id": "7",
}
TEMPLATES = st.lists(
    st.sampled_from(["{", "}", "{{", "}}", " ", "first_name", "response.a", ".", "x"]), max_size=12
).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "{{ first_name }}",
        "{{first_name}} {{ loan-amount }}{{\t_x }}",
        "{{ lead_public_id }}/{{ lead_type }}/{{ lead_category }}/{{ source }}",
        '{"a": {"b": 1} }',
        "{{{ first_name }}}",
    ],
)
def test_known_merge_fields_are_right(text: str) -> None:
    assert mistakes(text, KNOWN, allow_response=False) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{{ last_name }}", "last_name is no merge field"),
        ("{{ first name }}", "first name is no merge field"),
        ("{{ responses.x }}", "no merge field"),
        ("{{}}", "has no name"),
        ("{{ first_name", "braces"),
        ("{{ first_name }", "braces"),
        ("first_name }}", "braces"),
        ("{{ {{ first_name }} }}", "braces"),
        ('{"a": {"b": 1}}', "braces"),
    ],
)
def test_wrong_merge_fields_are_named(text: str, word: str) -> None:
    [mistake] = mistakes(text, KNOWN, allow_response=True)
    assert word in mistake


def test_every_mistake_is_told_once() -> None:
    found = mistakes("{{ a }}{{ a }}{{ b }} }}", KNOWN, allow_response=True)
    assert len(found) == 3


def test_only_posts_may_use_the_answer_to_the_ping() -> None:
    text = "{{ response.metadata.campaign_id }}"
    assert mistakes(text, KNOWN, allow_response=True) == []
    [mistake] = mistakes(text, KNOWN, allow_response=False)
    assert "Only a post" in mistake


def test_a_wrong_path_into_the_answer_is_a_mistake() -> None:
    [mistake] = mistakes("{{ response.a..b }}", KNOWN, allow_response=True)
    assert "no path" in mistake


def test_names_come_in_order() -> None:
    assert list(names("{{ b }}, {{a}}, {{ b }}")) == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi {{ first_name }}!", "Hi Ada!"),
        ("{{loan-amount}}/{{ rate }}/{{ is_owner }}", "325000/6.5/true"),
        ("[{{ nothing }}]", "[]"),
        ("{{ response.metadata.campaign_id }}", "7"),
        ("no fields", "no fields"),
    ],
)
def test_values_take_the_place_of_merge_fields(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


def test_what_is_filled_in_is_not_filled_again() -> None:
    assert fill("{{ a }}", {"a": "{{ b }}", "b": "secret"}) == "{{ b }}"


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("{{ loan-amount }}", 325_000),
        ("{{ is_owner }}", True),
        ("{{ rate }}", 6.5),
        ("{{ nothing }}", ""),
        (" {{ loan-amount }}", " 325000"),
        ("literal", "literal"),
        (5, 5),
        (False, False),
    ],
)
def test_a_lone_merge_field_keeps_its_type(value: MergeValue, result: MergeValue) -> None:
    after = merged(value, VALUES)
    assert (after, type(after)) == (result, type(result))


def test_numbers_have_no_exponent_as_text() -> None:
    assert merged_text(1e-7) == "0.0000001"
    assert merged_text(1e22) == "10000000000000000000000"


def test_paths_that_a_post_asks_for_are_told_once() -> None:
    rows = [
        MappingRow(key="a", value="{{ response.x.y }} {{ first_name }}"),
        MappingRow(key="b", value=3),
        MappingRow(key="c", value="{{response.z}}{{ response.x.y }}"),
    ]
    assert response_paths(rows) == ("x.y", "z")


@given(TEMPLATES)
def test_no_text_breaks_filling(text: str) -> None:
    filled = fill(text, {"first_name": "Ada"})
    if not mistakes(text, KNOWN, allow_response=True):
        assert "{{" not in filled.replace("{" * 3, "") or "{{{" in text
    assert merged_text(merged(text, {})) == fill(text, {})
