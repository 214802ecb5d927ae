"""Kept answers are closed to whoever has the store alone."""

import json

import pytest

from leadflow.domain.errors import CorruptState
from leadflow.runtime.sealing import Sealed

ANSWER = {"statusCode": 201, "body": json.dumps({"token": "not to be read"})}


def test_a_kept_answer_opens_with_its_key() -> None:
    assert Sealed("caller#key").from_dict(Sealed("caller#key").to_dict(ANSWER)) == ANSWER


def test_a_kept_answer_shows_nothing() -> None:
    assert "not to be read" not in json.dumps(Sealed("caller#key").to_dict(ANSWER))


def test_a_kept_answer_does_not_open_with_another_key() -> None:
    kept = Sealed("caller#key").to_dict(ANSWER)
    with pytest.raises(CorruptState):
        Sealed("other#key").from_dict(kept)
