"""What facts are made of and where they are told; `told_facts` says what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadflow.domain.stored_changes import Change
    from leadflow.domain.told_facts import Told


class Bus(Protocol):
    """Where facts are told, each at least once."""

    def tell(self, facts: Sequence[Told]) -> None:
        """Tell facts. Raises `TransientFault` when one of them may not have been told."""
        ...


@dataclass(frozen=True)
class StreamRecord:
    """What a stream of a table delivers; `position` is its place in it."""

    position: str
    content: Mapping[str, object]


class ChangeReader(Protocol):
    """What a record says in the terms of the domain."""

    def read(self, record: StreamRecord) -> Change | None:
        """The change, or None for an item that no fact is made of, or one that is deleted.

        Raises `CorruptState` when the record cannot be read.
        """
        ...


class UnreadRecords(Protocol):
    """Where a person looks after records that cannot be read."""

    def set_aside(self, record: StreamRecord) -> None:
        """Note where the record lies, not what is in it. Raises `TransientFault`."""
        ...
