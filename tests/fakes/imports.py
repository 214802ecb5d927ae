"""Imports, what is uploaded for them, and what they make, in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from leadflow.application.import_ports import BLOCK_ROWS, DemandBlock, Upload
from leadflow.domain.demands import Demand
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import ImportId, TenantId
from leadflow.domain.lead_imports import ImportClaim, LeadImport
from tests.fakes.demands import MemoryDemands


@dataclass
class MemoryImports:
    """Implements `Imports`."""

    kept: dict[tuple[TenantId, ImportId], LeadImport] = field(default_factory=dict)
    claims: dict[tuple[TenantId, str], ImportClaim] = field(default_factory=dict)

    def add(self, tenant_id: TenantId, lead_import: LeadImport) -> None:
        self.kept[tenant_id, lead_import.id] = lead_import

    def get(self, tenant_id: TenantId, import_id: ImportId) -> LeadImport | None:
        return self.kept.get((tenant_id, import_id))

    def claim(self, tenant_id: TenantId, fingerprint: str, import_id: ImportId) -> ImportClaim:
        made = ImportClaim(origin=import_id, holder=import_id)
        return self.claims.setdefault((tenant_id, fingerprint), made)

    def take_over(
        self, tenant_id: TenantId, fingerprint: str, claim: ImportClaim, import_id: ImportId
    ) -> bool:
        if self.claims[tenant_id, fingerprint].holder != claim.holder:
            return False
        taken = claim.model_copy(update={"holder": import_id})
        self.claims[tenant_id, fingerprint] = taken
        return True


@dataclass
class MemoryUploads:
    """Implements `Uploads`; `size_bytes` is told in place of the real size, if it is set."""

    kept: dict[str, bytes] = field(default_factory=dict)
    chunk_bytes: int = 64
    size_bytes: int | None = None

    def signed_put(self, key: str, lifetime: timedelta) -> str:
        return f"https://files.example.com/{key}?for={int(lifetime.total_seconds())}"

    def find(self, key: str) -> Upload | None:
        if key not in self.kept:
            return None
        data = self.kept[key]
        return Upload(self.size_bytes or len(data), str(hash(data)))

    def part(self, key: str, version: str, start: int, end: int) -> bytes:
        return self._read(key, version)[start:end]

    def chunks(self, key: str, version: str, start: int) -> Iterator[bytes]:
        data = self._read(key, version)
        for position in range(start, len(data), self.chunk_bytes):
            yield data[position : position + self.chunk_bytes]

    def _read(self, key: str, version: str) -> bytes:
        if str(hash(self.kept[key])) != version:
            raise CorruptState("replaced")
        return self.kept[key]


class MemoryDemandBlocks(MemoryDemands):
    """Implements `DemandBlocks`."""

    def put_block(self, tenant_id: TenantId, block: DemandBlock, demands: Sequence[Demand]) -> None:
        assert 0 < len(demands) <= BLOCK_ROWS
        assert {one.import_id for one in demands} == {block.origin}
        assert demands[0].row >= block.first_row
        self.put_all(tenant_id, demands)
