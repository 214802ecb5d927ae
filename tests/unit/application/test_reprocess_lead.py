"""Distribute a stored lead once more."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application import contention
from leadflow.application.flow_ids import FlowIds
from leadflow.application.flow_opening import FlowOpening
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.lead_ports import NewFlow
from leadflow.application.ports import Refused
from leadflow.application.reprocess_lead import Reprocess, ReprocessLead, ReprocessRequest
from leadflow.application.requests import validated
from leadflow.application.threshold import Threshold
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import Conflict, NotFound, TransientFault, ValidationFailed
from leadflow.domain.flows import FlowKind
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.repeats import REPEATABLE_FOR
from tests.builders import TENANT_ID, configuration, lead, lead_type, plan, stage
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.distribution import ScriptedDistribution
from tests.fakes.flows import MemoryFlows
from tests.fakes.ids import CountingIds
from tests.fakes.leads import MemoryLeads
from tests.fakes.withheld import MemoryQueue
from tests.unit.domain.bidding_examples import NOW

WAITING = lead(status=LeadStatus.UNASSIGNED)
KEY = "key"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


@dataclass
class BusyLeads(MemoryLeads):
    """Leads that others change just before one is opened again."""

    meanwhile: Callable[[], None] = lambda: None

    def reopen(self, tenant_id: TenantId, opened: NewFlow) -> frozenset[Refused]:
        self.meanwhile()
        return super().reopen(tenant_id, opened)


@dataclass
class World:
    """The action with everything it touches, and one lead."""

    stored: Lead = WAITING
    configured: Configuration = field(
        default_factory=lambda: configuration(by_plan=plan(stage(0), stage(1)))
    )
    distribution: ScriptedDistribution = field(default_factory=ScriptedDistribution)
    clock: FixedClock = field(default_factory=FixedClock)

    def __post_init__(self) -> None:
        self.leads = BusyLeads({self.stored.id: self.stored})
        self.flows = MemoryFlows(heads=self.leads.heads, written=self.leads.steps)
        desk = LeadDesk(
            configuration=FixedConfiguration(self.configured),
            leads=self.leads,
            formats=LibraryFormats(),
            clock=self.clock,
        )
        opening = FlowOpening(
            desk=desk,
            flow_ids=FlowIds(flows=self.flows, ids=CountingIds()),
            distribution=self.distribution,
            threshold=Threshold(self.leads.usage),
            withheld=MemoryQueue(),
        )
        self.action = ReprocessLead(desk=desk, opening=opening)

    def reprocess(
        self, start: str = "bidding", *, repeat: str | None = None, lead_id: str = WAITING.id
    ) -> FlowId:
        return self.action(Reprocess(TENANT_ID, lead_id, start, repeat))

    @property
    def lead(self) -> Lead:
        return self.leads.stored[WAITING.id]

    def overtake(self, change: Callable[[Lead], Lead], times: int = 1) -> None:
        """Others change the lead in that way, so many times."""
        left = [change] * times

        def change_it() -> None:
            if left:
                self.leads.stored[WAITING.id] = left.pop()(self.lead)

        self.leads.meanwhile = change_it


def touched(one: Lead) -> Lead:
    return one.changed(NOW)


def taken(one: Lead) -> Lead:
    return one.moved(LeadStatus.PROCESSING, NOW)


def test_a_lead_goes_on_in_a_flow_of_its_own_whose_run_is_started() -> None:
    world = World()
    flow_id = world.reprocess(stage(1).id)
    assert (world.lead.status, world.lead.flow_ids[-1]) == (LeadStatus.PROCESSING, flow_id)
    head = world.flows.heads[flow_id]
    assert (head.kind, head.start, head.lead_id) == (FlowKind.REPROCESS, stage(1).id, WAITING.id)
    [(run, _)] = world.distribution.started
    assert (run.flow_id, run.stage_id, run.step) == (flow_id, stage(1).id, 1)


def test_a_lead_that_a_gate_settles_gets_a_flow_without_a_run() -> None:
    typeless = configuration(of_type=lead_type(archived=True))
    world = World(lead(status=LeadStatus.UNCATEGORIZED, lead_type_id=None), typeless)
    flow_id = world.reprocess()
    assert world.lead.status is LeadStatus.UNCATEGORIZED
    assert world.flows.heads[flow_id].ended_at == NOW
    assert not world.distribution.started


@pytest.mark.parametrize("lead_id", [lead(9).id, "nonsense"])
def test_a_lead_that_does_not_exist_is_not_found(lead_id: str) -> None:
    with pytest.raises(NotFound):
        World().reprocess(lead_id=lead_id)


def test_a_run_that_cannot_be_started_is_left_to_be_finished_later() -> None:
    world = World(distribution=ScriptedDistribution(fault=TransientFault("down")))
    assert world.reprocess() == world.lead.flow_ids[-1]
    assert world.lead.status is LeadStatus.PROCESSING


def test_a_lead_that_was_changed_meanwhile_is_read_again() -> None:
    world = World()
    world.overtake(touched)
    flow_id = world.reprocess()
    assert (world.lead.flow_ids[-1], world.lead.version) == (flow_id, WAITING.version + 2)


def test_a_lead_that_another_run_has_taken_meanwhile_is_left_to_it() -> None:
    world = World()
    world.overtake(taken)
    with pytest.raises(Conflict, match="processing"):
        world.reprocess()
    assert (world.lead.flow_ids, world.distribution.started) == (WAITING.flow_ids, [])


def test_a_lead_that_is_changed_without_end_is_given_up() -> None:
    world = World()
    world.overtake(touched, times=100)
    with pytest.raises(TransientFault):
        world.reprocess()


def test_a_repeat_is_told_of_the_flow_that_the_lost_request_has_opened() -> None:
    world = World()
    first = world.reprocess(repeat=KEY)
    assert world.reprocess(repeat=KEY) == first
    assert len(world.distribution.started) == 1


def test_a_key_that_is_used_again_after_a_day_means_another_flow() -> None:
    world = World()
    first = world.reprocess(repeat=KEY)
    world.leads.stored[WAITING.id] = world.lead.moved(LeadStatus.UNASSIGNED, NOW)
    world.clock.at = NOW + REPEATABLE_FOR + timedelta(seconds=1)
    second = world.reprocess(repeat=KEY)
    assert world.lead.flow_ids == (*WAITING.flow_ids, first, second)
    assert first != second


def test_a_request_without_a_start_means_the_whole_plan() -> None:
    assert validated(ReprocessRequest, {}).start == "bidding"


@pytest.mark.parametrize("start", ["", "nonsense", "stage_" + "0" * 80, 7, None])
def test_a_start_that_can_be_none_is_named(start: object) -> None:
    with pytest.raises(ValidationFailed) as refused:
        validated(ReprocessRequest, {"start": start})
    assert list(refused.value.errors) == ["start"]
