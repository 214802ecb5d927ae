"""Enriched data of a lead."""

from datetime import date

from leadflow.domain.enrichment import (
    EnrichedData,
    OwnerData,
    PropertyData,
    PropertySale,
    combined,
    mappable,
    values_found,
)
from leadflow.domain.plans import ApiField

SOLD = PropertySale(sold_at=date(2019, 5, 2))


def test_absent_values_clear_nothing_and_new_ones_replace_old_ones() -> None:
    before = EnrichedData(
        property=PropertyData(value_cents=5, bedrooms=3, sale_history=(SOLD,)),
        owner=OwnerData(name="Ada"),
    )
    found = EnrichedData(property=PropertyData(value_cents=7))
    assert combined(before, found) == EnrichedData(
        property=PropertyData(value_cents=7, bedrooms=3, sale_history=(SOLD,)),
        owner=OwnerData(name="Ada"),
    )


def test_nothing_at_all_is_none() -> None:
    assert combined(None, EnrichedData(property=PropertyData(), owner=OwnerData())) is None
    assert combined() is None


def test_false_is_a_value() -> None:
    data = combined(EnrichedData(owner=OwnerData(owner_occupied=False)))
    assert data
    assert values_found(data) == 1
    assert mappable(data) == {ApiField.OWNER_OCCUPIED: False}


def test_a_sale_history_is_one_value() -> None:
    about = PropertyData(bedrooms=3, sale_history=(SOLD, SOLD))
    assert values_found(EnrichedData(property=about, owner=OwnerData(age=52))) == 3


def test_every_field_of_the_api_can_be_mapped_and_amounts_are_dollars() -> None:
    about = PropertyData(
        value_cents=41_500_000,
        type="SFR",
        bedrooms=3,
        bathrooms=2.5,
        square_footage=1840,
        lot_size=7405,
        year_built=1994,
        assessed_value_cents=36_200_000,
        annual_tax_cents=651_840,
    )
    owner = OwnerData(
        name="Ada", phone="5", email="a@b", owner_occupied=True, age=52, mailing_address="1 Elm"
    )
    found = mappable(EnrichedData(property=about, owner=owner))
    assert set(found) == set(ApiField)
    assert found[ApiField.PROPERTY_VALUE] == 415_000
    assert isinstance(found[ApiField.PROPERTY_VALUE], int)
    assert found[ApiField.ANNUAL_TAX] == 6518.4
