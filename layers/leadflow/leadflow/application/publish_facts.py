"""Facts are told on the bus and counted, one for each transition in the tables' streams (21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from leadflow.application.fact_ports import Bus, ChangeReader, StreamRecord, UnreadRecords
from leadflow.application.stats_ports import StatsLines
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.lead_stats import StatsLine, counted
from leadflow.domain.told_facts import Told

FACTS_AT_ONCE = 10
"""Facts that are told together: what one call to the bus takes."""


class Published(NamedTuple):
    """What became of a batch: facts told, records set aside, and where it broke off, if it did.

    The batch comes again from `resume_at`. What was told from there on is told again, with the same
    ids.
    """

    told: Sequence[Told]
    set_aside: Sequence[StreamRecord]
    resume_at: str | None = None


class _Found(NamedTuple):
    """A fact, and where the record that tells it lies."""

    position: str
    told: Told


@dataclass(frozen=True, kw_only=True)
class PublishFacts:
    """The action with its ports."""

    changes: ChangeReader
    bus: Bus
    unread: UnreadRecords
    lines: StatsLines

    def __call__(self, records: Sequence[StreamRecord]) -> Published:
        """Tell the facts of a batch in its order; a record that cannot be read stops no other.

        Such records are set aside first, and lines of statistics kept, for of a batch that breaks
        off not all comes again.
        """
        found: list[_Found] = []
        lines: list[StatsLine] = []
        unread: list[StreamRecord] = []
        for record in records:
            try:
                change = self.changes.read(record)
            except CorruptState:
                unread.append(record)
                continue
            if change is not None:
                found += [_Found(record.position, told) for told in change.told()]
                lines += counted(change)
        try:
            self._keep(unread, lines)
        except TransientFault:
            return Published((), (), records[0].position)
        told, resume_at = self._tell(found)
        return Published(told, unread, resume_at)

    def _keep(self, unread: Sequence[StreamRecord], lines: Sequence[StatsLine]) -> None:
        for record in unread:
            self.unread.set_aside(record)
        if lines:
            self.lines.add(lines)

    def _tell(self, found: Sequence[_Found]) -> tuple[Sequence[Told], str | None]:
        """What was told, and where the first fact lies that may not have been."""
        told: list[Told] = []
        for start in range(0, len(found), FACTS_AT_ONCE):
            facts = [one.told for one in found[start : start + FACTS_AT_ONCE]]
            try:
                self.bus.tell(facts)
            except TransientFault:
                return told, found[start].position
            told += facts
        return told, None
