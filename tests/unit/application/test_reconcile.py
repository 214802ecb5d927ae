"""What becomes of leads that a crash left processing."""

from datetime import datetime, timedelta

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application import reconcile
from leadflow.application.reconcile import (
    GIVEN_UP_AFTER,
    STUCK_AFTER,
    Handled,
    Handling,
    Reconcile,
)
from leadflow.application.record_distribution_error import RecordDistributionError
from leadflow.application.run_ports import Run
from leadflow.application.stages import HONOR_PING
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome
from leadflow.domain.errors import TransientFault
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import attempted
from leadflow.domain.identifiers import LeadId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import HighestPriceSettings, PartnerSettings, Stage
from leadflow.domain.reservations import Reservation
from leadflow.domain.starts import NamedStart
from tests.builders import TENANT_ID, configuration, flow, lead, numbered, plan, promise, stage
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.distribution import ScriptedDistribution
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads
from tests.fakes.sales import ScriptedSales
from tests.unit.domain.bidding_examples import NOW
from tests.unit.domain.test_reservations import offer

LATER = NOW + STUCK_AFTER + timedelta(seconds=1)
MUCH_LATER = NOW + GIVEN_UP_AFTER


class World:
    """One lead that is processing, with its flow."""

    def __init__(
        self,
        at: datetime = LATER,
        plan_version: int = 1,
        left: Lead | None = None,
        stages: tuple[Stage, ...] = (stage(0), stage(1)),
        start: str | None = None,
    ) -> None:
        self.leads = MemoryLeads.of(left or lead())
        head = flow(plan_version=plan_version, start=start)
        self.flows = MemoryFlows({head.id: head})
        self.distribution = ScriptedDistribution()
        self.clock = FixedClock(at)
        configured = FixedConfiguration(configuration(by_plan=plan(*stages)))
        give_up = RecordDistributionError(
            configuration=configured,
            leads=self.leads,
            sales=ScriptedSales(self.leads),
            clock=self.clock,
        )
        self.reconcile = Reconcile(
            configuration=configured,
            leads=self.leads,
            flows=self.flows,
            distribution=self.distribution,
            formats=LibraryFormats(),
            clock=self.clock,
            record_distribution_error=give_up,
        )

    def handling(self) -> Handling:
        [handled] = self.handled()
        assert handled == Handled(lead().id, handled.handling, handled.fault)
        return handled.handling

    def handled(self, idle: timedelta = STUCK_AFTER) -> list[Handled]:
        return list(self.reconcile(TENANT_ID, idle=idle))

    @property
    def run(self) -> Run:
        [(run, patience_seconds)] = self.distribution.started
        assert patience_seconds is None
        return run


def test_a_lead_that_has_been_processing_for_long_is_resumed_at_its_first_stage() -> None:
    world = World()
    assert world.handling() is Handling.RESUMED
    assert (world.run.stage_id, world.run.step) == (stage(0).id, 1)
    assert (world.run.lead_id, world.run.flow_id) == (lead().id, flow().id)


def test_a_lead_is_resumed_behind_the_stage_that_it_has_passed() -> None:
    world = World()
    tried = attempted(
        stage(0), AttemptStatus.FAILED, AttemptReason.NO_CANDIDATES, started_at=NOW, ended_at=NOW
    )
    world.flows.add_step(TENANT_ID, flow().id, tried.model_copy(update={"number": 1}))
    world.handling()
    assert (world.run.stage_id, world.run.step) == (stage(1).id, 2)


def test_a_reprocess_is_resumed_at_its_start_with_those_who_take_part() -> None:
    settings = HighestPriceSettings(partners=PartnerSettings(enabled=True))
    asking = stage(1, settings=settings)
    world = World(stages=(stage(0), asking, stage(2)), start=NamedStart.PING_POST)
    world.handling()
    assert (world.run.stage_id, world.run.step) == (asking.id, 1)
    assert world.run.partners_only


def test_behind_its_first_stage_a_reprocess_is_resumed_with_everybody() -> None:
    settings = HighestPriceSettings(partners=PartnerSettings(enabled=True))
    asking = stage(0, settings=settings)
    world = World(stages=(asking, stage(1)), start=NamedStart.PING_POST)
    tried = attempted(
        asking, AttemptStatus.FAILED, AttemptReason.NO_CANDIDATES, started_at=NOW, ended_at=NOW
    )
    world.flows.add_step(TENANT_ID, flow().id, tried.model_copy(update={"number": 1}))
    world.handling()
    assert (world.run.stage_id, world.run.partners_only) == (stage(1).id, False)


def test_an_old_lead_whose_reprocess_has_just_begun_is_left_to_it() -> None:
    again = lead(received_at=NOW - timedelta(days=90), run_began_at=NOW)
    assert not World(at=NOW + STUCK_AFTER, left=again).handled()
    assert World(left=again).handling() is Handling.RESUMED


def test_behind_an_unsold_auction_a_run_is_resumed_however_old_its_flow_is() -> None:
    long_ago = NOW - timedelta(hours=5)
    world = World(left=lead(received_at=long_ago, run_began_at=NOW))
    world.flows.heads[flow().id] = flow(started_at=long_ago)
    unsold = AttemptReason.AUCTION_UNSOLD
    tried = attempted(stage(0), AttemptStatus.FAILED, unsold, started_at=long_ago, ended_at=NOW)
    world.flows.add_step(TENANT_ID, flow().id, tried.model_copy(update={"number": 2}))
    assert world.handling() is Handling.RESUMED
    assert (world.run.stage_id, world.run.step) == (stage(1).id, 3)


def test_what_a_ping_did_is_no_stage_that_the_lead_has_passed() -> None:
    world = World()
    tried = attempted(
        stage(0), AttemptStatus.FAILED, None, started_at=NOW, ended_at=NOW, phase="ping"
    )
    world.flows.add_step(TENANT_ID, flow().id, tried)
    world.handling()
    assert (world.run.stage_id, world.run.step) == (stage(0).id, 1)


def test_a_lead_with_an_open_promise_is_resumed_with_it() -> None:
    world = World(left=lead(promise=promise(stage_id=stage(1).id)))
    world.handling()
    assert (world.run.stage_id, world.run.method) == (stage(1).id, HONOR_PING)
    assert world.run.promised_stage_id is None


def test_a_lead_on_the_way_to_what_it_was_promised_stays_on_it() -> None:
    world = World(left=lead(promise=promise(stage_id=stage(1).id)))
    begun = attempted(stage(1), AttemptStatus.PROCESSING, None, started_at=NOW, ended_at=NOW)
    world.flows.add_step(TENANT_ID, flow().id, begun.model_copy(update={"number": 1}))
    world.handling()
    assert (world.run.stage_id, world.run.step) == (stage(1).id, 2)
    assert world.run.promised_stage_id == stage(1).id


def test_a_lead_of_an_old_ping_is_resumed_before_it_is_given_up() -> None:
    posted_at = NOW + timedelta(minutes=50)
    world = World(at=posted_at + STUCK_AFTER, left=lead(received_at=posted_at))
    assert world.handled(timedelta(0))[0].handling is Handling.RESUMED


def test_a_lead_whose_plan_is_unknown_is_closed() -> None:
    world = World(plan_version=9)
    world.handling()
    assert (world.run.stage_id, world.run.method) == (None, "none")


def test_a_lead_that_is_still_young_is_left_alone() -> None:
    assert not World(at=NOW + STUCK_AFTER).handled()


def test_an_operator_may_pick_leads_up_earlier() -> None:
    world = World(at=NOW + timedelta(seconds=1))
    assert world.handled(timedelta(0))[0].handling is Handling.RESUMED


def test_a_lead_that_cannot_be_finished_becomes_a_distribution_error() -> None:
    world = World(at=MUCH_LATER)
    assert world.handling() is Handling.GIVEN_UP
    [(given_up, ending, _)] = world.leads.settled
    assert given_up.status is LeadStatus.DISTRIBUTION_ERROR
    assert ending.outcome is Outcome.STUCK
    assert not world.distribution.started


def test_a_lead_without_a_flow_is_left_for_a_person() -> None:
    world = World()
    world.flows.heads.clear()
    assert world.handling() is Handling.LEFT


def test_a_run_that_cannot_be_started_is_left_for_the_next_time() -> None:
    world = World()
    world.distribution.fault = TransientFault("down")
    assert world.handled() == [Handled(lead().id, Handling.LEFT, "TransientFault")]


def reserved(open_until: datetime, rule: TreatUnknownAs) -> Lead:
    """A lead that was being posted to a partner when its run broke off."""
    kept = Reservation(
        stage_id=stage(0).id,
        step=1,
        via=AssignedVia.PARTNER,
        offer=offer(1),
        open_until=open_until,
        treat_unknown_as=rule,
    )
    return lead(reservation=kept)


def test_a_lead_whose_post_may_still_be_open_is_waited_for() -> None:
    left = reserved(MUCH_LATER + timedelta(seconds=1), TreatUnknownAs.SOLD)
    assert World(at=MUCH_LATER, left=left).handling() is Handling.WAITING


@pytest.mark.parametrize(
    ("rule", "handling"),
    [
        (TreatUnknownAs.SOLD, Handling.SETTLED),
        (TreatUnknownAs.NOT_SOLD, Handling.GIVEN_UP),
    ],
)
def test_a_post_of_which_nothing_was_heard_is_settled_by_the_partners_rule(
    rule: TreatUnknownAs, handling: Handling
) -> None:
    world = World(at=MUCH_LATER, left=reserved(MUCH_LATER, rule))
    assert world.handling() is handling
    assert world.leads.stored[lead().id].reservation is None


def test_one_lead_that_cannot_be_handled_holds_up_no_other() -> None:
    broken, sound = lead(flow_ids=()), lead(id=LeadId(numbered("lead", 2)))
    world = World(left=broken)
    world.leads.stored[sound.id] = sound
    assert [(one.lead_id, one.handling, one.fault) for one in world.handled()] == [
        (broken.id, Handling.LEFT, "IndexError"),
        (sound.id, Handling.RESUMED, None),
    ]


def test_of_many_those_that_can_be_in_time_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "STRAYS_MAX", 2)
    ages = {1: timedelta(days=1), 2: STUCK_AFTER * 1.5, 3: STUCK_AFTER * 1.2, 4: STUCK_AFTER * 1.1}
    world = World(at=NOW)
    world.leads.stored = {
        made.id: made
        for number, age in ages.items()
        if (made := lead(id=LeadId(numbered("lead", number)), received_at=NOW - age))
    }
    assert [one.lead_id for one in world.handled()] == [numbered("lead", 2), numbered("lead", 3)]
