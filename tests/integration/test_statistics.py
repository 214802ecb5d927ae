"""Statistics: the fake and the real store keep one contract; a period told from the tables."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
from leadflow.adapters.dynamodb.stats import DynamoStats
from leadflow.adapters.dynamodb.stats_items import StatsLineItem
from leadflow.application.stats_ports import StatsPeriod
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import TenantId
from leadflow.domain.lead_stats import StatsLine
from leadflow.domain.told_facts import StatsFact
from leadflow.runtime import container
from tests.builders import TENANT_ID, TYPE_ID, configuration
from tests.fakes.clock import FixedClock
from tests.fakes.stats import MemoryStats
from tests.fakes.withheld import MemoryBus
from tests.integration.http import invoked
from tests.integration.seeds import store_bid, store_configuration, store_customer
from tests.integration.stream_events import EVENTS
from tests.integration.test_publish_facts import in_test
from tests.unit.domain.bidding_examples import NOW, bid, customer
from tests.unit.domain.return_examples import CHARGED, SOLD_AT
from tests.unit.domain.test_lead_stats import line

FILES = Path(__file__).resolve().parents[2] / "events/tell_statistics"
OTHER_TENANT = TenantId("tenant_" + "9" * 26)
MANY = 60
"""Lines that need more than two calls to be kept."""

Stats = MemoryStats | DynamoStats


@pytest.fixture(params=["memory", "dynamo"])
def stats(request: pytest.FixtureRequest) -> Stats:
    if request.param == "memory":
        return MemoryStats()
    request.getfixturevalue("tables")
    return DynamoStats()


def lines_at(*moments: datetime) -> list[StatsLine]:
    return [line(id=f"fact_{number:03d}", at=at) for number, at in enumerate(moments)]


def ids(lines: Iterator[StatsLine]) -> list[str]:
    return [one.id for one in lines]


def test_lines_of_a_period_are_read_oldest_first_without_its_end(stats: Stats) -> None:
    day = timedelta(days=1)
    stats.add(lines_at(NOW + day, NOW, NOW + timedelta(minutes=59), NOW - timedelta(seconds=1)))
    assert ids(stats.between(TENANT_ID, NOW, NOW + day)) == ["fact_001", "fact_002"]
    assert ids(stats.between(TENANT_ID, NOW, NOW + 2 * day)) == ["fact_001", "fact_002", "fact_000"]
    assert ids(stats.between(OTHER_TENANT, NOW, NOW + day)) == []


def test_a_line_is_read_as_it_was_kept_and_a_repeat_adds_none(stats: Stats) -> None:
    kept = line(4500)
    for _ in range(2):
        stats.add([kept])
    assert list(stats.between(TENANT_ID, NOW, NOW + timedelta(seconds=1))) == [kept]


def test_many_lines_are_kept_together(stats: Stats) -> None:
    stats.add(lines_at(*([NOW] * MANY)))
    assert len(ids(stats.between(TENANT_ID, NOW, NOW + timedelta(hours=1)))) == MANY


def test_a_period_is_stored_over_the_one_before_it_only(stats: Stats) -> None:
    assert stats.last(TENANT_ID) is None
    first = StatsPeriod(since=NOW, until=NOW + timedelta(hours=1))
    told = first.model_copy(update={"is_told": True, "version": 2})
    assert stats.put(TENANT_ID, first)
    assert not stats.put(TENANT_ID, first)
    assert stats.put(TENANT_ID, told)
    assert not stats.put(TENANT_ID, told)
    assert stats.last(TENANT_ID) == told
    assert stats.last(OTHER_TENANT) is None


def test_lines_expire_once_they_can_be_of_no_use(tables: dict[str, str]) -> None:
    DynamoStats().add([line()])
    [item] = StatsLineItem.query(f"{TENANT_ID}#STATS#2026-03-11T12")
    assert timedelta(days=3) < timedelta(seconds=item.expires_at - NOW.timestamp())


@pytest.mark.usefixtures("aws")
def test_lines_that_cannot_be_kept_are_a_fault_that_may_pass() -> None:
    with pytest.raises(TransientFault):
        DynamoStats().add([line()])


@pytest.fixture
def bus(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> MemoryBus:
    """A tenant with a bid, whose lead was sold; a bus that remembers; a day later."""
    told = MemoryBus()
    monkeypatch.setattr(container, "bus", lambda: told)
    monkeypatch.setattr(container, "clock", lambda: FixedClock(NOW + timedelta(days=1)))
    store_configuration(configuration())
    store_customer(customer(1))
    store_bid(bid(100, owner=1))
    return told


def event(case: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FILES / f"{case}.json").read_text())
    return read


@pytest.mark.parametrize("case", ["schedule", "at_once"])
def test_what_was_published_is_told_by_state_and_type(bus: MemoryBus, case: str) -> None:
    for _ in range(2):
        invoked("publish_facts", json.loads(in_test(json.dumps(EVENTS["leads"]))))
    bus.told = []
    assert invoked("tell_statistics", event(case)) == {"told": 1}
    [told] = bus.told
    assert isinstance(told.fact, StatsFact)
    assert told.fact.since == DynamoConfiguration().current(TENANT_ID).tenant.created_at
    assert told.fact.at > SOLD_AT
    [row] = told.fact.rows
    assert (row.country, row.state, row.lead_type_id) == ("US", "TX", TYPE_ID)
    assert (row.active_bids, row.top_bid_cents) == (1, 10_000)
    assert (row.leads_received, row.leads_assigned, row.average_price_cents) == (1, 1, CHARGED)
    assert invoked("tell_statistics", event("schedule")) == {"told": 0}
