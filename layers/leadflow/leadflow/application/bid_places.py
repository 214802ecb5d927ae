"""The location of a bid: which parts its scope asks for, and what is wrong with them (12.1)."""

from typing import Annotated, NamedTuple

from pydantic import Field

from leadflow.application.request_members import Name
from leadflow.domain.configuration import Configuration
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Country
from leadflow.domain.model import Request
from leadflow.domain.scopes import Scope
from leadflow.domain.values import compact_code


class Place(Request):
    """A country, a state of it, or a county of that."""

    country: Annotated[Country, Field(strict=False)]
    state: Name | None = None
    county: Name | None = None


class NormalPlace(NamedTuple):
    """A place as bids keep it."""

    country: Country
    state: str | None
    county: str | None


_PARTS = {
    Scope.NATIONWIDE: frozenset[str](),
    Scope.STATE: frozenset({"state"}),
    Scope.COUNTY: frozenset({"state", "county"}),
}


def place_of(place: Place) -> NormalPlace:
    """The place with its state in upper case and single blanks in its county."""
    return NormalPlace(
        place.country,
        compact_code(place.state) if place.state else None,
        " ".join(place.county.split()) if place.county else None,
    )


def place_mistakes(
    scope: Scope, place: Place, configuration: Configuration, formats: Formats
) -> dict[str, list[str]]:
    """What is wrong with a place, by member; empty if nothing is.

    Counties are taken as they are named: the data behind postal codes know no list of them.
    """
    errors: dict[str, list[str]] = {}
    if place.country not in configuration.settings.operating_countries:
        errors["location.country"] = ["The tenant does not operate in this country."]
    for part in ("state", "county"):
        is_given, is_asked_for = getattr(place, part) is not None, part in _PARTS[scope]
        if is_asked_for and not is_given:
            errors[f"location.{part}"] = [f"A bid of the scope {scope} needs a {part}."]
        if is_given and not is_asked_for:
            errors[f"location.{part}"] = [f"A bid of the scope {scope} has no {part}."]
    state = place_of(place).state
    if state and "location.state" not in errors and not formats.is_state(state, [place.country]):
        errors["location.state"] = ["There is no such state in this country."]
    return errors
