"""A tenant's customers, wallets and bids in memory, with all that acts on them."""

from dataclasses import dataclass, field, replace

from leadflow.application.bid_hints import HintAtPositions
from leadflow.application.caller_scope import CallerScope, caller_scope
from leadflow.application.customer_ports import Author
from leadflow.application.list_bids import ListBids
from leadflow.application.list_customers import ListCustomers
from leadflow.application.manage_bids import ManageBids
from leadflow.application.manage_customers import ManageCustomers
from leadflow.application.manage_wallets import Deposit, ManageWallets
from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId, TenantId, UserId
from leadflow.domain.lead_types import LeadType
from leadflow.domain.limits import LevelSwitches, LimitSwitches, PeriodSwitches
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.domain.settings import BiddingSettings
from tests.builders import TENANT_ID, configuration, lead_type
from tests.fakes.bid_store import MemoryBidStore
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customer_store import MemoryCustomerStore, MemoryWallets
from tests.fakes.ids import CountingIds
from tests.fakes.plain_formats import PlainFormats
from tests.unit.domain.bidding_examples import NOW

NO_DAILY_LIMITS = LimitSwitches(
    lead_caps=LevelSwitches(bid=PeriodSwitches(daily=False), account=PeriodSwitches(daily=False)),
    budgets=LevelSwitches(bid=PeriodSwitches(daily=False), account=PeriodSwitches(daily=False)),
)
UNKNOWN = "cus_" + "7" * 26


def any_version(_version: int) -> None:
    """The request names no version."""


def principal(
    role: Role, customer_id: CustomerId | None = None, tenant_id: TenantId = TENANT_ID
) -> UserPrincipal:
    """A user of the tenant, or of a customer."""
    return UserPrincipal(
        tenant_id=tenant_id, user_id=UserId("user_1"), role=role, customer_id=customer_id
    )


def admin(tenant_id: TenantId = TENANT_ID) -> CallerScope:
    """The reach of an admin."""
    return caller_scope(principal(Role.ADMIN, tenant_id=tenant_id), "customers.view")


def buyer(owner: Customer, role: Role = Role.CUSTOMER_USER) -> CallerScope:
    """The reach of a customer's user."""
    return caller_scope(principal(role, owner.id), "customers.view")


@dataclass
class Trade:
    """Everything in memory; what is stored can be looked at and put there directly."""

    clock: FixedClock = field(default_factory=FixedClock)
    ids: CountingIds = field(default_factory=CountingIds)
    settled: FixedConfiguration = field(default_factory=lambda: FixedConfiguration(configuration()))
    customers: MemoryCustomerStore = field(default_factory=MemoryCustomerStore)
    bids: MemoryBidStore = field(default_factory=MemoryBidStore)

    def __post_init__(self) -> None:
        self.wallets = MemoryWallets(self.customers)

    @classmethod
    def of(cls, *stored: Customer | Bid) -> "Trade":
        """With these in the store."""
        trade = cls()
        trade.has(*stored)
        return trade

    def bidding(self, **settings: object) -> None:
        """Change the tenant's bid settings."""
        now = self.settled.newest.settings
        changed = now.model_copy(update={"bidding": BiddingSettings.model_validate(settings)})
        self.settled.newest = replace(self.settled.newest, settings=changed)

    def sells(self, *lead_types: LeadType) -> None:
        """Change the tenant's lead types."""
        known = {one.id: one for one in lead_types or (lead_type(),)}
        self.settled.newest = replace(self.settled.newest, lead_types=known)

    def has(self, *stored: Customer | Bid) -> None:
        """Put customers and bids into the store."""
        for one in stored:
            store = self.customers if isinstance(one, Customer) else self.bids
            store.add(TENANT_ID, one, Author("setup", NOW))  # type: ignore[arg-type] # it fits

    def customer(self, customer_id: str) -> Customer:
        """A customer as it is stored."""
        return self.customers.stored[TENANT_ID, CustomerId(customer_id)]

    @property
    def manage_wallets(self) -> ManageWallets:
        return ManageWallets(
            configuration=self.settled,
            customers=self.customers,
            wallets=self.wallets,
            clock=self.clock,
            ids=self.ids,
        )

    @property
    def manage_customers(self) -> ManageCustomers:
        return ManageCustomers(
            configuration=self.settled,
            customers=self.customers,
            bids=self.bids,
            book=self.bids,
            formats=PlainFormats(),
            clock=self.clock,
            ids=self.ids,
        )

    @property
    def list_customers(self) -> ListCustomers:
        return ListCustomers(
            configuration=self.settled, customers=self.customers, manage=self.manage_customers
        )

    @property
    def manage_bids(self) -> ManageBids:
        return ManageBids(
            configuration=self.settled,
            customers=self.customers,
            bids=self.bids,
            book=self.bids,
            formats=PlainFormats(),
            clock=self.clock,
            ids=self.ids,
        )

    @property
    def list_bids(self) -> ListBids:
        return ListBids(configuration=self.settled, bids=self.bids, manage=self.manage_bids)

    @property
    def hint_at_positions(self) -> HintAtPositions:
        return HintAtPositions(
            configuration=self.settled,
            book=self.bids,
            formats=PlainFormats(),
            manage=self.manage_bids,
        )


def deposit(cents: int, **changes: object) -> Deposit:
    """A deposit by hand."""
    members = {"amount_cents": cents, "description": "Wire", **changes}
    return Deposit.model_validate(members)
