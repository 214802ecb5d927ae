"""What a lead writes is small: writes are billed by the begun KiB. Older items stay readable."""

from collections.abc import Iterator

import pytest

from leadflow.adapters.dynamodb.bids import bid_item, bid_of
from leadflow.adapters.dynamodb.customers import customer_item, customer_of
from tests.bench.account import BUS, MACHINE_ARN
from tests.bench.cost_paths import Scene, scene, sold
from tests.builders import TENANT_ID
from tests.unit.domain.bidding_examples import bid, customer
from tools.cost.recorded import Change, Invocation
from tools.cost.units import WRITE_BYTES, item_bytes

ONE_UNIT = ("CUSTOMER", "BID", "ENTRY", "FLOW", "SUBMISSION")
"""Kinds of items of a sale that are one write unit each, as often as they are written."""


@pytest.fixture(autouse=True)
def _named(monkeypatch: pytest.MonkeyPatch) -> None:
    # Before the tables are made, for with them the settings are read.
    monkeypatch.setenv("DISTRIBUTION_STATE_MACHINE_ARN", MACHINE_ARN)
    monkeypatch.setenv("EVENT_BUS_NAME", BUS)


@pytest.fixture
def metered(tables: dict[str, str]) -> Iterator[Scene]:
    with scene(bids=200, clock=lambda: 0.0) as here:
        yield here


def _written(invocation: Invocation) -> Iterator[Change]:
    for call in invocation.calls:
        yield from call.changes
    for task in (task for run in invocation.runs for task in run.tasks):
        yield from _written(task)


def test_a_sale_writes_items_of_one_unit(metered: Scene) -> None:
    path = metered.measured(sold, 3, 1)
    changes = [one for invocation in path.invocations[:3] for one in _written(invocation)]
    sizes = {kind: max(_sizes(changes, kind)) for kind in ONE_UNIT}
    assert {kind: size for kind, size in sizes.items() if size > WRITE_BYTES} == {}


def _sizes(changes: list[Change], kind: str) -> list[int]:
    items = [one.after or {} for one in changes]
    return [item_bytes(one) for one in items if str(one.get("sk", "")).count(f"'{kind}")]


def test_a_customer_that_was_stored_in_full_is_read_as_one_that_is_stored_in_short() -> None:
    short = customer_item(TENANT_ID, customer(1))
    full = customer_item(TENANT_ID, customer(1))
    full.document = customer(1).model_dump_json()

    assert len(short.document) < len(full.document)
    assert customer_of(short) == customer_of(full) == customer(1)


def test_a_bid_that_was_stored_in_full_is_read_as_one_that_is_stored_in_short() -> None:
    short, full = bid_item(TENANT_ID, bid(100, 1)), bid_item(TENANT_ID, bid(100, 1))
    full.document = bid(100, 1).model_dump_json()

    assert len(short.document) < len(full.document)
    assert bid_of(short) == bid_of(full) == bid(100, 1)
