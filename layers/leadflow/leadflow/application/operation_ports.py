"""What work on a schedule needs from the stores, over all tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadflow.domain.identifiers import TenantId


class Tenants(Protocol):
    """All tenants of the stack."""

    def tenants(self) -> Sequence[TenantId]:
        """Their ids, in their order."""
        ...


class Bookmarks(Protocol):
    """Where work that takes several calls goes on. Two callers may overwrite each other's."""

    def get(self, name: str) -> str | None:
        """What was put last under a name, as of now."""
        ...

    def put(self, name: str, text: str) -> None:
        """Keep a short text under a name."""
        ...
