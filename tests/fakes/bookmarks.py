"""Bookmarks and tenants in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadflow.domain.identifiers import TenantId


@dataclass
class MemoryBookmarks:
    """Implements `Bookmarks`."""

    kept: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.kept.get(name)

    def put(self, name: str, text: str) -> None:
        self.kept[name] = text


@dataclass(frozen=True)
class FixedTenants:
    """Implements `Tenants`."""

    known: Sequence[TenantId]

    def tenants(self) -> Sequence[TenantId]:
        return self.known
