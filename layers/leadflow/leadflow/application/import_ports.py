"""Imports, the claims on what they import, and the files that are uploaded for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta

    from leadflow.domain.demands import Demand
    from leadflow.domain.identifiers import ImportId, TenantId
    from leadflow.domain.lead_imports import ImportClaim, LeadImport


class Imports(Protocol):
    """The imports of a tenant."""

    def add(self, tenant_id: TenantId, lead_import: LeadImport) -> None:
        """Store a new import."""
        ...

    def get(self, tenant_id: TenantId, import_id: ImportId) -> LeadImport | None:
        """One import."""
        ...

    def claim(self, tenant_id: TenantId, fingerprint: str, import_id: ImportId) -> ImportClaim:
        """Claim a fingerprint for an import unless there is a claim; the claim that there is."""
        ...

    def take_over(
        self, tenant_id: TenantId, fingerprint: str, claim: ImportClaim, import_id: ImportId
    ) -> bool:
        """Make an import the holder of a claim. False, and nothing changed, if it has moved on."""
        ...


@dataclass(frozen=True)
class Upload:
    """A file that was uploaded; `version` changes when it is replaced."""

    size_bytes: int
    version: str


class Uploads(Protocol):
    """Files that callers write themselves. Keys begin with the tenant's id.

    What reads a version raises `CorruptState` when the file has been replaced.
    """

    def signed_put(self, key: str, lifetime: timedelta) -> str:
        """A link to which a file can be PUT, for that long and without credentials."""
        ...

    def find(self, key: str) -> Upload | None:
        """What was uploaded, if anything was."""
        ...

    def part(self, key: str, version: str, start: int, end: int) -> bytes:
        """The bytes from `start` to before `end`; fewer where the file ends before."""
        ...

    def chunks(self, key: str, version: str, start: int) -> Iterator[bytes]:
        """The file from `start`, a bounded number of bytes at a time; `start` is within it."""
        ...


BLOCK_ROWS = 99
"""Rows whose demands are stored together; with their mark they fill a transaction."""


@dataclass(frozen=True)
class DemandBlock:
    """Consecutive rows of a content, by its first import and the first of the rows.

    `is_new`: no other import has had them in its hands.
    """

    origin: ImportId
    first_row: int
    is_new: bool


class DemandBlocks(Protocol):
    """New demands, many at a time."""

    def put_block(self, tenant_id: TenantId, block: DemandBlock, demands: Sequence[Demand]) -> None:
        """Store the demands of at most `BLOCK_ROWS` rows that are not there yet.

        What is there stays, whatever became of it. A row must never be in two blocks of the same
        `origin`.
        """
        ...


def upload_key(tenant_id: TenantId, import_id: ImportId) -> str:
    """Where the file of an import lies."""
    return f"{tenant_id}/imports/{import_id}/upload.csv"
