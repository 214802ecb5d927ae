"""Cancel a buy order (`product.md`, 13.4)."""

from dataclasses import dataclass
from functools import partial

from leadflow.application.auction_desk import AuctionDesk, auction_closed
from leadflow.application.caller_scope import CallerScope
from leadflow.application.contention import Overtaken
from leadflow.application.free_holds import FreeHolds
from leadflow.domain.buy_orders import BuyOrder, OrderStatus
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import OrderId, is_identifier


@dataclass(frozen=True, kw_only=True)
class CancelBuyOrder:
    """The action with its ports."""

    desk: AuctionDesk
    holds: FreeHolds

    def __call__(self, scope: CallerScope, order_id: str) -> None:
        """Take an order back; its money may be spent again. One that is canceled stays so.

        Raises `NotFound`, also for another customer's, `Conflict` (`auction_closed`) once the
        price has reached an order, and `TransientFault`.
        """
        self.desk.tried(partial(self._once, scope, order_id))

    def _once(self, scope: CallerScope, order_id: str) -> None:
        order = self._order(scope, order_id)
        if order.status is OrderStatus.CANCELED:
            return
        auction = self.desk.marketplace.get(scope.tenant_id, order.auction_id)
        if auction is None or not auction.is_open(self.desk.clock.now()):
            raise auction_closed()
        standing = auction.order_of(order.customer_id)
        if standing is None or standing.order_id != order.id:
            raise Overtaken("The buy order kept changing.")
        self.holds.canceled(scope.tenant_id, auction, standing)

    def _order(self, scope: CallerScope, order_id: str) -> BuyOrder:
        own, known = scope.own, is_identifier("order", order_id)
        order = (
            self.desk.marketplace.order(scope.tenant_id, own, OrderId(order_id))
            if own and known
            else None
        )
        if order is None:
            raise NotFound
        return order
