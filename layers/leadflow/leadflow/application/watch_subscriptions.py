"""What happens to subscriptions by the minute: warnings, and tokens that were lost (19.2, 19.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leadflow.application.fact_ports import Bus
from leadflow.application.ports import Clock
from leadflow.application.release_withheld_leads import standing_token
from leadflow.application.usage_ports import PlanUsage
from leadflow.application.withheld_ports import WithheldLeads, WithheldQueue
from leadflow.domain.identifiers import TenantId
from leadflow.domain.subscriptions import Measure, Standing
from leadflow.domain.told_facts import Fact, Told

USAGE_LEVEL_REACHED = "subscription.usage_level_reached"


class UsageLevelReached(Fact):
    """A tenant has used `level_percentage` of a limit of the cycle that began at `cycle_start`."""

    tenant_id: TenantId
    cycle_start: datetime
    measure: Measure
    level_percentage: int
    used: int
    limit: int


@dataclass(frozen=True)
class Watched:
    """What was done for one tenant: levels announced, and whether a token was sent."""

    announced: Sequence[UsageLevelReached]
    is_topped_up: bool


@dataclass(frozen=True, kw_only=True)
class WatchSubscriptions:
    """The action with its ports."""

    usage: PlanUsage
    waiting: WithheldLeads
    queue: WithheldQueue
    bus: Bus
    clock: Clock

    def __call__(self, tenant_id: TenantId) -> Watched:
        """Announce the levels that were crossed, and let out who waits while there is room.

        Levels are told before they are noted as told: a crash in between tells them again, with
        the same ids. Raises `TransientFault`.
        """
        standing = self.usage.watched(tenant_id)
        facts = self._announced(tenant_id, standing) if standing else ()
        is_blocked = standing is not None and standing.is_reached
        return Watched(facts, not is_blocked and self._top_up(tenant_id))

    def _announced(self, tenant_id: TenantId, standing: Standing) -> Sequence[UsageLevelReached]:
        facts = [_fact(tenant_id, standing, one, level) for one, level in standing.due]
        if facts:
            self.bus.tell([Told(USAGE_LEVEL_REACHED, fact) for fact in facts])
            self._note(tenant_id, standing)
        return facts

    def _note(self, tenant_id: TenantId, standing: Standing) -> None:
        for measure, level in dict(standing.due).items():
            self.usage.announced(tenant_id, standing.cycle, measure, level)

    def _top_up(self, tenant_id: TenantId) -> bool:
        """Send a token for all that wait; whether any does."""
        if not self.waiting.oldest(tenant_id, limit=1):
            return False
        self.queue.put(standing_token(tenant_id, self.clock.now()))
        return True


def _fact(
    tenant_id: TenantId, standing: Standing, measure: Measure, level: int
) -> UsageLevelReached:
    return UsageLevelReached(
        id=f"usage-{tenant_id}-{standing.cycle.label}-{measure}-{level}",
        tenant_id=tenant_id,
        cycle_start=standing.cycle.start,
        measure=measure,
        level_percentage=level,
        used=standing.used.of(measure),
        limit=standing.limits.of(measure),
    )
