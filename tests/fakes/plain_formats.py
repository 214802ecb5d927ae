"""Formats without libraries: an address has an `@`, a number ten digits, one country two states."""

from collections.abc import Collection

from leadflow.domain.fields import FieldType
from leadflow.domain.geography import Country, Location


class PlainFormats:
    """Implements `Formats`; texts of other kinds than tests use are of no format."""

    def email(self, text: str) -> str | None:
        return text.lower() if "@" in text else None

    def phone(self, text: str, _kind: FieldType) -> str | None:
        return f"+1{text}" if len(text) == 10 and text.isdigit() else None

    def ip_address(self, _text: str) -> str | None:
        return None

    def url(self, _text: str, *, with_scheme: bool) -> str | None:
        return None

    def ulid(self, _text: str) -> str | None:
        return None

    def locate(
        self, _postal_code: str, _countries: Collection[Country], _county: str | None
    ) -> Location | None:
        return None

    def is_state(self, code: str, countries: Collection[Country]) -> bool:
        return code in {"TX", "GA"} and Country.US in countries
