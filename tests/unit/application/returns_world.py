"""A tenant in memory whose first customer won a lead, with all that acts on returns."""

from dataclasses import dataclass, field, replace

from leadflow.application.caller_scope import CallerScope, caller_scope, customer_scope
from leadflow.application.list_return_requests import ListReturnRequests
from leadflow.application.request_return import DecideReturnRequest, RequestReturn
from leadflow.application.return_lead import ReturnLead, TakeBack
from leadflow.domain.customers import Customer
from leadflow.domain.leads import Lead
from leadflow.domain.limits import Usage
from leadflow.domain.principals import Role
from leadflow.domain.returns import ReturnRequest
from tests.builders import TENANT_ID, configuration
from tests.fakes.book import MemoryBook
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customers import MemoryCustomers
from tests.fakes.leads import MemoryLeads
from tests.fakes.returns import MemoryReturns
from tests.trade import principal
from tests.unit.domain.bidding_examples import bid, customer
from tests.unit.domain.return_examples import CHARGED, SOLD_AT, return_request, sold

WON = Usage().with_win(SOLD_AT, CHARGED)
ADMIN = caller_scope(principal(Role.ADMIN), "leads.return")


def owner_scope(number: int = 1) -> CallerScope:
    """The reach of a user of that customer."""
    return customer_scope(principal(Role.CUSTOMER_USER, customer(number).id))


@dataclass
class ReturnsWorld:
    """What is stored can be looked at and put there directly."""

    clock: FixedClock = field(default_factory=FixedClock)
    settled: FixedConfiguration = field(default_factory=lambda: FixedConfiguration(configuration()))

    def __post_init__(self) -> None:
        self.returns = MemoryReturns(
            MemoryLeads.of(sold()),
            MemoryCustomers.of(customer(1, usage=WON), customer(2)),
            MemoryBook([bid(usage=WON)]),
        )

    @property
    def lead(self) -> Lead:
        return self.returns.leads.stored[sold().id]

    @property
    def owner(self) -> Customer:
        return self.returns.customers.stored[customer(1).id]

    @property
    def request(self) -> ReturnRequest:
        return self.returns.requests[TENANT_ID, return_request().id]

    def put(self, lead: Lead) -> None:
        """Store a lead, whatever was there."""
        self.returns.leads.stored[lead.id] = lead

    def asked(self, **changes: object) -> ReturnRequest:
        """The owner has requested the return."""
        request = return_request().model_copy(update=changes)
        self.put(sold(return_request_id=request.id))
        self.returns.requests[TENANT_ID, request.id] = request
        return request

    def settings(self, **changes: object) -> None:
        """Change the tenant's settings."""
        now = self.settled.newest
        changed = now.settings.model_copy(update=changes)
        self.settled.newest = replace(now, settings=changed)

    @property
    def take_back(self) -> TakeBack:
        customers, bids = self.returns.customers, self.returns.bids
        return TakeBack(
            configuration=self.settled, customers=customers, book=bids, returns=self.returns
        )

    @property
    def return_lead(self) -> ReturnLead:
        return ReturnLead(
            configuration=self.settled,
            leads=self.returns.leads,
            requests=self.returns,
            take_back=self.take_back,
            clock=self.clock,
        )

    @property
    def request_return(self) -> RequestReturn:
        return RequestReturn(
            configuration=self.settled,
            leads=self.returns.leads,
            requests=self.returns,
            clock=self.clock,
        )

    @property
    def decide(self) -> DecideReturnRequest:
        return DecideReturnRequest(
            leads=self.returns.leads,
            requests=self.returns,
            take_back=self.take_back,
            clock=self.clock,
        )

    @property
    def list_requests(self) -> ListReturnRequests:
        return ListReturnRequests(configuration=self.settled, lists=self.returns, clock=self.clock)
