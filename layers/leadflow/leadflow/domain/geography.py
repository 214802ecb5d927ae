"""Where a lead lives: country, state and county of its postal code (`product.md`, 2.5)."""

import re
from enum import StrEnum

from leadflow.domain.model import Frozen

_DESIGNATION = re.compile(r" (?:county|parish|borough|municipio|municipality|census area)$")


class Country(StrEnum):
    """The countries that a tenant may operate in."""

    US = "US"
    CA = "CA"
    AU = "AU"


class Location(Frozen):
    """The place of a postal code, which drives distribution.

    `other_counties` are those that the postal code touches besides the lead's own. `county` is
    None where there is none to know: in Canada, in Australia, at military addresses.
    """

    postal_code: str
    county: str | None = None
    state: str
    country: Country
    other_counties: tuple[str, ...] = ()


def county_key(name: str) -> str:
    """The form in which two names of a county are compared.

    Case, runs of blanks and the designation are ignored: `Maricopa` names `Maricopa County`. `city`
    stays, for Baltimore city lies beside Baltimore County, not in it.
    """
    return _DESIGNATION.sub("", " ".join(name.split()).casefold())
