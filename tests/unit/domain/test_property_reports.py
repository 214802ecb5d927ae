"""What the lesser endpoints of the Real Estate API tell."""

import json
from datetime import date

import pytest

from leadflow.domain.enrichment import EnrichedData, OwnerData, PropertyData, PropertySale
from leadflow.domain.real_estate_answers import (
    Endpoint,
    Finding,
    NothingFound,
    PropertyAddress,
    read_answer,
)

ASKED = PropertyAddress("12 Sample Ln", "Austin", "TX", "78701")
E = Endpoint


def read(endpoint: Endpoint, body: object) -> Finding:
    return read_answer(endpoint, 200, json.dumps(body).encode(), ASKED)


def house(**members: object) -> EnrichedData:
    return EnrichedData(property=PropertyData.model_validate(members))


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        (E.AVM, {"data": {"avm": "415000", "avmMin": "1", "confidence": "74"}}),
        (E.PROPERTY_COMPS, {"reapiAvm": 415000, "subject": {}, "comps": []}),
    ],
)
def test_valuations_give_a_value(endpoint: Endpoint, body: object) -> None:
    assert read(endpoint, body) == house(value_cents=41_500_000)


def test_a_verified_address_tells_use_and_where_the_owner_gets_mail() -> None:
    mail = {"address": "1 Post Rd", "city": "Waco", "state": "TX", "zip": "76701"}
    one = {"match": True, "propertyUse": "SFR", "mailAddress": mail, "absenteeOwner": True}
    assert read(E.ADDRESS_VERIFICATION, {"data": [one]}) == EnrichedData(
        property=PropertyData(type="SFR"),
        owner=OwnerData(owner_occupied=False, mailing_address="1 Post Rd, Waco, TX 76701"),
    )
    silent = {"match": True, "propertyUse": "SFR"}
    assert read(E.ADDRESS_VERIFICATION, {"data": [silent]}) == house(type="SFR")


def test_a_listing_tells_of_the_sale() -> None:
    body = {"data": {"soldDate": "2020-01-02", "soldPrice": "310000", "listPrice": 1}}
    sale = PropertySale(sold_at=date(2020, 1, 2), price_cents=31_000_000)
    assert read(E.MLS_DETAIL, body) == house(sale_history=(sale,))


def test_the_one_listing_of_a_search_tells_rooms_and_areas() -> None:
    about = {
        "bedroomsTotal": 3,
        "bathroomsTotal": "2.5",
        "livingArea": 1840,
        "lotSizeSquareFeet": 7405,
        "yearBuilt": 1994,
    }
    listing = {"id": 1, "listing": {"property": about}}
    assert read(E.MLS_SEARCH, {"data": [listing]}) == house(
        bedrooms=3, bathrooms=2.5, square_footage=1840, lot_size=7405, year_built=1994
    )
    assert read(E.MLS_SEARCH, {"data": [listing, listing]}) == NothingFound()


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        (E.AVM, {"data": {"avm": ""}}),
        (E.PROPERTY_COMPS, {"comps": []}),
        (E.ADDRESS_VERIFICATION, {"data": [{"match": False, "error": True}]}),
        (E.ADDRESS_VERIFICATION, {"data": "?"}),
        (E.MLS_DETAIL, {"data": {"listPrice": 5}}),
        (E.MLS_SEARCH, {"data": [{"listing": {}}]}),
    ],
)
def test_an_answer_without_values_found_nothing(endpoint: Endpoint, body: object) -> None:
    assert read(endpoint, body) == NothingFound()
