"""Formats read by the libraries of their field: phones, mail addresses, ULIDs, US ZIP codes.

The ZIP data name one county for each code, so locations of this adapter have no other counties.
The libraries are heavy and most functions need none of them, so each is imported where it is used.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

from leadflow.adapters import postal_codes
from leadflow.domain.fields import FieldType
from leadflow.domain.geography import Country, Location

_PHONE = re.compile(r"[+]?[0-9 ().\-/]{4,30}")
_NORTH_AMERICA = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})
_REGIONS = {
    FieldType.PHONE_US: _NORTH_AMERICA,
    FieldType.PHONE_US_CA: _NORTH_AMERICA | {"CA"},
    FieldType.PHONE_AU: frozenset({"AU", "CX", "CC"}),
}
_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_SCHEMES = frozenset({"http", "https", "ftp"})
_URL_CHARACTERS_MAX = 2_048
_ZIPS_KEPT_MAX = 100_000
_US_ZIP = re.compile(r"[0-9]{5}")


class LibraryFormats:
    """The `Formats` port by pure library code: nothing is looked up over the network."""

    def email(self, text: str) -> str | None:
        """The address in normal form; only its syntax is checked.

        Addresses under the reserved domain `.test` are taken: trials and test sources send them.
        """
        from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 # heavy

        try:
            checked = validate_email(text, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            return None
        return checked.normalized

    def phone(self, text: str, kind: FieldType) -> str | None:
        """The number as E.164, if it is assigned under the numbering plan that `kind` names."""
        return _phone(text, kind) if _PHONE.fullmatch(text) else None

    def ip_address(self, text: str) -> str | None:
        """The shortest spelling of an IPv4 or IPv6 address."""
        return _ip(text)

    def url(self, text: str, *, with_scheme: bool) -> str | None:
        """A URL with protocol (`http`, `https`, `ftp`), or a bare domain."""
        if len(text) > _URL_CHARACTERS_MAX or any(character.isspace() for character in text):
            return None
        return _url(text) if with_scheme else _host(text)

    def ulid(self, text: str) -> str | None:
        """A ULID in upper case."""
        from ulid import ULID  # noqa: PLC0415 # heavy

        try:
            return str(ULID.from_str(text.upper())) if text.isascii() else None
        except ValueError:
            return None

    def locate(
        self, postal_code: str, countries: Collection[Country], county: str | None
    ) -> Location | None:
        """The place of a postal code; `county` has nothing to decide, for each code has one."""
        del county
        is_us = _US_ZIP.fullmatch(postal_code)
        found = _us_location(postal_code) if is_us else postal_codes.locate(postal_code)
        return found if found and found.country in countries else None

    def is_state(self, code: str, countries: Collection[Country]) -> bool:
        """Whether `code` is a state, province or territory of one of `countries`."""
        return any(code in postal_codes.STATES[country] for country in countries)


def _phone(text: str, kind: FieldType) -> str | None:
    import phonenumbers  # noqa: PLC0415 # heavy

    regions = _REGIONS.get(kind)
    default = {FieldType.PHONE_AU: "AU"}.get(kind, "US") if regions else None
    try:
        number = phonenumbers.parse(text, default)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    # What `is_valid_number` does, but for looking the region up once more.
    is_valid = region is not None and phonenumbers.is_valid_number_for_region(number, region)
    if not is_valid or (regions and region not in regions):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _host(text: str) -> str | None:
    """A registered name in ASCII and lower case, with at least two labels."""
    import idna  # noqa: PLC0415 # heavy

    try:
        host = idna.encode(text, uts46=True).decode()
    except idna.IDNAError:
        return None
    return host if _HOST.fullmatch(host) else None


def _url(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port  # reading a wrong port raises
    except ValueError:
        return None
    is_url = parts.scheme in _SCHEMES and bool(_host(host) or _ip(host))
    return text if is_url else None


def _ip(text: str) -> str | None:
    """Without a zone (`%eth0`), which means something on one machine only."""
    try:
        return str(ipaddress.ip_address(text)) if "%" not in text else None
    except ValueError:
        return None


@lru_cache(maxsize=_ZIPS_KEPT_MAX)
def _us_location(postal_code: str) -> Location | None:
    import zipcodes  # noqa: PLC0415 # heavy

    matching = cast("Callable[[str], Sequence[Mapping[str, str]]]", zipcodes.matching)
    places = matching(postal_code)
    if not places:
        return None
    place = places[0]
    return Location(
        postal_code=postal_code,
        county=place["county"] or None,
        state=place["state"],
        country=Country.US,
    )
