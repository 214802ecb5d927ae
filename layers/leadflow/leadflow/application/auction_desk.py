"""What every action on an auction does: find it, decide, store it on the version that it saw."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from leadflow.application.caller_scope import CallerScope, existing
from leadflow.application.contention import Overtaken, until_done
from leadflow.application.list_ports import LeadReader
from leadflow.application.marketplace_ports import AuctionChange, Marketplace
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.domain.auction_listings import Auction, StandingOrder
from leadflow.domain.auction_sales import Bought, sold_ending, sold_step
from leadflow.domain.buy_orders import BuyOrder
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, CorruptState, NotFound
from leadflow.domain.identifiers import AuctionId, CustomerId, TenantId, is_identifier
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import Plan
from leadflow.domain.return_tiers import TierLadder

TRIES_MAX = 60
"""Tries of one action while others keep changing the same auction or wallet."""
_WAIT_SECONDS_MAX = 0.3

Done = TypeVar("Done")


class CustomerReader(Protocol):
    """Customers by id."""

    def get(self, tenant_id: TenantId, customer_id: CustomerId) -> Customer | None:
        """One customer, as of now."""
        ...


def auction_closed() -> Conflict:
    """The refusal of whatever comes after the end of an auction."""
    return Conflict("The auction is over.", code="auction_closed")


def customer_archived() -> Conflict:
    """The refusal of archived customers."""
    return Conflict("The customer is archived.", code="customer_archived")


@dataclass(frozen=True, kw_only=True)
class AuctionDesk:
    """The ports that these actions share."""

    configuration: ConfigurationReader
    marketplace: Marketplace
    leads: LeadReader
    customers: CustomerReader
    clock: Clock

    def tried(self, attempt: Callable[[], Done]) -> Done:
        """Try until nobody is in the way. Raises `TransientFault` when somebody always was."""
        return until_done(attempt, tries=TRIES_MAX, wait_seconds_max=_WAIT_SECONDS_MAX)

    def auction(self, tenant_id: TenantId, auction_id: str) -> Auction:
        """An auction by the id that a caller wrote. Raises `NotFound`."""
        known = is_identifier("auction", auction_id)
        auction = self.marketplace.get(tenant_id, AuctionId(auction_id)) if known else None
        if auction is None:
            raise NotFound
        return auction

    def customer(self, tenant_id: TenantId, customer_id: CustomerId) -> Customer:
        """The customer of an order. Raises `CorruptState`: customers are never deleted."""
        customer = self.customers.get(tenant_id, customer_id)
        if customer is None:
            raise CorruptState("The customer of a buy order is missing.")
        return customer

    def buyer(self, scope: CallerScope) -> Customer:
        """The calling customer. Raises `NotFound` and `Conflict` (`customer_archived`)."""
        own = scope.own
        customer = existing(self.customers.get(scope.tenant_id, own) if own else None)
        if customer.archived:
            raise customer_archived()
        return customer

    def listed_lead(self, tenant_id: TenantId, auction: Auction) -> Lead | None:
        """The lead while the auction holds it; None once it is gone, or elsewhere."""
        lead = self.leads.get(tenant_id, auction.lead_id)
        is_held = (
            lead is not None
            and lead.status is LeadStatus.MARKETPLACE
            and lead.flow_ids[-1] == auction.flow_id
        )
        return lead if is_held else None

    def order_behind(self, tenant_id: TenantId, standing: StandingOrder) -> BuyOrder:
        """The order that stands in an auction. Raises `Overtaken` if it does so no longer."""
        order = self.marketplace.order(tenant_id, standing.customer_id, standing.order_id)
        if order is None or order.standing != standing:
            raise Overtaken("The buy order kept changing.")
        return order

    def ladder(self, tenant_id: TenantId) -> TierLadder:
        """The return tiers among which a charge may move its customer."""
        return self.configuration.current(tenant_id).ladder

    def plan_of(self, tenant_id: TenantId, auction: Auction) -> Plan:
        """The plan that the auction's flow runs by. Raises `CorruptState`."""
        plan = self.configuration.plan(tenant_id, auction.plan_version)
        if plan is None:
            raise CorruptState("The plan of an auction is missing.")
        return plan

    def book(self, tenant_id: TenantId, bought: Bought) -> None:
        """Store a sale with the end of its flow. Raises `Overtaken`."""
        now = bought.lead.updated_at
        stage = self.plan_of(tenant_id, bought.auction).stage(bought.auction.stage_id)
        self.store(
            tenant_id,
            AuctionChange(
                auction=bought.auction,
                lead=bought.lead,
                customer=bought.customer,
                order=bought.order,
                entries=bought.entries,
                step=sold_step(bought.auction, stage, now),
                ending=sold_ending(bought, now),
            ),
        )

    def store(self, tenant_id: TenantId, change: AuctionChange) -> None:
        """Store a change. Raises `Overtaken` when any of it has moved on."""
        if not self.marketplace.change(tenant_id, change):
            raise Overtaken("The auction stayed contended.")
