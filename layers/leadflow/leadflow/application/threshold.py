"""The subscription threshold (gate 7 of 11.2), which an automatic upgrade may move (19.1)."""

from dataclasses import dataclass

from leadflow.application.usage_ports import PlanUsage
from leadflow.domain.identifiers import TenantId
from leadflow.domain.settings import TenantSettings


@dataclass(frozen=True)
class Threshold:
    """How actions meet it."""

    usage: PlanUsage

    def stands(self, tenant_id: TenantId, settings: TenantSettings) -> bool:
        """Whether it is reached, and does not give way."""
        return self.usage.is_reached(tenant_id) and not self.gives_way(tenant_id, settings)

    def gives_way(self, tenant_id: TenantId, settings: TenantSettings) -> bool:
        """Whether there is room after all, so that what was refused may be tried again."""
        return settings.auto_upgrade and self.usage.upgrade(tenant_id)
