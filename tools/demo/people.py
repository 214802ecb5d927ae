"""Invented people: every one has a phone number and an address of their own."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

FIRST_NAMES = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Ken")
LAST_NAMES = ("Rivera", "Chen", "Okafor", "Novak", "Haddad", "Larsen", "Mori", "Silva", "Weber")
FICTIONAL_LINE = "55501"
"""Numbers 555-0100 to 555-0199 of every area code are set aside for stories."""

PEOPLE_MAX = 100


@dataclass(frozen=True)
class Place:
    """A postal code, with what goes with it."""

    zip: str
    city: str
    state: str
    area_code: str


PLACES: Mapping[str, Place] = {
    place.city: place
    for place in (
        Place("78701", "Austin", "TX", "512"),
        Place("75201", "Dallas", "TX", "214"),
        Place("43215", "Columbus", "OH", "614"),
        Place("98101", "Seattle", "WA", "206"),
        Place("60601", "Chicago", "IL", "312"),
        Place("85003", "Phoenix", "AZ", "602"),
        Place("30303", "Atlanta", "GA", "404"),
        Place("80202", "Denver", "CO", "303"),
        Place("33130", "Miami", "FL", "305"),
        Place("32801", "Orlando", "FL", "407"),
        Place("10001", "New York", "NY", "212"),
        Place("89101", "Las Vegas", "NV", "702"),
        Place("77002", "Houston", "TX", "713"),
        Place("02108", "Boston", "MA", "617"),
        Place("97204", "Portland", "OR", "503"),
    )
}


def person(number: int, city: str) -> dict[str, JsonValue]:
    """The contact data of the person of that number, from 0 to `PEOPLE_MAX` - 1."""
    place = PLACES[city]
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[number % len(LAST_NAMES)]
    return {
        "first_name": first,
        "last_name": last,
        "email": f"{first}.{last}.{number:02d}@example.com".lower(),
        "phone": f"{place.area_code}{FICTIONAL_LINE}{number:02d}",
        "address_1": f"{100 + number} Main Street",
        "city": place.city,
        "state": place.state,
        "zip": place.zip,
    }
