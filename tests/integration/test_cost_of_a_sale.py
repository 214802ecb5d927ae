"""What a lead costs in calls to AWS: whoever adds one has to change a number here."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from leadflow.application.configuration_ports import ResourceKind
from leadflow.domain.model import Frozen
from tests.bench.machine import WalkedMachine
from tests.bench.market import Market, context
from tests.bench.recorder import Recorder, recording
from tests.bench.sold_lead import submit_lead
from tests.builders import partner
from tests.integration.outlets import outlets  # noqa: F401 # a fixture for all tests here

CALLS_MAX = 10
ACCEPTED = ["GetItem", *["TransactWriteItems"] * 2]
"""The configuration's stamp, the submission with its count, the lead with what belongs to it."""

SOLD = [
    *ACCEPTED,
    "StartSyncExecution",
    "GetItem",
    *["Query"] * 3,
    "BatchGetItem",
    "TransactWriteItems",
]
"""Then the lead, the three locations, the customers in them, and the sale."""

UNSOLD = [
    *ACCEPTED,
    "StartSyncExecution",
    "GetItem",
    *["Query"] * 3,
    "PutItem",
    "GetItem",
    "Query",
    "TransactWriteItems",
]
"""No customers to fetch; the attempt is recorded, and then the flow is closed in a second task."""

DUPLICATE = [*ACCEPTED, "BatchGetItem", "BatchGetItem", "TransactWriteItems"]
"""The first transaction finds the fingerprint taken; the second stores the lead as a duplicate.

In between is read whose claim it is, and that this lead is not deleted.
"""


class Partnered(Market):
    """A tenant that has partners, too."""

    def _configured(self) -> Iterator[tuple[ResourceKind, str, Frozen]]:
        yield from super()._configured()
        yield ResourceKind.PARTNER, partner(1).id, partner(1)


@dataclass(frozen=True)
class Meter:
    """Posts leads and tells what they cost."""

    recorder: Recorder
    machine: WalkedMachine

    def post(self, market: Market, email: str | None = None) -> str:
        """Post one lead; its status."""
        self.recorder.clear()
        self.machine.clear()
        answer = submit_lead()(market.event(email), context())
        status: str = json.loads(answer["body"])["status"]
        return status


@pytest.fixture
def meter(tables: dict[str, str]) -> Iterator[Meter]:
    machine = WalkedMachine()
    recorder = Recorder({"StartSyncExecution": machine.start_sync_execution})
    with recording(recorder):
        yield Meter(recorder, machine)


@pytest.fixture
def market(meter: Meter) -> Market:
    """A tenant whose configuration this process has read already."""
    market = Market().open()
    assert meter.post(market) == "unassigned"
    return market


@pytest.mark.parametrize("bids", [10, 500])
def test_a_sold_lead_costs_the_same_calls_however_many_bids_are_on_file(
    meter: Meter, market: Market, bids: int
) -> None:
    market.fill(bids)

    assert meter.post(market) == "assigned"

    assert Counter(meter.recorder.operations) == Counter(SOLD)
    assert len(SOLD) <= CALLS_MAX


def test_partners_cost_nothing_where_no_stage_asks_them(meter: Meter) -> None:
    market = Partnered().open()
    market.fill(10)
    assert meter.post(market) == "assigned"

    assert meter.post(market) == "assigned"

    assert Counter(meter.recorder.operations) == Counter(SOLD)


def test_a_sold_lead_costs_one_invocation_besides_its_own_and_four_transitions(
    meter: Meter, market: Market
) -> None:
    market.fill(10)

    assert meter.post(market) == "assigned"

    assert (meter.machine.invocations, meter.machine.transitions) == (1, 4)


def test_an_unsold_lead_costs_the_end_of_its_flow_besides(meter: Meter, market: Market) -> None:
    assert meter.post(market) == "unassigned"

    assert Counter(meter.recorder.operations) == Counter(UNSOLD)
    assert (meter.machine.invocations, meter.machine.transitions) == (2, 6)


def test_a_duplicate_starts_no_run(meter: Meter, market: Market) -> None:
    meter.post(market, "ada@example.com")

    assert meter.post(market, "ada@example.com") == "duplicate"

    assert Counter(meter.recorder.operations) == Counter(DUPLICATE)
    assert meter.machine.invocations == 0
