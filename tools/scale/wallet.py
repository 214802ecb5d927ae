"""Sellers of leads that all charge one wallet, and what they get in each other's way."""

import statistics
from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random

from simpy import Environment, Event

from tools.scale.assumed import AUCTIONS, REFUSED_COST, TASKS, Latencies
from tools.scale.buckets import Bucket
from tools.scale.limits import PARTITION_WRITES
from tools.scale.store import Answer, Item, Steps, Store

SEED = 20261128
SECONDS = 20.0
"""Simulated time of one figure."""


@dataclass(frozen=True)
class Design:
    """How a wallet is charged. `pockets` are items that each hold a leased part of the balance.

    `repeats_conflicts`: a transaction that met another is sent again as it is, before anybody looks
    what has become of the wallet.
    """

    name: str
    checks_version: bool = True
    repeats_conflicts: bool = True
    pockets: int = 1


AS_BUILT = Design("as built: one item, on its version")
LOOKS_AGAIN = Design("on its version, looks again", repeats_conflicts=False)
ADDED = Design("one item, on what is left", checks_version=False)
LEASED = Design("8 leased pockets, on what is left", checks_version=False, pockets=8)


@dataclass(frozen=True)
class Sold:
    """What some sellers did with one wallet."""

    sellers: int
    per_second: float
    tries_per_sale: float
    seconds_median: float
    seconds_99: float
    failed_share: float


@dataclass
class _Sellers:
    store: Store
    design: Design
    units: int
    pockets: list[Item]
    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    tries: int = 0

    def sell_on(self) -> Generator[Event, None, None]:
        """One seller, lead after lead."""
        while True:
            yield from self.sell_one()

    def sell_one(self) -> Generator[Event, None, None]:
        """One lead, sold or given up."""
        began = self.store.env.now
        sold = yield from self._run()
        if sold:
            self.seconds.append(self.store.env.now - began)
        else:
            self.failed += 1

    def _run(self) -> Generator[Event, None, bool]:
        """A task with its repetitions; False: the lead became Distribution Error."""
        for tried in range(1, TASKS.tries + 1):
            answer = yield from self._task()
            if answer is Answer.WRITTEN:
                return True
            if tried < TASKS.tries:
                yield self.store.wait(TASKS, tried)
        return False

    def _task(self) -> Steps:
        """Auctions, until one of them is booked."""
        pocket = self.store.chance.choice(self.pockets)
        for tried in range(1, AUCTIONS.tries + 1):
            self.tries += 1
            yield self.store.read()
            seen = pocket.version if self.design.checks_version else None
            yield self.store.decide()
            answer = yield from self._write(pocket, seen)
            if answer is not Answer.OVERTAKEN:
                return answer
            if tried < AUCTIONS.tries:
                yield self.store.wait(AUCTIONS, tried)
        return Answer.CONTENDED

    def _write(self, pocket: Item, seen: int | None) -> Steps:
        if self.design.repeats_conflicts:
            return self.store.write(pocket, self.units, seen)
        return self.store.write_once(pocket, self.units, seen)


def sold_by(
    sellers: int,
    units: int,
    design: Design = AS_BUILT,
    *,
    latencies: Latencies | None = None,
    refused_cost: float = REFUSED_COST,
    seed: int = SEED,
) -> Sold:
    """Let sellers sell side by side for `SECONDS`; `units` are those of a sale in its partition."""
    crowd = _crowd(units, design, latencies, refused_cost, seed)
    for _ in range(sellers):
        crowd.store.env.process(crowd.sell_on())
    crowd.store.env.run(until=SECONDS)
    return _sold(sellers, crowd, SECONDS)


def sold_in_a_burst(
    leads: int,
    units: int,
    design: Design = AS_BUILT,
    *,
    refused_cost: float = REFUSED_COST,
    seed: int = SEED,
) -> Sold:
    """Let that many leads for one wallet come at the same moment, and no more."""
    crowd = _crowd(units, design, None, refused_cost, seed)
    for _ in range(leads):
        crowd.store.env.process(crowd.sell_one())
    crowd.store.env.run()
    return _sold(leads, crowd, crowd.store.env.now)


def _crowd(
    units: int, design: Design, latencies: Latencies | None, refused_cost: float, seed: int
) -> _Sellers:
    limit = PARTITION_WRITES.value
    pockets = [Item(Bucket(limit, limit)) for _ in range(design.pockets)]
    chance = Random(seed)  # noqa: S311 # a simulation, no secret
    store = Store(Environment(), chance, latencies or Latencies(), refused_cost)
    return _Sellers(store, design, units, pockets)


def _sold(sellers: int, crowd: _Sellers, seconds: float) -> Sold:
    sold = len(crowd.seconds)
    return Sold(
        sellers=sellers,
        per_second=sold / seconds,
        tries_per_sale=crowd.tries / max(1, sold),
        seconds_median=statistics.median(crowd.seconds),
        seconds_99=sorted(crowd.seconds)[int(sold * 0.99)],
        failed_share=crowd.failed / (sold + crowd.failed),
    )
