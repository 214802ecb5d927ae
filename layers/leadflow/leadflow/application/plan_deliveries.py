"""Find whom a fact is to be told, and leave a delivery for each (`product.md`, 21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from leadflow.application.delivery_ports import (
    CustomerWebhooks,
    Deliveries,
    Outboxes,
    OutboxQueue,
)
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.domain.deliveries import Delivery, Outbox, delivery_of
from leadflow.domain.told_facts import FactName, LeadFact, TenantFact
from leadflow.domain.webhooks import Webhook

CALL_LASTS = timedelta(seconds=60)
"""How long a call is waited for before the next need makes another one."""


@dataclass(frozen=True, kw_only=True)
class CallForDelivery:
    """Have somebody work on an outbox, unless somebody does or will do so already."""

    outboxes: Outboxes
    queue: OutboxQueue
    clock: Clock

    def whatever_happens(self, outbox: Outbox) -> None:
        """Called before a delivery is left there by somebody whom nobody repeats: were the process
        to end behind it, this call would find it.
        """
        self.queue.put_later(outbox)

    def __call__(self, outbox: Outbox) -> None:
        """Called behind every delivery that is left in the outbox; once more is no harm."""
        now = self.clock.now()
        rung = self.outboxes.ring(outbox, now)
        if not rung.is_heard:
            self.queue.put(outbox, slow=rung.failing)
            self.outboxes.called(outbox, rung, now + CALL_LASTS)


@dataclass(frozen=True, kw_only=True)
class PlanDeliveries:
    """The action with its ports."""

    configuration: ConfigurationReader
    customer_webhooks: CustomerWebhooks
    deliveries: Deliveries
    call: CallForDelivery

    def __call__(self, event: FactName, fact: TenantFact) -> Sequence[Delivery]:
        """Leave a delivery for every active webhook that asks for the fact; those that are new.

        A fact that is told again finds its deliveries there, and only calls for them once more.
        """
        planned = []
        for webhook in self._webhooks(event, fact):
            outbox = Outbox(
                tenant_id=fact.tenant_id,
                webhook_id=webhook.id,
                customer_id=webhook.customer_id,
            )
            delivery = delivery_of(event, fact, webhook)
            if self.deliveries.open(outbox, delivery):
                planned.append(delivery)
            self.call(outbox)
        return planned

    def _webhooks(self, event: FactName, fact: TenantFact) -> Sequence[Webhook]:
        configured = self.configuration.current(fact.tenant_id).webhooks.values()
        found = [one for one in configured if one.event is event and one.active]
        if event is FactName.LEAD_ASSIGNED and isinstance(fact, LeadFact) and fact.customer_id:
            theirs = self.customer_webhooks.current(fact.tenant_id, fact.customer_id)
            found += [one for one in theirs.webhooks.values() if one.active]
        return found
