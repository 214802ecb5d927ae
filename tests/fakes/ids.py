"""Identifiers that count up."""

from dataclasses import dataclass
from uuid import UUID


@dataclass
class CountingIds:
    """Implements `IdFactory`."""

    last: int = 0

    def new(self, prefix: str) -> str:
        self.last += 1
        return f"{prefix}_{self.last:026d}"

    def uuid(self) -> UUID:
        self.last += 1
        return UUID(int=self.last)

    def secret(self) -> str:
        return f"secret-{self.last}"
