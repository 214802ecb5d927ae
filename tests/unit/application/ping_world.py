"""The source API and the whole distribution behind it, in memory: pings, posts, promises."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.alter_lead_data import AlterLeadData
from leadflow.application.close_flow import CloseFlow
from leadflow.application.evaluate_plan import EvaluatePlan
from leadflow.application.exchange_ports import Reply
from leadflow.application.honor_ping import HonorPing
from leadflow.application.partner_posts import PartnerPosts
from leadflow.application.ping_rounds import PingRounds
from leadflow.application.ports import Refused, Sale
from leadflow.application.promise_checks import PromiseChecks
from leadflow.application.receive_ping import PingAnswer, ReceivePing
from leadflow.application.reception import Reception
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.sell_at_highest_price import SellAtHighestPrice
from leadflow.application.sell_round_robin import SellRoundRobin
from leadflow.application.stage_tasks import StageDesk
from leadflow.application.submit_lead import Answer, SubmitLead
from leadflow.application.threshold import Threshold
from leadflow.domain.bids import Bid
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import AttemptStatus, Decision, Reason, Verdict
from leadflow.domain.flows import EventName, FlowStep, folded, joined
from leadflow.domain.identifiers import FlowId
from leadflow.domain.leads import Lead
from leadflow.domain.pings import Ping
from leadflow.domain.plans import Stage
from leadflow.domain.posts import Post
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.rotations import Taker
from leadflow.domain.submissions import Submission
from tests.builders import SOURCE_ID, TENANT_ID, VALUES, configuration, plan, stage
from tests.fakes.book import MemoryBook
from tests.fakes.call_counts import MemoryCallCounts
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import Versions
from tests.fakes.customers import MemoryCustomers
from tests.fakes.direct_post import direct_post
from tests.fakes.flows import MemoryFlows
from tests.fakes.ids import CountingIds
from tests.fakes.leads import MemoryLeads
from tests.fakes.outbound import ScriptedOutbound
from tests.fakes.pings import MemoryPings
from tests.fakes.rotations import MemoryRotations
from tests.fakes.sales import ScriptedSales
from tests.fakes.secrets import MemorySecrets
from tests.fakes.submissions import MemorySubmissions
from tests.fakes.withheld import MemoryQueue
from tests.unit.domain.bidding_examples import bid, customer

PRINCIPAL = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
ASKED = {"zip": VALUES["zip"], "email": VALUES["email"]}
"""What a ping tells of the lead."""

TASKS_MAX = 20


@dataclass
class World:
    """One tenant whose posts are distributed at once, by the real tasks.

    `replies` are by URL; `runs` are all runs that a task was called with. The distribution breaks
    off before the method `stops_before`, or behind so many tasks as `stops_after` says.
    """

    configured: Configuration = field(default_factory=configuration)
    bids: list[Bid] = field(default_factory=list)
    buyers: list[Customer] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    refusals: list[frozenset[Refused]] = field(default_factory=list)
    clock: FixedClock = field(default_factory=FixedClock)
    runs: list[Run] = field(default_factory=list)
    stops_before: str | None = None
    stops_after: int | None = None

    def __post_init__(self) -> None:
        self.configuration = Versions(self.configured)
        self.book = MemoryBook(self.bids)
        buyers = self.buyers or [customer(one.customer_number) for one in self.bids]
        self.customers = MemoryCustomers.of(*buyers)
        self.leads = MemoryLeads()
        self.flows = MemoryFlows(heads=self.leads.heads, written=self.leads.steps)
        self.submissions = MemorySubmissions()
        self.pings = MemoryPings(self.leads, self.flows, self.submissions)
        self.sales = ScriptedSales(self.leads, self.refusals)
        self.rotations = MemoryRotations(self.leads)
        self.outbound = ScriptedOutbound(self.replies)
        self.ids = CountingIds()
        self.reception = Reception(
            configuration=self.configuration,
            submissions=self.submissions,
            formats=LibraryFormats(),
            clock=self.clock,
            ids=self.ids,
        )

    def ping(self, body: Mapping[str, object] | None = None, **changes: object) -> PingAnswer:
        """Ping with the usual data, or with others."""
        values = {**(ASKED if body is None else body), **changes}
        return self.receive_ping(Post(PRINCIPAL, json.dumps(values)))

    def post(self, ping: Ping | None = None, **changes: object) -> Answer:
        """Post a whole lead, with the reference of a ping if one is given."""
        reference = {"ping_id": str(ping.id)} if ping else {}
        return self.submit_lead(Post(PRINCIPAL, json.dumps({**VALUES, **reference, **changes})))

    @property
    def receive_ping(self) -> ReceivePing:
        evaluate = EvaluatePlan(
            book=self.book,
            bidders=self.customers,
            customers=self.customers,
            rotations=self.rotations,
            rounds=self.rounds,
            formats=LibraryFormats(),
            clock=self.clock,
            ids=self.ids,
        )
        return ReceivePing(
            reception=self.reception,
            pings=self.pings,
            evaluate=evaluate,
            threshold=self.threshold,
        )

    @property
    def submit_lead(self) -> SubmitLead:
        return SubmitLead(
            reception=self.reception,
            leads=self.leads,
            pings=self.pings,
            distribution=self,
            threshold=self.threshold,
            withheld=MemoryQueue(),
        )

    @property
    def threshold(self) -> Threshold:
        return Threshold(self.leads.usage)

    @property
    def desk(self) -> StageDesk:
        return StageDesk(
            configuration=self.configuration,
            leads=self.leads,
            flows=self.flows,
            formats=LibraryFormats(),
            clock=self.clock,
        )

    @property
    def rounds(self) -> PingRounds:
        return PingRounds(
            outbound=self.outbound,
            secrets=MemorySecrets(),
            calls=MemoryCallCounts(),
            clock=self.clock,
        )

    @property
    def posts(self) -> PartnerPosts:
        return PartnerPosts(
            configuration=self.configuration,
            leads=self.leads,
            outbound=self.outbound,
            secrets=MemorySecrets(),
            calls=MemoryCallCounts(),
            clock=self.clock,
        )

    @property
    def honor_ping(self) -> HonorPing:
        checks = PromiseChecks(book=self.book, customers=self.customers, rotations=self.rotations)
        return HonorPing(desk=self.desk, checks=checks, sales=self.sales, posts=self.posts)

    def run(self, run: Run, *, patience_seconds: float) -> RunResult | None:
        """Implements `Distribution`: calls tasks until the lead is settled."""
        assert patience_seconds > 0
        after: Run | RunResult = run
        for _ in range(TASKS_MAX):
            if isinstance(after, RunResult):
                return after
            if after.method == self.stops_before or len(self.runs) == self.stops_after:
                return None
            self.runs.append(after)
            after = self.task(after)
        raise AssertionError("The run goes on for ever.")

    def resume(self, run: Run) -> None:
        self.run(run, patience_seconds=1)

    def task(self, run: Run) -> Run | RunResult:
        """Call the task of one stage."""
        desk = self.desk
        if run.method == "honor_ping":
            return self.honor_ping(run)
        if run.method == "highest_price":
            return SellAtHighestPrice(
                desk=desk,
                book=self.book,
                bidders=self.customers,
                sales=self.sales,
                rounds=self.rounds,
                posts=self.posts,
            )(run)
        if run.method == "round_robin":
            return SellRoundRobin(
                desk=desk,
                customers=self.customers,
                rotations=self.rotations,
                sales=self.sales,
                posts=self.posts,
            )(run)
        if run.method == "alter_data":
            return AlterLeadData(desk=desk)(run)
        return CloseFlow(
            leads=self.leads, flows=self.flows, clock=self.clock, direct_post=direct_post()
        )(run)

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.clock.at += timedelta(**by)

    def change(self, **changes: object) -> None:
        """Change the configuration; members are those of `Configuration`."""
        self.configuration.put(replace(self.configuration.newest, **changes))  # type: ignore[arg-type] # named by tests

    def change_bid(self, one: Bid, **changes: object) -> None:
        place = [bid.id for bid in self.book.bids].index(one.id)
        self.book.bids[place] = one.model_copy(update=changes)

    def change_buyer(self, one: Customer) -> None:
        self.customers.stored[one.id] = one

    def turns(self, taker: Taker) -> int:
        """How many leads the first stage has handed to somebody."""
        first = self.configuration.newest.plan.stages[0]
        return self.rotations.get(TENANT_ID, first.id).of(taker).total

    @property
    def urls(self) -> list[str]:
        """Which URLs were called."""
        return [request.url for request in self.outbound.sent]

    @property
    def lead(self) -> Lead:
        [lead] = self.leads.stored.values()
        return lead

    @property
    def sale(self) -> Sale:
        [sale] = self.sales.booked
        return sale

    @property
    def submission(self) -> Submission:
        """The last one."""
        return list(self.submissions.kept.values())[-1]

    def record(self, flow_id: FlowId) -> FlowStep:
        """Everything that a flow tells, as it is shown."""
        record = joined(0, *self.flows.steps(TENANT_ID, flow_id))
        return record.model_copy(update={"attempts": folded(record.attempts)})

    def events(self, flow_id: FlowId) -> list[EventName]:
        return [event.event for event in self.record(flow_id).timeline]

    def attempts(self, flow_id: FlowId) -> list[tuple[str, str, AttemptStatus]]:
        """Phase, stage and status of all attempts; stages by the last digit of their ids."""
        made = self.record(flow_id).attempts
        return [(one.phase, one.stage_id[-1], one.status) for one in made]


def in_stages(*stages: Stage, **more: object) -> Configuration:
    """A tenant with these stages; the rest as `configuration` takes it."""
    by_plan = plan(*(stages or (stage(0),)))
    return configuration(by_plan=by_plan, **more)  # type: ignore[arg-type] # members are named by the tests


def bidding(**more: object) -> World:
    """A tenant with two bids of $100 and $60."""
    return World(in_stages(**more), [bid(100, owner=1), bid(60, owner=2)])


def verdicts(decisions: tuple[Decision, ...]) -> list[tuple[str, Verdict, Reason | None]]:
    """Candidates with what became of them."""
    return [(one.candidate.id, one.verdict, one.reason) for one in decisions]
