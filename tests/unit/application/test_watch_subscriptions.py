"""Levels are told once a cycle; whoever waits although there is room gets a token."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from leadflow.application.admissions import Admission
from leadflow.application.release_withheld_leads import standing_token
from leadflow.application.watch_subscriptions import (
    USAGE_LEVEL_REACHED,
    UsageLevelReached,
    Watched,
    WatchSubscriptions,
)
from leadflow.domain.errors import TransientFault
from leadflow.domain.subscriptions import Measure
from tests.builders import TENANT_ID, lead
from tests.fakes.clock import FixedClock
from tests.fakes.leads import MemoryLeads
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.fakes.withheld import MemoryBus, MemoryQueue, MemoryWaiting
from tests.unit.application.withheld_world import waiting
from tests.unit.domain.bidding_examples import NOW


@dataclass
class World:
    """The action, with a limit of four leads."""

    limit: int = 4
    leads: MemoryLeads = field(default_factory=MemoryLeads)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    bus: MemoryBus = field(default_factory=MemoryBus)
    clock: FixedClock = field(default_factory=FixedClock)

    def __post_init__(self) -> None:
        self.usage = MemoryPlanUsage.limited(leads=self.limit)
        self.usage.clock = self.clock
        self.order = MemoryWaiting(self.leads)

    def use(self, leads: int) -> None:
        """Let in so many leads."""
        used = self.usage.standing(TENANT_ID).used.leads
        for number in range(used, used + leads):
            assert self.usage.admits(Admission.COUNT, lead(number).id, self.clock.at)

    def watch(self) -> Watched:
        return WatchSubscriptions(
            usage=self.usage,
            waiting=self.order,
            queue=self.queue,
            bus=self.bus,
            clock=self.clock,
        )(TENANT_ID)

    @property
    def told(self) -> list[tuple[str, int]]:
        facts = [one.fact for one in self.bus.told]
        return [
            (one.id, one.level_percentage) for one in facts if isinstance(one, UsageLevelReached)
        ]


def test_every_level_that_is_crossed_is_told_once() -> None:
    world = World()
    world.use(2)
    assert not world.watch().announced
    world.use(1)
    [fact] = world.watch().announced
    assert (fact.measure, fact.level_percentage, fact.used, fact.limit) == (Measure.LEADS, 75, 3, 4)
    assert (fact.tenant_id, fact.cycle_start) == (TENANT_ID, NOW.replace(day=1, hour=0))
    world.use(1)
    assert [one.level_percentage for one in world.watch().announced] == [90, 100]
    assert not world.watch().announced
    assert [level for _, level in world.told] == [75, 90, 100]
    assert {one.name for one in world.bus.told} == {USAGE_LEVEL_REACHED}


def test_a_new_cycle_tells_them_anew() -> None:
    world = World()
    world.use(3)
    world.watch()
    world.clock.at = NOW + timedelta(days=31)
    world.use(3)
    world.watch()
    assert len({identifier for identifier, _ in world.told}) == 2


def test_a_level_that_could_not_be_noted_is_told_again_under_the_same_id() -> None:
    class Forgetful(MemoryPlanUsage):
        def announced(self, *_: object) -> bool:
            raise TransientFault("down")

    world = World()
    world.use(3)
    world.usage.__class__ = Forgetful
    for _ in range(2):
        with pytest.raises(TransientFault):
            world.watch()
    [(first, _), (second, _)] = world.told
    assert first == second


def test_a_level_that_could_not_be_told_is_not_noted_as_told() -> None:
    world = World()
    world.use(3)
    world.bus.fault = TransientFault("down")
    with pytest.raises(TransientFault):
        world.watch()
    world.bus.fault = None
    assert world.watch().announced


def test_who_waits_although_there_is_room_gets_one_token_a_minute() -> None:
    world = World(leads=MemoryLeads.of(waiting(1), waiting(2)))
    assert world.watch().is_topped_up
    world.watch()
    assert world.queue.tokens == [standing_token(TENANT_ID, NOW)]
    world.clock.at = NOW + timedelta(minutes=1)
    world.watch()
    assert len(world.queue.tokens) == 2


def test_a_blocked_tenant_gets_no_token_and_is_not_searched() -> None:
    world = World(limit=0, leads=MemoryLeads.of(waiting(1)))
    assert not world.watch().is_topped_up
    assert not world.queue.tokens
    assert world.order.asked == 0


def test_an_idle_tenant_gets_none() -> None:
    world = World(leads=MemoryLeads.of(lead()))
    assert world.watch() == Watched((), is_topped_up=False)
    assert not world.queue.tokens
