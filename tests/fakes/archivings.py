"""Customers that are being archived, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.finish_archivings import Archiving
from leadflow.domain.errors import TransientFault


@dataclass
class MemoryArchivings:
    """Implements `Archivings`; `fault`: none can be ended."""

    begun: dict[Archiving, datetime] = field(default_factory=dict)
    fault: bool = False

    def begin(self, archiving: Archiving, due_at: datetime) -> None:
        self.begun[archiving] = due_at

    def end(self, archiving: Archiving, _now: datetime) -> None:
        if self.fault:
            raise TransientFault("down")
        self.begun.pop(archiving, None)

    def due(self, until: datetime) -> Sequence[Archiving]:
        return [one for one, at in self.begun.items() if at <= until]
