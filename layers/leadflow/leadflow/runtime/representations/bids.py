"""Bids over HTTP (`api.md`, 5 and 8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from leadflow.domain.bids import BidStatus, BidStatuses
from leadflow.domain.limits import Budgets, LeadCaps
from leadflow.domain.model import Frozen
from leadflow.domain.positions import Position
from leadflow.domain.scopes import Scope
from leadflow.runtime.representations.sparse import Sparse

if TYPE_CHECKING:
    from leadflow.application.bid_standing import BidView
    from leadflow.domain.bids import Bid
    from leadflow.domain.positions import Hint


class PlaceBody(Sparse):
    """A country, a state of it, or a county of that."""

    optional: ClassVar[frozenset[str]] = frozenset({"state", "county"})

    country: str
    state: str | None
    county: str | None


class BidBody(Frozen):
    """A bid; `rank` is null while it is out, `effective_cents` 0 while it does not compete."""

    object: Literal["bid"] = "bid"
    id: str
    customer_id: str
    lead_type_id: str
    scope: Scope
    location: PlaceBody
    amount_cents: int
    paused: bool
    lead_caps: LeadCaps
    budgets_cents: Budgets
    status: BidStatus
    statuses: BidStatuses
    position: Position
    rank: int | None
    effective_cents: int
    last_won_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


def bid_body(view: BidView) -> BidBody:
    """The body of a bid."""
    bid = view.bid
    return BidBody(
        id=bid.id,
        customer_id=bid.customer_id,
        lead_type_id=bid.lead_type_id,
        scope=bid.scope,
        location=_place(bid),
        amount_cents=bid.amount_cents,
        paused=bid.paused,
        lead_caps=bid.lead_caps,
        budgets_cents=bid.budgets_cents,
        status=view.statuses.display,
        statuses=view.statuses,
        position=view.placing.position,
        rank=view.placing.rank,
        effective_cents=view.effective_cents,
        last_won_at=bid.last_won_at,
        version=bid.version,
        created_at=bid.created_at,
        updated_at=bid.updated_at,
    )


class HintBody(Frozen):
    """The position that a bid of that amount would have."""

    object: Literal["hint"] = "hint"
    amount_cents: int
    hint: Position


def hint_body(hint: Hint) -> HintBody:
    """The body of a hint."""
    return HintBody(amount_cents=hint.amount_cents, hint=hint.hint)


def _place(bid: Bid) -> PlaceBody:
    return PlaceBody(country=bid.country, state=bid.state, county=bid.county)
