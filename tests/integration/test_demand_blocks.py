"""Demands of an import, block by block: the fake and the real store keep the same contract."""

import pytest

from leadflow.adapters.dynamodb import demand_blocks
from leadflow.adapters.dynamodb.demand_blocks import DynamoDemandBlocks
from leadflow.adapters.dynamodb.demand_items import demand_item, demand_of
from leadflow.adapters.dynamodb.marketplace_items import DemandItem
from leadflow.adapters.dynamodb.store import read
from leadflow.application.import_ports import BLOCK_ROWS, DemandBlock, DemandBlocks
from leadflow.domain.demands import Demand, DemandStatus
from tests.builders import TENANT_ID
from tests.fakes.imports import MemoryDemandBlocks
from tests.unit.domain.bidding_examples import NOW
from tests.unit.domain.demand_examples import IMPORT_ID, demand

NEW = DemandBlock(IMPORT_ID, 1, is_new=True)
LEFT = DemandBlock(IMPORT_ID, 1, is_new=False)


@pytest.fixture(params=["memory", "dynamo"])
def blocks(request: pytest.FixtureRequest) -> DemandBlocks:
    if request.param == "memory":
        return MemoryDemandBlocks()
    request.getfixturevalue("tables")
    return DynamoDemandBlocks()


def stored(blocks: DemandBlocks, row: int) -> Demand | None:
    if isinstance(blocks, MemoryDemandBlocks):
        return blocks.stored.get((TENANT_ID, demand(row).id))
    item = read(DemandItem, f"{TENANT_ID}#{demand(row).id}", "DEMAND")
    return demand_of(item) if item else None


def change(blocks: DemandBlocks, one: Demand) -> None:
    """Store what has become of a demand."""
    if isinstance(blocks, MemoryDemandBlocks):
        blocks.stored[TENANT_ID, one.id] = one
    else:
        demand_item(TENANT_ID, one).save()


def test_a_whole_block_is_stored(blocks: DemandBlocks) -> None:
    made = [demand(row) for row in range(1, BLOCK_ROWS + 1)]
    blocks.put_block(TENANT_ID, NEW, made)
    assert [stored(blocks, row) for row in range(1, BLOCK_ROWS + 1)] == made


def test_a_block_that_is_repeated_opens_nothing_again_and_adds_what_is_missing(
    blocks: DemandBlocks,
) -> None:
    blocks.put_block(TENANT_ID, NEW, [demand(1), demand(3)])
    filled = demand(1).ended(DemandStatus.FILLED, NOW)
    change(blocks, filled)
    blocks.put_block(TENANT_ID, NEW, [demand(1), demand(2), demand(3)])
    assert [stored(blocks, row) for row in (1, 2, 3)] == [filled, demand(2), demand(3)]


def test_a_block_that_is_too_large_is_stored_and_repeated_all_the_same(
    blocks: DemandBlocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demand_blocks, "CHARACTERS_MAX", 10)
    blocks.put_block(TENANT_ID, NEW, [demand(1), demand(2)])
    filled = demand(1).ended(DemandStatus.FILLED, NOW)
    change(blocks, filled)
    monkeypatch.undo()
    blocks.put_block(TENANT_ID, NEW, [demand(1), demand(2)])
    assert [stored(blocks, row) for row in (1, 2)] == [filled, demand(2)]


def test_who_goes_on_with_a_block_keeps_out_whoever_is_late_with_it(blocks: DemandBlocks) -> None:
    blocks.put_block(TENANT_ID, LEFT, [demand(1), demand(2)])
    filled = demand(1).ended(DemandStatus.FILLED, NOW)
    change(blocks, filled)
    blocks.put_block(TENANT_ID, NEW, [demand(1), demand(2)])
    assert [stored(blocks, row) for row in (1, 2)] == [filled, demand(2)]


def test_what_is_there_of_a_block_stays_for_who_goes_on_with_it(blocks: DemandBlocks) -> None:
    filled = demand(1).ended(DemandStatus.FILLED, NOW)
    change(blocks, filled)
    blocks.put_block(TENANT_ID, LEFT, [demand(1), demand(2)])
    assert [stored(blocks, row) for row in (1, 2)] == [filled, demand(2)]
