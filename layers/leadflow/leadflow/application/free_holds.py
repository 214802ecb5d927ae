"""Give back what is held for buy orders that lost their purpose (`product.md`, 13.4 and 17.2)."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from leadflow.application.auction_desk import AuctionDesk
from leadflow.application.marketplace_ports import AuctionChange
from leadflow.domain.auction_listings import ORDERS_MAX, Auction, AuctionStatus, StandingOrder
from leadflow.domain.buy_orders import OrderStatus, freed
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import AuctionId, CustomerId, TenantId
from leadflow.domain.ledger import LedgerEvent

_EVENTS = {
    OrderStatus.CANCELED: LedgerEvent.CANCELED_BUY_ORDER,
    OrderStatus.RELEASED: LedgerEvent.RELEASED_BUY_ORDER,
}


@dataclass(frozen=True, kw_only=True)
class FreeHolds:
    """The action with its ports.

    Each hold is one transaction: the auction gives the order up, the wallet gets its money, the
    order ends, the ledger tells of it. What is not done yet still stands in the auction.
    """

    desk: AuctionDesk

    def after_end(self, tenant_id: TenantId, auction_id: AuctionId) -> int:
        """Release all that is held for an auction that has ended; how much was to do.

        Repeating it changes nothing. Raises `TransientFault`; then the auction stays due.
        """
        once = partial(self._released_one, tenant_id, auction_id)
        steps = (self.desk.tried(once) for _ in range(ORDERS_MAX + 1))
        return sum(1 for _ in takewhile(bool, steps))

    def at_once(self, tenant_id: TenantId, auction_id: AuctionId) -> None:
        """The same behind an answer that holds already: what fails is left to the schedule."""
        with suppress(TransientFault):
            self.after_end(tenant_id, auction_id)

    def of_customer(self, tenant_id: TenantId, customer_id: CustomerId) -> None:
        """Cancel all buy orders of a customer that was archived. Raises `TransientFault`."""
        for order in self.desk.marketplace.active_orders(tenant_id, customer_id):
            self.desk.tried(partial(self._canceled, tenant_id, order.auction_id, customer_id))

    def canceled(self, tenant_id: TenantId, auction: Auction, standing: StandingOrder) -> Auction:
        """Cancel one order; the auction as it goes on. Raises `Overtaken`."""
        return self._freed(tenant_id, auction, standing, OrderStatus.CANCELED)

    def _canceled(
        self, tenant_id: TenantId, auction_id: AuctionId, customer_id: CustomerId
    ) -> None:
        auction = self.desk.auction(tenant_id, auction_id)
        standing = auction.order_of(customer_id)
        if standing is not None:
            self.canceled(tenant_id, auction, standing)

    def _released_one(self, tenant_id: TenantId, auction_id: AuctionId) -> bool:
        auction = self.desk.marketplace.get(tenant_id, auction_id)
        is_over = auction is not None and auction.status is not AuctionStatus.ACTIVE
        if auction is None or not is_over or auction.leader is None:
            return False
        self._freed(tenant_id, auction, auction.leader, OrderStatus.RELEASED)
        return True

    def _freed(
        self, tenant_id: TenantId, auction: Auction, standing: StandingOrder, status: OrderStatus
    ) -> Auction:
        now = self.desk.clock.now()
        order = self.desk.order_behind(tenant_id, standing)
        customer = self.desk.customer(tenant_id, standing.customer_id)
        posting = freed(customer, order, _EVENTS[status], now)
        after = auction.without_order(standing.customer_id)
        change = AuctionChange(
            auction=after,
            customer=posting.customer,
            order=order.ended(status, now),
            entries=(posting.entry,),
        )
        self.desk.store(tenant_id, change)
        return after
