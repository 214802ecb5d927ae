"""Listings, purchases and buy orders over HTTP (`api.md`, 5)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from leadflow.application.browse_marketplace import FloorBy
from leadflow.domain.buy_orders import BuyOrder, OrderStatus
from leadflow.domain.model import Frozen
from leadflow.runtime.representations.leads import (
    DeliveredLeadBody,
    LeadBody,
    lead_detail_body,
)
from leadflow.runtime.representations.sparse import Sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadflow.application.browse_marketplace import ListedAuction
    from leadflow.application.buy_lead import ItemResult, Purchase


class AuctionBody(Frozen):
    """A listing: nothing of it tells who the person is. At the floor there is no next price."""

    object: Literal["auction"] = "auction"
    id: str
    lead_type_id: str
    lead_type: str | None
    county: str | None
    state: str
    received_at: datetime
    ends_at: datetime | None
    price_cents: int
    next_price_cents: int | None
    next_drop_at: datetime | None
    drops_left: int
    floor_cents: int
    floor_by: FloorBy


class PurchaseBody(Frozen):
    """A lead that was bought, as its customer sees it."""

    lead: LeadBody | DeliveredLeadBody
    charged_cents: int


class ItemBody(Sparse):
    """What came of one listing of several."""

    optional: ClassVar[frozenset[str]] = frozenset({"code", "lead_id", "charged_cents"})

    auction_id: str
    status: Literal["bought", "refused"]
    code: str | None
    lead_id: str | None
    charged_cents: int | None


class ItemsBody(Frozen):
    """What came of several."""

    results: list[ItemBody]


class OrderBody(Frozen):
    """A buy order."""

    object: Literal["buy_order"] = "buy_order"
    id: str
    auction_id: str
    amount_cents: int
    status: OrderStatus
    created_at: datetime


class PlacedBody(Frozen):
    """The order that stands now, or what was bought in its place."""

    order: OrderBody | None
    bought: PurchaseBody | None


def auction_body(listed: ListedAuction) -> AuctionBody:
    """The body of a listing at the moment for which it was read."""
    auction, at, floor = listed.auction, listed.at, listed.auction.floor_now_cents
    next_drop_at = auction.next_drop_at(at, floor)
    return AuctionBody(
        id=auction.id,
        lead_type_id=auction.lead_type_id,
        lead_type=listed.lead_type,
        county=auction.county,
        state=auction.state,
        received_at=auction.received_at,
        ends_at=auction.due_at,
        price_cents=auction.price_at(at, floor),
        next_price_cents=auction.price_at(next_drop_at, floor) if next_drop_at else None,
        next_drop_at=next_drop_at,
        drops_left=auction.drops_left(at, floor),
        floor_cents=floor,
        floor_by=listed.floor_by,
    )


def purchase_body(purchase: Purchase) -> PurchaseBody:
    """The body of a purchase."""
    return PurchaseBody(lead=lead_detail_body(purchase.view), charged_cents=purchase.charged_cents)


def items_body(results: Sequence[ItemResult]) -> ItemsBody:
    """The body of several purchases and refusals, in the order asked for."""
    return ItemsBody(
        results=[
            ItemBody(
                auction_id=one.auction_id,
                status=one.status,
                code=one.code,
                lead_id=one.lead_id,
                charged_cents=one.charged_cents,
            )
            for one in results
        ]
    )


def order_body(order: BuyOrder) -> OrderBody:
    """The body of an order."""
    return OrderBody(
        id=order.id,
        auction_id=order.auction_id,
        amount_cents=order.amount_cents,
        status=order.status,
        created_at=order.placed_at,
    )


def placed_body(made: BuyOrder | Purchase) -> PlacedBody:
    """The answer to an order."""
    if isinstance(made, BuyOrder):
        return PlacedBody(order=order_body(made), bought=None)
    return PlacedBody(order=None, bought=purchase_body(made))
