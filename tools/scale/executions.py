"""Executions of Lambda while partners are slow: a post waits for its run, so a lead holds two."""

from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random

from simpy import Environment, Event

from tools.scale.assumed import (
    HUNG_SECONDS,
    PARTNER_SECONDS,
    PATIENCE_SECONDS,
    POST_SECONDS,
    TASKS,
)
from tools.scale.limits import LAMBDA_CONCURRENCY
from tools.scale.wallet import SEED

_ENDS = ("refused", "settled", "late")

WARM_SECONDS, SECONDS = 50.0, 40.0
"""Time until a steady state, and the time that is counted behind it."""


def little(per_second: float, seconds: float) -> float:
    """How many are there at once, if so many come a second and each stays so long."""
    return per_second * seconds


def seconds_held(hung_share: float) -> float:
    """What a lead holds of executions, of its post's and of its stage's, if nothing is refused."""
    run = hung_share * HUNG_SECONDS + (1 - hung_share) * PARTNER_SECONDS
    return POST_SECONDS + 2 * run


@dataclass
class Pool:
    """Executions that may run at once; more are refused. `taken_seconds` behind the warming up."""

    env: Environment
    size: int
    taken: int = 0
    taken_seconds: float = 0.0
    _looked_at: float = 0.0

    def take(self) -> bool:
        """Take one if there is one."""
        if self.taken >= self.size:
            return False
        self._look()
        self.taken += 1
        return True

    def give(self) -> None:
        """Give one back."""
        self._look()
        self.taken -= 1

    def at_once(self) -> float:
        """How many were taken on average."""
        self._look()
        return self.taken_seconds / SECONDS

    def _look(self) -> None:
        since = max(WARM_SECONDS, self._looked_at)
        self.taken_seconds += self.taken * max(0.0, self.env.now - since)
        self._looked_at = self.env.now


@dataclass(frozen=True)
class Held:
    """What leads met. `refused`: posts that got no execution. `late`: runs whose tasks got none."""

    leads_per_second: int
    hung_share: float
    at_once: float
    refused_share: float
    late_share: float
    settled_per_second: float


@dataclass
class _Stack:
    env: Environment
    chance: Random
    posts: Pool
    stages: Pool
    hung_share: float
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("came", *_ENDS), 0))

    def lead(self) -> Generator[Event, None, None]:
        """A post, which waits for its run as long as its source does."""
        self._count("came")
        if not self.posts.take():
            self._count("refused")
            return
        yield self.env.timeout(POST_SECONDS)
        run = self.env.process(self._run())
        yield run | self.env.timeout(PATIENCE_SECONDS)
        self.posts.give()

    def _run(self) -> Generator[Event, None, None]:
        """The stage's task, tried again while it gets no execution."""
        is_hung = self.chance.random() < self.hung_share
        for tried in range(1, TASKS.tries + 1):
            if self.stages.take():
                yield self.env.timeout(HUNG_SECONDS if is_hung else PARTNER_SECONDS)
                self.stages.give()
                self._count("settled")
                return
            if tried < TASKS.tries:
                yield self.env.timeout(self.chance.uniform(0, TASKS.wait_bound(tried)))
        self._count("late")

    def _count(self, what: str) -> None:
        if self.env.now >= WARM_SECONDS:
            self.counts[what] += 1

    def arrivals(self, per_second: int) -> Generator[Event, None, None]:
        """Leads that come by chance, so many a second on average."""
        while True:
            yield self.env.timeout(self.chance.expovariate(per_second))
            self.env.process(self.lead())


def held_by(leads_per_second: int, hung_share: float, reserved: int = 0, seed: int = SEED) -> Held:
    """Let leads come until things are steady, and count; `reserved` executions are for stages."""
    env, chance = Environment(), Random(seed)  # noqa: S311 # a simulation, no secret
    posts = Pool(env, LAMBDA_CONCURRENCY.value - reserved)
    stages = Pool(env, reserved) if reserved else posts
    stack = _Stack(env, chance, posts, stages, hung_share)
    env.process(stack.arrivals(leads_per_second))
    env.run(until=WARM_SECONDS + SECONDS)
    came = max(1, stack.counts["came"])
    return Held(
        leads_per_second=leads_per_second,
        hung_share=hung_share,
        at_once=posts.at_once() + (stages.at_once() if reserved else 0),
        refused_share=stack.counts["refused"] / came,
        late_share=stack.counts["late"] / came,
        settled_per_second=stack.counts["settled"] / SECONDS,
    )
