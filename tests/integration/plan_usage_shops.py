"""A tenant's leads, sales and usage in memory and in tables, as far as usage is concerned."""

from collections.abc import Sequence
from dataclasses import dataclass

from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.plan_usage import DynamoPlanUsage
from leadflow.adapters.dynamodb.sales import DynamoSales
from leadflow.adapters.dynamodb.submissions import DynamoSubmissions
from leadflow.adapters.system import Ulids
from leadflow.application.admissions import Admission
from leadflow.application.lead_ports import NewFlow
from leadflow.application.ports import Claim, Intake, Leads, Refused, Sale, Sales
from leadflow.application.usage_ports import PlanUsage
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.flows import FlowEnding, FlowKind, FlowStep
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.subscriptions import Amounts
from tests.builders import TENANT_ID, flow, lead, partner, submission
from tests.fakes.clock import FixedClock
from tests.fakes.leads import MemoryLeads
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.fakes.sales import ScriptedSales
from tests.unit.domain.bidding_examples import NOW


@dataclass
class Shop:
    """One tenant's leads, sales and usage behind their ports."""

    usage: PlanUsage
    leads: Leads
    sales: Sales
    clock: FixedClock

    def post(self, number: int, claims: Sequence[Claim] = ()) -> frozenset[str]:
        """Store a lead that counts; what was refused."""
        one = lead(number, received_at=self.clock.at, is_counted=True)
        self.keep(number)
        head = flow(number, started_at=self.clock.at)
        accepted = submission(number).accepted(one.id)
        step = FlowStep(number=0)
        intake = Intake(one, accepted, head, step, claims, admission=Admission.COUNT)
        return self.leads.accept(TENANT_ID, intake)

    def sell(self, number: int, cents: int, **changes: object) -> frozenset[Refused]:
        """Sell a stored lead to a partner."""
        stored = self.leads.get(TENANT_ID, lead(number).id)
        assert stored
        assignment = Assignment(
            partner_id=partner().id,
            assigned_via=AssignedVia.PARTNER,
            charged_cents=cents,
            assigned_at=self.clock.at,
        )
        sold = stored.moved(LeadStatus.POSTED, self.clock.at, assignment=assignment, **changes)
        ending = FlowEnding(updated_at=self.clock.at, ended_at=self.clock.at)
        return self.sales.sell(TENANT_ID, Sale(lead=sold, ending=ending, step=FlowStep(number=1)))

    def keep(self, number: int) -> None:
        """Store the submission, where the leads need one."""
        if isinstance(self.leads, DynamoLeads):
            DynamoSubmissions().keep(TENANT_ID, submission(number), per_minute=600)

    @property
    def used(self) -> Amounts:
        return self.usage.standing(TENANT_ID).used


def in_memory() -> Shop:
    """Over fakes."""
    clock = FixedClock()
    usage = MemoryPlanUsage(clock)
    leads = MemoryLeads(usage=usage)
    return Shop(usage, leads, ScriptedSales(leads), clock)


def in_tables() -> Shop:
    """Over tables, which are there."""
    clock = FixedClock()
    return Shop(DynamoPlanUsage(clock, Ulids()), DynamoLeads(), DynamoSales(), clock)


def reopened(shop: Shop, one: Lead, admission: Admission, number: int) -> frozenset[Refused]:
    """Open a flow of that number."""
    head = flow(number, kind=FlowKind.REPROCESS, lead_id=one.id)
    after = one.moved(LeadStatus.PROCESSING, NOW, flow_ids=(*one.flow_ids, head.id))
    new = NewFlow(after, head, FlowStep(number=0), admission=admission)
    assert isinstance(shop.leads, DynamoLeads | MemoryLeads)
    return shop.leads.reopen(TENANT_ID, new)


def settled(shop: Shop, before: Lead, number: int) -> Lead:
    """The lead once its flow of that number has ended without a taker."""
    stored = shop.leads.get(TENANT_ID, before.id)
    assert stored
    unsold = stored.moved(LeadStatus.UNASSIGNED, NOW)
    ending = FlowEnding(updated_at=NOW, ended_at=NOW)
    assert stored.flow_ids[-1] == flow(number).id
    assert shop.leads.settle(TENANT_ID, unsold, ending=ending, step=FlowStep(number=1))
    return unsold
