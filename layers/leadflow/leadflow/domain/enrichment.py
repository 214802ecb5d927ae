"""What the Real Estate API knows of a lead's property and owner (`product.md`, 11.4; `api.md`, 8).

Members without a value are None here and absent wherever they are shown.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents
from leadflow.domain.plans import ApiField

SALES_KEPT_MAX = 50
"""Entries of a sale history that are kept, the latest ones."""


class PropertySale(Frozen):
    """One sale of the property; the price is unknown where it was not disclosed."""

    sold_at: date
    price_cents: Cents | None = None


class PropertyData(Frozen):
    """The property: amounts in cents, areas in square feet."""

    value_cents: Cents | None = None
    type: str | None = None
    bedrooms: int | float | None = None
    bathrooms: int | float | None = None
    square_footage: int | float | None = None
    lot_size: int | float | None = None
    year_built: int | None = None
    sale_history: tuple[PropertySale, ...] = ()
    assessed_value_cents: Cents | None = None
    annual_tax_cents: Cents | None = None


class OwnerData(Frozen):
    """The owner of the property."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    owner_occupied: bool | None = None
    age: int | None = None
    mailing_address: str | None = None


class EnrichedData(Frozen):
    """Both parts; a part that holds nothing is None."""

    property: PropertyData | None = None
    owner: OwnerData | None = None


Part = TypeVar("Part", PropertyData, OwnerData)

_AMOUNTS = {
    ApiField.PROPERTY_VALUE: "value_cents",
    ApiField.ASSESSED_VALUE: "assessed_value_cents",
    ApiField.ANNUAL_TAX: "annual_tax_cents",
}
_OF_PROPERTY = {
    ApiField.PROPERTY_TYPE: "type",
    ApiField.BEDROOMS: "bedrooms",
    ApiField.BATHROOMS: "bathrooms",
    ApiField.SQUARE_FOOTAGE: "square_footage",
    ApiField.LOT_SIZE: "lot_size",
    ApiField.YEAR_BUILT: "year_built",
}
_OF_OWNER = {
    ApiField.OWNER_NAME: "name",
    ApiField.OWNER_PHONE: "phone",
    ApiField.OWNER_EMAIL: "email",
    ApiField.OWNER_OCCUPIED: "owner_occupied",
    ApiField.OWNER_AGE: "age",
    ApiField.OWNER_MAILING_ADDRESS: "mailing_address",
}
_SCALARS = (str, int, float)
_DOLLAR_CENTS = 100


def combined(*found: EnrichedData | None) -> EnrichedData | None:
    """All that was found, a later value in place of an earlier one; None if that is nothing.

    A value that is absent later clears none that was there before.
    """
    parts = [one for one in found if one is not None]
    whole = EnrichedData(
        property=_joined(PropertyData, [one.property for one in parts]),
        owner=_joined(OwnerData, [one.owner for one in parts]),
    )
    return None if whole == EnrichedData() else whole


def values_found(data: EnrichedData) -> int:
    """How many values there are; a sale history is one."""
    return sum(len(_members(part)) for part in (data.property, data.owner) if part)


def changed_values(before: EnrichedData | None, after: EnrichedData | None) -> int:
    """How many values are others than before, new ones included."""
    known, now = (_values(data or EnrichedData()) for data in (before, after))
    return sum(known.get(name) != value for name, value in now.items())


def mappable(data: EnrichedData) -> Mapping[ApiField, str | int | float | bool]:
    """The values that may go into a lead's fields, amounts in dollars."""
    of_property = _members(data.property) if data.property else {}
    of_owner = _members(data.owner) if data.owner else {}
    found = {field: of_property.get(name) for field, name in _OF_PROPERTY.items()}
    found |= {field: _dollars(of_property.get(name)) for field, name in _AMOUNTS.items()}
    found |= {field: of_owner.get(name) for field, name in _OF_OWNER.items()}
    return {field: value for field, value in found.items() if isinstance(value, _SCALARS)}


def _joined(kind: type[Part], parts: Sequence[Part | None]) -> Part | None:
    members: dict[str, object] = {}
    for part in parts:
        members |= _members(part) if part else {}
    return kind.model_validate(members) if members else None


def _members(part: Frozen) -> Mapping[str, object]:
    """The members that have a value."""
    return {name: value for name, value in part if value not in (None, ())}


def _values(data: EnrichedData) -> Mapping[tuple[str, str], object]:
    parts = {"property": data.property, "owner": data.owner}
    return {
        (name, member): value
        for name, part in parts.items()
        if part
        for member, value in _members(part).items()
    }


def _dollars(amount: object) -> int | float | None:
    """Cents as dollars, whole ones without a fraction."""
    if not isinstance(amount, int):
        return None
    whole, rest = divmod(amount, _DOLLAR_CENTS)
    return amount / _DOLLAR_CENTS if rest else whole
