"""A demand up to 25.00, at once for 5.00, open for 120 minutes; its customer has 500.00."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Self

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.browse_demands import BrowseDemands
from leadflow.application.caller_scope import CallerScope, customer_scope, tenant_scope
from leadflow.application.cancel_demand import CancelDemand
from leadflow.application.close_demands import CloseDemands, Closing
from leadflow.application.demand_desk import DemandDesk
from leadflow.application.offer_acceptance import OfferAcceptance
from leadflow.application.offer_on_demand import OfferForm, OfferOnDemand, OfferView
from leadflow.application.threshold import Threshold
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import SourceId
from leadflow.domain.posts import Post
from leadflow.domain.principals import Role, SourcePrincipal
from leadflow.domain.sources import Source
from tests.builders import TENANT_ID, configuration, numbered, source
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.demands import MemoryDemands
from tests.fakes.ids import CountingIds
from tests.fakes.request_rates import MemoryRequestRates
from tests.trade import principal
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.demand_examples import WANTED_TYPE, demand, imported_row

MONEY = 50_000
"""What every customer has, in cents."""

DEMAND = demand()
LEAD = dict(imported_row().values)


def bidder(number: int = 0, **changes: object) -> Source:
    """A source that is owed half of what it asks for."""
    return source(id=SourceId(numbered("source", number)), payout_percentage=Decimal(50), **changes)


def caller(number: int = 0) -> SourcePrincipal:
    """That source."""
    return SourcePrincipal(tenant_id=TENANT_ID, source_id=SourceId(numbered("source", number)))


def tenant() -> CallerScope:
    """An administrator of the tenant."""
    return tenant_scope(principal(Role.ADMIN), "leads.view")


def owner(number: int = 1) -> CallerScope:
    """A user of that customer."""
    return customer_scope(principal(Role.CUSTOMER_USER, customer(number).id))


@dataclass
class DemandWorld:
    """What is stored can be looked at and put there directly; `minute` moves the clock."""

    customers_count: int = 2
    clock: FixedClock = field(default_factory=FixedClock)
    ids: CountingIds = field(default_factory=CountingIds)
    rates: MemoryRequestRates = field(default_factory=MemoryRequestRates)

    def __post_init__(self) -> None:
        self.settled = FixedConfiguration(configuration(of_type=WANTED_TYPE))
        self.configure(bidder(0), bidder(1))
        buyers = [customer(1 + number, spendable=500) for number in range(self.customers_count)]
        stored = MemoryCustomerStore({(TENANT_ID, one.id): one for one in buyers})
        self.demands = MemoryDemands({(TENANT_ID, DEMAND.id): DEMAND}, customers=stored)

    @property
    def desk(self) -> DemandDesk:
        return DemandDesk(
            configuration=self.settled,
            demands=self.demands,
            customers=self.demands.customers,
            clock=self.clock,
        )

    @property
    def acceptance(self) -> OfferAcceptance:
        return OfferAcceptance(
            desk=self.desk,
            formats=LibraryFormats(),
            ids=self.ids,
            threshold=Threshold(self.demands.usage),
        )

    @property
    def browsing(self) -> BrowseDemands:
        return BrowseDemands(desk=self.desk, lists=self.demands, customers=self.demands.customers)

    @property
    def closing(self) -> CloseDemands:
        return CloseDemands(desk=self.desk, acceptance=self.acceptance, demands=self.demands)

    def configure(self, *sources: Source, **changes: object) -> Configuration:
        """Have these sources, and members of the configuration changed."""
        now = self.settled.newest
        known = {one.id: one for one in sources} or now.sources
        self.settled.newest = replace(now, sources=known, **changes)  # type: ignore[arg-type]
        return self.settled.newest

    def minute(self, count: float) -> Self:
        """So many minutes after the demand was made."""
        self.clock.at = NOW + timedelta(minutes=count)
        return self

    def offer(
        self,
        cents: int = 1_200,
        by: int = 0,
        *,
        wanted: Demand = DEMAND,
        repeat: str | None = None,
        partner_id: str | None = None,
        **values: object,
    ) -> OfferView:
        """Offer what is asked for at a price, as far as no other values are given."""
        act = OfferOnDemand(desk=self.desk, acceptance=self.acceptance, rates=self.rates)
        lead = {name: value for name, value in {**LEAD, **values}.items() if value is not None}
        form = OfferForm(price_cents=cents, lead=lead)
        post = Post(caller(by), "", partner_id, repeat)
        return act(wanted.id, post, form)

    def cancel(self, scope: CallerScope | None = None, demand_id: str = DEMAND.id) -> None:
        CancelDemand(desk=self.desk)(scope or owner(), demand_id)

    def close(self) -> list[Closing]:
        """What the schedule does now."""
        return [self.closing(due) for due in self.closing.due()]

    def archive(self, number: int = 1) -> None:
        """Archive a customer now."""
        one = self.customer(number)
        changes = {"archived": True, "last_archived_at": self.clock.at, "version": one.version + 1}
        self.put(one.model_copy(update=changes))

    def put(self, one: Customer | Demand) -> None:
        """Store something as it is."""
        if isinstance(one, Customer):
            self.demands.customers.stored[TENANT_ID, one.id] = one
        else:
            self.demands.stored[TENANT_ID, one.id] = one

    def customer(self, number: int = 1) -> Customer:
        return self.demands.customers.stored[TENANT_ID, customer(number).id]

    @property
    def demand(self) -> Demand:
        return self.demands.stored[TENANT_ID, DEMAND.id]

    def told(self) -> list[tuple[str, str | None]]:
        """Status and reason of the offers for the demand, in the order received."""
        ids = [one.id for one in self.demands.made.values() if one.demand_id == DEMAND.id]
        offers = self.demands.offers(TENANT_ID, DEMAND.id, ids)
        status = self.demand.status_at(self.customer(), self.clock.at)
        return [(one.status_in(status), one.reason) for one in offers.values()]
