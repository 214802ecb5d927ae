"""What crashes left is finished for all tenants, in bounded time, and none is held up for good."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from leadflow.application.reconcile import STUCK_AFTER, Handled, Handling, Reconcile
from leadflow.application.reconcile_all import CALL_LASTS, Done, ReconcileAll
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import LeadId, TenantId
from tests.builders import numbered
from tests.fakes.bookmarks import FixedTenants, MemoryBookmarks
from tests.fakes.clock import FixedClock
from tests.unit.domain.bidding_examples import NOW

TENANTS = [TenantId(numbered("tenant", number)) for number in range(3)]


class Strays:
    """Stands for `Reconcile`: so many leads of each tenant, each of which takes a while."""

    def __init__(self, clock: FixedClock, **left: int) -> None:
        self.clock = clock
        self.left: dict[TenantId, int] = {
            TENANTS[int(name[1:])]: many for name, many in left.items()
        }
        self.lasts = timedelta(0)
        self.looked = timedelta(0)
        self.broken: list[TenantId] = []
        self.asked: list[timedelta] = []

    def __call__(self, tenant_id: TenantId, *, idle: timedelta) -> Iterator[Handled]:
        self.asked.append(idle)
        self.clock.at += self.looked
        if tenant_id in self.broken:
            raise TransientFault("down")
        while self.left.get(tenant_id, 0):
            self.left[tenant_id] -= 1
            self.clock.at += self.lasts
            yield Handled(LeadId("lead_1"), Handling.RESUMED)


class LostBookmarks(MemoryBookmarks):
    """Bookmarks that cannot be read."""

    def get(self, name: str) -> str | None:
        raise TransientFault(name)


class World:
    def __init__(self, **left: int) -> None:
        self.clock = FixedClock(NOW)
        self.strays = Strays(self.clock, **left)
        self.bookmarks = MemoryBookmarks()
        self.all = ReconcileAll(
            tenants=FixedTenants(TENANTS[::-1]),
            bookmarks=self.bookmarks,
            reconcile=cast("Reconcile", self.strays),
            clock=self.clock,
        )

    def called(self) -> Sequence[int]:
        """Which tenants' leads one call handles, by number."""
        return [TENANTS.index(one.tenant_id) for one in self.all()]


def test_leads_of_all_tenants_are_finished() -> None:
    world = World(t0=2, t2=1)
    assert world.called() == [0, 0, 2]
    assert world.called() == []
    assert world.strays.asked == [STUCK_AFTER] * 6


def test_an_operator_may_pick_leads_up_earlier() -> None:
    world = World(t0=1)
    assert list(world.all(idle=timedelta(0)))
    assert set(world.strays.asked) == {timedelta(0)}


def test_a_call_without_time_stops_and_the_next_one_begins_behind_that_tenant() -> None:
    world = World(t0=3, t1=1, t2=1)
    world.strays.lasts = CALL_LASTS / 2
    assert world.called() == [0, 0]
    assert world.called() == [1, 2]
    assert world.called() == [0]


def test_tenants_that_take_long_to_look_at_do_not_use_up_the_time_of_the_last_ones() -> None:
    world = World(t2=1)
    world.strays.looked = CALL_LASTS / 2
    assert world.called() == []
    assert world.called() == [2]


def test_a_tenant_that_cannot_be_looked_at_holds_up_no_other() -> None:
    world = World(t0=1, t1=1)
    world.strays.broken = [TENANTS[0]]
    done = list(world.all())
    assert done[0] == Done(TENANTS[0], fault="TransientFault")
    assert [one.handling for one in done] == [Handling.LEFT, Handling.RESUMED]


def test_a_lead_that_ends_the_process_holds_up_no_other_tenant() -> None:
    world = World(t0=2, t1=1)
    calls = world.all()
    assert next(iter(calls)).tenant_id == TENANTS[0]
    del calls
    assert world.called() == [1, 0]


def test_without_a_bookmark_nothing_is_begun() -> None:
    world = World(t0=1)
    world.all = replace(world.all, bookmarks=LostBookmarks())
    with pytest.raises(TransientFault):
        world.called()
