"""New demands: the fake and the real store keep the same contract."""

from dataclasses import dataclass

import pytest

from leadflow.adapters.dynamodb import demand_writer
from leadflow.adapters.dynamodb.demand_items import demand_item, demand_of
from leadflow.adapters.dynamodb.demand_writer import DynamoDemandWriter
from leadflow.adapters.dynamodb.marketplace_items import DemandItem
from leadflow.adapters.dynamodb.store import read
from leadflow.application.demand_ports import DemandWriter
from leadflow.domain.demands import Demand, DemandStatus
from tests.builders import TENANT_ID
from tests.fakes.demands import MemoryDemands
from tests.unit.domain.bidding_examples import NOW
from tests.unit.domain.demand_examples import demand


@dataclass
class Ports:
    """The store under test, and what it holds."""

    writer: DemandWriter
    memory: MemoryDemands | None

    def put(self, one: Demand) -> None:
        """Store a demand as it is."""
        if self.memory:
            self.memory.stored[TENANT_ID, one.id] = one
        else:
            demand_item(TENANT_ID, one).save()

    def stored(self, *numbers: int) -> list[Demand | None]:
        return [self._stored(demand(number)) for number in numbers]

    def _stored(self, one: Demand) -> Demand | None:
        if self.memory:
            return self.memory.stored.get((TENANT_ID, one.id))
        item = read(DemandItem, f"{TENANT_ID}#{one.id}", "DEMAND")
        return demand_of(item) if item else None


@pytest.fixture(params=["memory", "dynamo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        memory = MemoryDemands()
        return Ports(memory, memory)
    request.getfixturevalue("tables")
    return Ports(DynamoDemandWriter(), None)


def test_many_demands_are_stored(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demand_writer, "DEMANDS_MAX", 2)
    made = [demand(number) for number in range(1, 6)]
    ports.writer.put_all(TENANT_ID, made)
    assert ports.stored(1, 2, 3, 4, 5) == made


def test_no_demand_is_nothing_to_do(ports: Ports) -> None:
    ports.writer.put_all(TENANT_ID, [])


def test_long_rows_go_in_smaller_parts(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demand_writer, "CHARACTERS_MAX", 1)
    ports.writer.put_all(TENANT_ID, [demand(1), demand(2)])
    assert ports.stored(1, 2) == [demand(1), demand(2)]


def test_a_repeat_opens_no_demand_again_and_stores_what_is_missing(ports: Ports) -> None:
    filled = demand(1).ended(DemandStatus.FILLED, NOW)
    waiting = demand(2, awaits_close=True)
    ports.put(filled)
    ports.put(waiting)
    ports.writer.put_all(TENANT_ID, [demand(1), demand(2), demand(3)])
    assert ports.stored(1, 2, 3) == [filled, waiting, demand(3)]
    ports.writer.put_all(TENANT_ID, [demand(1), demand(2), demand(3)])
    assert ports.stored(1, 2, 3) == [filled, waiting, demand(3)]
