"""Caps, budgets and what has been used of them per period (`product.md`, 12.5 and 12.6)."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents

LEADS_MAX = 10**9
"""Upper bound of a lead cap."""

LeadCount = Annotated[int, Field(strict=True, ge=0, le=LEADS_MAX)]
LimitCents = Annotated[Cents, Field(strict=True)]
Switch = Annotated[bool, Field(strict=True)]


class Period(StrEnum):
    """The spans over which limits count, shortest first; all begin at 00:00 UTC."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    def start(self, at: datetime) -> date:
        """The day on which the period around `at` (aware, UTC) began: Mondays, the 1st."""
        day = at.date()
        if self is Period.WEEKLY:
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self is Period.MONTHLY else day

    def label(self, at: datetime) -> str:
        """Name of the period around `at`; later periods have greater labels."""
        return self.start(at).isoformat()


class PeriodSwitches(Frozen):
    """Which periods of one kind of limit are in force."""

    daily: Switch = True
    weekly: Switch = True
    monthly: Switch = True

    def is_on(self, period: Period) -> bool:
        """Whether limits of that period are enforced."""
        return {
            Period.DAILY: self.daily,
            Period.WEEKLY: self.weekly,
            Period.MONTHLY: self.monthly,
        }[period]


class LevelSwitches(Frozen):
    """One kind of limit on both levels."""

    bid: PeriodSwitches = Field(default_factory=PeriodSwitches)
    account: PeriodSwitches = Field(default_factory=PeriodSwitches)


class LimitSwitches(Frozen):
    """The tenant's twelve switches. A limit that is switched off is kept, but not enforced."""

    lead_caps: LevelSwitches = Field(default_factory=LevelSwitches)
    budgets: LevelSwitches = Field(default_factory=LevelSwitches)


class LeadCaps(Frozen):
    """Most leads per period; None is unlimited."""

    daily: LeadCount | None = None
    weekly: LeadCount | None = None
    monthly: LeadCount | None = None

    def enforced(self, switches: PeriodSwitches) -> "LeadCaps":
        """The caps without those that are switched off."""
        kept = {period.value: limit for period, limit in _set(self) if switches.is_on(period)}
        return self if len(kept) == len(_set(self)) else LeadCaps(**kept)


class Budgets(Frozen):
    """Most money per period, in cents; None is unlimited."""

    daily: LimitCents | None = None
    weekly: LimitCents | None = None
    monthly: LimitCents | None = None

    def enforced(self, switches: PeriodSwitches) -> "Budgets":
        """The budgets without those that are switched off."""
        kept = {period.value: limit for period, limit in _set(self) if switches.is_on(period)}
        return self if len(kept) == len(_set(self)) else Budgets(**kept)


def _set(limits: LeadCaps | Budgets) -> tuple[tuple[Period, int], ...]:
    values = (limits.daily, limits.weekly, limits.monthly)
    if values == _UNLIMITED:
        return ()
    pairs = zip(Period, values, strict=True)
    return tuple((period, value) for period, value in pairs if value is not None)


_UNLIMITED = (None, None, None)


def is_unlimited(*limits: LeadCaps | Budgets) -> bool:
    """Whether none of the limits is set."""
    return not any(_set(limit) for limit in limits)


class Tally(Frozen):
    """What was won in one period. An empty label precedes every period."""

    label: str = ""
    count: int = 0
    spent_cents: int = 0

    def at(self, label: str) -> "Tally":
        """The tally in that period. It never goes back: a late clock counts in the newer period."""
        return Tally(label=label) if label > self.label else self

    def plus(self, count: int, cents: int) -> "Tally":
        """The tally after a win, or (negative) after a return; never below nothing."""
        return Tally(
            label=self.label,
            count=max(0, self.count + count),
            spent_cents=max(0, self.spent_cents + cents),
        )


class Usage(Frozen):
    """Leads won by bidding and money charged for them, per period; kept with its owner."""

    daily: Tally = Field(default_factory=Tally)
    weekly: Tally = Field(default_factory=Tally)
    monthly: Tally = Field(default_factory=Tally)

    def tally(self, period: Period) -> Tally:
        """What was used of that period, as it was last written."""
        return {
            Period.DAILY: self.daily,
            Period.WEEKLY: self.weekly,
            Period.MONTHLY: self.monthly,
        }[period]

    def current(self, now: datetime) -> "Usage":
        """The usage with every ended period begun anew."""
        return _usage({period: self.tally(period).at(period.label(now)) for period in Period})

    def with_win(self, now: datetime, charged_cents: int) -> "Usage":
        """The usage after one more lead won by bidding."""
        rolled = self.current(now)
        return _usage({p: rolled.tally(p).plus(1, charged_cents) for p in Period})

    def with_return(self, assigned_at: datetime, now: datetime, charged_cents: int) -> "Usage":
        """The usage after a return: only current periods that hold the assignment shrink."""
        rolled = self.current(now)

        def after(period: Period) -> Tally:
            tally = rolled.tally(period)
            holds_it = tally.label == period.label(assigned_at)
            return tally.plus(-1, -charged_cents) if holds_it else tally

        return _usage({period: after(period) for period in Period})


def _usage(tallies: dict[Period, Tally]) -> Usage:
    return Usage(
        daily=tallies[Period.DAILY],
        weekly=tallies[Period.WEEKLY],
        monthly=tallies[Period.MONTHLY],
    )


def blocking_cap(caps: LeadCaps, usage: Usage, now: datetime) -> Period | None:
    """The shortest period without room for one more lead (F4)."""
    for period, cap in _set(caps):
        if usage.tally(period).at(period.label(now)).count + 1 > cap:
            return period
    return None


def _remaining(budgets: Budgets, usage: Usage, now: datetime) -> tuple[tuple[Period, int], ...]:
    return tuple(
        (period, max(0, budget - usage.tally(period).at(period.label(now)).spent_cents))
        for period, budget in _set(budgets)
    )


def blocking_budget(
    budgets: Budgets, usage: Usage, now: datetime, floor_cents: int
) -> Period | None:
    """The shortest period whose remaining budget does not cover the floor (F4)."""
    remaining = _remaining(budgets, usage, now)
    return next((period for period, cents in remaining if cents < floor_cents), None)


def remaining_budget(budgets: Budgets, usage: Usage, now: datetime) -> int | None:
    """The smallest remaining budget of all periods, in cents, at least 0; None is unlimited."""
    return min((cents for _, cents in _remaining(budgets, usage, now)), default=None)


class CapStatus(StrEnum):
    """Whether one more lead fits under the caps."""

    UNLIMITED = "unlimited"
    AVAILABLE = "available"
    EXHAUSTED = "exhausted"


class BudgetStatus(StrEnum):
    """How much of an amount the budgets still cover."""

    UNLIMITED = "unlimited"
    AVAILABLE = "available"
    LIMITED = "limited"
    EXHAUSTED = "exhausted"
