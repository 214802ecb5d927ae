"""Buy listed leads at the current price (`product.md`, 13.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from leadflow.application.auction_desk import AuctionDesk, auction_closed
from leadflow.application.caller_scope import CallerScope
from leadflow.application.free_holds import FreeHolds
from leadflow.application.lead_views import DeliveredLead, delivered
from leadflow.application.request_members import AmountCents
from leadflow.domain.auction_listings import Auction
from leadflow.domain.auction_sales import bought_now
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, Refusal
from leadflow.domain.identifiers import LeadId
from leadflow.domain.leads import Lead
from leadflow.domain.model import Request
from leadflow.domain.repeats import is_repeat, repeat_mark

ITEMS_MAX = 50
"""Listings that one request may buy."""

_AUCTION_CHARACTERS_MAX = 64


class BuyForm(Request):
    """The highest price that the customer accepts."""

    max_price_cents: AmountCents


class BuyItem(BuyForm):
    """One listing of several."""

    auction_id: Annotated[str, Field(max_length=_AUCTION_CHARACTERS_MAX)]


class BuyManyForm(Request):
    """Several listings, each decided on its own."""

    items: Annotated[
        tuple[Annotated[BuyItem, Field(strict=False)], ...],
        Field(strict=False, min_length=1, max_length=ITEMS_MAX),
    ]


@dataclass(frozen=True)
class Purchase:
    """A lead as its new owner sees it, and what it was charged."""

    view: DeliveredLead
    charged_cents: int


@dataclass(frozen=True)
class ItemResult:
    """What came of one listing of several; `code` says why it was refused."""

    auction_id: str
    status: Literal["bought", "refused"]
    code: str | None = None
    lead_id: LeadId | None = None
    charged_cents: int | None = None


@dataclass(frozen=True, kw_only=True)
class BuyLead:
    """The action with its ports."""

    desk: AuctionDesk
    holds: FreeHolds

    def __call__(
        self, scope: CallerScope, auction_id: str, form: BuyForm, repeat: str | None = None
    ) -> Purchase:
        """Buy one lead; a repeat of the HTTP request meets what the first one has bought.

        What others have on hold is released behind the sale. Raises `NotFound`, `Conflict`
        (`auction_closed`, `customer_archived`, `price_changed`), `Unprocessable`
        (`insufficient_funds`) and `TransientFault`.
        """
        wanted = form.max_price_cents
        lead = self.desk.tried(partial(self._once, scope, auction_id, wanted, repeat))
        return self.sold(scope, self.desk.auction(scope.tenant_id, auction_id), lead)

    def many(
        self, scope: CallerScope, form: BuyManyForm, repeat: str | None = None
    ) -> Sequence[ItemResult]:
        """Buy several leads, each by itself. Raises `TransientFault`."""
        return [self._item(scope, item, repeat) for item in form.items]

    def purchase(
        self, scope: CallerScope, auction: Auction, customer: Customer, repeat: str | None
    ) -> Lead:
        """Book the sale at the price of now; the lead as it is then. Raises `Overtaken`.

        Also `Conflict` (`auction_closed`) and `Unprocessable` (`insufficient_funds`).
        """
        lead = self.desk.listed_lead(scope.tenant_id, auction)
        if lead is None:
            raise auction_closed()
        standing = auction.order_of(customer.id)
        own = self.desk.order_behind(scope.tenant_id, standing) if standing else None
        now, mark = self.desk.clock.now(), repeat_mark(repeat)
        ladder = self.desk.ladder(scope.tenant_id)
        bought = bought_now(auction, lead, customer, own, repeat=mark, now=now, ladder=ladder)
        self.desk.book(scope.tenant_id, bought)
        return bought.lead

    def repeated(self, scope: CallerScope, auction: Auction, repeat: str | None) -> Lead | None:
        """The lead, if an earlier execution of the same HTTP request has bought it."""
        sale, at = auction.sale, auction.closed_at
        is_same = (
            sale is not None
            and at is not None
            and sale.customer_id == scope.own
            and is_repeat(sale.repeat, repeat, at, self.desk.clock.now())
        )
        return self.desk.leads.get(scope.tenant_id, auction.lead_id) if is_same else None

    def sold(self, scope: CallerScope, auction: Auction, lead: Lead) -> Purchase:
        """Release what is still held, and show the lead to its buyer."""
        self.holds.at_once(scope.tenant_id, auction.id)
        view = delivered(lead, scope.own, self.desk.configuration.current(scope.tenant_id))
        if view is None:
            raise auction_closed()
        return Purchase(view, view.assignment.charged_cents)

    def _once(
        self, scope: CallerScope, auction_id: str, max_price_cents: int, repeat: str | None
    ) -> Lead:
        auction = self.desk.auction(scope.tenant_id, auction_id)
        if known := self.repeated(scope, auction, repeat):
            return known
        customer, now = self.desk.buyer(scope), self.desk.clock.now()
        if not auction.is_open(now):
            raise auction_closed()
        price = auction.price_now(now)
        if price > max_price_cents:
            raise Conflict(f"The price is {price} cents now.", code="price_changed")
        return self.purchase(scope, auction, customer, repeat)

    def _item(self, scope: CallerScope, item: BuyItem, repeat: str | None) -> ItemResult:
        try:
            purchase = self(scope, item.auction_id, item, repeat)
        except Refusal as refusal:
            return ItemResult(item.auction_id, "refused", code=refusal.code)
        return ItemResult(
            item.auction_id,
            "bought",
            lead_id=purchase.view.lead.id,
            charged_cents=purchase.charged_cents,
        )
