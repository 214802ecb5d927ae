import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.fields import Field, FieldType, basic_fields, effective_fields
from leadflow.domain.geography import Country
from leadflow.domain.validation import (
    Call,
    InvalidLead,
    ValidLead,
    normal_form,
    normal_values,
    storable,
    validate,
)

FORMATS = LibraryFormats()
NO_ZIP = "The postal code is not valid for this account's operating countries."


def a_field(field_type: FieldType, *, required_for_post: bool = False) -> Field:
    values = ("Shingle", "Tile", "5") if field_type is FieldType.LIST_OF_VALUES else None
    return Field(
        title="custom",
        type=field_type,
        required_for_post=required_for_post,
        deliverable=False,
        values=values,
    )


def checked(
    values: dict[str, Any],
    *custom: Field,
    call: Call = "post",
    countries: tuple[Country, ...] = (Country.US,),
    reserved_zips: tuple[str, ...] = (),
) -> ValidLead | InvalidLead:
    return validate(
        values,
        effective_fields(basic_fields(), custom),
        call=call,
        countries=countries,
        formats=FORMATS,
        reserved_zips=reserved_zips,
    )


def valid(
    values: dict[str, Any],
    *custom: Field,
    call: Call = "post",
    countries: tuple[Country, ...] = (Country.US,),
    reserved_zips: tuple[str, ...] = (),
) -> ValidLead:
    result = checked(
        {"zip": "85001"} | values,
        *custom,
        call=call,
        countries=countries,
        reserved_zips=reserved_zips,
    )
    assert isinstance(result, ValidLead), result
    return result


def errors(
    values: dict[str, Any],
    *custom: Field,
    call: Call = "post",
    countries: tuple[Country, ...] = (Country.US,),
    reserved_zips: tuple[str, ...] = (),
) -> dict[str, list[str]]:
    result = checked(
        {"zip": "85001"} | values,
        *custom,
        call=call,
        countries=countries,
        reserved_zips=reserved_zips,
    )
    assert isinstance(result, InvalidLead), result
    return {title: list(messages) for title, messages in result.errors.items()}


ACCEPTED = [
    ("text", " Two   Words ", "two words"),
    ("text", 12, "12"),
    ("text", "a" * 10_000, "a" * 10_000),
    ("numeric", 5, Decimal(5)),
    ("numeric", 0.1, Decimal("0.1")),
    ("numeric", "-12.50", Decimal("-12.5")),
    ("numeric", 2**53 - 1, Decimal(2**53 - 1)),
    ("boolean", True, True),
    ("boolean", "false", False),
    ("email", "Jane.Doe@Example.COM", "jane.doe@example.com"),
    ("ip-address", "192.168.0.1", "192.168.0.1"),
    ("ip-address", "2001:DB8:0:0::1", "2001:db8::1"),
    ("phone-us", "(480) 267-1234", "+14802671234"),
    ("phone-us", 4802671234, "+14802671234"),
    ("phone-us-ca", "416-967-1111", "+14169671111"),
    ("phone-au", "0412 345 678", "+61412345678"),
    ("phone-international", "+44 20 7946 0958", "+442079460958"),
    ("zip", 90210, "90210"),
    ("state", "az", "az"),
    ("url-scheme", "https://Example.com/a", "https://example.com/a"),
    ("url-no-scheme", "Example.com", "example.com"),
    ("ymd", "2028-02-29", "2028-02-29"),
    ("mdy", "12/31/2026", "2026-12-31"),
    ("dmy", "31/12/2026", "2026-12-31"),
    ("ymd-his", "2026-02-28 23:59:59", "2026-02-28 23:59:59"),
    ("mdy-his", "02/28/2026 00:00:00", "2026-02-28 00:00:00"),
    ("dmy-his", "28/02/2026 12:30:00", "2026-02-28 12:30:00"),
    ("uuid", "7F9C24E8-3B12-4FEF-91A4-4A2A8F0C1D3B", "7f9c24e8-3b12-4fef-91a4-4a2a8f0c1d3b"),
    ("ulid", "01arz3ndektsv4rrffq69g5fav", "01arz3ndektsv4rrffq69g5fav"),
    ("list-of-values", " Tile ", "tile"),
    ("list-of-values", 5, "5"),
]
REFUSED = [
    ("text", True),
    ("text", ["a"]),
    ("text", "a" * 10_001),
    ("text", "a\x00b"),
    ("text", "\ud800"),
    ("text", 2**2_000),
    ("text", math.nan),
    ("text", Decimal("1e999999999")),
    ("numeric", Decimal("1e999999999")),
    ("numeric", Decimal("-Infinity")),
    ("text", "\x1b[0m"),
    ("numeric", "1e5"),
    ("numeric", "twelve"),
    ("numeric", True),
    ("numeric", 2**53),
    ("numeric", -(2**53)),
    ("numeric", math.nan),
    ("numeric", math.inf),
    ("numeric", 1e-300),
    ("numeric", "1," + "0" * 3),
    ("numeric", "١٢"),
    ("boolean", 1),
    ("boolean", "yes"),
    ("email", "jane@"),
    ("email", "jane@localhost"),
    ("email", "Jane <jane@example.com>"),
    ("email", 5),
    ("ip-address", "256.1.1.1"),
    ("ip-address", "fe80::1%eth0"),
    ("phone-us", "5555555555"),
    ("phone-us", "+61412345678"),
    ("phone-us", "4169671111"),
    ("phone-us", "call 4802671234"),
    ("phone-us", "480267123"),
    ("phone-us-ca", "+442079460958"),
    ("phone-au", "(480) 267-1234"),
    ("phone-international", "020 7946 0958"),
    ("zip", "8500"),
    ("zip", "85001-1234"),
    ("zip", {"code": "85001"}),
    ("state", "ZZ"),
    ("state", "Arizona"),
    ("state", "ON"),
    ("url-scheme", "example.com"),
    ("url-scheme", "javascript:alert(1)"),
    ("url-scheme", "https://a b.com"),
    ("url-scheme", "https://example.com:99999/"),
    ("url-no-scheme", "https://example.com"),
    ("url-no-scheme", "localhost"),
    ("ymd", "2026-02-29"),
    ("ymd", "2026-2-3"),
    ("ymd", "0000-01-01"),
    ("ymd", "2026-01-01 00:00:00"),
    ("mdy", "31/12/2026"),
    ("dmy", "12/31/2026"),
    ("ymd-his", "2026-02-28"),
    ("ymd-his", "2026-02-28 24:00:00"),
    ("ymd-his", "2026-02-28T10:00:00"),
    ("mdy-his", "02/29/2026 10:00:00"),
    ("dmy-his", "28/02/2026 10:60:00"),
    ("uuid", "7f9c24e8-3b12-1fef-91a4-4a2a8f0c1d3b"),
    ("uuid", "7f9c24e83b124fef91a44a2a8f0c1d3b"),
    ("ulid", "81arz3ndektsv4rrffq69g5fav"),
    ("ulid", "01arz3ndektsv4rrffq69g5fa"),
    ("list-of-values", "tile"),
    ("list-of-values", "Slate"),
]


def test_every_field_type_has_an_accepted_and_a_refused_example() -> None:
    assert {one[0] for one in ACCEPTED} == set(FieldType)
    assert {one[0] for one in REFUSED} == set(FieldType)


@pytest.mark.parametrize(("field_type", "value", "normal"), ACCEPTED)
def test_a_value_of_the_type_is_accepted(field_type: str, value: object, normal: object) -> None:
    lead = valid({"custom": value}, a_field(FieldType(field_type)))

    assert lead.normal["custom"] == normal
    assert type(lead.normal["custom"]) is type(normal)


@pytest.mark.parametrize(("field_type", "value"), REFUSED)
def test_a_value_of_another_kind_is_refused(field_type: str, value: object) -> None:
    assert set(errors({"custom": value}, a_field(FieldType(field_type)))) == {"custom"}


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


def test_equal_values_have_one_normal_form() -> None:
    pairs: list[tuple[FieldType, str | int, str | int]] = [
        (FieldType.TEXT, " A  b", "a B "),
        (FieldType.PHONE_US, "480-267-1234", "+1 (480) 267 1234"),
        (FieldType.NUMERIC, "5.0", 5),
        (FieldType.ZIP, "k1a 0b1", "K1A0B1"),
        (FieldType.URL_SCHEME, "HTTPS://EXAMPLE.COM", "https://example.com"),
    ]
    for field_type, one, other in pairs:
        assert normal_form(field_type, one, FORMATS) == normal_form(field_type, other, FORMATS)
    assert normal_form(FieldType.MDY, "02/28/2026", FORMATS) == normal_form(
        FieldType.DMY, "28/02/2026", FORMATS
    )


def test_stored_values_get_their_normal_form_back() -> None:
    field = a_field(FieldType.NUMERIC)
    lead = valid({"custom": 0.1, "email": "A@b.co"}, field)
    fields = effective_fields(basic_fields(), [field])

    assert storable(lead.values)["custom"] == 0.1
    assert normal_values(storable(lead.values), fields, FORMATS) == lead.normal
    assert normal_values({"custom": "no number"}, fields, FORMATS) == {}


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


@given(st.sampled_from(FieldType), st.text())
def test_a_normal_form_of_text_is_its_own_normal_form(field_type: FieldType, text: str) -> None:
    if field_type in {FieldType.TEXT, FieldType.STATE, FieldType.ZIP, FieldType.LIST_OF_VALUES}:
        once = normal_form(field_type, text, FORMATS)
        assert once is None or normal_form(field_type, once, FORMATS) == once
