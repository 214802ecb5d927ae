"""Falling-price auctions: the record of a listing, and its price over time (`product.md`, 13)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field as Bound

from leadflow.domain.identifiers import (
    AuctionId,
    CategoryId,
    FlowId,
    LeadId,
    LeadTypeId,
    SourceId,
    StageId,
    derived_identifier,
)
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents, PositiveCents


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


class Auction(Frozen):
    """A lead on the marketplace; nothing in it tells who the person is.

    Prices and `payout_cents`, what the source is owed once the lead is sold, are those in force
    when it was listed. `flow_id`, `stage_id` and `step` say where the run goes on if it is not.
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
    version: int = 1

    @property
    def interval(self) -> timedelta:
        """How long a price holds."""
        return timedelta(minutes=self.prices.interval_minutes)

    @property
    def ends_at(self) -> datetime:
        """When the auction is Unsold: one interval after the last price is reached."""
        return self.reaches_at(self.prices.last_price_cents) + self.interval

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
