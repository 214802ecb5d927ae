"""A clock that stands still, and a configuration that never changes."""

from collections.abc import Collection
from datetime import datetime

from leadflow.domain.configuration import Configuration
from leadflow.domain.fields import FieldType
from leadflow.domain.geography import Country, Location
from leadflow.domain.identifiers import TenantId
from leadflow.domain.plans import Plan
from tests.reading import NOON, configuration


class StillClock:
    """Implements `Clock`."""

    def now(self) -> datetime:
        return NOON


class FixedConfiguration:
    """Implements `ConfigurationReader`."""

    def __init__(self, hidden: tuple[str, ...] = ()) -> None:
        self.hidden = hidden

    def current(self, tenant_id: TenantId) -> Configuration:
        return configuration(tenant_id, self.hidden)

    def at_least(self, tenant_id: TenantId, stamp: int) -> Configuration:
        return self.current(tenant_id)

    def plan(self, tenant_id: TenantId, version: int) -> Plan | None:
        return self.current(tenant_id).plan


class TenDigits:
    """Implements `Formats`: a phone number has ten digits, or `+1` before them."""

    def email(self, text: str) -> str | None:
        return text

    def phone(self, text: str, kind: FieldType) -> str | None:
        digits = text.removeprefix("+1") if kind is FieldType.PHONE_INTERNATIONAL else text
        return f"+1{digits}" if len(digits) == 10 and digits.isdigit() else None

    def ip_address(self, text: str) -> str | None:
        return text

    def url(self, text: str, *, with_scheme: bool) -> str | None:
        return text

    def ulid(self, text: str) -> str | None:
        return text

    def locate(
        self, postal_code: str, countries: Collection[Country], county: str | None
    ) -> Location | None:
        return None

    def is_state(self, code: str, countries: Collection[Country]) -> bool:
        return True
