"""Bids: standing offers for a lead type in one location (`product.md`, 12.1, 12.3, 12.7)."""

import re
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from pydantic import Field

from leadflow.domain.customers import Customer, Funding, Operational, operational
from leadflow.domain.errors import Unprocessable
from leadflow.domain.geography import Location, county_key
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId
from leadflow.domain.limits import (
    Budgets,
    BudgetStatus,
    CapStatus,
    LeadCaps,
    LimitSwitches,
    Usage,
    blocking_cap,
    is_unlimited,
    remaining_budget,
)
from leadflow.domain.model import Frozen
from leadflow.domain.money import PositiveCents
from leadflow.domain.scopes import BiddingScope, Scope

_KEYS_KEPT = 4_096
"""Locations whose keys are remembered: an auction asks for the same few again and again."""

_SEPARATORS = re.compile(r"[\W_]+")


def _plain(name: str | None) -> str:
    return _SEPARATORS.sub("", (name or "").casefold())


@lru_cache(maxsize=_KEYS_KEPT)
def location_key(scope: Scope, country: str, state: str | None, county: str | None) -> str:
    """One text for all spellings of a location: `Travis County`, `TRAVIS` and `travis` agree.

    Parts narrower than the scope are ignored.
    """
    parts = (country, state, county_key(county or ""))
    used = parts[: len(Scope) - scope.breadth]
    return "#".join((scope.value, *(_plain(part) for part in used)))


def containing_keys(
    country: str, state: str | None, county: str | None, narrowest: Scope = Scope.COUNTY
) -> dict[Scope, str]:
    """Keys of the locations, from the narrowest scope up, that contain the given one."""
    scopes = (scope for scope in Scope if scope.breadth >= narrowest.breadth)
    return {scope: location_key(scope, country, state, county) for scope in scopes}


class Bid(Frozen):
    """A customer's offer. `customer_number` is copied so that bids sort without their customers.

    `below_minimum_allowed` marks a bid that a tenant user saved below the minimum: it competes at
    its own amount, while one that a raised minimum has overtaken does not compete at all.
    """

    id: BidId
    customer_id: CustomerId
    customer_number: int
    lead_type_id: LeadTypeId
    scope: Scope
    country: str
    state: str | None = None
    county: str | None = None
    amount_cents: PositiveCents
    below_minimum_allowed: bool = False
    paused: bool = False
    archived: bool = False
    lead_caps: LeadCaps = Field(default_factory=LeadCaps)
    budgets_cents: Budgets = Field(default_factory=Budgets)
    usage: Usage = Field(default_factory=Usage)
    last_won_at: datetime | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def location_key(self) -> str:
        """The key under which bids of this location are found."""
        return location_key(self.scope, self.country, self.state, self.county)

    def contains(self, location: Location) -> bool:
        """Whether the lead lies in the bid's location."""
        there = location_key(self.scope, location.country, location.state, location.county)
        return self.location_key == there

    def floor_cents(self, setting: BiddingScope) -> int:
        """The least for which the bid may compete."""
        return min(setting.floor_cents, self.amount_cents)

    def competing_cents(self, setting: BiddingScope) -> int | None:
        """What the bid offers on the grid as it is now; None if the grid left it behind."""
        on_grid = setting.grid_at_or_below(self.amount_cents)
        return self.amount_cents if on_grid is None and self.below_minimum_allowed else on_grid


def is_below_minimum(amount_cents: int, setting: BiddingScope | None, *, allowed: bool) -> bool:
    """Check the amount of a bid about to be saved; whether it lies below the minimum.

    `allowed` is true for tenant users. Raises `Unprocessable` with `scope_disabled` where nothing
    may be bid and with `off_grid` for an amount that may not (12.1).
    """
    if setting is None or not setting.enabled:
        raise Unprocessable("The lead type takes no bids of this scope.", code="scope_disabled")
    if setting.on_grid(amount_cents):
        return False
    if allowed and 0 < amount_cents < setting.floor_cents:
        return True
    raise Unprocessable("The amount is not on the scope's price grid.", code="off_grid")


class BidStatus(StrEnum):
    """The display status of a bid."""

    ARCHIVED = "archived"
    PAUSED = "paused"
    NOT_FUNDED = "not_funded"
    CAPPED = "capped"
    EXHAUSTED = "exhausted"
    UNDER_FUNDED = "under_funded"
    LIMITED = "limited"
    ACTIVE = "active"


class BidStatuses(Frozen):
    """The four dimensions of a bid's state."""

    operational: Operational
    funding: Funding
    cap: CapStatus
    budget: BudgetStatus

    @property
    def display(self) -> BidStatus:
        """The first status that applies."""
        held = (
            (self.operational is Operational.ARCHIVED, BidStatus.ARCHIVED),
            (self.operational is Operational.PAUSED, BidStatus.PAUSED),
            (self.funding is Funding.EXHAUSTED, BidStatus.NOT_FUNDED),
            (self.cap is CapStatus.EXHAUSTED, BidStatus.CAPPED),
            (self.budget is BudgetStatus.EXHAUSTED, BidStatus.EXHAUSTED),
            (self.funding is Funding.LIMITED, BidStatus.UNDER_FUNDED),
            (self.budget is BudgetStatus.LIMITED, BidStatus.LIMITED),
        )
        return next((status for applies, status in held if applies), BidStatus.ACTIVE)


class Limits(NamedTuple):
    """Caps and budgets of one level, as far as they are enforced."""

    caps: LeadCaps
    budgets: Budgets


def enforced_limits(bid: Bid, customer: Customer, switches: LimitSwitches) -> tuple[Limits, Limits]:
    """The limits in force: the bid's, then the customer's."""
    caps, budgets = switches.lead_caps, switches.budgets
    return (
        Limits(bid.lead_caps.enforced(caps.bid), bid.budgets_cents.enforced(budgets.bid)),
        Limits(
            customer.lead_caps.enforced(caps.account),
            customer.budgets_cents.enforced(budgets.account),
        ),
    )


def remaining_budgets(
    bid: Bid, customer: Customer, switches: LimitSwitches, now: datetime
) -> int | None:
    """The smallest remaining budget of bid and customer, in cents; None is unlimited."""
    of_bid, of_customer = enforced_limits(bid, customer, switches)
    remaining = (
        remaining_budget(of_bid.budgets, bid.usage, now),
        remaining_budget(of_customer.budgets, customer.usage, now),
    )
    return min((cents for cents in remaining if cents is not None), default=None)


def effective_cents(
    bid: Bid,
    customer: Customer,
    setting: BiddingScope,
    switches: LimitSwitches,
    now: datetime,
) -> int:
    """What the bid can offer now (12.3; F2); 0 if that is below its floor.

    A fixed price and a bid below the minimum have no lower grid amount to fall back to, so both
    compete in full or not at all.
    """
    competing = bid.competing_cents(setting)
    if competing is None:
        return 0
    budget = remaining_budgets(bid, customer, switches, now)
    covered = min(customer.spendable_cents, competing if budget is None else budget)
    return competing if covered >= competing else setting.grid_at_or_below(covered) or 0


def statuses(
    bid: Bid,
    customer: Customer,
    setting: BiddingScope,
    switches: LimitSwitches,
    now: datetime,
) -> BidStatuses:
    """All dimensions at that moment (12.7), with amounts as they are on the grid now."""
    floor = bid.floor_cents(setting)
    amount = bid.competing_cents(setting) or bid.amount_cents
    return BidStatuses(
        operational=operational(archived=bid.archived, paused=bid.paused),
        funding=funding(customer.spendable_cents, amount, floor),
        cap=_cap_status(bid, customer, switches, now),
        budget=_budget_status(remaining_budgets(bid, customer, switches, now), amount, floor),
    )


def funding(spendable_cents: int, amount_cents: int, floor_cents: int) -> Funding:
    """How much of the amount the wallet covers."""
    if spendable_cents >= amount_cents:
        return Funding.AVAILABLE
    return Funding.LIMITED if spendable_cents >= floor_cents else Funding.EXHAUSTED


def _cap_status(bid: Bid, customer: Customer, switches: LimitSwitches, now: datetime) -> CapStatus:
    of_bid, of_customer = (limits.caps for limits in enforced_limits(bid, customer, switches))
    if is_unlimited(of_bid, of_customer):
        return CapStatus.UNLIMITED
    full = blocking_cap(of_bid, bid.usage, now) or blocking_cap(of_customer, customer.usage, now)
    return CapStatus.EXHAUSTED if full else CapStatus.AVAILABLE


def _budget_status(remaining: int | None, amount_cents: int, floor_cents: int) -> BudgetStatus:
    if remaining is None:
        return BudgetStatus.UNLIMITED
    if remaining < floor_cents:
        return BudgetStatus.EXHAUSTED
    return BudgetStatus.AVAILABLE if remaining >= amount_cents else BudgetStatus.LIMITED
