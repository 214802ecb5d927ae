"""What a tenant has used of its subscription plan, and other limits (`product.md`, 19)."""

from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope
from leadflow.application.customer_ports import Author
from leadflow.application.list_pages import period_of
from leadflow.application.list_ports import LeadCounts, LeadTrait, LeadWalk
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.application.usage_ports import PlanUsage
from leadflow.domain.identifiers import TenantId
from leadflow.domain.limits import LeadCount, LimitCents
from leadflow.domain.model import Request
from leadflow.domain.statuses import LeadStatus
from leadflow.domain.subscriptions import Limits, Standing


class SubscriptionRequest(Request):
    """The body of `PUT /subscription`: all limits of a cycle; one that is not named is none."""

    lead_limit: LeadCount | None = None
    sales_limit_cents: LimitCents | None = None

    @property
    def limits(self) -> Limits:
        """The limits that are wanted."""
        return Limits(leads=self.lead_limit, sales_cents=self.sales_limit_cents)


@dataclass(frozen=True)
class Subscription:
    """Where a tenant stands, and how many of its leads wait for room."""

    standing: Standing
    withheld: int


@dataclass(frozen=True, kw_only=True)
class ManageSubscription:
    """The action with its ports."""

    configuration: ConfigurationReader
    usage: PlanUsage
    counts: LeadCounts
    clock: Clock

    def show(self, scope: CallerScope) -> Subscription:
        """The subscription as of now."""
        return self._shown(scope.tenant_id, self.usage.standing(scope.tenant_id))

    def change(self, scope: CallerScope, request: SubscriptionRequest) -> Subscription:
        """Want other limits: a raise acts at once, a cut with the next cycle (19.1)."""
        author = Author(scope.actor, self.clock.now())
        standing = self.usage.change_limits(scope.tenant_id, request.limits, author)
        return self._shown(scope.tenant_id, standing)

    def _shown(self, tenant_id: TenantId, standing: Standing) -> Subscription:
        known = self.configuration.current(tenant_id)
        period = period_of(known, self.clock.now(), None, None)
        walk = LeadWalk(LeadTrait.STATUS, LeadStatus.WITHHELD, is_test=False, period=period)
        return Subscription(standing, self.counts.count(tenant_id, walk))
