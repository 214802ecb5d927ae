"""A tenant's configuration in memory, changed as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from leadflow.application.configuration_ports import (
    NO_CREDENTIALS,
    AuditEntry,
    Change,
    CredentialChanges,
    Founding,
    ResourceKind,
    SecretChange,
)
from leadflow.application.ports import Page, Window
from leadflow.domain.configuration import Configuration
from leadflow.domain.credentials import Credential
from leadflow.domain.identifiers import TenantId
from leadflow.domain.plans import Plan
from tests.fakes.secrets import MemorySecrets

PARTS = {
    ResourceKind.SETTINGS: "settings",
    ResourceKind.PLAN: "plan",
    ResourceKind.CATEGORY: "categories",
    ResourceKind.LEAD_TYPE: "lead_types",
    ResourceKind.SOURCE: "sources",
    ResourceKind.DUPLICATE_CHECK: "duplicate_checks",
    ResourceKind.AUDIT_CONDITION: "audit_conditions",
    ResourceKind.PARTNER: "partners",
    ResourceKind.RETURN_TIER: "return_tiers",
    ResourceKind.WEBHOOK: "webhooks",
    ResourceKind.INTEGRATION: "real_estate_api",
}


@dataclass
class MemoryConfigurationStore:
    """Implements `ConfigurationStore` and `TenantFounder`.

    `busy` is how many changes by others come between the next readings and writings.
    """

    newest: Configuration
    busy: int = 0
    log: list[AuditEntry] = field(default_factory=list)
    credentials: dict[str, Credential] = field(default_factory=dict)
    plans: list[Plan] = field(default_factory=list)
    foundings: dict[TenantId, Founding] = field(default_factory=dict)
    secrets: MemorySecrets = field(default_factory=MemorySecrets)

    def current(self, _tenant_id: TenantId) -> Configuration:
        return self.newest

    def at_least(self, _tenant_id: TenantId, _stamp: int) -> Configuration:
        return self.newest

    def plan(self, _tenant_id: TenantId, version: int) -> Plan | None:
        return next((plan for plan in self.plans if plan.version == version), None)

    def apply(
        self,
        _tenant_id: TenantId,
        stamp: int,
        changes: Sequence[Change],
        *,
        entries: Sequence[AuditEntry],
        credentials: CredentialChanges = NO_CREDENTIALS,
        secrets: Sequence[SecretChange] = (),
    ) -> bool:
        if self.busy:
            self.busy -= 1
            self.newest = replace(self.newest, stamp=self.newest.stamp + 1)
        if stamp != self.newest.stamp:
            return False
        for change in changes:
            self._put(change)
        self.newest = replace(self.newest, stamp=stamp + 1)
        self.log += entries
        self.credentials |= {one.lookup_hash: one for one in credentials.issued}
        for lookup_hash in credentials.revoked:
            del self.credentials[lookup_hash]
        self.secrets.kept |= {change.owner: change.secrets for change in secrets}
        return True

    def audit_log(self, _tenant_id: TenantId, window: Window) -> Page[AuditEntry]:
        return Page(self.log[::-1][: window.limit], None)

    def found(self, tenant_id: TenantId, founding: Founding) -> None:
        self.foundings[tenant_id] = founding

    def _put(self, change: Change) -> None:
        name, after = PARTS[change.kind], change.after
        if isinstance(after, Plan):
            self.plans.append(after)
        stored = getattr(self.newest, name)
        value: Any = _changed(stored, change) if isinstance(stored, dict) else after
        members = {**vars(self.newest), name: value}
        fresh = {one.name: members[one.name] for one in fields(Configuration)}
        self.newest = Configuration(**fresh)


def _changed(stored: dict[str, Any], change: Change) -> dict[str, Any]:
    """A collection with an object put, or removed."""
    others = {name: one for name, one in stored.items() if name != change.id}
    return others if change.after is None else {**others, change.id: change.after}
