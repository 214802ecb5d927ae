"""Demands: leads that customers ask for, for a while and up to a price (`product.md`, 14)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field as Bound

from leadflow.domain.auction_listings import AuctionPrices
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict
from leadflow.domain.identifiers import (
    CategoryId,
    CustomerId,
    DemandId,
    ImportId,
    LeadTypeId,
    derived_identifier,
)
from leadflow.domain.lead_types import LeadType
from leadflow.domain.leads import FieldValues
from leadflow.domain.marketplace_entry import auction_prices
from leadflow.domain.model import Frozen
from leadflow.domain.money import PositiveCents

PERSONAL_TITLES = frozenset({"first_name", "last_name", "email", "phone", "address_1", "address_2"})
"""Fields of a row that are kept, and neither shown nor compared (14.1)."""

OPEN_FOR_MAX = timedelta(days=36_500)
"""Auction parameters may stretch beyond what a calendar knows; a demand closes after 100 years."""


class DemandStatus(StrEnum):
    """The statuses of a demand (14.1)."""

    OPEN = "open"
    FILLED = "filled"
    UNFILLED = "unfilled"
    CANCELLED = "cancelled"


class Demand(Frozen):
    """A customer's request for a lead; prices and closing time are fixed when it is made.

    `values` are all of its row, in the category's fields. `awaits_close`: an offer waits for the
    close, and the demand is open until somebody has settled that. Without one nothing has to be
    done when it closes. `tried_until` is the rank of the last offer that was tried at the close.
    """

    id: DemandId
    customer_id: CustomerId
    lead_category_id: CategoryId
    lead_type_id: LeadTypeId
    import_id: ImportId
    row: Annotated[int, Bound(ge=1)]
    values: FieldValues
    ceiling_cents: PositiveCents
    instant_price_cents: PositiveCents
    created_at: datetime
    closes_at: datetime
    status: DemandStatus = DemandStatus.OPEN
    ended_at: datetime | None = None
    awaits_close: bool = False
    tried_until: str | None = None
    version: int = 1

    @property
    def criteria(self) -> FieldValues:
        """What an offered lead has to equal, beside the category (14.1)."""
        return {
            title: value for title, value in self.values.items() if title not in PERSONAL_TITLES
        }

    def is_open(self, customer: Customer, now: datetime) -> bool:
        """Whether offers are taken, and its customer may cancel it."""
        return self.status_at(customer, now) is DemandStatus.OPEN and now < self.closes_at

    def status_at(self, customer: Customer, now: datetime) -> DemandStatus:
        """What became of it by then, whether or not somebody has settled that.

        Archiving its customer cancels it, and for good (17.2); without offers it is Unfilled once
        it has closed.
        """
        if self.status is not DemandStatus.OPEN:
            return self.status
        if self._is_cancelled_with(customer):
            return DemandStatus.CANCELLED
        is_over = now >= self.closes_at and not self.awaits_close
        return DemandStatus.UNFILLED if is_over else DemandStatus.OPEN

    def _is_cancelled_with(self, customer: Customer) -> bool:
        """Whether its customer was archived since it was made, and before it was over."""
        archived_at = customer.last_archived_at
        if archived_at is None or archived_at < self.created_at:
            return False
        return self.awaits_close or archived_at < self.closes_at

    def ended(self, status: DemandStatus, now: datetime) -> "Demand":
        """The last version."""
        return self._changed(status=status, ended_at=now)

    def tried(self, rank: str) -> "Demand":
        """The next version, in which the offer of that rank was tried and refused."""
        return self._changed(tried_until=rank)

    def erased(self) -> "Demand":
        """The demand without the fields that name a person, which are never compared (14.1)."""
        return self if self.criteria == self.values else self._changed(values=self.criteria)

    def _changed(self, **changes: object) -> "Demand":
        return self.model_copy(update={"version": self.version + 1} | changes)


class ImportedRow(NamedTuple):
    """A valid row of an import; `number` counts from 1, values are as `storable` makes them."""

    import_id: ImportId
    number: int
    customer_id: CustomerId
    values: FieldValues


def demand_of(row: ImportedRow, lead_type: LeadType, now: datetime) -> Demand | None:
    """The demand of a row; None: the type's marketplace is off, so the row is invalid (14.1).

    The same row of the same import has one id, so that it becomes one demand.
    """
    prices = auction_prices(lead_type)
    if prices is None:
        return None
    return Demand(
        id=demand_id(row.import_id, row.number),
        customer_id=row.customer_id,
        lead_category_id=lead_type.lead_category_id,
        lead_type_id=lead_type.id,
        import_id=row.import_id,
        row=row.number,
        values=row.values,
        ceiling_cents=prices.first_price_cents,
        instant_price_cents=prices.last_price_cents,
        created_at=now,
        closes_at=now + open_for(prices),
    )


def demand_id(import_id: ImportId, row: int) -> DemandId:
    """The one id of the demand of a row."""
    return DemandId(derived_identifier("demand", f"{import_id}#{row}"))


def open_for(prices: AuctionPrices) -> timedelta:
    """How long a demand takes offers (F11)."""
    fall_cents = prices.first_price_cents - prices.last_price_cents
    intervals = max(1, -(-fall_cents // prices.increment_cents))
    longest = OPEN_FOR_MAX // timedelta(minutes=prices.interval_minutes)
    return timedelta(minutes=prices.interval_minutes) * min(intervals, longest)


def demand_closed() -> Conflict:
    """The refusal of whatever comes after the end of a demand."""
    return Conflict("The demand is not open any more.", code="demand_closed")
