"""Flows in a real table."""

import pytest

from leadflow.adapters.dynamodb.flow_items import FlowStepItem
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.domain.errors import TransientFault
from leadflow.domain.flows import EventName, FlowStep, TimelineEvent
from leadflow.domain.identifiers import FlowId
from tests.builders import TENANT_ID, flow, lead
from tests.integration.seeds import store_lead
from tests.unit.domain.bidding_examples import NOW

FLOWS = DynamoFlows()
SAID = TimelineEvent(at=NOW, event=EventName.LEAD, description="Something happened.")


@pytest.mark.usefixtures("tables")
def test_a_step_is_written_once() -> None:
    first = FlowStep(number=1, timeline=(SAID,))
    FLOWS.add_step(TENANT_ID, flow().id, first)
    FLOWS.add_step(TENANT_ID, flow().id, FlowStep(number=1))
    assert FLOWS.steps(TENANT_ID, flow().id) == [first]


@pytest.mark.usefixtures("tables")
def test_steps_come_in_the_order_of_the_run() -> None:
    for number in (10, 2, 1):
        FLOWS.add_step(TENANT_ID, flow().id, FlowStep(number=number))
    assert [step.number for step in FLOWS.steps(TENANT_ID, flow().id)] == [1, 2, 10]


@pytest.mark.usefixtures("tables")
def test_flows_come_in_the_order_asked_for_without_unknown_ones() -> None:
    for number in (1, 2):
        store_lead(lead(number), number)
    wanted = [flow(2).id, FlowId("flow_none"), flow(1).id]
    assert [one.id for one in FLOWS.many(TENANT_ID, wanted)] == [flow(2).id, flow(1).id]


@pytest.mark.usefixtures("tables")
def test_an_unknown_flow_is_none_and_has_no_steps() -> None:
    assert FLOWS.get(TENANT_ID, flow().id) is None
    assert not FLOWS.steps(TENANT_ID, flow().id)


@pytest.mark.usefixtures("tables")
def test_a_store_that_fails_is_a_fault_that_may_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FlowStepItem.Meta, "table_name", "no-such-table")
    monkeypatch.setattr(FlowStepItem, "_connection", None)
    with pytest.raises(TransientFault):
        FLOWS.add_step(TENANT_ID, flow().id, FlowStep(number=1))
