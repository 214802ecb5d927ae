"""A run as it was recorded: calls as they left the SDK, in the invocations that made them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.cost.units import Image

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """An item that a write named: as it was before, and as it is after."""

    table: str
    before: Image | None
    after: Image | None


@dataclass(frozen=True)
class Call:
    """One request: the operation, what was sent, what came back, what it did to the tables."""

    service: str
    operation: str
    sent: Json
    answered: Json
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Run:
    """An Express run that somebody waited for: its transitions, and its tasks in their order."""

    transitions: int
    definition_bytes: int
    data_bytes: int
    tasks: tuple["Invocation", ...]


@dataclass(frozen=True)
class Invocation:
    """One invocation of a function: the CPU time of its own, its log, its calls and its runs.

    `platform_logs`: Lambda itself writes lines for it, too. `is_traced`: X-Ray may draw it.
    """

    function: str
    memory_mb: int
    cpu_seconds: float
    log_bytes: int
    log_lines: int
    calls: tuple[Call, ...] = ()
    runs: tuple[Run, ...] = ()

    @property
    def all_calls(self) -> Iterator[Call]:
        """Its own, and those of the tasks of its runs."""
        yield from self.calls
        for task in (task for run in self.runs for task in run.tasks):
            yield from task.all_calls

    platform_logs: bool = True
    is_traced: bool = True


@dataclass(frozen=True)
class Delivery:
    """Messages that a queue handed to a function at once: Lambda receives and deletes them."""

    queue: str
    payload_bytes: int


@dataclass(frozen=True)
class Sent:
    """A message that no SDK sent: the bus did."""

    queue: str
    payload_bytes: int


@dataclass(frozen=True)
class Path:
    """All that so many leads set off. Answers are the bodies that left through the API."""

    leads: int
    answers: tuple[int, ...]
    invocations: tuple[Invocation, ...]
    deliveries: tuple[Delivery, ...] = ()
    sent: tuple[Sent, ...] = ()
