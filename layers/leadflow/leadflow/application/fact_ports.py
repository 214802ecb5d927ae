"""Where facts are told to whoever listens; `told_facts` says what they are."""

from collections.abc import Sequence
from typing import Protocol

from leadflow.domain.told_facts import Told


class Bus(Protocol):
    """Where facts are told, each at least once."""

    def tell(self, facts: Sequence[Told]) -> None:
        """Tell facts. Raises `TransientFault` when one of them may not have been told."""
        ...
