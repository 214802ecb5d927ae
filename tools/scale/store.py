"""A simulated item: one transaction at a time, conditions on its version, units by the second.

Waits are drawn as the code draws them. Time is simpy's, chance is a seeded generator.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from simpy import Environment, Event

from tools.scale.assumed import CONFLICTS, REFUSED_COST, Latencies, Patience
from tools.scale.buckets import Bucket

Steps = Generator[Event, None, "Answer"]


class Answer(Enum):
    """What became of a transaction."""

    WRITTEN = "written"
    OVERTAKEN = "overtaken"
    CONTENDED = "contended"


@dataclass
class Item:
    """An item and the units per second that its partition has."""

    units: Bucket
    version: int = 0
    is_held: bool = False


@dataclass
class Trouble:
    """What got in the way of transactions."""

    overtaken: int = 0
    conflicts: int = 0
    throttled: int = 0
    contended: int = 0


@dataclass(frozen=True)
class Store:
    """Where items are written, and how long that takes.

    `refused_cost`: the share of its units that a transaction takes which changes nothing.
    """

    env: Environment
    chance: Random
    latencies: Latencies
    refused_cost: float = REFUSED_COST
    trouble: Trouble = field(default_factory=Trouble)

    def write(self, item: Item, units: int, version: int | None) -> Steps:
        """One transaction with the code's retries; a version that moved ends it at once."""
        for tried in range(1, CONFLICTS.tries + 1):
            met = self._met(item, units, version)
            if met is None:
                yield from self._held(item)
                return Answer.WRITTEN
            yield self._spent(self.latencies.reply)
            if met is Answer.OVERTAKEN:
                return met
            if tried < CONFLICTS.tries:
                yield self.wait(CONFLICTS, tried)
        self.trouble.contended += 1
        return Answer.CONTENDED

    def write_once(self, item: Item, units: int, version: int | None) -> Steps:
        """One transaction without them: whatever is in its way, whoever sent it looks again."""
        if self._met(item, units, version) is None:
            yield from self._held(item)
            return Answer.WRITTEN
        yield self._spent(self.latencies.reply)
        return Answer.OVERTAKEN

    def _met(self, item: Item, units: int, version: int | None) -> Answer | None:
        """What is in the way. An item that is held answers with a conflict, whatever its version.

        Units are asked for before it is known how a transaction ends, as by a real store.
        """
        if not item.units.take(self.env.now, units):
            self.trouble.throttled += 1
            return Answer.CONTENDED
        is_overtaken = version is not None and version != item.version
        if item.is_held or is_overtaken:
            item.units.give_back(units * (1 - self.refused_cost))
        if item.is_held:
            self.trouble.conflicts += 1
            return Answer.CONTENDED
        if is_overtaken:
            self.trouble.overtaken += 1
            return Answer.OVERTAKEN
        return None

    def _held(self, item: Item) -> Generator[Event, None, None]:
        item.is_held = True
        yield self._spent(self.latencies.held)
        item.version += 1
        item.is_held = False
        yield self._spent(self.latencies.reply)

    def wait(self, patience: Patience, tried: int) -> Event:
        """The random wait behind a try."""
        return self.env.timeout(self.chance.uniform(0, patience.wait_bound(tried)))

    def _spent(self, seconds: float) -> Event:
        """A latency, a tenth shorter or longer: nothing on a network keeps step."""
        return self.env.timeout(seconds * self.chance.uniform(0.9, 1.1))

    def read(self) -> Event:
        """Reading what a decision needs."""
        return self._spent(self.latencies.read)

    def decide(self) -> Event:
        """From the moment that was read to the moment that the transaction arrives."""
        return self._spent(self.latencies.decide)
