"""A lead in a store, and the actions that people take on it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.auction_desk import AuctionDesk
from leadflow.application.caller_scope import CallerScope
from leadflow.application.delete_lead import DeleteLead
from leadflow.application.edit_lead import EditLead
from leadflow.application.enrich_lead import EnrichLead
from leadflow.application.flow_ids import FlowIds
from leadflow.application.flow_opening import FlowOpening
from leadflow.application.free_holds import FreeHolds
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.lead_ports import Deletion
from leadflow.application.reclassify_lead import ReclassifyLead
from leadflow.application.release_audited_lead import ReleaseAuditedLead
from leadflow.application.threshold import Threshold
from leadflow.domain.auction_listings import Auction
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.configuration import Configuration
from leadflow.domain.identifiers import AuctionId, LeadTypeId, TenantId
from leadflow.domain.lead_types import LeadType
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.principals import Role
from tests.builders import TENANT_ID, configuration, lead, lead_type, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.distribution import ScriptedDistribution
from tests.fakes.flows import MemoryFlows
from tests.fakes.ids import CountingIds
from tests.fakes.leads import MemoryLeads
from tests.fakes.marketplace import MemoryMarketplace
from tests.fakes.real_estate import ScriptedRealEstate
from tests.fakes.withheld import MemoryQueue

AUSTIN_TYPE = LeadTypeId(numbered("type", 9))
ADMIN = CallerScope(TENANT_ID, "user_1", Role.ADMIN)


def austin_only() -> LeadType:
    """A type for leads whose city is Austin; the category has no other."""
    conditions = ((Row(property="city", operator=Operator.EQUALS, value="austin"),),)
    return lead_type(id=AUSTIN_TYPE, name="Austin", fallback=False, conditions=conditions)


class RacingLeads(MemoryLeads):
    """Leads that somebody else changes just before they are stored, as often as told."""

    races: list[Callable[[Lead], Lead | None]]
    auctions: dict[tuple[TenantId, AuctionId], Auction]

    def change(self, tenant_id: TenantId, lead: Lead) -> bool:
        self._race(lead)
        return super().change(tenant_id, lead)

    def delete(self, tenant_id: TenantId, deletion: Deletion) -> bool:
        self._race(deletion.lead)
        is_deleted = super().delete(tenant_id, deletion)
        if is_deleted and deletion.auction:
            self.auctions[tenant_id, deletion.auction.id] = deletion.auction
        return is_deleted

    def _race(self, lead: Lead) -> None:
        if self.races:
            other = self.races.pop(0)(self.stored[lead.id])
            self.stored.pop(lead.id)
            self.stored |= {lead.id: other} if other else {}


@dataclass
class World:
    """One lead, and everything around it."""

    lead: Lead = field(default_factory=lambda: lead(status=LeadStatus.UNASSIGNED))
    configured: Configuration = field(default_factory=configuration)
    races: list[Callable[[Lead], Lead | None]] = field(default_factory=list)
    clock: FixedClock = field(default_factory=FixedClock)
    distribution: ScriptedDistribution = field(default_factory=ScriptedDistribution)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    api: ScriptedRealEstate = field(default_factory=lambda: ScriptedRealEstate({}))

    def __post_init__(self) -> None:
        self.leads = RacingLeads({self.lead.id: self.lead})
        self.leads.races = self.races
        self.flows = MemoryFlows(heads=self.leads.heads, written=self.leads.steps)
        self.marketplace = MemoryMarketplace(self.leads)
        self.leads.auctions = self.marketplace.opened
        self.ids = CountingIds()

    @property
    def desk(self) -> LeadDesk:
        return LeadDesk(
            configuration=FixedConfiguration(self.configured),
            leads=self.leads,
            formats=LibraryFormats(),
            clock=self.clock,
        )

    @property
    def opening(self) -> FlowOpening:
        flow_ids = FlowIds(flows=self.flows, ids=self.ids)
        return FlowOpening(
            desk=self.desk,
            flow_ids=flow_ids,
            distribution=self.distribution,
            threshold=Threshold(self.leads.usage),
            withheld=self.queue,
        )

    @property
    def edit(self) -> EditLead:
        return EditLead(desk=self.desk, opening=self.opening)

    @property
    def reclassify(self) -> ReclassifyLead:
        return ReclassifyLead(desk=self.desk)

    @property
    def release(self) -> ReleaseAuditedLead:
        return ReleaseAuditedLead(desk=self.desk, opening=self.opening)

    @property
    def delete(self) -> DeleteLead:
        return DeleteLead(
            desk=self.desk, flows=self.flows, auctions=self.marketplace, holds=self.holds
        )

    @property
    def holds(self) -> FreeHolds:
        desk = AuctionDesk(
            configuration=FixedConfiguration(self.configured),
            marketplace=self.marketplace,
            leads=self.leads,
            customers=self.marketplace.customers,
            clock=self.clock,
        )
        return FreeHolds(desk=desk)

    @property
    def enrich(self) -> EnrichLead:
        return EnrichLead(desk=self.desk, api=self.api)

    @property
    def stored(self) -> Lead:
        return self.leads.stored[self.lead.id]


def acting(role: Role) -> CallerScope:
    """A tenant's user in a role."""
    return replace(ADMIN, role=role)


def any_version(_version: int) -> None:
    """A request without `If-Match`."""
