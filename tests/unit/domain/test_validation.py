"""What makes submitted values a lead (`product.md`, 4): required fields, location, messages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.fields import FieldType
from leadflow.domain.geography import Country
from leadflow.domain.validation import Call, InvalidLead, ValidLead
from tests.unit.domain.validation_examples import a_field, checked, errors, valid

NO_ZIP = "The postal code is not valid for this account's operating countries."


def test_the_fixed_texts_are_exact() -> None:
    assert errors({"zip": "00000", "email": "nobody"}) == {
        "zip": [NO_ZIP],
        "email": ["The email field must be a valid email address."],
    }


def test_messages_name_the_field() -> None:
    found = errors({"phone": "1", "custom": "x"}, a_field(FieldType.EMAIL))

    assert found == {
        "phone": ["The phone field must be a valid US phone number."],
        "custom": ["The custom field must be a valid email address."],
    }


@pytest.mark.parametrize("missing", [None, "", "  \t\n"])
def test_an_empty_value_counts_as_missing(missing: str | None) -> None:
    required = a_field(FieldType.TEXT, required_for_post=True)

    assert errors({"custom": missing}, required) == {"custom": ["The custom field is required."]}
    assert "custom" not in valid({"custom": missing}, a_field(FieldType.TEXT)).values


def test_required_is_told_apart_by_call() -> None:
    field = a_field(FieldType.TEXT, required_for_post=True)

    assert isinstance(checked({"zip": "85001"}, field, call="ping"), ValidLead)
    assert isinstance(checked({"zip": "85001"}, field, call="post"), InvalidLead)


@pytest.mark.parametrize("call", ["ping", "post"])
def test_zip_is_required_in_every_call(call: Call) -> None:
    assert errors({"zip": " "}, call=call) == {"zip": ["The zip field is required."]}


def test_unknown_keys_are_ignored() -> None:
    lead = valid({"utm": {"deep": [1]}, "is_test": False, "bad\ud800": "\x00"})

    assert set(lead.values) == {"zip"}


def test_values_are_kept_as_submitted_but_trimmed() -> None:
    lead = valid(
        {"first_name": "  Ann  Lee ", "phone": 4802671234, "custom": "12.50"},
        a_field(FieldType.NUMERIC),
    )

    assert lead.values == {
        "zip": "85001",
        "first_name": "Ann  Lee",
        "phone": "4802671234",
        "custom": "12.50",
    }


def test_the_location_comes_from_the_postal_code() -> None:
    location = valid({"state": "az", "county": "Elsewhere"}).location

    assert (location.postal_code, location.county) == ("85001", "Maricopa County")
    assert (location.state, location.country) == ("AZ", Country.US)


def test_a_state_in_which_the_postal_code_does_not_lie_is_refused() -> None:
    assert set(errors({"state": "CA"})) == {"state"}


@pytest.mark.parametrize(
    ("postal_code", "country"),
    [("85001", Country.US), ("k1a 0b1", Country.CA), ("2600", Country.AU)],
)
def test_a_postal_code_is_valid_in_an_operating_country_only(
    postal_code: str, country: Country
) -> None:
    others = tuple(set(Country) - {country})

    assert valid({"zip": postal_code}, countries=(country,)).location.country is country
    assert errors({"zip": postal_code}, countries=others) == {"zip": [NO_ZIP]}


def test_a_reserved_postal_code_is_valid_in_test_mode_only_with_any_state() -> None:
    lead = valid({"zip": "00001", "state": "CA"}, reserved_zips=("00001",))

    assert (lead.location.postal_code, lead.location.state) == ("00001", "CA")
    assert errors({"zip": "00001"}) == {"zip": [NO_ZIP]}


def test_a_reserved_postal_code_needs_no_state() -> None:
    countries = (Country.CA, Country.AU)

    location = valid({"zip": "00004"}, reserved_zips=("00004",), countries=countries).location

    assert location.state == ""
    assert location.country in countries


def test_all_invalid_fields_are_reported_together() -> None:
    assert set(errors({"zip": "1", "state": "ZZ", "email": "x", "phone": "y"})) == {
        "zip",
        "state",
        "email",
        "phone",
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
every_type = [
    a_field(field_type).model_copy(update={"title": f"f{n}"})
    for n, field_type in enumerate(FieldType)
]


@given(st.fixed_dictionaries({}, optional={f.title: json_values for f in every_type}), json_values)
def test_whatever_is_sent_validation_decides(values: dict[str, Any], postal_code: object) -> None:
    result = checked({**values, "zip": postal_code}, *every_type)

    if isinstance(result, ValidLead):
        assert set(result.values) == set(result.normal)
    else:
        assert result.errors
