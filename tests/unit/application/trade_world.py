"""A whole small trade in memory, whose every port call can be met by trouble.

Two customers bid for what one source posts; runs wait in a queue as executions of the state machine
do, and come again when they break off.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.auction_desk import AuctionDesk
from leadflow.application.close_flow import CloseFlow
from leadflow.application.delete_lead import DeleteLead
from leadflow.application.edit_lead import EditLead, LeadEdit
from leadflow.application.flow_ids import FlowIds
from leadflow.application.flow_opening import FlowOpening
from leadflow.application.free_holds import FreeHolds
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.manage_wallets import Deposit, ManageWallets, Withdrawal
from leadflow.application.partner_posts import PartnerPosts
from leadflow.application.ping_rounds import PingRounds
from leadflow.application.reception import Reception
from leadflow.application.reconcile import Reconcile
from leadflow.application.record_distribution_error import RecordDistributionError
from leadflow.application.release_audited_lead import ReleaseAuditedLead
from leadflow.application.reprocess_lead import Reprocess, ReprocessLead, ReprocessRequest
from leadflow.application.return_lead import ReturnForm, ReturnLead, TakeBack
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.sell_at_highest_price import SellAtHighestPrice
from leadflow.application.stage_tasks import StageDesk
from leadflow.application.submit_lead import SubmitLead
from leadflow.application.threshold import Threshold
from leadflow.domain.bids import Bid
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.configuration import AuditCondition
from leadflow.domain.errors import CorruptState, Refusal, TransientFault
from leadflow.domain.identifiers import LeadId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.limits import Budgets, LeadCaps
from leadflow.domain.posts import Post
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.starts import NamedStart
from tests.builders import (
    CATEGORY_ID,
    SOURCE_ID,
    TENANT_ID,
    VALUES,
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
from tests.fakes.direct_post import direct_post
from tests.fakes.flows import MemoryFlows
from tests.fakes.ids import CountingIds
from tests.fakes.marketplace import MemoryMarketplace
from tests.fakes.outbound import ScriptedOutbound
from tests.fakes.pings import MemoryPings
from tests.fakes.secrets import MemorySecrets
from tests.fakes.submissions import MemorySubmissions
from tests.fakes.trade import ClaimingLeads, MemoryPurses, MemoryTrade
from tests.fakes.unreliable import Action, Killed, Trouble, Wire, wired
from tests.fakes.withheld import MemoryQueue
from tests.unit.application.lead_world import ADMIN
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
class TradeWorld:
    """What is stored can be looked at; every action goes through `met`."""

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
    told: dict[str, LeadId] = field(default_factory=dict)
    """The lead that was answered with, by the key that the post was made with."""

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

    def met(self, step: Callable[[], object], trouble: Trouble | None) -> object | None:
        """Let somebody act, with trouble; None when it was refused or broke off."""
        self.wire.plan(trouble)
        try:
            return step()
        except (Refusal, TransientFault, Killed, CorruptState):
            return None
        finally:
            self.wire.plan(None)

    def post(self, email: str, city: str, repeat: str | None) -> Lead:
        reception = Reception(
            configuration=self.configuration,
            submissions=self.submissions,
            formats=LibraryFormats(),
            clock=self.clock,
            ids=self.ids,
        )
        submit = SubmitLead(
            reception=reception,
            leads=self.leads,
            pings=MemoryPings(self.leads, self.flows, self.submissions),
            distribution=self.waiting,
            threshold=Threshold(self.leads.usage),
            withheld=self.queue,
        )
        body = json.dumps({**VALUES, "email": f"{email}@example.com", "city": city})
        return self._wired(submit)(Post(PRINCIPAL, body, repeat=repeat)).lead

    def work(self, place: int) -> None:
        """Carry on one execution; it comes again unless it has come to its end."""
        if not self.waiting.runs:
            return
        run = self.waiting.runs.pop(place % len(self.waiting.runs))
        task: Run | RunResult = run
        for _ in range(TASKS_MAX):
            try:
                task = self._task(task)
            except (TransientFault, Killed):
                self.waiting.runs.append(task)
                raise
            if isinstance(task, RunResult):
                return
        raise AssertionError("The plan has no end.")

    def _task(self, run: Run) -> Run | RunResult:
        if run.stage_id is not None:
            return self._wired(self._selling)(run)
        close = CloseFlow(
            leads=self.leads, flows=self.flows, clock=self.clock, direct_post=direct_post()
        )
        return self._wired(close)(run)

    def give_back(self, lead: Lead, repeat: str | None) -> None:
        take_back = TakeBack(
            configuration=self.configuration,
            customers=self.trade.customers,
            book=self.trade.bids,
            returns=self.trade,
        )
        action = ReturnLead(
            configuration=self.configuration,
            leads=self.leads,
            requests=self.trade,
            take_back=take_back,
            clock=self.clock,
        )
        self._wired(action)(ADMIN, lead.id, ReturnForm(reason="other", note="No."), repeat)

    def reprocess(self, lead: Lead, repeat: str | None) -> None:
        action = ReprocessLead(desk=self._desk, opening=self._opening)
        wish = Reprocess(TENANT_ID, lead.id, NamedStart.BIDDING, repeat)
        self._wired(action)(wish)

    def release(self, lead: Lead, repeat: str | None) -> None:
        action = ReleaseAuditedLead(desk=self._desk, opening=self._opening)
        self._wired(action)(ADMIN, lead.id, repeat)

    def delete(self, lead: Lead) -> None:
        desk = AuctionDesk(
            configuration=self.configuration,
            marketplace=self.market,
            leads=self.leads,
            customers=self.market.customers,
            clock=self.clock,
        )
        holds = FreeHolds(desk=desk)
        action = DeleteLead(desk=self._desk, flows=self.flows, auctions=self.market, holds=holds)
        self._wired(action)(ADMIN, lead.id, lambda _: None)

    def edit(self, lead: Lead, repeat: str | None) -> None:
        """Change a lead and distribute it once more, in one write."""
        edit = EditLead(desk=self._desk, opening=self._opening)
        change = LeadEdit(contact={"city": "Waco"}, reprocess=ReprocessRequest())
        self._wired(edit)(ADMIN, lead.id, change, lambda _: None, repeat)

    def pay(self, number: int, cents: int, repeat: str | None) -> None:
        """Deposit (positive) or withdraw (negative)."""
        purses = MemoryPurses(self.trade)
        wallets = self._wired(
            ManageWallets(
                configuration=self.configuration,
                customers=purses,  # type: ignore[arg-type] # of the store it only asks `get`
                wallets=purses,  # type: ignore[arg-type] # of wallets it asks for no page
                clock=self.clock,
                ids=self.ids,
            )
        )
        owner = customer(number).id
        if cents > 0:
            wallets.deposit(ADMIN, owner, Deposit(amount_cents=cents, description="x"), repeat)
        else:
            wallets.withdraw(ADMIN, owner, Withdrawal(amount_cents=-cents, description="x"), repeat)

    def later(self, hours: int) -> None:
        """Let time pass, and what is due at any time be done."""
        self.clock.at += timedelta(hours=hours, minutes=1)

    def reconcile(self) -> None:
        give_up = RecordDistributionError(
            configuration=self.configuration,
            leads=self.leads,
            sales=self.trade,
            clock=self.clock,
        )
        action = Reconcile(
            configuration=self.configuration,
            leads=self.leads,
            flows=self.flows,
            distribution=self.waiting,
            formats=LibraryFormats(),
            clock=self.clock,
            record_distribution_error=give_up,
        )
        self._wired(action)(TENANT_ID)

    def settle(self) -> None:
        """No more trouble: what waits is worked on, and what was lost is found, within a while."""
        for _ in range(3):
            while self.waiting.runs:
                with suppress(CorruptState):
                    self.work(0)
            self.clock.at += timedelta(minutes=6)
            self.reconcile()

    def some(self, place: int, *statuses: LeadStatus) -> Lead | None:
        """One of the leads in these statuses; of all without any."""
        found = [
            one for one in self.leads.stored.values() if not statuses or one.status in statuses
        ]
        return found[place % len(found)] if found else None

    def _wired(self, action: Action) -> Action:
        return wired(action, self.wire)

    @property
    def _desk(self) -> LeadDesk:
        return LeadDesk(
            configuration=self.configuration,
            leads=self.leads,
            formats=LibraryFormats(),
            clock=self.clock,
        )

    @property
    def _opening(self) -> FlowOpening:
        return FlowOpening(
            desk=self._desk,
            flow_ids=FlowIds(flows=self.flows, ids=self.ids),
            distribution=self.waiting,
            threshold=Threshold(self.leads.usage),
            withheld=self.queue,
        )

    @property
    def _selling(self) -> SellAtHighestPrice:
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
