"""What a lead writes is small: writes are billed by the begun KiB. Older items stay readable."""

from collections.abc import Iterator

import pytest

from leadflow.adapters.dynamodb.bids import bid_item, bid_of
from leadflow.adapters.dynamodb.customers import customer_item, customer_of
from leadflow.adapters.dynamodb.flow_items import FlowStepItem
from leadflow.adapters.dynamodb.flows import step_item, step_of
from leadflow.adapters.dynamodb.lead_items import PingItem
from leadflow.adapters.dynamodb.leads import lead_item, lead_of
from leadflow.adapters.dynamodb.packing import PACKED_FROM
from leadflow.adapters.dynamodb.pings import ping_item, ping_of
from leadflow.domain.flows import EventName, FlowStep, TimelineEvent
from leadflow.domain.identifiers import FlowId
from leadflow.domain.sources import SourceType
from tests.bench.cost_paths import Scene, pinged, scene, sold
from tests.bench.images import drawn_tables
from tests.builders import TENANT_ID, lead, ping
from tests.integration.outlets import outlets  # noqa: F401 # a fixture for all tests here
from tests.unit.domain.bidding_examples import NOW, bid, customer
from tools.cost.assumptions import Assumptions
from tools.cost.meter import path_usage
from tools.cost.prices import Item
from tools.cost.recorded import Change
from tools.cost.units import WRITE_BYTES, item_bytes

ONE_UNIT = ("CUSTOMER", "BID", "ENTRY", "FLOW", "STEP", "SUBMISSION", "PING")
"""Kinds of items of a sale and a ping that are one write unit, as often as they are written."""

UNITS_MAX = 68, 20
"""Write units of a sold lead with its facts, and of a ping, with 200 bids on file."""


@pytest.fixture
def metered(tables: dict[str, str]) -> Iterator[Scene]:
    with scene(bids=200, clock=lambda: 0.0) as here:
        yield here


def test_a_sale_and_a_ping_write_items_of_one_unit(metered: Scene) -> None:
    paths = [metered.measured(sold, 3, 1)]
    metered.source_type = SourceType.VENDOR
    metered.enter()
    paths.append(metered.measured(pinged, 2, 1))
    invocations = [one for path in paths for one in path.invocations]
    changes = [change for one in invocations for call in one.all_calls for change in call.changes]
    sizes = {kind: max(_sizes(changes, kind)) for kind in ONE_UNIT}
    assert {kind: size for kind, size in sizes.items() if size > WRITE_BYTES} == {}
    for path, most in zip(paths, UNITS_MAX, strict=True):
        usage = path_usage(path, drawn_tables(), Assumptions())
        assert usage.of(Item.WRITE_UNIT) / path.leads <= most


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


@pytest.mark.parametrize("length", [1, PACKED_FROM])
def test_a_step_is_packed_only_if_it_is_long_and_read_either_way(length: int) -> None:
    event = TimelineEvent(at=NOW, event=EventName.INITIATED, description="x" * length)
    step = FlowStep(number=1, timeline=(event,))

    item = step_item(TENANT_ID, FlowId("flow_1"), step)

    assert [item.packed is not None, item.document is None] == [length == PACKED_FROM] * 2
    assert step_of(item) == step
    old = FlowStepItem(item.pk, item.sk, document=step.model_dump_json(exclude_none=True))
    assert step_of(old) == step


def test_a_ping_that_was_stored_in_full_is_read_as_one_that_is_packed() -> None:
    asked = ping(values={"first_name": "x" * PACKED_FROM})
    packed = ping_item(TENANT_ID, asked)
    assert b"first_name" not in packed.packed
    assert ping_of(packed) == asked
    old = PingItem(packed.pk, packed.sk, document=asked.model_dump_json(exclude_none=True))
    assert ping_of(old) == asked


def test_a_lead_that_was_stored_in_full_is_read_as_one_that_is_stored_in_short() -> None:
    short, full = lead_item(TENANT_ID, lead()), lead_item(TENANT_ID, lead())
    full.document = lead().model_dump_json(exclude_none=True)

    assert len(short.document) < len(full.document)
    assert lead_of(short) == lead_of(full) == lead()
