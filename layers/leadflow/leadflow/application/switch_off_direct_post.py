"""Switch off a direct post whose receiver is gone, and say so (`product.md`, 13.5 and 21.3)."""

from dataclasses import dataclass

from leadflow.application.audit_trail import audit_entry
from leadflow.application.configuration_ports import (
    SETTINGS_ID,
    Change,
    ConfigurationStore,
    ResourceKind,
)
from leadflow.application.ports import Clock, IdFactory
from leadflow.application.watch_partners import ACTOR
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import TenantId
from leadflow.domain.settings import DirectPostSettings, TenantSettings

ATTEMPTS_MAX = 32
"""Tries of a change whose configuration is being changed by others."""


@dataclass(frozen=True, kw_only=True)
class SwitchOffDirectPost:
    """The action with its ports."""

    store: ConfigurationStore
    clock: Clock
    ids: IdFactory

    def __call__(self, tenant_id: TenantId, used: DirectPostSettings) -> None:
        """Switch it off, as long as it is still the one that was used: another one may be there.

        Raises `TransientFault` when others were always faster.
        """
        for _ in range(ATTEMPTS_MAX):
            configuration = self.store.current(tenant_id)
            before = configuration.settings
            if before.direct_post != used or self._stored(tenant_id, configuration.stamp, before):
                return
        raise TransientFault("The configuration was always being changed by others.")

    def _stored(self, tenant_id: TenantId, stamp: int, before: TenantSettings) -> bool:
        now, version = self.clock.now(), before.version + 1
        off = before.direct_post.gone(now)
        after = before.model_copy(update={"direct_post": off, "version": version})
        entry = audit_entry(
            self.ids,
            now,
            ACTOR,
            resource=ResourceKind.SETTINGS,
            resource_id=SETTINGS_ID,
            before=before,
            after=after,
        )
        change = Change(ResourceKind.SETTINGS, SETTINGS_ID, before, after)
        return self.store.apply(tenant_id, stamp, [change], entries=[entry])
