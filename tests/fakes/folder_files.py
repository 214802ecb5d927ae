"""Files on disk, written by the real writer of parts: their size costs no memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from leadflow.adapters.files import PartWriter
from leadflow.application.job_ports import FileWriter
from tests.fakes.files import MemoryFiles

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class FolderFiles(MemoryFiles):
    """The same, but in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where a file is."""
        found = self.folder / key
        found.parent.mkdir(parents=True, exist_ok=True)
        return found

    def put(self, key: str, data: bytes) -> None:
        self.path(key).write_bytes(data)

    def read(self, key: str) -> bytes:
        return self.path(key).read_bytes()

    def keys(self, prefix: str) -> Iterator[str]:
        found = (path for path in self.folder.rglob("*") if path.is_file())
        keys = (path.relative_to(self.folder).as_posix() for path in found)
        return iter(sorted(key for key in keys if key.startswith(prefix)))

    @contextmanager
    def writer(self, key: str) -> Iterator[FileWriter]:
        path = self.path(key)
        path.write_bytes(b"")
        writer = PartWriter(cast("S3Client", _Appending(path)), {})
        yield writer
        writer.close()


@dataclass
class _Appending:
    """Stands in for the client of S3 in an upload of parts."""

    path: Path

    def upload_part(self, *, PartNumber: int, Body: bytes) -> dict[str, Any]:  # noqa: N803 # boto3's
        with self.path.open("ab") as file:
            file.write(Body)
        return {"ETag": str(PartNumber)}

    def complete_multipart_upload(self, **_upload: object) -> None:
        """Everything is there."""
