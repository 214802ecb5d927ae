"""One lead on the marketplace, at 25.00 down to 5.00, and customers with 500.00 each."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.advance_auctions import Advance, AdvanceAuctions
from leadflow.application.archive_customer import ArchiveCustomer
from leadflow.application.auction_desk import AuctionDesk
from leadflow.application.browse_marketplace import BrowseMarketplace
from leadflow.application.buy_lead import BuyForm, BuyLead, Purchase
from leadflow.application.caller_scope import CallerScope, customer_scope
from leadflow.application.cancel_buy_order import CancelBuyOrder
from leadflow.application.finish_archivings import FinishArchivings
from leadflow.application.free_holds import FreeHolds
from leadflow.application.manage_customers import ManageCustomers
from leadflow.application.marketplace_ports import DueAuction
from leadflow.application.place_buy_order import BuyOrderForm, PlaceBuyOrder
from leadflow.domain.auction_listings import Auction
from leadflow.domain.buy_orders import BuyOrder, OrderStatus
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.ledger import Entry, LedgerEvent, held_account, wallet_account
from leadflow.domain.plans import MarketplaceStage
from leadflow.domain.principals import Role
from tests.builders import TENANT_ID, configuration, lead, plan, stage
from tests.fakes.archivings import MemoryArchivings
from tests.fakes.bid_store import MemoryBidStore
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.distribution import ScriptedDistribution
from tests.fakes.ids import CountingIds
from tests.fakes.leads import MemoryLeads
from tests.fakes.marketplace import MemoryMarketplace
from tests.fakes.request_rates import MemoryRequestRates
from tests.trade import principal
from tests.unit.domain.auction_examples import auction
from tests.unit.domain.bidding_examples import NOW, customer

LISTING = MarketplaceStage(id=stage(0).id, name="Marketplace")
LISTED = lead(status=LeadStatus.MARKETPLACE)
AUCTION = auction()
MONEY = 50_000
"""What every customer has, in cents."""


def listable() -> Configuration:
    """A tenant whose plan has a stage behind the marketplace."""
    return configuration(by_plan=plan(LISTING, stage(1)))


def scope(number: int = 1) -> CallerScope:
    """The reach of a user of that customer."""
    return customer_scope(principal(Role.CUSTOMER_USER, customer(number).id))


@dataclass
class MarketplaceWorld:
    """What is stored can be looked at and put there directly; `minute` moves the clock."""

    customers_count: int = 3
    clock: FixedClock = field(default_factory=FixedClock)
    distribution: ScriptedDistribution = field(default_factory=ScriptedDistribution)
    ids: CountingIds = field(default_factory=CountingIds)
    archivings: MemoryArchivings = field(default_factory=MemoryArchivings)

    def __post_init__(self) -> None:
        self.rates = MemoryRequestRates()
        self.settled = FixedConfiguration(listable())
        self.leads = MemoryLeads.of(LISTED)
        buyers = [customer(1 + number, spendable=500) for number in range(self.customers_count)]
        stored = MemoryCustomerStore({(TENANT_ID, one.id): one for one in buyers})
        self.market = MemoryMarketplace(self.leads, {(TENANT_ID, AUCTION.id): AUCTION}, stored)

    @property
    def desk(self) -> AuctionDesk:
        return AuctionDesk(
            configuration=self.settled,
            marketplace=self.market,
            leads=self.leads,
            customers=self.market.customers,
            clock=self.clock,
        )

    @property
    def holds(self) -> FreeHolds:
        return FreeHolds(desk=self.desk)

    @property
    def buying(self) -> BuyLead:
        return BuyLead(desk=self.desk, holds=self.holds)

    @property
    def browsing(self) -> BrowseMarketplace:
        return BrowseMarketplace(
            configuration=self.settled, lists=self.market, rates=self.rates, clock=self.clock
        )

    @property
    def advancing(self) -> AdvanceAuctions:
        return AdvanceAuctions(
            desk=self.desk,
            holds=self.holds,
            auctions=self.market,
            distribution=self.distribution,
            formats=LibraryFormats(),
        )

    @property
    def archiving(self) -> ArchiveCustomer:
        bids = MemoryBidStore()
        manage = ManageCustomers(
            configuration=self.settled,
            customers=self.market.customers,
            bids=bids,
            book=bids,
            formats=LibraryFormats(),
            clock=self.clock,
            ids=self.ids,
        )
        return ArchiveCustomer(
            customers=self.market.customers,
            manage=manage,
            holds=self.holds,
            archivings=self.archivings,
            clock=self.clock,
        )

    @property
    def finishing(self) -> FinishArchivings:
        return FinishArchivings(
            archivings=self.archivings,
            customers=self.market.customers,
            holds=self.holds,
            clock=self.clock,
        )

    def minute(self, count: float) -> "MarketplaceWorld":
        """So many minutes after the auction was opened."""
        self.clock.at = NOW + timedelta(minutes=count)
        return self

    def buy(self, number: int = 1, cents: int = 9_999, repeat: str | None = None) -> Purchase:
        return self.buying(scope(number), AUCTION.id, BuyForm(max_price_cents=cents), repeat)

    def place(
        self, number: int = 1, cents: int = 1_100, repeat: str | None = None
    ) -> BuyOrder | Purchase:
        place = PlaceBuyOrder(desk=self.desk, buy=self.buying, ids=self.ids)
        return place(scope(number), AUCTION.id, BuyOrderForm(amount_cents=cents), repeat)

    def order(self, number: int = 1, cents: int = 1_100) -> BuyOrder:
        """Place an order that does not buy."""
        made = self.place(number, cents)
        assert isinstance(made, BuyOrder)
        return made

    def cancel(self, order: BuyOrder, number: int = 1) -> None:
        self.cancel_id(order.id, number)

    def cancel_id(self, order_id: str, number: int = 1) -> None:
        CancelBuyOrder(desk=self.desk, holds=self.holds)(scope(number), order_id)

    def advance(self) -> list[Advance]:
        """What the schedule does now."""
        return [self.advancing(due) for due in self.advancing.due()]

    def settle(self) -> Advance:
        """What is done about the auction, whether it is due or not."""
        return self.advancing(DueAuction(TENANT_ID, AUCTION.id))

    def archive(self, number: int) -> None:
        """Archive a customer, without letting go of its orders."""
        self.put(self.customer(number).model_copy(update={"archived": True}))

    def put(self, one: Customer | Lead | Auction) -> None:
        """Store something as it is."""
        if isinstance(one, Customer):
            self.market.customers.stored[TENANT_ID, one.id] = one
        elif isinstance(one, Lead):
            self.leads.stored[one.id] = one
        else:
            self.market.opened[TENANT_ID, one.id] = one

    def configure(self, **settings: object) -> None:
        """Change the tenant's settings."""
        now = self.settled.newest
        changed = now.settings.model_copy(update=settings)
        self.settled.newest = replace(now, settings=changed)

    def customer(self, number: int = 1) -> Customer:
        return self.market.customers.stored[TENANT_ID, customer(number).id]

    def money(self, number: int = 1) -> tuple[int, int]:
        """Balance and holds of a customer."""
        one = self.customer(number)
        return one.balance_cents, one.held_cents

    def rows(self, number: int = 1) -> list[tuple[LedgerEvent, int, int]]:
        """A customer's ledger: event, signed amount, balance after it."""
        return [
            (one.event, one.signed_cents, one.balance_after_cents) for one in self.entries(number)
        ]

    def entries(self, number: int = 1) -> list[Entry]:
        own = (one for one in self.market.booked.values() if one.customer_id == customer(number).id)
        return sorted(own, key=lambda one: one.sequence)

    def status_of(self, order: BuyOrder) -> OrderStatus:
        return self.market.ordered[TENANT_ID, order.id].status

    @property
    def lead(self) -> Lead:
        return self.leads.stored[LISTED.id]

    @property
    def auction(self) -> Auction:
        return self.market.opened[TENANT_ID, AUCTION.id]

    def check(self) -> None:
        """Holds are those of active orders, balances the sum of the rows, nobody is overdrawn."""
        for number in range(1, self.customers_count + 1):
            active = self.market.active_orders(TENANT_ID, customer(number).id)
            balance, held = self.money(number)
            assert held == sum(order.amount_cents for order in active)
            assert 0 <= held <= balance
            moves = [one.signed_cents for one in self.entries(number) if _moves(one)]
            assert balance == MONEY + sum(moves)
            accounts = Counter[str]()
            for one in self.entries(number):
                accounts[one.credit_account] += one.amount_cents
                accounts[one.debit_account] -= one.amount_cents
            owner = customer(number).id
            assert accounts[held_account(owner)] == held
            assert accounts[wallet_account(owner)] == balance - held - MONEY
            sequences = [one.sequence for one in self.entries(number)]
            assert sequences == list(range(1, len(sequences) + 1))
        standing = {one.order_id: one.amount_cents for one in self.auction.orders}
        assert standing == {
            one.id: one.amount_cents
            for one in self.market.ordered.values()
            if one.status is OrderStatus.ACTIVE
        }


def _moves(entry: Entry) -> bool:
    """Whether a row changes the balance."""
    return "BUY_ORDER" not in entry.event
