"""One write more on the path of a sold lead costs what one write costs, and no less goes unseen."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import boto3
import pytest

from leadflow.application.ports import Refused, Sale, Sales
from leadflow.domain.identifiers import TenantId
from leadflow.runtime import container, stage_actions
from tests.bench.cost_paths import Scene, pinged, scene, sold, unsold, withheld_released
from tests.bench.images import drawn_tables
from tests.integration.outlets import outlets  # noqa: F401 # a fixture for all tests here
from tools.cost.assumptions import Assumptions
from tools.cost.meter import bill, path_usage
from tools.cost.prices import MILLION, PRICES, Item
from tools.cost.recorded import Path
from tools.cost.usage import Line, Usage

TIMELESS = Assumptions(call_ms={}, other_call_ms=0, task_ms=0)
"""Nothing is waited for: what is left is counted."""

ONE_WRITE = {Line(Item.WRITE_UNIT, "FlowsTable"): Fraction(1)}


@dataclass(frozen=True)
class Diary:
    """Sells as the other does, and then writes a small item."""

    sales: Sales

    def sell(self, tenant_id: TenantId, sale: Sale) -> frozenset[Refused]:
        """Book the sale."""
        refused = self.sales.sell(tenant_id, sale)
        boto3.client("dynamodb").put_item(
            TableName="FlowsTable",
            Item={"pk": {"S": tenant_id}, "sk": {"S": f"DIARY#{sale.lead.id}"}},
        )
        return refused


@pytest.fixture
def metered(tables: dict[str, str]) -> Iterator[Scene]:
    with scene(bids=6, clock=lambda: 0.0) as here:
        yield here


def _usage(path: Path) -> Usage:
    return path_usage(path, drawn_tables(), TIMELESS)


def _sold(metered: Scene) -> Path:
    metered.enter()
    return metered.measured(sold, 1, 1)


def _calls(path: Path) -> int:
    """Of the request itself: what it sets off is invoked behind it."""
    [request, *_] = path.invocations
    return len(request.calls) + sum(len(task.calls) for run in request.runs for task in run.tasks)


def test_the_same_sale_costs_the_same(metered: Scene) -> None:
    assert _usage(_sold(metered)).amounts == _usage(_sold(metered)).amounts


def test_one_write_more_costs_one_call_and_the_price_of_one_write(
    metered: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _sold(metered)
    diary = Diary(container.sales())
    monkeypatch.setattr(container, "sales", lambda: diary)
    stage_actions.sell_at_highest_price.cache_clear()

    after = _sold(metered)

    assert _calls(after) == _calls(before) + 1
    was, now = _usage(before), _usage(after)
    grown = {line: amount - was.amounts.get(line, 0) for line, amount in now}
    assert {line: amount for line, amount in grown.items() if amount} == ONE_WRITE
    dearer = bill(now, leads=1).total - bill(was, leads=1).total
    assert dearer == PRICES[Item.WRITE_UNIT].one * MILLION == Fraction("0.625")


def test_a_sale_is_followed_to_the_last_fact(metered: Scene) -> None:
    path = _sold(metered)
    functions = [one.function for one in path.invocations]
    assert functions == ["submit_lead", *["publish_facts"] * 3, *["plan_deliveries"] * 3]
    assert [task.function for run in path.invocations[0].runs for task in run.tasks] == [
        "sell_at_highest_price"
    ]
    assert len(path.sent) == len(path.deliveries) == 3


def test_facts_of_many_leads_are_told_together(metered: Scene) -> None:
    path = metered.measured(sold, 3, batch=10)
    functions = [one.function for one in path.invocations]
    assert functions == ["submit_lead"] * 3 + ["publish_facts"] * 2 + ["plan_deliveries"]
    assert (len(path.sent), len(path.deliveries)) == (9, 1)


def test_the_other_paths_are_walked_to_their_ends(metered: Scene) -> None:
    released = _usage(metered.measured(withheld_released, 1, 1))
    assert released.of(Item.SQS_FIFO) == 3
    assert released.of(Item.LAMBDA_REQUEST) == 3 + 2 * 3
    pings = metered.measured(pinged, 2, 1)
    assert [one.function for one in pings.invocations] == ["receive_ping"] * 2
    metered.bids = 0
    metered.enter()
    nobody = metered.measured(unsold, 1, 1)
    assert len(nobody.sent) == 2
