"""Customers: wallet, limits, statuses (`product.md`, 17.1, 17.2; F5, F8)."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from leadflow.domain.identifiers import CustomerId, ReturnTierId
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

_RATE_DECIMALS = Decimal("0.01")


class Operational(StrEnum):
    """What people have decided about a customer or a bid."""

    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


def operational(*, archived: bool, paused: bool) -> Operational:
    """The operational status; archived comes before paused."""
    if archived:
        return Operational.ARCHIVED
    return Operational.PAUSED if paused else Operational.ACTIVE


class Funding(StrEnum):
    """How much the spendable money covers."""

    AVAILABLE = "available"
    LIMITED = "limited"
    EXHAUSTED = "exhausted"


class CustomerStatus(StrEnum):
    """The display status of a customer."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    PAUSED = "paused"
    ARCHIVED = "archived"


class CustomerStatuses(Frozen):
    """The four dimensions of a customer's state."""

    operational: Operational
    funding: Funding
    cap: CapStatus
    budget: BudgetStatus

    @property
    def display(self) -> CustomerStatus:
        """The one status to show; caps and budgets play no part."""
        if self.operational is not Operational.ACTIVE:
            return CustomerStatus(self.operational)
        exhausted = self.funding is Funding.EXHAUSTED
        return CustomerStatus.INACTIVE if exhausted else CustomerStatus.ACTIVE


class ActiveBids(NamedTuple):
    """All that the statuses need to know about a customer's active bids."""

    highest_amount_cents: int
    lowest_floor_cents: int

    @classmethod
    def of(cls, amounts_and_floors: Iterable[tuple[int, int]]) -> "ActiveBids | None":
        """The summary of (amount, floor) pairs; None without active bids."""
        pairs = tuple(amounts_and_floors)
        if not pairs:
            return None
        return cls(max(amount for amount, _ in pairs), min(floor for _, floor in pairs))


class Customer(Frozen):
    """A buyer with a prepaid wallet. `sequence` grows with every change of money or limits.

    `return_tier_id` is the tier of the last charge or return; it may be deleted by now.
    `last_archived_at` stays when it is restored: demands made until then are cancelled (17.2).
    """

    id: CustomerId
    number: int
    name: str
    email: str
    phone: str | None = None
    address: str | None = None
    country: str | None = None
    paused: bool = False
    archived: bool = False
    last_archived_at: datetime | None = None
    lead_caps: LeadCaps = Field(default_factory=LeadCaps)
    budgets_cents: Budgets = Field(default_factory=Budgets)
    can_access_bidding: bool = False
    ignore_return_tiers: bool = False
    balance_cents: int = 0
    held_cents: int = 0
    lifetime_deposits_cents: int = 0
    lifetime_charged_cents: int = 0
    lifetime_refunded_cents: int = 0
    return_tier_id: ReturnTierId | None = None
    usage: Usage = Field(default_factory=Usage)
    sequence: int = 0
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def spendable_cents(self) -> int:
        """What may be spent now: the balance less what is held, never below 0 (F8)."""
        return max(0, self.balance_cents - self.held_cents)

    @property
    def return_rate(self) -> Decimal:
        """Refunded money in percent of charged money, two decimals, over the lifetime (F5)."""
        if not self.lifetime_charged_cents:
            return Decimal("0.00")
        rate = Decimal(self.lifetime_refunded_cents * 100) / self.lifetime_charged_cents
        return rate.quantize(_RATE_DECIMALS, rounding=ROUND_HALF_UP)

    def funding(self, bids: ActiveBids | None) -> Funding:
        """How much of the active bids the wallet covers."""
        if bids is None:
            return Funding.AVAILABLE if self.spendable_cents > 0 else Funding.EXHAUSTED
        if self.spendable_cents >= bids.highest_amount_cents:
            return Funding.AVAILABLE
        covers_one = self.spendable_cents >= bids.lowest_floor_cents
        return Funding.LIMITED if covers_one else Funding.EXHAUSTED

    def statuses(
        self, bids: ActiveBids | None, switches: LimitSwitches, now: datetime
    ) -> CustomerStatuses:
        """All dimensions at that moment; the display status derives from them."""
        return CustomerStatuses(
            operational=operational(archived=self.archived, paused=self.paused),
            funding=self.funding(bids),
            cap=self._cap_status(self.lead_caps.enforced(switches.lead_caps.account), now),
            budget=self._budget_status(
                self.budgets_cents.enforced(switches.budgets.account), bids, now
            ),
        )

    def _cap_status(self, caps: LeadCaps, now: datetime) -> CapStatus:
        if is_unlimited(caps):
            return CapStatus.UNLIMITED
        return CapStatus.EXHAUSTED if blocking_cap(caps, self.usage, now) else CapStatus.AVAILABLE

    def _budget_status(
        self, budgets: Budgets, bids: ActiveBids | None, now: datetime
    ) -> BudgetStatus:
        remaining = remaining_budget(budgets, self.usage, now)
        if remaining is None:
            return BudgetStatus.UNLIMITED
        if remaining == 0 or (bids and remaining < bids.lowest_floor_cents):
            return BudgetStatus.EXHAUSTED
        if bids and remaining < bids.highest_amount_cents:
            return BudgetStatus.LIMITED
        return BudgetStatus.AVAILABLE
