"""The port of everything that needs a library's knowledge: number plans, mail syntax, ZIP codes."""

from collections.abc import Collection
from typing import Protocol

from leadflow.domain.fields import FieldType
from leadflow.domain.geography import Country, Location


class Formats(Protocol):
    """Reads texts of well-known formats. None means: not of that format. Never raises."""

    def email(self, text: str) -> str | None:
        """The address in normal form; only its syntax is checked, nothing is looked up."""
        ...

    def phone(self, text: str, kind: FieldType) -> str | None:
        """The number as E.164, if it is valid under the numbering plan that `kind` names."""
        ...

    def ip_address(self, text: str) -> str | None:
        """The shortest spelling of an IPv4 or IPv6 address."""
        ...

    def url(self, text: str, *, with_scheme: bool) -> str | None:
        """A URL with protocol, or (`with_scheme=False`) a bare domain, its host in lower case."""
        ...

    def ulid(self, text: str) -> str | None:
        """A ULID in upper case."""
        ...

    def locate(
        self, postal_code: str, countries: Collection[Country], county: str | None
    ) -> Location | None:
        """The place of a postal code of one of `countries`.

        Of several counties the one that `county` names, else the main one (`product.md`, 2.5).
        """
        ...

    def is_state(self, code: str, countries: Collection[Country]) -> bool:
        """Whether `code` (upper case) is a state, province or territory of one of `countries`."""
        ...
