"""The libraries behind the formats, and the tables that stand in where there is none."""

import subprocess
import sys

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.adapters.postal_codes import STATES
from leadflow.domain.fields import FieldType
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Country

FORMATS: Formats = LibraryFormats()


@pytest.mark.parametrize(
    ("postal_code", "state", "county"),
    [
        ("85001", "AZ", "Maricopa County"),
        ("10001", "NY", "New York County"),
        ("00601", "PR", "Adjuntas Municipio"),
        ("09002", "AE", None),
    ],
)
def test_a_us_zip_code_is_located(postal_code: str, state: str, county: str | None) -> None:
    found = FORMATS.locate(postal_code, [Country.US], None)

    assert found is not None
    assert (found.state, found.county, found.country) == (state, county, Country.US)


@pytest.mark.parametrize(
    ("postal_code", "province"),
    [
        ("A1A 1A1", "NL"), ("B3H4R2", "NS"), ("C1A 4P3", "PE"), ("E3B 5A3", "NB"),
        ("G1R 4P5", "QC"), ("H2Y 1C6", "QC"), ("J8X 2K1", "QC"), ("k1a 0b1", "ON"),
        ("M5V 2T6", "ON"), ("P7B 5E1", "ON"), ("R3C 4T3", "MB"), ("S4P 3Y2", "SK"),
        ("T5J 2R7", "AB"), ("V6B 4Y8", "BC"), ("X0A 0H0", "NU"), ("X1A 2N2", "NT"),
        ("Y1A 1A1", "YT"),
    ],
)  # fmt: skip
def test_a_canadian_postal_code_is_located(postal_code: str, province: str) -> None:
    found = FORMATS.locate(postal_code, [Country.CA], None)

    assert found is not None
    assert found.state == province
    assert found.postal_code == postal_code.replace(" ", "").upper()
    assert found.county is None


@pytest.mark.parametrize(
    ("postal_code", "state"),
    [
        ("0200", "ACT"), ("0800", "NT"), ("2000", "NSW"), ("2599", "NSW"), ("2600", "ACT"),
        ("2618", "ACT"), ("2619", "NSW"), ("2899", "NSW"), ("2900", "ACT"), ("2921", "NSW"),
        ("3000", "VIC"), ("4000", "QLD"), ("5000", "SA"), ("6000", "WA"), ("7000", "TAS"),
        ("8001", "VIC"), ("9726", "QLD"),
    ],
)  # fmt: skip
def test_an_australian_postcode_is_located(postal_code: str, state: str) -> None:
    found = FORMATS.locate(postal_code, [Country.AU], None)

    assert found is not None
    assert (found.state, found.county) == (state, None)


@pytest.mark.parametrize(
    "postal_code",
    ["", "00000", "8500", "850012", "85001-1234", "D1A 1A1", "X9A 1A1", "K1A-0B1", "0199", "٨٥٠٠١"],
)
def test_an_unknown_postal_code_is_nowhere(postal_code: str) -> None:
    countries = [Country.US, Country.CA] if postal_code == "8500" else list(Country)

    assert FORMATS.locate(postal_code, countries, None) is None


def test_a_place_in_a_country_without_operation_is_unknown() -> None:
    assert FORMATS.locate("85001", [Country.CA, Country.AU], None) is None


def test_states_are_those_of_the_operating_countries() -> None:
    assert FORMATS.is_state("AZ", [Country.US])
    assert FORMATS.is_state("DC", [Country.US])
    assert not FORMATS.is_state("ON", [Country.US])
    assert FORMATS.is_state("ON", [Country.US, Country.CA])
    assert FORMATS.is_state("NSW", [Country.AU])
    assert [len(STATES[country]) for country in Country] == [62, 13, 8]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("8002255288", FieldType.PHONE_US),
        ("787-764-0000", FieldType.PHONE_US),
        ("(480) 267-1234", FieldType.PHONE_US_CA),
        ("1300 975 707", FieldType.PHONE_AU),
        ("+61 2 9374 4000", FieldType.PHONE_AU),
        ("+1 480 267 1234", FieldType.PHONE_INTERNATIONAL),
    ],
)
def test_a_number_of_the_plan_is_read_as_e164(text: str, kind: FieldType) -> None:
    found = FORMATS.phone(text, kind)

    assert found is not None
    assert found.startswith("+")
    assert FORMATS.phone(found, kind) == found


@pytest.mark.parametrize(
    "text", ["1234567890", "+1 999 999 9999", "0000000000", "x", "+", "4802671234 ext 5"]
)
def test_a_number_outside_every_plan_is_refused(text: str) -> None:
    kinds = [kind for kind in FieldType if kind.startswith("phone")]

    assert [FORMATS.phone(text, kind) for kind in kinds] == [None] * 4


def test_reserved_test_domains_may_send_but_local_names_may_not() -> None:
    assert FORMATS.email("Ann@shop.test") == "Ann@shop.test"
    assert FORMATS.email("ann@localhost") is None


@pytest.mark.parametrize(
    "text", ["https://bücher.example.com", "http://192.0.2.1:8080/x", "ftp://a.org"]
)
def test_a_url_with_its_protocol(text: str) -> None:
    assert FORMATS.url(text, with_scheme=True) == text
    assert FORMATS.url(text, with_scheme=False) is None


def test_a_bare_domain_is_spelled_in_ascii() -> None:
    assert FORMATS.url("Bücher.example.com", with_scheme=False) == "xn--bcher-kva.example.com"


@pytest.mark.parametrize(
    "text", ["https://", "http://[::1", "http://a_b.com", "https://" + "a" * 2_048]
)
def test_a_broken_url_is_refused(text: str) -> None:
    assert FORMATS.url(text, with_scheme=True) is None


def test_importing_the_formats_loads_no_library() -> None:
    script = (
        "import sys; before = set(sys.modules); import leadflow.adapters.formats;"
        "print({'phonenumbers', 'email_validator', 'zipcodes', 'idna', 'ulid'} & set(sys.modules))"
    )

    done = subprocess.run(  # noqa: S603 - this interpreter, with the script above
        [sys.executable, "-c", script], capture_output=True, check=True, text=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )  # fmt: skip

    assert done.stdout.strip() == "set()"
