"""Subscription plans: what a tenant may take in and sell in a month (`product.md`, 19.1)."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum

from pydantic import Field

from leadflow.domain.limits import LeadCount, LimitCents, Period
from leadflow.domain.model import Frozen

UNLIMITED = 10**15
"""Stands for a limit that is not set: above all that can be counted, so that usage always is."""

WARNING_LEVELS = (75, 90, 100)
"""Percentages of a limit that are announced."""


class Measure(StrEnum):
    """What a plan limits."""

    LEADS = "leads"
    SALES_CENTS = "sales_cents"


class Amounts(Frozen):
    """A number of leads and one of cents; below zero in what is taken back."""

    leads: int = 0
    sales_cents: int = 0

    def of(self, measure: Measure) -> int:
        """One of them."""
        return self.leads if measure is Measure.LEADS else self.sales_cents


def amounts(of: Callable[[Measure], int]) -> Amounts:
    """What a function gives for both."""
    return Amounts(leads=of(Measure.LEADS), sales_cents=of(Measure.SALES_CENTS))


class Limits(Frozen):
    """Most of a cycle; None is unlimited, and 0 lets nothing in."""

    leads: LeadCount | None = None
    sales_cents: LimitCents | None = None

    def of(self, measure: Measure) -> int:
        """One of them; `UNLIMITED` where there is none."""
        limit = self.leads if measure is Measure.LEADS else self.sales_cents
        return UNLIMITED if limit is None else limit

    @property
    def are_none(self) -> bool:
        """Whether the tenant has no threshold."""
        return self == Limits()


class SubscriptionPlan(Frozen):
    """A plan that can be subscribed to; the price is that of a cycle."""

    name: str
    limits: Limits
    price_cents: int


_K, _M, _DOLLAR = 1_000, 1_000_000, 100
_TABLE: tuple[tuple[int, int | None, int], ...] = (
    (25 * _K, 5 * _K, 250),
    (50 * _K, 20 * _K, 500),
    (100 * _K, 50 * _K, 1_000),
    (150 * _K, 100 * _K, 1_500),
    (250 * _K, 250 * _K, 2_500),
    (500 * _K, 1 * _M, 3_500),
    (750 * _K, 2 * _M, 5_000),
    (1 * _M, 5 * _M, 6_500),
    (1_500 * _K, 10 * _M, 9_000),
    (2 * _M, None, 12_000),
)
"""Sales in dollars, leads, price in dollars."""

PLANS = tuple(
    SubscriptionPlan(
        name=f"Tier {number}",
        limits=Limits(leads=leads, sales_cents=dollars * _DOLLAR),
        price_cents=price * _DOLLAR,
    )
    for number, (dollars, leads, price) in enumerate(_TABLE, 1)
)
"""The plans, smallest first."""


def next_plan(limits: Limits, used: Amounts) -> SubscriptionPlan | None:
    """The first plan with room for more than is used, and with less of nothing that is limited.

    A limit that the tenant does not have is not looked at. None beyond the last.
    """
    limited = [one for one in Measure if limits.of(one) != UNLIMITED]
    return next(
        (
            plan
            for plan in PLANS
            if all(
                plan.limits.of(one) >= limits.of(one) and plan.limits.of(one) > used.of(one)
                for one in limited
            )
        ),
        None,
    )


def upgraded(limits: Limits, used: Amounts) -> Limits | None:
    """The limits after an automatic upgrade; one that the tenant does not have, it does not get."""
    plan = next_plan(limits, used)
    if plan is None:
        return None
    return Limits(
        leads=None if limits.leads is None else plan.limits.leads,
        sales_cents=None if limits.sales_cents is None else plan.limits.sales_cents,
    )


class Cycle(Frozen):
    """A calendar month in UTC, from its first moment to that of the next; `label` sorts by time."""

    start: datetime
    end: datetime

    @property
    def label(self) -> str:
        """Its name."""
        return cycle_label(self.start)


def cycle_label(at: datetime) -> str:
    """The label of the cycle around a moment."""
    return Period.MONTHLY.label(at.astimezone(UTC))


def cycle_of(label: str) -> Cycle:
    """The cycle of that label."""
    first = date.fromisoformat(label)
    years, month = divmod(first.month, 12)
    following = first.replace(year=first.year + years, month=month + 1)
    return Cycle(start=_midnight(first), end=_midnight(following))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class Terms(Frozen):
    """The limits in force, and those that take effect with the cycle labelled `next_from`."""

    limits: Limits = Field(default_factory=Limits)
    next_limits: Limits | None = None
    next_from: str = ""

    def changed(self, wanted: Limits, cycle: str) -> "Terms":
        """The terms once other limits are wanted; it takes the place of what was to come.

        Each limit by itself: a raise acts at once, a cut waits for the next cycle. First limits
        of a tenant without any act at once.
        """
        if self.limits.are_none:
            return Terms(limits=wanted)
        raised = Limits(
            leads=_greater(self.limits.leads, wanted.leads),
            sales_cents=_greater(self.limits.sales_cents, wanted.sales_cents),
        )
        if raised == wanted:
            return Terms(limits=wanted)
        return Terms(limits=raised, next_limits=wanted, next_from=cycle_label(cycle_of(cycle).end))

    def at(self, cycle: str) -> "Terms":
        """The terms in a later cycle."""
        is_due = self.next_limits is not None and self.next_from <= cycle
        return Terms(limits=self.next_limits) if self.next_limits and is_due else self

    def raised(self, limits: Limits) -> "Terms":
        """The terms with greater limits at once; what a person wanted for later still comes."""
        return self.model_copy(update={"limits": limits})


def _greater(current: int | None, wanted: int | None) -> int | None:
    return None if current is None or wanted is None else max(current, wanted)


def warning_level(used: int, limit: int) -> int:
    """The highest warning level that is reached; 0: none is."""
    crossed = [level for level in WARNING_LEVELS if used * 100 >= level * limit]
    return max(crossed, default=0)


class Standing(Frozen):
    """What a tenant has used of its limits; `announced` are levels, 0 where none was."""

    cycle: Cycle
    limits: Limits
    next_limits: Limits | None = None
    used: Amounts = Field(default_factory=Amounts)
    announced: Amounts = Field(default_factory=Amounts)

    @property
    def reached(self) -> frozenset[Measure]:
        """The limits that are used up."""
        return frozenset(one for one in Measure if self.used.of(one) >= self.limits.of(one))

    @property
    def is_reached(self) -> bool:
        """Whether the threshold is reached (19.2)."""
        return bool(self.reached)

    @property
    def warnings(self) -> Mapping[Measure, int]:
        """The highest level that each limit is at, where it is at any."""
        levels = {one: warning_level(self.used.of(one), self.limits.of(one)) for one in Measure}
        return {one: level for one, level in levels.items() if level}

    @property
    def due(self) -> tuple[tuple[Measure, int], ...]:
        """Levels that are crossed and not announced in this cycle, lowest first."""
        return tuple(
            (one, level)
            for one, highest in self.warnings.items()
            for level in WARNING_LEVELS
            if self.announced.of(one) < level <= highest
        )
