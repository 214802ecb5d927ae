"""The Alter Data stage."""

from dataclasses import dataclass, field, replace

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.alter_lead_data import AlterLeadData
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.stage_tasks import StageDesk
from leadflow.application.stages import PASSED
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome
from leadflow.domain.errors import CorruptState
from leadflow.domain.flows import EventName
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import (
    AlterDataSettings,
    AlterDataStage,
    Operation,
    SetField,
    SetLeadType,
    Stage,
)
from tests.builders import TYPE_ID, configuration, lead, plan, run, stage
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads

IN_WACO = ((Row(property="city", operator=Operator.EQUALS, value="waco"),),)
TO_WACO = SetField(set_field="city", value="Waco")
FLOW = run().flow_id


def altering(*operations: Operation) -> AlterDataStage:
    head = stage(0)
    settings = AlterDataSettings(operations=operations)
    return AlterDataStage(id=head.id, name="Tidy", settings=settings)


@dataclass
class Shop:
    """A lead before a plan that begins with an Alter Data stage."""

    stages: tuple[Stage, ...]
    leads: MemoryLeads = field(default_factory=lambda: MemoryLeads.of(lead()))
    flows: MemoryFlows = field(default_factory=MemoryFlows)

    def __post_init__(self) -> None:
        self.leads.steps = self.flows.written

    def call(self, of_run: Run | None = None) -> RunResult | Run:
        desk = StageDesk(
            configuration=FixedConfiguration(configuration(by_plan=plan(*self.stages))),
            leads=self.leads,
            flows=self.flows,
            formats=LibraryFormats(),
            clock=FixedClock(),
        )
        return AlterLeadData(desk=desk)(of_run or run())

    @property
    def lead(self) -> Lead:
        return self.leads.stored[lead().id]


def test_a_lead_is_changed_for_good_and_goes_on() -> None:
    shop = Shop((altering(TO_WACO, SetLeadType(set_lead_type=TYPE_ID)), stage(1)))
    onward = shop.call()
    assert isinstance(onward, Run)
    assert (onward.step, onward.stage_id) == (2, stage(1).id)
    assert (shop.lead.values["city"], shop.lead.version) == ("Waco", 2)
    [attempt] = shop.flows.written[FLOW, 1].attempts
    assert (attempt.status, attempt.reason) == (AttemptStatus.CONTINUE, None)
    events = [event.event for event in shop.flows.written[FLOW, 1].timeline]
    assert events == [EventName.ATTEMPT_ACCEPTED, EventName.ATTEMPT_CONTINUED]


def test_later_stages_see_the_change() -> None:
    stages = (altering(TO_WACO), stage(1, conditions=IN_WACO))
    onward = Shop(stages).call()
    assert isinstance(onward, Run)
    assert onward.stage_id == stage(1).id


def test_behind_the_last_stage_the_plan_is_passed() -> None:
    onward = Shop((altering(TO_WACO),)).call()
    assert isinstance(onward, Run)
    assert (onward.stage_id, onward.method) == (None, PASSED)


def test_a_repeated_call_changes_nothing_and_goes_on_alike() -> None:
    shop = Shop((altering(TO_WACO), stage(1)))
    first = shop.call()
    changed, record = shop.lead, dict(shop.flows.written)
    assert shop.call() == first
    assert (shop.lead, shop.flows.written) == (changed, record)


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (SetField(set_field="email", value="nobody"), AttemptReason.FIELD_VALUE_INVALID),
        (SetLeadType(set_lead_type="type_x"), AttemptReason.LEAD_TYPE_UNAVAILABLE),
    ],
)
def test_an_operation_that_fails_ends_the_flow_and_changes_nothing_else(
    operation: Operation, reason: AttemptReason
) -> None:
    shop = Shop((altering(TO_WACO, operation), stage(1)))
    ended = shop.call()
    assert ended == RunResult(LeadStatus.DISTRIBUTION_ERROR)
    assert (shop.lead.status, shop.lead.values) == (ended.status, lead().values)
    [(_, ending, step)] = shop.leads.settled
    assert ending.outcome is Outcome.DISTRIBUTION_ERROR
    [attempt] = step.attempts
    assert (attempt.status, attempt.reason) == (AttemptStatus.ERROR, reason)
    assert "nobody" not in step.model_dump_json()
    assert shop.call() == ended


def test_a_lead_that_has_moved_on_is_left_alone() -> None:
    sold = lead(status=LeadStatus.ASSIGNED, payout_cents=5)
    shop = Shop((altering(TO_WACO),), leads=MemoryLeads.of(sold))
    assert shop.call() == RunResult(LeadStatus.ASSIGNED, 5)
    assert shop.lead == sold


def test_a_stage_of_another_method_is_a_fault() -> None:
    with pytest.raises(CorruptState):
        Shop((stage(0),)).call()


def test_an_unknown_plan_is_a_fault() -> None:
    with pytest.raises(CorruptState):
        Shop((altering(TO_WACO),)).call(replace(run(), plan_version=9))
