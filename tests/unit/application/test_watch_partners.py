"""Partners whose calls keep timing out pause themselves, and say so."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from leadflow.application import watch_partners
from leadflow.application.exchange_ports import Call
from leadflow.application.watch_partners import Paused, WatchPartners
from leadflow.domain.errors import TransientFault
from leadflow.domain.exchanges import ExchangeKind
from leadflow.domain.partners import AutoPause, Partner
from tests.builders import TENANT_ID, configuration, partner, ping_exchange, post_exchange
from tests.fakes.call_counts import MemoryCallCounts
from tests.fakes.clock import FixedClock
from tests.fakes.configuration_store import MemoryConfigurationStore
from tests.fakes.ids import CountingIds
from tests.unit.domain.bidding_examples import NOW, minutes

LONG_AGO = minutes(600)


def long_active(number: int = 1, **changes: object) -> Partner:
    """A partner that has been called for hours."""
    ping, post = ping_exchange(active_since=LONG_AGO), post_exchange(active_since=LONG_AGO)
    return partner(number, ping=ping, post=post).model_copy(update=changes)


@dataclass
class World:
    """The action over a tenant's partners."""

    partners: tuple[Partner, ...] = field(default_factory=lambda: (long_active(),))
    busy: int = 0

    def __post_init__(self) -> None:
        configured = configuration(partners=self.partners)
        self.store = MemoryConfigurationStore(configured, busy=self.busy)
        self.calls = MemoryCallCounts()
        self.action = WatchPartners(
            store=self.store, calls=self.calls, ids=CountingIds(), clock=FixedClock()
        )

    def called(
        self,
        times: int,
        late: int,
        kind: ExchangeKind = "ping",
        at: datetime = NOW,
        number: int = 1,
    ) -> None:
        calls = [Call(partner(number).id, kind, index < late) for index in range(times)]
        self.calls.count(TENANT_ID, calls, at)

    def partner(self, number: int = 1) -> Partner:
        return self.store.newest.partners[partner(number).id]


def test_the_exchange_that_times_out_is_paused_and_the_other_is_not() -> None:
    world = World()
    world.called(20, 10)
    world.called(20, 9, "post")
    assert world.action(TENANT_ID) == [Paused(partner(1).id, "ping")]
    ping, post = world.partner().ping, world.partner().post
    assert ping
    assert (ping.active, ping.paused_reason, ping.paused_at) == (False, "timeouts", NOW)
    assert post == long_active().post
    assert world.partner().version == 2


def test_the_audit_log_names_the_system() -> None:
    world = World()
    world.called(20, 20)
    world.action(TENANT_ID)
    [line] = world.store.log
    assert (line.actor, line.resource, line.resource_id) == ("system", "partners", partner(1).id)
    assert line.after
    assert set(line.after) == {"ping"}


def test_minutes_of_the_window_add_up() -> None:
    world = World()
    for ago in (1, 9):
        world.called(10, 5, at=minutes(ago))
    assert world.action(TENANT_ID) == [Paused(partner(1).id, "ping")]


def test_what_is_older_than_the_window_or_than_its_activation_does_not_count() -> None:
    world = World()
    world.called(20, 20, at=minutes(11))
    assert world.action(TENANT_ID) == []
    world = World((long_active(ping=ping_exchange(active_since=minutes(2))),))
    world.called(20, 20, at=minutes(3))
    assert world.action(TENANT_ID) == []


def test_few_calls_and_a_partner_that_wants_none_of_it_are_left_alone() -> None:
    world = World((long_active(), long_active(2, auto_pause=AutoPause(enabled=False))))
    world.called(19, 19)
    world.called(90, 90, number=2)
    assert world.action(TENANT_ID) == []
    assert not world.store.log


def test_a_repeat_finds_nothing_more_to_pause() -> None:
    world = World()
    world.called(20, 20)
    assert world.action(TENANT_ID)
    assert world.action(TENANT_ID) == []
    assert len(world.store.log) == 1


def test_without_partners_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(())
    monkeypatch.setattr(world.calls, "since", None)
    assert world.action(TENANT_ID) == []


def test_a_change_that_came_between_is_kept() -> None:
    world = World(busy=2)
    world.called(20, 20)
    assert world.action(TENANT_ID) == [Paused(partner(1).id, "ping")]


def test_a_configuration_that_is_always_being_changed_is_a_fault_that_may_pass() -> None:
    world = World(busy=watch_partners.ATTEMPTS_MAX)
    world.called(20, 20)
    with pytest.raises(TransientFault):
        world.action(TENANT_ID)


def test_more_partners_than_fit_into_one_change_wait_for_the_next_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch_partners, "PAUSED_AT_ONCE_MAX", 2)
    world = World(tuple(long_active(number) for number in (1, 2, 3)))
    for number in (1, 2, 3):
        world.called(20, 20, number=number)
        world.called(20, 20, "post", at=NOW - timedelta(minutes=1), number=number)
    assert [len(world.action(TENANT_ID)) for _ in range(3)] == [4, 2, 0]
