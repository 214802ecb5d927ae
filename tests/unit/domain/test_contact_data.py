"""What others say of a lead, without its person."""

import pytest

from leadflow.domain.contact_data import MASK, without_contact_data
from tests.builders import lead

ADA = lead(
    values={
        "first_name": "Ada",
        "last_name": "Ada Byron",
        "email": "ada@example.com",
        "city": "Au",
        "zip": "78701",
        "rooms": 1234,
    }
)


def told(text: str) -> str:
    detail = without_contact_data({"message": text}, ADA)
    assert detail
    return detail["message"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ADA is known", f"{MASK} is known"),
        ("Ada Byron is known", f"{MASK} is known"),
        ("in 78701", f"in {MASK}"),
        ("other@example.org is known", f"{MASK} is known"),
        ("call +1 512-555-0142 back", f"call {MASK} back"),
        ("call 5125550142 back", f"call {MASK} back"),
    ],
)
def test_contact_data_are_masked_however_they_are_written(text: str, masked: str) -> None:
    assert told(text) == masked


@pytest.mark.parametrize(
    "text", ["no budget left", "Au revoir", "error 1234", "code 123456", "status 409"]
)
def test_other_words_and_short_numbers_stay(text: str) -> None:
    assert told(text) == text


def test_every_member_of_a_detail_is_masked_and_no_detail_stays_none() -> None:
    assert without_contact_data({"a": "Ada", "b": "fine"}, ADA) == {"a": MASK, "b": "fine"}
    assert without_contact_data(None, ADA) is None
