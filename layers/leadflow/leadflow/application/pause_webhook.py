"""Pause a webhook whose receiver has said that it is gone (410; `product.md`, 21.3)."""

from dataclasses import dataclass

from leadflow.application.audit_trail import audit_entry
from leadflow.application.configuration_ports import (
    AuditEntry,
    Change,
    ConfigurationStore,
    ResourceKind,
)
from leadflow.application.delivery_ports import CustomerWebhooks
from leadflow.application.ports import Clock, IdFactory
from leadflow.application.watch_partners import ACTOR, ATTEMPTS_MAX
from leadflow.domain.deliveries import Outbox
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.webhooks import Webhook, gone


@dataclass(frozen=True, kw_only=True)
class PauseWebhook:
    """The action with its ports."""

    store: ConfigurationStore
    of_customers: CustomerWebhooks
    ids: IdFactory
    clock: Clock

    def __call__(self, outbox: Outbox, called: Webhook) -> None:
        """Pause the webhook in the version that was called; a newer one is somebody's mending.

        Raises `TransientFault` when others were always faster.
        """
        for _ in range(ATTEMPTS_MAX):
            if self._paused(outbox, called):
                return
        raise TransientFault("The webhooks were always being changed by others.")

    def _paused(self, outbox: Outbox, called: Webhook) -> bool:
        """Whether nothing is left to do."""
        if outbox.customer_id is None:
            return self._paused_of_tenant(outbox, called)
        return self._paused_of_customer(outbox, outbox.customer_id, called)

    def _paused_of_tenant(self, outbox: Outbox, called: Webhook) -> bool:
        newest = self.store.current(outbox.tenant_id)
        if newest.webhooks.get(called.id) != called:
            return True
        change, entry = self._change(called)
        return self.store.apply(outbox.tenant_id, newest.stamp, [change], entries=[entry])

    def _paused_of_customer(self, outbox: Outbox, customer_id: CustomerId, called: Webhook) -> bool:
        newest = self.of_customers.current(outbox.tenant_id, customer_id)
        if newest.webhooks.get(called.id) != called:
            return True
        change, entry = self._change(called)
        return self.of_customers.apply(
            outbox.tenant_id, customer_id, newest.stamp, change, entry=entry
        )

    def _change(self, called: Webhook) -> tuple[Change, AuditEntry]:
        now = self.clock.now()
        change = Change(ResourceKind.WEBHOOK, called.id, called, gone(called, now))
        entry = audit_entry(
            self.ids,
            now,
            ACTOR,
            resource=change.kind,
            resource_id=change.id,
            before=change.before,
            after=change.after,
        )
        return change, entry
