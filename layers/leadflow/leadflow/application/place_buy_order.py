"""Place or raise a buy order; at or above the current price it buys at once (13.4)."""

from dataclasses import dataclass
from functools import partial

from leadflow.application.auction_desk import AuctionDesk, auction_closed
from leadflow.application.buy_lead import BuyLead, Purchase
from leadflow.application.caller_scope import CallerScope
from leadflow.application.marketplace_ports import AuctionChange
from leadflow.application.ports import IdFactory
from leadflow.application.request_members import AmountCents
from leadflow.domain.auction_listings import ORDERS_MAX, Auction
from leadflow.domain.buy_orders import BuyOrder, placed
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, Unprocessable
from leadflow.domain.identifiers import OrderId
from leadflow.domain.leads import Lead
from leadflow.domain.model import Request
from leadflow.domain.repeats import is_repeat, repeat_mark


class BuyOrderForm(Request):
    """What the customer would pay, in cents."""

    amount_cents: AmountCents


@dataclass(frozen=True, kw_only=True)
class PlaceBuyOrder:
    """The action with its ports."""

    desk: AuctionDesk
    buy: BuyLead
    ids: IdFactory

    def __call__(
        self, scope: CallerScope, auction_id: str, form: BuyOrderForm, repeat: str | None = None
    ) -> BuyOrder | Purchase:
        """The order as it stands now, or what was bought in its place.

        A repeat of the HTTP request meets what the first one has made. Raises `NotFound`,
        `Conflict` (`auction_closed`, `customer_archived`, `conflict` for more than `ORDERS_MAX`
        orders), `Unprocessable` (`buy_order_below_last_price`, `buy_order_not_above_leader`,
        `insufficient_funds`) and `TransientFault`.
        """
        amount = form.amount_cents
        made = self.desk.tried(partial(self._once, scope, auction_id, amount, repeat))
        if isinstance(made, BuyOrder):
            return made
        return self.buy.sold(scope, self.desk.auction(scope.tenant_id, auction_id), made)

    def _once(
        self, scope: CallerScope, auction_id: str, amount_cents: int, repeat: str | None
    ) -> BuyOrder | Lead:
        auction = self.desk.auction(scope.tenant_id, auction_id)
        if known := self.buy.repeated(scope, auction, repeat):
            return known
        customer, now = self.desk.buyer(scope), self.desk.clock.now()
        if not auction.is_open(now):
            raise auction_closed()
        own = self._own(scope, auction, customer)
        if own is not None and is_repeat(own.repeat, repeat, own.updated_at, now):
            return own
        _check_amount(auction, amount_cents)
        if amount_cents >= auction.price_now(now):
            return self.buy.purchase(scope, auction, customer, repeat)
        _check_leads(auction, amount_cents, own)
        order = self._order(auction, customer, own, amount_cents, repeat)
        return self._placed(scope, auction, customer, own, order)

    def _own(self, scope: CallerScope, auction: Auction, customer: Customer) -> BuyOrder | None:
        standing = auction.order_of(customer.id)
        return self.desk.order_behind(scope.tenant_id, standing) if standing else None

    def _order(
        self,
        auction: Auction,
        customer: Customer,
        own: BuyOrder | None,
        amount_cents: int,
        repeat: str | None,
    ) -> BuyOrder:
        """A new order, or the next version of the one that is raised."""
        now, mark = self.desk.clock.now(), repeat_mark(repeat)
        if own is not None:
            return own.raised(amount_cents, now, mark)
        return BuyOrder(
            id=OrderId(self.ids.new("order")),
            auction_id=auction.id,
            customer_id=customer.id,
            amount_cents=amount_cents,
            placed_at=now,
            updated_at=now,
            repeat=mark,
        )

    def _placed(
        self,
        scope: CallerScope,
        auction: Auction,
        customer: Customer,
        own: BuyOrder | None,
        order: BuyOrder,
    ) -> BuyOrder:
        more = order.amount_cents - (own.amount_cents if own else 0)
        posting = placed(customer, order, more, order.updated_at)
        change = AuctionChange(
            auction=auction.with_order(order.standing),
            customer=posting.customer,
            order=order,
            entries=(posting.entry,),
        )
        self.desk.store(scope.tenant_id, change)
        return order


def _check_amount(auction: Auction, amount_cents: int) -> None:
    last = auction.prices.last_price_cents
    if amount_cents < last:
        message = f"A buy order is at least the last price, {last} cents."
        raise Unprocessable(message, code="buy_order_below_last_price")


def _check_leads(auction: Auction, amount_cents: int, own: BuyOrder | None) -> None:
    leader = auction.leader
    if leader is not None and amount_cents <= leader.amount_cents:
        message = f"A buy order is above the highest active one, {leader.amount_cents} cents."
        raise Unprocessable(message, code="buy_order_not_above_leader")
    if own is None and len(auction.orders) >= ORDERS_MAX:
        raise Conflict(f"An auction has at most {ORDERS_MAX} active buy orders.")
