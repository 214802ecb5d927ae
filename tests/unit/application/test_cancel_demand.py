"""Cancelling demands, against sales and closes."""

import pytest

from leadflow.application.close_demands import Closing
from leadflow.domain.demands import DemandStatus
from leadflow.domain.errors import Conflict, NotFound
from tests.builders import numbered
from tests.unit.application.demand_world import DEMAND, DemandWorld, owner, tenant


def test_its_customer_cancels_a_demand() -> None:
    world = DemandWorld()
    world.offer()
    world.cancel()
    assert world.demand.status is DemandStatus.CANCELLED
    assert world.told() == [("lost", None)]
    assert world.minute(120).close() == []


def test_so_does_the_tenant() -> None:
    world = DemandWorld()
    world.cancel(tenant())
    assert world.demand.status is DemandStatus.CANCELLED


@pytest.mark.parametrize("demand_id", [DEMAND.id, numbered("demand", 9), "x"])
def test_nobody_cancels_what_is_out_of_reach(demand_id: str) -> None:
    world = DemandWorld()
    with pytest.raises(NotFound):
        world.cancel(owner(2), demand_id)
    assert world.demand == DEMAND


def test_what_is_not_open_cannot_be_cancelled() -> None:
    world = DemandWorld()
    world.offer(500)
    with pytest.raises(Conflict) as refused:
        world.cancel()
    assert refused.value.code == "demand_closed"
    world = DemandWorld().minute(120)
    with pytest.raises(Conflict):
        world.cancel()


def test_a_demand_of_an_archived_customer_is_cancelled_already() -> None:
    world = DemandWorld().minute(1)
    world.archive()
    with pytest.raises(Conflict):
        world.cancel(tenant())


def test_a_sale_that_was_faster_stands() -> None:
    world = DemandWorld()
    world.demands.races = [lambda: world.offer(500)]
    with pytest.raises(Conflict):
        world.cancel()
    assert world.demand.status is DemandStatus.FILLED


def test_a_close_that_was_cancelled_meanwhile_sells_nothing() -> None:
    world = DemandWorld()
    world.offer()
    world.demands.races = [lambda: world.put(DEMAND.ended(DemandStatus.CANCELLED, world.clock.at))]
    assert world.minute(120).close() == [Closing.NOTHING]
    assert world.demands.leads == {}
