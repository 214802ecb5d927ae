"""The stores of a whole small trade in memory, and what acts on them, behind a wire."""

from dataclasses import dataclass, field

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.flow_ids import FlowIds
from leadflow.application.flow_opening import FlowOpening
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.partner_posts import PartnerPosts
from leadflow.application.ping_rounds import PingRounds
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.sell_at_highest_price import SellAtHighestPrice
from leadflow.application.stage_tasks import StageDesk
from leadflow.application.threshold import Threshold
from leadflow.domain.bids import Bid
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.configuration import AuditCondition
from leadflow.domain.leads import Lead
from leadflow.domain.limits import Budgets, LeadCaps
from leadflow.domain.principals import SourcePrincipal
from tests.builders import (
    CATEGORY_ID,
    SOURCE_ID,
    TENANT_ID,
    configuration,
    duplicate_check,
    numbered,
    plan,
    stage,
)
from tests.fakes.book import MemoryBook
from tests.fakes.call_counts import MemoryCallCounts
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.customers import MemoryCustomers
from tests.fakes.flows import MemoryFlows
from tests.fakes.ids import CountingIds
from tests.fakes.marketplace import MemoryMarketplace
from tests.fakes.outbound import ScriptedOutbound
from tests.fakes.secrets import MemorySecrets
from tests.fakes.submissions import MemorySubmissions
from tests.fakes.trade import ClaimingLeads, MemoryTrade
from tests.fakes.unreliable import Action, Wire, wired
from tests.fakes.withheld import MemoryQueue
from tests.unit.application.round_robin_world import Ticking
from tests.unit.domain.bidding_examples import NOW, bid, customer, dollars

MONEY = 350
"""What every customer has, in dollars."""
CAP, BUDGET = 2, dollars(25)
"""Per day: leads of the first customer's bid, money of the second one's."""
CITY = "Audit"
"""A lead from there is audited."""
TASKS_MAX = 10
"""Tasks of one execution; a plan of two stages has four at most."""
PRINCIPAL = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)


@dataclass
class WaitingRuns:
    """Implements `Distribution`: executions wait until somebody works on them."""

    runs: list[Run] = field(default_factory=list)

    def run(self, run: Run, *, patience_seconds: float) -> RunResult | None:
        assert patience_seconds >= 0
        self.runs.append(run)
        return None

    def resume(self, run: Run) -> None:
        self.runs.append(run)

    def repeat(self, place: int) -> None:
        """Let an execution be there twice."""
        if self.runs:
            self.runs.append(self.runs[place % len(self.runs)])


@dataclass
class TradeStores:
    """What is stored can be looked at."""

    clock: FixedClock | Ticking = field(default_factory=FixedClock)
    ids: CountingIds = field(default_factory=CountingIds)
    wire: Wire = field(default_factory=Wire)
    bids: list[Bid] = field(
        default_factory=lambda: [
            bid(100, owner=1, lead_caps=LeadCaps(daily=CAP)),
            bid(90, owner=2, budgets_cents=Budgets(daily=BUDGET)),
        ]
    )
    money: int = MONEY
    waiting: WaitingRuns = field(default_factory=WaitingRuns)
    told: dict[str, list[Lead]] = field(default_factory=dict)
    """The leads that were answered with, by the key that the posts were made with."""

    def __post_init__(self) -> None:
        numbers = [one.customer_number for one in self.bids]
        owners = [customer(number, spendable=self.money) for number in numbers]
        self.leads = ClaimingLeads()
        self.trade = MemoryTrade(self.leads, MemoryCustomers.of(*owners), MemoryBook(self.bids))
        self.flows = MemoryFlows(heads=self.leads.heads, written=self.leads.steps)
        self.submissions = MemorySubmissions()
        self.market = MemoryMarketplace(self.leads, customers=MemoryCustomerStore())
        self.queue = MemoryQueue()
        audit = AuditCondition(
            id=numbered("audit", 1),
            name="A city",
            lead_category_id=CATEGORY_ID,
            conditions=((Row(property="city", operator=Operator.EQUALS, value=CITY),),),
            created_at=NOW,
            updated_at=NOW,
        )
        by_plan = plan(stage(0), stage(1))
        self.configuration = FixedConfiguration(
            configuration(by_plan=by_plan, checks=(duplicate_check(),), audits=(audit,))
        )

    def wired(self, action: Action) -> Action:
        """The action behind the wire."""
        return wired(action, self.wire)

    @property
    def desk(self) -> LeadDesk:
        """Where leads are changed."""
        return LeadDesk(
            configuration=self.configuration,
            leads=self.leads,
            formats=LibraryFormats(),
            clock=self.clock,
        )

    @property
    def opening(self) -> FlowOpening:
        """What opens a lead again."""
        return FlowOpening(
            desk=self.desk,
            flow_ids=FlowIds(flows=self.flows, ids=self.ids),
            distribution=self.waiting,
            threshold=Threshold(self.leads.usage),
            withheld=self.queue,
        )

    @property
    def selling(self) -> SellAtHighestPrice:
        """The stage that sells."""
        desk = StageDesk(
            configuration=self.configuration,
            leads=self.leads,
            flows=self.flows,
            formats=LibraryFormats(),
            clock=self.clock,
        )
        outbound, secrets, calls = ScriptedOutbound(), MemorySecrets(), MemoryCallCounts()
        rounds = PingRounds(outbound=outbound, secrets=secrets, calls=calls, clock=self.clock)
        posts = PartnerPosts(
            configuration=self.configuration,
            leads=self.leads,
            outbound=outbound,
            secrets=secrets,
            calls=calls,
            clock=self.clock,
        )
        return SellAtHighestPrice(
            desk=desk,
            book=self.trade.bids,
            bidders=self.trade.customers,
            sales=self.trade,
            rounds=rounds,
            posts=posts,
        )
