"""Values of every field type (`product.md`, 4.3, 4.4): accepted, refused, in normal form."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.fields import FieldType, basic_fields, effective_fields
from leadflow.domain.validation import normal_form, normal_values, storable
from tests.unit.domain.validation_examples import FORMATS, a_field, errors, valid

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


@given(st.sampled_from(FieldType), st.text())
def test_a_normal_form_of_text_is_its_own_normal_form(field_type: FieldType, text: str) -> None:
    if field_type in {FieldType.TEXT, FieldType.STATE, FieldType.ZIP, FieldType.LIST_OF_VALUES}:
        once = normal_form(field_type, text, FORMATS)
        assert once is None or normal_form(field_type, once, FORMATS) == once
