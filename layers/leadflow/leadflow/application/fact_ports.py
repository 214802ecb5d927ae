"""Facts: what has happened, told to whoever listens on the bus."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from leadflow.domain.model import Frozen


class Fact(Frozen):
    """Something that has happened. A fact that is told again has the same `id`."""

    id: str


@dataclass(frozen=True)
class Told:
    """A fact by its name, such as `subscription.usage_level_reached`."""

    name: str
    fact: Fact


class Bus(Protocol):
    """Where facts are told, each at least once."""

    def tell(self, facts: Sequence[Told]) -> None:
        """Tell facts. Raises `TransientFault` when one of them may not have been told."""
        ...
