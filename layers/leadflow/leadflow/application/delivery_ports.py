"""What the delivery of webhooks needs from the outside world.

Adapters implement these; only the container knows which. Any method may raise `TransientFault`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from leadflow.application.configuration_ports import AuditEntry, Change
    from leadflow.application.exchange_ports import Secrets
    from leadflow.application.ports import Page, Window
    from leadflow.domain.customers import Customer
    from leadflow.domain.deliveries import Delivery, Outbox
    from leadflow.domain.identifiers import (
        CustomerId,
        DeliveryId,
        TakingId,
        TenantId,
        UserId,
        WebhookId,
    )
    from leadflow.domain.users import User
    from leadflow.domain.webhooks import Webhook


@dataclass(frozen=True)
class WebhookSet:
    """All webhooks of one customer; `stamp` grows with every change of any of them."""

    stamp: int
    webhooks: Mapping[WebhookId, Webhook]


class CustomerWebhooks(Protocol):
    """The webhooks of customers, apart from the tenant's configuration."""

    def current(self, tenant_id: TenantId, customer_id: CustomerId) -> WebhookSet:
        """The webhooks of a customer, as of now."""
        ...

    def secrets(
        self, tenant_id: TenantId, customer_id: CustomerId, webhook_id: WebhookId
    ) -> Secrets:
        """The secrets of one webhook, as of now; none for an unknown one."""
        ...

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
        """Store one change, provided that the stamp is still the given one.

        `secrets` are all that the webhook has (None: as before). False, and nothing stored, when
        the customer's webhooks have changed since they were read.
        """
        ...


class Deliveries(Protocol):
    """What was sent to each webhook, and what is still to be sent."""

    def open(self, outbox: Outbox, delivery: Delivery) -> bool:
        """Store a new delivery as pending; False, and nothing stored, when it is there already."""
        ...

    def pending(self, outbox: Outbox, *, limit: int) -> Sequence[Delivery]:
        """Deliveries that are still to be made, as of now, the oldest first."""
        ...

    def settle(self, outbox: Outbox, delivery: Delivery) -> None:
        """Store the next version of a pending delivery, which is not pending any more."""
        ...

    def reopen(self, outbox: Outbox, delivery: Delivery) -> bool:
        """Store the next version of a delivery as pending; False when it has moved on."""
        ...

    def get(self, outbox: Outbox, delivery_id: DeliveryId) -> Delivery | None:
        """One delivery, as of now."""
        ...

    def page(self, outbox: Outbox, window: Window) -> Page[Delivery]:
        """Deliveries, newest first; a page is cut where an answer would become too large."""
        ...


@dataclass(frozen=True)
class Rung:
    """What a need for deliveries has found.

    `is_heard`: somebody works on the outbox or was called and has not come yet; either will find
    what is there. `failing`: its receiver did not answer the last time. `takes` is how often it was
    taken.
    """

    is_heard: bool
    failing: bool
    takes: int


@dataclass(frozen=True)
class Taking:
    """One taking of an outbox, and until when; its id tells it from all others."""

    id: TakingId
    until: datetime


class Outboxes(Protocol):
    """Who works on which outbox: one at a time, so that a dead receiver holds up nobody else."""

    def ring(self, outbox: Outbox, now: datetime) -> Rung:
        """Count a need for deliveries."""
        ...

    def called(self, outbox: Outbox, rung: Rung, until: datetime) -> None:
        """Note that somebody was called, who should have come by a moment; not if one has come."""
        ...

    def rings(self, outbox: Outbox) -> int:
        """The needs so far, as of now."""
        ...

    def take(self, outbox: Outbox, taking: Taking, now: datetime) -> bool:
        """Take the outbox; False while another has it. Once more is no harm."""
        ...

    def release(self, outbox: Outbox, taking: Taking, *, rings: int | None, failing: bool) -> bool:
        """Give back an outbox that was taken; once more is no harm.

        False, and it stays taken, when there are more needs than `rings` (None: however many), or
        another has it.
        """
        ...


class OutboxQueue(Protocol):
    """Calls for somebody to work on an outbox."""

    def put(self, outbox: Outbox, *, slow: bool) -> None:
        """Call; `slow` where receivers wait that did not answer the last time."""
        ...

    def put_later(self, outbox: Outbox) -> None:
        """Call by a message that comes only when whatever the caller is about to do is done."""
        ...


class CustomerReader(Protocol):
    """Single customers."""

    def get(self, tenant_id: TenantId, customer_id: CustomerId) -> Customer | None:
        """One customer, as of now."""
        ...


class UserReader(Protocol):
    """Single users."""

    def get(self, tenant_id: TenantId, user_id: UserId) -> User | None:
        """One user, as of now."""
        ...
