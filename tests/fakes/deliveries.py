"""Deliveries of webhooks, and who works on them, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.configuration_ports import AuditEntry, Change
from leadflow.application.delivery_ports import Rung, Taking, WebhookSet
from leadflow.application.exchange_ports import Secrets
from leadflow.application.ports import Page, Window
from leadflow.domain.deliveries import Delivery, DeliveryStatus, Outbox
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import CustomerId, DeliveryId, TenantId, WebhookId
from leadflow.domain.webhooks import Webhook


@dataclass
class MemoryDeliveries:
    """Implements `Deliveries`; `stolen` is how many reopenings somebody else is ahead of."""

    stored: dict[tuple[Outbox, DeliveryId], Delivery] = field(default_factory=dict)
    stolen: int = 0

    def open(self, outbox: Outbox, delivery: Delivery) -> bool:
        is_new = (outbox, delivery.id) not in self.stored
        self.stored.setdefault((outbox, delivery.id), delivery)
        return is_new

    def pending(self, outbox: Outbox, *, limit: int) -> Sequence[Delivery]:
        found = [one for one in self.of(outbox) if one.status is DeliveryStatus.PENDING]
        return found[:limit]

    def settle(self, outbox: Outbox, delivery: Delivery) -> None:
        if not self._put(outbox, delivery):
            raise TransientFault("The delivery has moved on.")

    def reopen(self, outbox: Outbox, delivery: Delivery) -> bool:
        if self.stolen:
            self.stolen -= 1
            self._put(outbox, delivery)
        return self._put(outbox, delivery)

    def get(self, outbox: Outbox, delivery_id: DeliveryId) -> Delivery | None:
        return self.stored.get((outbox, delivery_id))

    def page(self, outbox: Outbox, window: Window) -> Page[Delivery]:
        behind = window.position
        found = [one for one in self.of(outbox)[::-1] if behind is None or one.id < behind]
        shown = found[: window.limit]
        return Page(shown, shown[-1].id if len(found) > len(shown) else None)

    def of(self, outbox: Outbox) -> list[Delivery]:
        """All of a webhook, the oldest first."""
        found = [one for (owner, _), one in self.stored.items() if owner == outbox]
        return sorted(found, key=lambda one: one.id)

    def _put(self, outbox: Outbox, delivery: Delivery) -> bool:
        before = self.stored.get((outbox, delivery.id))
        if before is None or before.version != delivery.version - 1:
            return False
        self.stored[outbox, delivery.id] = delivery
        return True


@dataclass
class MemoryOutboxes:
    """Implements `Outboxes`."""

    counted: dict[Outbox, int] = field(default_factory=dict)
    taken: dict[Outbox, Taking] = field(default_factory=dict)
    failing: dict[Outbox, bool] = field(default_factory=dict)
    takes: dict[Outbox, int] = field(default_factory=dict)
    awaited: dict[Outbox, datetime] = field(default_factory=dict)

    def ring(self, outbox: Outbox, now: datetime) -> Rung:
        self.counted[outbox] = self.rings(outbox) + 1
        taking, awaited = self.taken.get(outbox), self.awaited.get(outbox, now)
        return Rung(
            is_heard=max(taking.until if taking else now, awaited) > now,
            failing=self.failing.get(outbox, False),
            takes=self.takes.get(outbox, 0),
        )

    def called(self, outbox: Outbox, rung: Rung, until: datetime) -> None:
        if self.takes.get(outbox, 0) == rung.takes:
            self.awaited[outbox] = until

    def rings(self, outbox: Outbox) -> int:
        return self.counted.get(outbox, 0)

    def take(self, outbox: Outbox, taking: Taking, now: datetime) -> bool:
        held = self.taken.get(outbox)
        if held and held.until > now and held.id != taking.id:
            return False
        self.taken[outbox] = taking
        self.takes[outbox] = self.takes.get(outbox, 0) + 1
        self.awaited.pop(outbox, None)
        return True

    def release(self, outbox: Outbox, taking: Taking, *, rings: int | None, failing: bool) -> bool:
        is_nobodys = self.taken.get(outbox, taking).id == taking.id
        if not is_nobodys or rings not in {None, self.rings(outbox)}:
            return False
        self.taken.pop(outbox, None)
        self.failing[outbox] = failing
        return True


@dataclass
class MemoryOutboxQueue:
    """Implements `OutboxQueue`; `calls` are the outboxes, and whether they are slow."""

    calls: list[tuple[Outbox, bool]] = field(default_factory=list)
    later: list[Outbox] = field(default_factory=list)

    def put(self, outbox: Outbox, *, slow: bool) -> None:
        self.calls.append((outbox, slow))

    def put_later(self, outbox: Outbox) -> None:
        self.later.append(outbox)


@dataclass
class MemoryCustomerWebhooks:
    """Implements `CustomerWebhooks`; `busy` is how many changes by others come in between."""

    sets: dict[CustomerId, WebhookSet] = field(default_factory=dict)
    kept: dict[WebhookId, Secrets] = field(default_factory=dict)
    log: list[AuditEntry] = field(default_factory=list)
    busy: int = 0

    def current(self, _tenant_id: TenantId, customer_id: CustomerId) -> WebhookSet:
        return self.sets.get(customer_id, WebhookSet(0, {}))

    def secrets(
        self, _tenant_id: TenantId, _customer_id: CustomerId, webhook_id: WebhookId
    ) -> Secrets:
        return self.kept.get(webhook_id, {})

    def apply(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId,
        stamp: int,
        change: Change,
        *,
        entry: AuditEntry,
        secrets: Secrets | None = None,
    ) -> bool:
        known = self.current(tenant_id, customer_id)
        if self.busy:
            self.busy -= 1
            known = self.sets[customer_id] = WebhookSet(known.stamp + 1, known.webhooks)
        if stamp != known.stamp:
            return False
        webhook_id = WebhookId(change.id)
        webhooks = {name: one for name, one in known.webhooks.items() if name != webhook_id}
        if isinstance(change.after, Webhook):
            webhooks[webhook_id] = change.after
        self.sets[customer_id] = WebhookSet(stamp + 1, webhooks)
        if change.after is None:
            self.kept.pop(webhook_id, None)
        elif secrets is not None:
            self.kept[webhook_id] = secrets
        self.log.append(entry)
        return True
