"""Files in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from leadflow.application.job_ports import FileWriter
from leadflow.domain.errors import NotFound


class MemoryWriter:
    """Implements `FileWriter`."""

    def __init__(self) -> None:
        self.written = bytearray()

    def write(self, data: bytes) -> None:
        self.written += data


@dataclass
class MemoryFiles:
    """Implements `Files` and `JobFiles`."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, data: bytes) -> None:
        self.kept[key] = data

    def read(self, key: str) -> bytes:
        if key not in self.kept:
            raise NotFound
        return self.kept[key]

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.kept if key.startswith(prefix)))

    def folders(self, prefix: str) -> Iterator[str]:
        names = {key.removeprefix(prefix).partition("/")[0] for key in self.keys(prefix)}
        return iter(sorted(names))

    def remove(self, prefix: str) -> None:
        for key in self.keys(prefix):
            del self.kept[key]

    @contextmanager
    def writer(self, key: str) -> Iterator[FileWriter]:
        writer = MemoryWriter()
        yield writer
        self.kept[key] = bytes(writer.written)

    def signed_url(self, key: str, *, filename: str, lifetime: timedelta) -> str:
        return f"https://files.example.com/{key}?as={filename}&for={int(lifetime.total_seconds())}"
