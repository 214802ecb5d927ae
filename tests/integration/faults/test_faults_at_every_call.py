"""Whatever fails, and wherever: every path survives a fault at each of its calls to AWS."""

import pytest

from tests.integration.faults import jobs, leads, market, money, selling, telling
from tests.integration.faults.campaign import Path, walk
from tests.integration.faults.world import World

PATHS = (
    *selling.PATHS,
    *money.PATHS,
    *market.PATHS,
    *leads.PATHS,
    *jobs.PATHS,
    *telling.PATHS,
)


@pytest.mark.parametrize("path", PATHS, ids=lambda one: one.name.replace(" ", "-"))
def test_a_fault_at_any_call_breaks_no_promise(world: World, path: Path) -> None:
    assert walk(world, path)
