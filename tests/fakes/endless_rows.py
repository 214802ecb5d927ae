"""A file with as many rows as one likes, made when it is read: their number costs no memory."""

from collections.abc import Iterator, Sequence

from leadflow.application.import_ports import DemandBlock, Upload
from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import TenantId
from tests.fakes.imports import MemoryDemandBlocks, MemoryUploads

HEADER = b"ZIP,Note,E-mail\n"
CHUNK_ROWS = 250


def row(number: int) -> bytes:
    """A row, all of them of one length; every hundredth one is invalid."""
    zip_code = "99999" if number % 100 == 0 else "78701"
    return f"{zip_code},row {number:07d},ada{number:07d}@example.com\n".encode()


ROW_BYTES = len(row(1))


class EndlessRows(MemoryUploads):
    """Rows 1 to `last`, whatever the key."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self.last = last

    def find(self, key: str) -> Upload | None:
        return Upload(len(HEADER) + self.last * ROW_BYTES, "version")

    def part(self, key: str, version: str, start: int, end: int) -> bytes:
        first = max(0, start - len(HEADER)) // ROW_BYTES
        behind = -(-(end - len(HEADER)) // ROW_BYTES)
        rows = b"".join(row(number) for number in range(first + 1, min(behind, self.last) + 1))
        begin = len(HEADER) + first * ROW_BYTES
        return (HEADER + rows)[start:end] if not start else rows[start - begin : end - begin]

    def chunks(self, key: str, version: str, start: int) -> Iterator[bytes]:
        size = len(HEADER) + self.last * ROW_BYTES
        for position in range(start, size, CHUNK_ROWS * ROW_BYTES):
            yield self.part(key, version, position, min(position + CHUNK_ROWS * ROW_BYTES, size))


class ForgottenDemands(MemoryDemandBlocks):
    """Keeps how many there were."""

    count = 0

    def put_block(self, tenant_id: TenantId, block: DemandBlock, demands: Sequence[Demand]) -> None:
        self.count += len(demands)
