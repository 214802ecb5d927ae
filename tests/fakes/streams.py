"""A stream of changes in memory, and where its unreadable records go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from leadflow.application.fact_ports import StreamRecord
from leadflow.application.publish_facts import Published
from leadflow.domain.errors import CorruptState
from leadflow.domain.stored_changes import Change

UNREADABLE = StreamRecord("unreadable", {})


@dataclass
class MemoryStream:
    """Implements `ChangeReader` over changes; a record's content is its place."""

    changes: Sequence[Change | None]

    @property
    def records(self) -> Sequence[StreamRecord]:
        return [StreamRecord(str(place), {"at": place}) for place in range(len(self.changes))]

    def read(self, record: StreamRecord) -> Change | None:
        if "at" not in record.content:
            raise CorruptState("Unreadable record.")
        return self.changes[int(record.position)]

    def drain(
        self, publish: Callable[[Sequence[StreamRecord]], Published], sizes: Sequence[int]
    ) -> None:
        """Deliver all records as a mapping does: batch by batch, each until it is handled."""
        records, turn = list(self.records), 0
        while records:
            size = sizes[turn % len(sizes)]
            turn += 1
            batch = records[:size]
            resume_at = publish(batch).resume_at
            places = [one.position for one in batch]
            done = size if resume_at is None else places.index(resume_at)
            records = records[done:]


@dataclass
class MemoryUnread:
    """Implements `UnreadRecords`; `fault` is raised in place of taking anything."""

    aside: list[StreamRecord] = field(default_factory=list)
    fault: Exception | None = None

    def set_aside(self, record: StreamRecord) -> None:
        if self.fault:
            raise self.fault
        self.aside.append(record)
