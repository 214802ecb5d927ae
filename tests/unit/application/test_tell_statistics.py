"""Statistics are told as often as the tenant wants, each period once, whatever breaks off."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from leadflow.application import tell_statistics
from leadflow.application.customer_ports import Author
from leadflow.application.stats_ports import StatsPeriod
from leadflow.application.tell_statistics import (
    EARLY_MAX,
    PERIOD_MAX,
    SETTLED_AFTER,
    TellStatistics,
)
from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import LeadTypeId, TenantId
from leadflow.domain.told_facts import FactName, StatsFact, Told
from tests.builders import TENANT_ID, configuration, numbered
from tests.fakes.bid_store import MemoryBidStore
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customers import MemoryCustomers
from tests.fakes.stats import MemoryStats
from tests.fakes.withheld import MemoryBus
from tests.unit.domain.bidding_examples import NOW, bid, customer
from tests.unit.domain.test_lead_stats import line

INTERVAL = timedelta(minutes=960)
OTHER_TENANT = TenantId("tenant_" + "9" * 26)


@dataclass
class World:
    """A tenant that was made at `NOW`."""

    stats: MemoryStats = field(default_factory=MemoryStats)
    bids: MemoryBidStore = field(default_factory=MemoryBidStore)
    customers: MemoryCustomers = field(default_factory=MemoryCustomers)
    bus: MemoryBus = field(default_factory=MemoryBus)
    clock: FixedClock = field(default_factory=FixedClock)

    def __post_init__(self) -> None:
        self.configuration = FixedConfiguration(configuration())

    def has(self, owner: Customer, *bids: Bid) -> None:
        self.customers.stored[owner.id] = owner
        for one in bids:
            self.bids.add(TENANT_ID, one, Author("user_1", NOW))

    def counts(self, *moments: datetime) -> None:
        """A lead is received at each of the moments."""
        self.stats.add(
            line(id=f"fact_{len(self.stats.lines) + number}", at=at)
            for number, at in enumerate(moments)
        )

    def every(self, minutes: int) -> None:
        known = self.configuration.newest
        settings = known.settings.model_copy(update={"stats_interval_minutes": minutes})
        self.configuration.newest = replace(known, settings=settings)

    def tell_at(self, at: datetime, *, at_once: bool = False) -> list[StatsFact]:
        self.clock.at = at
        action = TellStatistics(
            configuration=self.configuration,
            lines=self.stats,
            periods=self.stats,
            bids=self.bids,
            customers=self.customers,
            bus=self.bus,
            clock=self.clock,
        )
        return facts(action(TENANT_ID, at_once=at_once))

    def received(self) -> int:
        """Leads of all facts that were told, each fact once."""
        by_id = {one.id: one for one in facts(self.bus.told)}
        return sum(row.leads_received for one in by_id.values() for row in one.rows)


def facts(told: object) -> list[StatsFact]:
    assert isinstance(told, list | tuple)
    assert all(isinstance(one, Told) for one in told)
    assert {one.name for one in told} <= {FactName.STATE_LEAD_TYPE_STATS_UPDATED}
    return [one.fact for one in told]


def due(periods: int = 1) -> datetime:
    return NOW + periods * INTERVAL + SETTLED_AFTER


def test_nothing_is_told_before_it_is_due() -> None:
    world = World()
    assert not world.tell_at(due() - EARLY_MAX - timedelta(seconds=1))
    assert not world.stats.periods
    [fact] = world.tell_at(due() - EARLY_MAX)
    assert (fact.since, fact.at, fact.rows) == (NOW, NOW + INTERVAL - EARLY_MAX, ())


def test_a_period_begins_where_the_one_before_it_ended_and_no_lead_counts_twice() -> None:
    world = World()
    end = NOW + INTERVAL
    world.counts(NOW, end - timedelta(seconds=1), end, end + timedelta(hours=1))
    [first] = world.tell_at(due())
    assert not world.tell_at(due() + timedelta(minutes=5))
    [second] = world.tell_at(due(2))
    assert (second.since, second.at) == (first.at, end + INTERVAL)
    assert [one.rows[0].leads_received for one in (first, second)] == [2, 2]
    assert first.id != second.id


@pytest.mark.parametrize("minutes", [5, 1440])
def test_the_tenant_says_how_often(minutes: int) -> None:
    world = World()
    world.every(minutes)
    at = NOW + timedelta(minutes=minutes) + SETTLED_AFTER
    assert not world.tell_at(at - timedelta(minutes=2))
    assert world.tell_at(at)


def test_what_happened_a_moment_ago_is_left_to_the_next_period() -> None:
    world = World()
    world.counts(due() - timedelta(seconds=1))
    assert world.tell_at(due())[0].rows == ()
    assert world.tell_at(due(2))[0].rows[0].leads_received == 1


def test_a_period_that_broke_off_is_told_again_as_it_was_under_the_same_id() -> None:
    world = World()
    world.counts(NOW)
    world.bus.fault = TransientFault("down")
    with pytest.raises(TransientFault):
        world.tell_at(due())
    world.bus.fault = None
    [again] = world.tell_at(due() + timedelta(hours=1))
    assert again.at == NOW + INTERVAL
    world.stats.periods[TENANT_ID] = StatsPeriod(since=NOW, until=again.at, version=2)
    [once_more] = world.tell_at(due() + timedelta(hours=2))
    assert once_more == again
    assert world.received() == 1


def test_of_two_who_begin_a_period_one_tells_it() -> None:
    world = World()

    class Overtaken(MemoryStats):
        def put(self, tenant_id: TenantId, period: StatsPeriod) -> bool:
            return False

    world.stats = Overtaken()
    assert not world.tell_at(due())
    assert not world.bus.told


def test_after_an_outage_two_days_are_told() -> None:
    world = World()
    world.counts(NOW, due(9) - timedelta(hours=1))
    [fact] = world.tell_at(due(9))
    assert fact.at - fact.since == PERIOD_MAX
    assert [row.leads_received for row in fact.rows] == [1]


def test_at_once_is_up_to_now_and_the_next_period_begins_there() -> None:
    world = World()
    now = NOW + timedelta(minutes=1)
    world.counts(NOW)
    [fact] = world.tell_at(now, at_once=True)
    assert (fact.at, fact.rows[0].leads_received) == (now, 1)
    assert not world.tell_at(now + timedelta(minutes=5))
    [following] = world.tell_at(now + INTERVAL + SETTLED_AFTER)
    assert following.since == now


def test_only_bids_count_that_compete() -> None:
    world = World()
    world.has(customer(1), bid(40, 1))
    world.has(customer(2), bid(50, 2, paused=True))
    world.has(customer(3), bid(60, 3, archived=True))
    world.has(customer(4, paused=True), bid(70, 4))
    world.has(customer(5, archived=True), bid(80, 5))
    [fact] = world.tell_at(due())
    assert [(row.active_bids, row.top_bid_cents) for row in fact.rows] == [(1, 4000)]


def test_all_bids_are_read_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for owner in range(1, 7):
        world.has(customer(owner), bid(40, owner))
    monkeypatch.setattr(tell_statistics, "BIDS_AT_ONCE", 2)
    [fact] = world.tell_at(due())
    assert fact.rows[0].active_bids == 6
    monkeypatch.setattr(tell_statistics, "BID_ROUNDS_MAX", 2)
    [bounded] = world.tell_at(due(2))
    assert bounded.rows[0].active_bids == 4


def test_many_rows_are_told_in_facts_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(tell_statistics, "STATS_ROWS_MAX", 2)
    types = [LeadTypeId(numbered("type", number)) for number in range(5)]
    world.stats.add(line(id=one, lead_type_id=one) for one in types)
    told = world.tell_at(due())
    assert [len(one.rows) for one in told] == [2, 2, 1]
    assert len({one.id for one in told}) == 3
    assert [row.lead_type_id for one in told for row in one.rows] == types


def test_leads_of_other_tenants_do_not_count() -> None:
    world = World()
    world.stats.add([line(tenant_id=OTHER_TENANT)])
    assert world.tell_at(due())[0].rows == ()
