"""Falling-price auctions: the record of a listing, and its price over time (`product.md`, 13)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field as Bound

from leadflow.domain.identifiers import (
    AuctionId,
    CategoryId,
    CustomerId,
    FlowId,
    LeadId,
    LeadTypeId,
    OrderId,
    SourceId,
    StageId,
    derived_identifier,
)
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents, PositiveCents

ORDERS_MAX = 50
"""Active buy orders of one auction: they all stand in its one item."""

KEPT_FOR = timedelta(days=90)
"""How long an auction that has ended is kept (13.2)."""


class AuctionStatus(StrEnum):
    """The states of an auction (13.2); `removed`: its lead was deleted (11.7)."""

    ACTIVE = "active"
    SOLD = "sold"
    UNSOLD = "unsold"
    REMOVED = "removed"


class AuctionPrices(Frozen):
    """How the price of a listing falls; `last` is at most `first`."""

    first_price_cents: PositiveCents
    last_price_cents: PositiveCents
    increment_cents: PositiveCents
    interval_minutes: Annotated[int, Bound(ge=1)]


class StandingOrder(Frozen):
    """An active buy order as its auction knows it; so much of the customer's money is held."""

    order_id: OrderId
    customer_id: CustomerId
    amount_cents: PositiveCents


class AuctionSale(Frozen):
    """Who bought, for how much; `repeat` names the HTTP request, if that may be repeated."""

    customer_id: CustomerId
    charged_cents: Cents
    repeat: str | None = None


class Auction(Frozen):
    """A lead on the marketplace; nothing in it tells who the person is.

    Prices and `payout_cents`, what the source is owed once the lead is sold, are those in force
    when it was listed. `flow_id`, `stage_id` and `step` say where the run goes on if it is not.
    `orders` are those whose money is held, the highest first; those of an auction that has ended
    are still to be released.
    """

    id: AuctionId
    lead_id: LeadId
    flow_id: FlowId
    stage_id: StageId
    step: int
    plan_version: int
    source_id: SourceId
    lead_category_id: CategoryId
    lead_type_id: LeadTypeId
    county: str | None = None
    state: str
    received_at: datetime
    prices: AuctionPrices
    payout_cents: Cents
    started_at: datetime
    status: AuctionStatus = AuctionStatus.ACTIVE
    is_test: bool = False
    orders: tuple[StandingOrder, ...] = ()
    sale: AuctionSale | None = None
    closed_at: datetime | None = None
    version: int = 1

    @property
    def interval(self) -> timedelta:
        """How long a price holds."""
        return timedelta(minutes=self.prices.interval_minutes)

    @property
    def ends_at(self) -> datetime:
        """When the auction is Unsold: one interval after the last price is reached."""
        return self.reaches_at(self.prices.last_price_cents) + self.interval

    @property
    def leader(self) -> StandingOrder | None:
        """The highest active order."""
        return self.orders[0] if self.orders else None

    @property
    def floor_now_cents(self) -> int:
        """How far the price falls with the orders that there are."""
        return self.floor_cents(self.leader.amount_cents if self.leader else None)

    @property
    def due_at(self) -> datetime | None:
        """When something has to be done about it; None: nothing any more.

        The price reaches the leader, or nobody has bought; what has ended has holds to release.
        """
        if self.status is not AuctionStatus.ACTIVE:
            return (self.closed_at or self.started_at) if self.orders else None
        return self.reaches_at(self.leader.amount_cents) if self.leader else self.ends_at

    def is_open(self, now: datetime) -> bool:
        """Whether it can be bought from; from the moment that it is due it cannot."""
        due_at = self.due_at
        return self.status is AuctionStatus.ACTIVE and due_at is not None and now < due_at

    def price_now(self, now: datetime) -> int:
        """The price at a moment, with the orders that there are (F10)."""
        return self.price_at(now, self.floor_now_cents)

    def order_of(self, customer_id: CustomerId) -> StandingOrder | None:
        """A customer's active order."""
        return next((one for one in self.orders if one.customer_id == customer_id), None)

    def with_order(self, order: StandingOrder) -> "Auction":
        """The next version, with an order in place of its customer's former one, if it had one."""
        kept = self._orders_without(order.customer_id)
        orders = sorted((*kept, order), key=lambda one: -one.amount_cents)
        return self._changed(orders=tuple(orders))

    def without_order(self, customer_id: CustomerId) -> "Auction":
        """The next version, in which the customer has no active order."""
        return self._changed(orders=self._orders_without(customer_id))

    def ended(self, status: AuctionStatus, now: datetime, **changes: object) -> "Auction":
        """The next version, which is over; orders that are left in it are still held."""
        return self._changed(status=status, closed_at=now, **changes)

    def sold(self, sale: AuctionSale, now: datetime) -> "Auction":
        """The next version, bought; the buyer's own order, if it had one, is settled with it."""
        kept = self._orders_without(sale.customer_id)
        return self.ended(AuctionStatus.SOLD, now, sale=sale, orders=kept)

    def _orders_without(self, customer_id: CustomerId) -> tuple[StandingOrder, ...]:
        return tuple(one for one in self.orders if one.customer_id != customer_id)

    def _changed(self, **changes: object) -> "Auction":
        return self.model_copy(update={"version": self.version + 1} | changes)

    def floor_cents(self, highest_order_cents: int | None = None) -> int:
        """How far the price falls: to the last price, or to a higher buy order."""
        return max(self.prices.last_price_cents, highest_order_cents or 0)

    def price_at(self, now: datetime, floor_cents: int) -> int:
        """The price at a moment from the start on (F10)."""
        ticks = max(0, (now - self.started_at) // self.interval)
        fallen = self.prices.first_price_cents - self.prices.increment_cents * ticks
        return max(floor_cents, fallen)

    def reaches_at(self, amount_cents: int) -> datetime:
        """When the price has fallen to an amount, if the floor lets it."""
        return self.started_at + self.interval * self._drops(
            self.prices.first_price_cents, amount_cents
        )

    def drops_left(self, now: datetime, floor_cents: int) -> int:
        """How often the price still falls."""
        return self._drops(self.price_at(now, floor_cents), floor_cents)

    def next_drop_at(self, now: datetime, floor_cents: int) -> datetime | None:
        """When the price falls next; None: it has reached the floor."""
        if not self.drops_left(now, floor_cents):
            return None
        ticks = max(0, (now - self.started_at) // self.interval)
        return self.started_at + self.interval * (ticks + 1)

    def _drops(self, from_cents: int, to_cents: int) -> int:
        return max(0, -(-(from_cents - to_cents) // self.prices.increment_cents))


def auction_id(flow_id: FlowId, stage_id: StageId, step: int) -> AuctionId:
    """The one id that the auction of a stage in a run can have, so that it is opened once."""
    return AuctionId(derived_identifier("auction", f"{flow_id}#{stage_id}#{step}"))
