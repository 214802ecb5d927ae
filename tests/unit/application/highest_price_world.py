"""The Highest Price stage with everything that it touches, in memory."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.exchange_ports import Answer, Failure, OutboundRequest, Reply
from leadflow.application.partner_posts import PartnerPosts
from leadflow.application.ping_rounds import PingRounds
from leadflow.application.ports import Refused, Sale
from leadflow.application.record_distribution_error import RecordDistributionError
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.sell_at_highest_price import SellAtHighestPrice
from leadflow.application.stage_tasks import StageDesk
from leadflow.domain.bids import Bid
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Decision, Reason, Verdict
from leadflow.domain.flows import FlowStep
from leadflow.domain.lead_types import LeadType
from leadflow.domain.leads import Lead
from leadflow.domain.partners import Partner
from leadflow.domain.plans import (
    BidSettings,
    HighestPriceSettings,
    HighestPriceStage,
    PartnerSettings,
)
from tests.builders import (
    configuration,
    lead,
    lead_type,
    partner,
    ping_exchange,
    plan,
    post_exchange,
    run,
    stage,
)
from tests.fakes.book import MemoryBook
from tests.fakes.call_counts import MemoryCallCounts
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customers import MemoryCustomers
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads
from tests.fakes.outbound import ScriptedOutbound, answer, no_answer
from tests.fakes.sales import ScriptedSales
from tests.fakes.secrets import MemorySecrets
from tests.unit.domain.bidding_examples import NOW, customer

REFUSED = answer(status=409)
HUNG = no_answer(Failure.TIMEOUT)
RUN = run()
NEXT = run(step=2, stage_id=stage(1).id)


def asking(bids: BidSettings | None = None, **partners: object) -> HighestPriceStage:
    """A stage that asks partners; `partners` are settings of which."""
    chosen = PartnerSettings.model_validate({"enabled": True, **partners})
    return stage(0, settings=HighestPriceSettings(bids=bids or BidSettings(), partners=chosen))


def pinged(number: int, *, post: dict[str, object] | None = None, **changes: object) -> Partner:
    """A partner with URLs of its own; `post` are changes of that exchange."""
    base = partner(
        number,
        ping=ping_exchange(url=ping_url(number)),
        post=post_exchange(url=post_url(number)).model_copy(update=post or {}),
    )
    return base.model_copy(update=changes)


def ping_url(number: int) -> str:
    return f"https://partner{number}.example.com/ping"


def post_url(number: int) -> str:
    return f"https://partner{number}.example.com/post"


def offers(dollars: object, at: datetime = NOW, **more: object) -> Answer:
    """A partner's answer to a ping."""
    return Answer(200, {}, json.dumps({"price": dollars, **more}).encode(), at)


@dataclass
class BusyOutbound(ScriptedOutbound):
    """Calls at which something else happens at the same time."""

    behind_round: Callable[[], None] = lambda: None
    in_post: Callable[[], None] = lambda: None

    def send(self, request: OutboundRequest) -> Reply:
        if request.url.endswith("/post"):
            self.in_post()
        return super().send(request)

    def send_all(
        self, requests: Sequence[OutboundRequest], *, deadline_seconds: float
    ) -> Sequence[Reply]:
        replies = super().send_all(requests, deadline_seconds=deadline_seconds)
        self.behind_round()
        return replies


@dataclass
class World:
    """The action with everything it touches: a stage that asks partners, and one behind it.

    `replies` are by URL: see `ping_url` and `post_url`; whoever is not in it accepts a post.
    """

    bids: list[Bid] = field(default_factory=list)
    partners: tuple[Partner, ...] = ()
    replies: dict[str, Reply] = field(default_factory=dict)
    buyers: list[Customer] = field(default_factory=list)
    first: HighestPriceStage = field(default_factory=asking)
    of_type: LeadType = field(default_factory=lead_type)
    lead_before: Lead = field(default_factory=lead)
    refusals: list[frozenset[Refused]] = field(default_factory=list)
    clock: FixedClock = field(default_factory=FixedClock)

    def __post_init__(self) -> None:
        self.book = MemoryBook(self.bids)
        buyers = self.buyers or [customer(one.customer_number) for one in self.bids]
        self.customers = MemoryCustomers.of(*buyers)
        self.leads = MemoryLeads.of(self.lead_before)
        self.flows = MemoryFlows(written=self.leads.steps)
        self.sales = ScriptedSales(self.leads, self.refusals)
        self.outbound = BusyOutbound(self.replies)
        self.secrets = MemorySecrets()
        self.calls = MemoryCallCounts()
        self.configuration = FixedConfiguration(self.configured)

    @property
    def configured(self) -> Configuration:
        by_plan = plan(self.first, stage(1))
        return configuration(by_plan=by_plan, partners=self.partners, of_type=self.of_type)

    @property
    def posts(self) -> PartnerPosts:
        return PartnerPosts(
            configuration=self.configuration,
            leads=self.leads,
            outbound=self.outbound,
            secrets=self.secrets,
            calls=self.calls,
            clock=self.clock,
        )

    @property
    def action(self) -> SellAtHighestPrice:
        desk = StageDesk(
            configuration=self.configuration,
            leads=self.leads,
            flows=self.flows,
            formats=LibraryFormats(),
            clock=self.clock,
        )
        rounds = PingRounds(
            outbound=self.outbound, secrets=self.secrets, calls=self.calls, clock=self.clock
        )
        return SellAtHighestPrice(
            desk=desk,
            book=self.book,
            bidders=self.customers,
            sales=self.sales,
            rounds=rounds,
            posts=self.posts,
        )

    @property
    def break_off(self) -> RecordDistributionError:
        return RecordDistributionError(
            configuration=self.configuration, leads=self.leads, sales=self.sales, clock=self.clock
        )

    def sell(self, of_run: Run = RUN) -> RunResult | Run:
        return self.action(of_run)

    def once_pinged(self, change: Callable[[], None]) -> None:
        """Let something change behind the round of pings, before anybody is posted to."""
        self.outbound.behind_round = change

    def on_post(self, happens: Callable[[], None]) -> None:
        """Let something happen while a partner is being posted to."""
        self.outbound.in_post = happens

    def configure(self, *partners: Partner) -> None:
        """Give the tenant these partners from now on."""
        self.partners = partners
        self.configuration.newest = self.configured

    @property
    def lead(self) -> Lead:
        return self.leads.stored[self.lead_before.id]

    @property
    def sale(self) -> Sale:
        [sale] = self.sales.booked
        return sale

    @property
    def step(self) -> FlowStep:
        [step] = self.flows.written.values()
        return step

    @property
    def posted(self) -> list[str]:
        """URLs of all posts, in their order."""
        return [one.url for one in self.outbound.sent if one.url.endswith("/post")]

    @property
    def asked(self) -> list[str]:
        """URLs of all pings, in their order."""
        return [one.url for one in self.outbound.sent if one.url.endswith("/ping")]

    @property
    def verdicts(self) -> dict[str, tuple[Verdict, Reason | None]]:
        """What the one step says of each candidate; nobody is on record twice."""
        made = {one.candidate.id: (one.verdict, one.reason) for one in self.step.decisions}
        assert len(made) == len(self.step.decisions)
        return made

    def decision(self, candidate: str) -> Decision:
        [made] = [one for one in self.step.decisions if one.candidate.id == candidate]
        return made
