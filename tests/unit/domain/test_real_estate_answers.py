"""Answers of the Real Estate API: what was found, what was not, what failed."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.enrichment import EnrichedData, OwnerData, PropertyData, PropertySale
from leadflow.domain.real_estate_answers import (
    Endpoint,
    EndpointFailed,
    NothingFound,
    PropertyAddress,
    read_answer,
)
from tests.unit.domain.real_estate_examples import ASKED, DETAIL, KNOWN, TRACE, Json, detail, read
from tools.stub_real_estate.answers import (
    first_skip_trace,
    malformed,
    person_not_found,
    property_detail,
    property_not_found,
    skip_trace,
    unauthorized,
)

BOTH = pytest.mark.parametrize("endpoint", list(Endpoint))


def test_property_detail_tells_of_the_property_and_its_owner() -> None:
    assert read(DETAIL, property_detail(KNOWN, {})) == EnrichedData(
        property=PropertyData(
            value_cents=41_500_000,
            type="SFR",
            bedrooms=3,
            bathrooms=2.5,
            square_footage=1840,
            lot_size=7405,
            year_built=1994,
            sale_history=(
                PropertySale(sold_at=date(2019, 5, 2), price_cents=31_000_000),
                PropertySale(sold_at=date(2004, 8, 19)),
            ),
            assessed_value_cents=36_200_000,
            annual_tax_cents=651_840,
        ),
        owner=OwnerData(
            name="Ada Example",
            owner_occupied=True,
            mailing_address="12 Sample Ln, Austin, TX 78701",
        ),
    )


@pytest.mark.parametrize("body", [skip_trace(KNOWN, {}), first_skip_trace(KNOWN)])
def test_skip_trace_tells_of_the_owner_in_both_of_its_versions(body: Json) -> None:
    assert read(TRACE, body) == EnrichedData(
        owner=OwnerData(
            name="Ada Example",
            phone=KNOWN.phone,
            email=KNOWN.email,
            age=KNOWN.age,
            mailing_address="12 Sample Ln, Austin, TX 78701",
        )
    )


@pytest.mark.parametrize(
    ("endpoint", "status", "body"),
    [
        (DETAIL, 404, property_not_found({})),
        (DETAIL, 200, property_not_found({})),
        (DETAIL, 200, {"data": {"error": True, "errorMessage": "none"}}),
        (DETAIL, 200, {"data": {}}),
        (DETAIL, 400, {"data": []}),
        (DETAIL, 200, {"data": None}),
        (DETAIL, 200, {"data": [5]}),
        (DETAIL, 200, {"data": {"id": 5}}),
        (DETAIL, 200, {}),
        (TRACE, 404, person_not_found({})),
        (TRACE, 200, {"match": False, "persons": [{"fullName": "Ada"}]}),
        (TRACE, 200, {"persons": []}),
        (TRACE, 200, {"persons": [{}]}),
        (TRACE, 200, {}),
    ],
)
def test_no_match_has_many_forms(endpoint: Endpoint, status: int, body: Json) -> None:
    assert read(endpoint, body, status) == NothingFound()


@BOTH
@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (401, unauthorized({}), "status 401"),
        (200, unauthorized({}), "status 401"),
        (400, malformed({}), "status 400"),
        (429, {"statusCode": 200, "error": "Too Many Requests"}, "status 429"),
        (200, {"statusCode": "503"}, "status 503"),
        (302, {}, "status 302"),
        (200, {"statusCode": 0, "responseCode": 7}, "response code 7"),
    ],
)
def test_the_worse_of_both_statuses_counts(
    endpoint: Endpoint, status: int, body: Json, told: str
) -> None:
    assert read(endpoint, body, status) == EndpointFailed(told)


@BOTH
@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"\xff", b"[" * 5_000, b'{"a":NaN}'])
def test_an_answer_that_is_no_object_is_a_failure(endpoint: Endpoint, body: bytes) -> None:
    assert read_answer(endpoint, 200, body, ASKED) == EndpointFailed("unreadable answer")
    assert read_answer(endpoint, 502, body, ASKED) == EndpointFailed("status 502")


@pytest.mark.parametrize(
    "matched",
    [
        {"house": "14"},
        {"address": "14 Sample Ln"},
        {"state": "OK"},
        {"zip": "78702"},
        {"zip": 78702},
    ],
)
def test_data_of_another_address_are_not_used(matched: Json) -> None:
    body = property_detail(KNOWN, {})
    about = {"address": matched, "bedrooms": 9}
    assert isinstance(body["data"], dict)
    body["data"]["propertyInfo"] = about
    assert read(DETAIL, body) == NothingFound()


@pytest.mark.parametrize(
    "matched",
    [
        {},
        {"house": "12", "state": "tx", "zip": "78701-0001"},
        {"house": 12, "zip": 78701},
        {"address": "#12 Sample Lane"},
        {"address": "Sample Lane"},
    ],
)
def test_an_address_that_is_spelled_otherwise_is_the_same(matched: Json) -> None:
    found = detail(propertyInfo={"address": matched, "bedrooms": 9})
    assert found.property == PropertyData(bedrooms=9)


def test_a_postal_code_may_have_lost_its_zero() -> None:
    asked = PropertyAddress("12 Sample Ln", "Boston", "MA", "02108")
    body = {"data": {"propertyInfo": {"address": {"zip": "2108"}, "bedrooms": 9}}}
    found = read_answer(DETAIL, 200, json.dumps(body).encode(), asked)
    assert isinstance(found, EnrichedData)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "statusCode",
                    "match",
                    "persons",
                    "output",
                    "identity",
                    "names",
                    "phones",
                    "phone",
                    "emails",
                    "email",
                    "address",
                    "propertyInfo",
                    "saleHistory",
                    "saleDate",
                    "ownerInfo",
                    "mailAddress",
                    "taxInfo",
                    "age",
                    "zip",
                    "bedrooms",
                    "responseCode",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=40,
)


@given(st.sampled_from(Endpoint), st.integers(100, 599), JSON)
def test_reading_any_json_comes_to_a_finding(endpoint: Endpoint, status: int, body: object) -> None:
    finding = read(endpoint, body, status)
    assert isinstance(finding, EnrichedData | NothingFound | EndpointFailed)


@given(st.sampled_from(Endpoint), st.binary())
def test_reading_any_bytes_comes_to_a_finding(endpoint: Endpoint, body: bytes) -> None:
    assert isinstance(read_answer(endpoint, 200, body, ASKED), NothingFound | EndpointFailed)


def test_an_address_is_asked_about_in_one_line() -> None:
    assert ASKED.line == "12 Sample Ln, Austin, TX 78701"
