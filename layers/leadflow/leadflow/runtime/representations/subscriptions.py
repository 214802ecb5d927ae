"""Subscriptions over HTTP (`api.md`, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from leadflow.domain.model import Frozen
from leadflow.domain.subscriptions import Cycle, Measure
from leadflow.runtime.representations.sparse import Sparse

if TYPE_CHECKING:
    from leadflow.application.manage_subscription import Subscription
    from leadflow.domain.subscriptions import Limits, Standing


class UsedBody(Frozen):
    """What is used of a limit; None is no limit."""

    used: int
    limit: int | None


class LimitsBody(Frozen):
    """Limits as they are written."""

    lead_limit: int | None
    sales_limit_cents: int | None


class SubscriptionBody(Sparse):
    """Usage of the cycle at hand; `warnings` are the highest levels reached, in percent."""

    optional: ClassVar[frozenset[str]] = frozenset({"warnings", "next_limits"})

    object: Literal["subscription"] = "subscription"
    cycle: Cycle
    leads: UsedBody
    sales_cents: UsedBody
    withheld: int
    warnings: Mapping[Measure, int]
    next_limits: LimitsBody | None


def subscription_body(subscription: Subscription) -> SubscriptionBody:
    """The body of a subscription."""
    standing = subscription.standing
    return SubscriptionBody(
        cycle=standing.cycle,
        leads=UsedBody(used=standing.used.leads, limit=standing.limits.leads),
        sales_cents=UsedBody(used=standing.used.sales_cents, limit=standing.limits.sales_cents),
        withheld=subscription.withheld,
        warnings=standing.warnings,
        next_limits=_next(standing),
    )


def _next(standing: Standing) -> LimitsBody | None:
    limits: Limits | None = standing.next_limits
    if limits is None:
        return None
    return LimitsBody(lead_limit=limits.leads, sales_limit_cents=limits.sales_cents)
