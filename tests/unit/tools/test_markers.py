"""The search for what must not be found finds it, however it is spelled."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from tests.markers import Marks, Person

PERSON = Person()


@pytest.fixture
def marks() -> Marks:
    found = Marks()
    found.add([*PERSON.marks, "secret key/1"])
    return found


@pytest.mark.parametrize(
    "text",
    [
        "+14045550177",
        "14045550177",
        "4045550177",
        "(404) 555-0177",
        "404-555-0177",
        '{"phone": "404.555.0177"}',
        quote("+14045550177", safe=""),
    ],
)
def test_a_phone_is_found(marks: Marks, text: str) -> None:
    assert marks.found(f"called {text}.") == [PERSON.phone]


@pytest.mark.parametrize(
    "text", ["94045550177", "40455501779", "404-555-0178", "2026-04-04T55:01:77Z"]
)
def test_a_longer_number_is_another_one(marks: Marks, text: str) -> None:
    assert marks.found(text) == []


@pytest.mark.parametrize("spell", [str, str.upper, quote, quote_plus, json.dumps])
def test_text_is_found_whatever_its_case_and_spelling(marks: Marks, spell: object) -> None:
    assert callable(spell)
    for mark in (PERSON.email, PERSON.address_1, "secret key/1"):
        assert mark in marks.found(f"it says {spell(mark)}")


@pytest.mark.parametrize("before", ["", "k", "ke", "key:"])
@pytest.mark.parametrize("behind", ["", "!", "!!"])
def test_what_is_in_base64_is_found(marks: Marks, before: str, behind: str) -> None:
    for mark in (*PERSON.marks, "secret key/1"):
        whole = base64.b64encode(f"{before}{mark}{behind}".encode()).decode()
        assert mark in marks.found(f"Authorization: Basic {whole}")


def test_what_is_not_there_is_not_found(marks: Marks) -> None:
    assert marks.found("Ada Lovelace, 404-555-0123, ada@example.com") == []


def test_a_mark_that_chance_would_find_is_none(marks: Marks) -> None:
    with pytest.raises(AssertionError):
        marks.add(["Ada"])
