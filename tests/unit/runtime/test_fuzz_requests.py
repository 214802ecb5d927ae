"""Headers and cursors that nobody would send by mistake (`api.md`, 1 and 2)."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.credentials import ApiKey, BearerToken, presented
from leadflow.domain.errors import Unprocessable, ValidationFailed
from leadflow.runtime.sealing import Sealed
from tests.unit.domain.fuzzing import JSON, TEXTS, within
from tests.unit.runtime.test_pagination import window

HEADER = 10_240
"""Bytes of all headers together that API Gateway takes."""
SCHEMES = st.sampled_from(["Basic", "basic", "BASIC", "Bearer", "Digest", "", "Basic Basic"])


@given(SCHEMES, st.sampled_from(["", " ", "  ", "\t"]), TEXTS | st.binary(max_size=40))
def test_any_authorization_shows_a_credential_or_none(
    scheme: str, blank: str, value: str | bytes
) -> None:
    text = base64.b64encode(value).decode() if isinstance(value, bytes) else value
    shown = presented(f"{scheme}{blank}{text}")
    assert shown is None or len(shown.lookup_hash) == 64


@given(TEXTS.filter(lambda text: ":" not in text), TEXTS)
def test_a_key_and_its_secret_are_read_as_they_were_written(key: str, secret: str) -> None:
    written = f"{key}:{secret}".encode(errors="replace")
    shown = presented("Basic " + base64.b64encode(written).decode())
    read = written.decode().partition(":")
    assert shown == ApiKey(read[0], read[2])


@pytest.mark.parametrize("text", ["A", "=", "Bearer ", "\u00e9", "Og=="])
def test_a_full_header_takes_no_more_than_its_size(text: str) -> None:
    header = "Basic " + text * (HEADER // len(text))
    within(lambda: presented(header), HEADER)
    within(lambda: presented(header.replace("Basic", "Bearer", 1)), HEADER)
    assert not isinstance(presented(header), BearerToken)


@given(TEXTS, st.sampled_from(["", ".", "lead_1.", "."]))
def test_any_cursor_that_was_not_given_is_refused(text: str, behind: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        window(cursor=text + behind)
    assert refused.value.code == "invalid_cursor"


@given(st.integers(0, 200), st.characters())
def test_a_cursor_with_one_other_character_is_refused(place: int, other: str) -> None:
    cursor = str(window().cursor("lead_1"))
    at = place % len(cursor)
    if cursor[at] == other:
        return
    with suppress(Unprocessable):
        position = window(cursor=cursor[:at] + other + cursor[at + 1 :]).position
        # The last character of base64 has bits that say nothing.
        assert (at, position) == (len(cursor) - 1, "lead_1")


@given(TEXTS)
def test_any_limit_is_a_number_of_objects_or_refused(text: str) -> None:
    with suppress(ValidationFailed):
        assert 1 <= window(limit=text).limit <= 200


@pytest.mark.parametrize("text", [".", "a", "eNo", ".eNo", "\ud800"])
def test_a_long_cursor_takes_no_more_than_its_size(text: str) -> None:
    cursor = text * (HEADER // len(text))
    within(lambda: window(cursor=cursor), HEADER)


@given(TEXTS.map(repr), JSON)
def test_any_answer_is_kept_and_given_again(key: str, body: object) -> None:
    answer = {"statusCode": 200, "body": repr(body)}
    assert Sealed(key).from_dict(Sealed(key).to_dict(answer)) == answer
