"""The Round Robin stage with everything that it touches, in memory."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.partner_posts import PartnerPosts
from leadflow.application.ports import Refused, Sale
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.sell_round_robin import SellRoundRobin
from leadflow.application.stage_tasks import StageDesk
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Reason, Verdict
from leadflow.domain.flows import FlowStep
from leadflow.domain.leads import Lead
from leadflow.domain.partners import Partner
from leadflow.domain.plans import Stage
from leadflow.domain.rotations import RotationState, Taker
from tests.builders import (
    TENANT_ID,
    configuration,
    lead,
    partner,
    plan,
    post_exchange,
    run,
    stage,
)
from tests.fakes.call_counts import MemoryCallCounts
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads
from tests.fakes.outbound import ScriptedOutbound, answer, no_answer
from tests.fakes.rotations import MemoryRotations
from tests.fakes.sales import ScriptedSales
from tests.fakes.secrets import MemorySecrets
from tests.unit.domain.bidding_examples import NOW
from tests.unit.domain.round_robin_examples import (
    round_robin,
)

REFUSED = answer(status=409)
HUNG = no_answer(Failure.TIMEOUT)
RUN = run(method="round_robin")
NEXT = run(step=2, stage_id=stage(1).id)


def posting(number: int, **changes: object) -> Partner:
    """A partner with a URL of its own; changes are those of its post."""
    post = post_exchange(url=url(number)).model_copy(update=changes)
    return partner(number, ping=None, post=post)


def url(number: int) -> str:
    return f"https://partner{number}.example.com/post"


@dataclass
class Ticking:
    """Implements `Clock`: every look at it is a little later."""

    at: datetime = NOW
    tick: timedelta = timedelta(milliseconds=1)

    def now(self) -> datetime:
        self.at += self.tick
        return self.at


@dataclass
class World:
    """The action with everything it touches: a Round Robin stage and one behind it."""

    buyers: list[Customer] = field(default_factory=list)
    partners: tuple[Partner, ...] = ()
    first: Stage = field(default_factory=round_robin)
    leads: MemoryLeads = field(default_factory=lambda: MemoryLeads.of(lead()))
    refusals: list[frozenset[Refused]] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    clock: Ticking = field(default_factory=Ticking)

    def __post_init__(self) -> None:
        self.flows = MemoryFlows(written=self.leads.steps)
        self.customers = MemoryCustomerStore({(TENANT_ID, one.id): one for one in self.buyers})
        self.sales = ScriptedSales(self.leads, self.refusals)
        self.rotations = MemoryRotations(self.leads)
        self.outbound = ScriptedOutbound(self.replies)
        self.configuration = FixedConfiguration(self.configured)

    @property
    def configured(self) -> Configuration:
        by_plan = plan(self.first, stage(1))
        return configuration(by_plan=by_plan, partners=self.partners)

    def sell(self, of_run: Run = RUN) -> RunResult | Run:
        return self.action(of_run)

    @property
    def action(self) -> SellRoundRobin:
        desk = StageDesk(
            configuration=self.configuration,
            leads=self.leads,
            flows=self.flows,
            formats=LibraryFormats(),
            clock=self.clock,
        )
        posts = PartnerPosts(
            configuration=self.configuration,
            leads=self.leads,
            outbound=self.outbound,
            secrets=MemorySecrets(),
            calls=MemoryCallCounts(),
            clock=self.clock,
        )
        return SellRoundRobin(
            desk=desk,
            customers=self.customers,
            rotations=self.rotations,
            sales=self.sales,
            posts=posts,
        )

    def change(self, one: Customer) -> None:
        self.customers.stored[TENANT_ID, one.id] = one

    @property
    def lead(self) -> Lead:
        return self.leads.stored[lead().id]

    @property
    def sale(self) -> Sale:
        [sale] = self.sales.booked
        return sale

    @property
    def step(self) -> FlowStep:
        [step] = self.flows.written.values()
        return step

    @property
    def turns(self) -> RotationState:
        return self.rotations.get(TENANT_ID, round_robin().id)

    def had(self, taker: Taker) -> int:
        return self.turns.of(taker).total


def decisions(step: FlowStep) -> dict[str, tuple[Verdict, Reason | None]]:
    made = {one.candidate.id: (one.verdict, one.reason) for one in step.decisions}
    assert len(made) == len(step.decisions)
    return made
