"""A configuration in memory, and the versions of one."""

from dataclasses import dataclass, field

from leadflow.domain.configuration import Configuration
from leadflow.domain.identifiers import TenantId
from leadflow.domain.plans import Plan


@dataclass
class FixedConfiguration:
    """Implements `ConfigurationReader`; it knows the newest version of the plan only."""

    newest: Configuration

    def current(self, _tenant_id: TenantId) -> Configuration:
        return self.newest

    def at_least(self, _tenant_id: TenantId, stamp: int) -> Configuration:
        assert stamp <= self.newest.stamp
        return self.newest

    def plan(self, _tenant_id: TenantId, version: int) -> Plan | None:
        return self.newest.plan if self.newest.plan.version == version else None


@dataclass
class Versions:
    """Implements `ConfigurationReader`: the newest configuration, and every plan there was."""

    newest: Configuration
    plans: dict[int, Plan] = field(default_factory=dict)

    def current(self, _tenant_id: TenantId) -> Configuration:
        return self.newest

    def at_least(self, _tenant_id: TenantId, _stamp: int) -> Configuration:
        return self.newest

    def plan(self, _tenant_id: TenantId, version: int) -> Plan | None:
        return {**self.plans, self.newest.plan.version: self.newest.plan}.get(version)

    def put(self, newest: Configuration) -> None:
        """Change it."""
        self.plans[self.newest.plan.version] = self.newest.plan
        self.newest = newest
