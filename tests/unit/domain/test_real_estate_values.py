"""Values that the Real Estate API spells in several ways, or in several places."""

from collections.abc import Mapping
from datetime import date

import pytest

from leadflow.domain.enrichment import SALES_KEPT_MAX, OwnerData, PropertyData, PropertySale
from tests.unit.domain.real_estate_examples import TRACE, Json, data_of, detail, read


def owner_of(body: object) -> OwnerData:
    owner = data_of(read(TRACE, body)).owner
    assert owner
    return owner


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"propertyInfo": {"propertyUse": "Condo"}}, {"type": "Condo"}),
        ({"propertyInfo": {"buildingSquareFeet": 900}}, {"square_footage": 900}),
        ({"propertyInfo": {"lotSquareFeet": 70}, "lotInfo": {"lotAcres": 0}}, {"lot_size": 70}),
        ({"taxInfo": {"estimatedValue": 5, "assessedValue": "7"}}, {"assessed_value_cents": 700}),
    ],
)
def test_some_values_lie_in_several_places(data: Json, expected: Mapping[str, object]) -> None:
    assert detail(**data).property == PropertyData.model_validate(expected)


def test_the_last_sale_stands_for_a_history_that_is_missing() -> None:
    found = detail(lastSaleDate="2019-05-02", lastSalePrice="310000", saleHistory=[{"seq": 0}])
    assert found.property == PropertyData(
        sale_history=(PropertySale(sold_at=date(2019, 5, 2), price_cents=31_000_000),)
    )


def test_only_the_latest_sales_are_kept_in_their_order() -> None:
    entries = [
        {"saleDate": "2001-01-01", "recordingDate": "2001-02-01", "saleAmount": 1},
        {"saleDate": "2001-01-01", "recordingDate": "2001-03-01", "saleAmount": 2},
        {"recordingDate": "2010-01-01", "saleAmount": 3},
        *({"saleDate": f"19{year:02d}-01-01"} for year in range(99)),
    ]
    about = detail(saleHistory=entries).property
    assert about
    assert len(about.sale_history) == SALES_KEPT_MAX
    assert [sale.price_cents for sale in about.sale_history[:3]] == [300, 200, 100]
    assert about.sale_history[3].sold_at == date(1998, 1, 1)


def test_an_owner_may_be_named_in_parts_and_live_where_the_owner_says() -> None:
    info = {"owner1FirstName": "Ada", "owner1LastName": "Example", "ownerOccupied": "false"}
    assert detail(ownerInfo=info).owner == OwnerData(name="Ada Example", owner_occupied=False)


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (
            {"address": "1 Elm", "city": "Waco", "state": "TX", "zip": "76701"},
            "1 Elm, Waco, TX 76701",
        ),
        ({"address": "1 Elm", "label": "1 Elm, Waco, Tx"}, "1 Elm, Waco, Tx"),
        ({"formattedAddress": "1 Elm, Waco"}, "1 Elm, Waco"),
        ({"address": "1 Elm"}, "1 Elm"),
    ],
)
def test_a_mailing_address_is_one_line(address: Json, line: str) -> None:
    owner = detail(ownerInfo={"mailAddress": address}).owner
    assert owner == OwnerData(mailing_address=line)


def test_a_phone_that_may_be_called_comes_before_one_that_may_not() -> None:
    phones = [
        {"phone": "5121111111", "phoneFtcDnc": "Y"},
        {"phone": "12"},
        {"phone": "5122222222", "phoneFtcDnc": "N"},
    ]
    assert owner_of({"persons": [{"phones": phones}]}).phone == "5122222222"
    assert owner_of({"persons": [{"phones": phones[:1]}]}).phone == "5121111111"


@pytest.mark.parametrize(
    ("emails", "expected"),
    [
        (["nobody", "a@b.example"], "a@b.example"),
        ([{"email": "a@b.example"}], "a@b.example"),
        ("a@b.example", None),
    ],
)
def test_the_first_email_that_looks_like_one_is_taken(emails: object, expected: str | None) -> None:
    person = {"fullName": "Ada Example", "emails": emails}
    assert owner_of({"persons": [person]}).email == expected


def test_the_first_person_of_whom_anything_is_known_is_the_owner() -> None:
    persons = [{"ethnicity": "x"}, {"firstName": "Ada", "job": "none"}, {"fullName": "Bob"}]
    assert owner_of({"persons": persons}) == OwnerData(name="Ada")
