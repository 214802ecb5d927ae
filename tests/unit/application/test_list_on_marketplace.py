"""The Marketplace stage: an auction is opened, or the lead is handed on with the reason."""

from dataclasses import dataclass, field, replace

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.list_on_marketplace import ListOnMarketplace
from leadflow.application.ports import Refused
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.stage_tasks import StageDesk
from leadflow.domain.auction_listings import Auction
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.flows import EventName, FlowStep
from leadflow.domain.leads import LeadStatus
from leadflow.domain.plans import MarketplaceStage
from tests.builders import configuration, lead, lead_type, plan, run, source, stage
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads
from tests.fakes.marketplace import MemoryMarketplace
from tests.unit.domain.auction_examples import FALLBACK, ON_MARKETPLACE, auction
from tests.unit.domain.bidding_examples import NOW

LISTING = MarketplaceStage(id=stage(0).id, name="Marketplace")
RUN = run(method="marketplace")
NEXT = run(step=2, stage_id=stage(1).id)
LISTED = RunResult(LeadStatus.MARKETPLACE)


def listable() -> Configuration:
    """A tenant whose leads may be listed."""
    return configuration(
        from_source=source(pricing=(FALLBACK,)),
        of_type=lead_type(marketplace=ON_MARKETPLACE),
        by_plan=plan(LISTING, stage(1)),
    )


@dataclass
class World:
    """The action with everything it touches: a Marketplace stage and one behind it."""

    configured: Configuration = field(default_factory=listable)
    leads: MemoryLeads = field(default_factory=lambda: MemoryLeads.of(lead()))

    def __post_init__(self) -> None:
        self.flows = MemoryFlows(written=self.leads.steps)
        self.marketplace = MemoryMarketplace(self.leads)

    def enter(self, of_run: Run = RUN) -> RunResult | Run:
        desk = StageDesk(
            configuration=FixedConfiguration(self.configured),
            leads=self.leads,
            flows=self.flows,
            formats=LibraryFormats(),
            clock=FixedClock(),
        )
        return ListOnMarketplace(desk=desk, marketplace=self.marketplace)(of_run)

    @property
    def opened(self) -> Auction:
        [opened] = self.marketplace.opened.values()
        return opened

    @property
    def step(self) -> FlowStep:
        [step] = self.flows.written.values()
        return step


def test_the_lead_waits_in_an_auction_at_the_terms_in_force() -> None:
    world = World()
    assert world.enter() == LISTED
    assert world.opened == auction()
    listed = world.leads.stored[lead().id]
    assert (listed.status, listed.version, listed.payout_cents) == (LeadStatus.MARKETPLACE, 2, 0)


def test_the_flow_stays_open_with_an_attempt_in_process() -> None:
    world = World()
    world.enter()
    [attempt] = world.step.attempts
    assert (attempt.status, attempt.reason) == (AttemptStatus.PROCESSING, None)
    assert (attempt.started_at, attempt.ended_at) == (NOW, None)
    assert [event.event for event in world.step.timeline] == [
        EventName.ATTEMPT_ACCEPTED,
        EventName.ON_MARKETPLACE,
    ]
    assert not world.leads.settled


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            replace(
                listable(),
                settings=listable().settings.model_copy(update={"marketplace_enabled": False}),
            ),
            AttemptReason.MARKETPLACE_DISABLED,
        ),
        (
            configuration(by_plan=plan(LISTING, stage(1))),
            AttemptReason.LEAD_TYPE_MARKETPLACE_DISABLED,
        ),
        (
            configuration(
                of_type=lead_type(marketplace=ON_MARKETPLACE), by_plan=plan(LISTING, stage(1))
            ),
            AttemptReason.NO_FALLBACK_PRICE,
        ),
    ],
    ids=lambda value: value if isinstance(value, AttemptReason) else "",
)
def test_a_lead_that_may_not_be_listed_goes_on(
    changed: Configuration, reason: AttemptReason
) -> None:
    world = World(changed)
    assert world.enter() == NEXT
    [attempt] = world.step.attempts
    assert (attempt.status, attempt.reason) == (AttemptStatus.SKIPPED, reason)
    assert not world.marketplace.opened
    assert world.leads.stored[lead().id] == lead()


def test_a_repeated_call_opens_no_second_auction() -> None:
    world = World()
    assert world.enter() == world.enter() == LISTED
    assert world.opened == auction()


def test_a_later_stage_opens_an_auction_of_its_own() -> None:
    world = World()
    world.enter()
    world.leads.stored[lead().id] = lead()
    world.enter(replace(RUN, step=2))
    assert len({one.id for one in world.marketplace.opened.values()}) == 2


def test_a_lead_that_another_execution_listed_first_is_told_as_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    listed = lead(status=LeadStatus.MARKETPLACE, version=2)

    def meanwhile(*_: object) -> frozenset[Refused]:
        world.leads.stored[listed.id] = listed
        return frozenset({Refused.LEAD})

    monkeypatch.setattr(world.leads, "advance", meanwhile)
    assert world.enter() == LISTED
    assert not world.marketplace.opened


def test_a_stage_that_an_earlier_execution_passed_is_passed_again() -> None:
    world = World()
    earlier = FlowStep(number=RUN.step)
    world.flows.written[RUN.flow_id, RUN.step] = earlier
    assert world.enter() == NEXT
    assert world.step == earlier
    assert not world.marketplace.opened


def test_a_lead_that_is_settled_stays_as_it_is() -> None:
    sold = lead(status=LeadStatus.ASSIGNED, payout_cents=900)
    world = World(leads=MemoryLeads.of(sold))
    assert world.enter() == RunResult(LeadStatus.ASSIGNED, 900)
