"""Deliveries of webhooks: those of one webhook lie together, in the order of their facts.

A pending delivery has a second item that stands for it, so that what is to be made is found without
looking at what has been made.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from leadflow.adapters.dynamodb.delivery_items import DeliveryItem, LeadDeliveryItem, PendingItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import query, read, read_many
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.walks import LAST
from leadflow.application.ports import Page, Window
from leadflow.domain.deliveries import Delivery, Outbox
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import DeliveryId, LeadId, TenantId
from leadflow.domain.told_facts import LeadFact

KEPT_FOR = timedelta(days=30)
"""How long a delivery is kept after its fact: its request may hold contact data."""

PAGE_BYTES_MAX = 1_000_000
"""Of one page. An answer has at most 6 MiB, and JSON within JSON may be several times as long."""

_DELIVERY, _PENDING = "DELIVERY#", "PENDING#"


class DynamoDeliveries:
    """Implements `Deliveries`."""

    def open(self, outbox: Outbox, delivery: Delivery) -> bool:
        """Both items and a lead's in one transaction, if the delivery is not there."""
        transaction = Transaction()
        absent = DeliveryItem.pk.does_not_exist()
        transaction.put(delivery_item(outbox, delivery), condition=absent, label="delivery")
        transaction.put(_pending(outbox, delivery))
        if isinstance(delivery.told, LeadFact):
            transaction.put(_of_lead(outbox, delivery, delivery.told.lead_id))
        return not transaction.refused()

    def pending(self, outbox: Outbox, *, limit: int) -> Sequence[Delivery]:
        """One consistent query and one batch."""
        waiting = query(
            PendingItem,
            outbox_key(outbox),
            condition=PendingItem.sk.startswith(_PENDING),
            limit=limit,
            consistent=True,
        )
        ids = [str(item.sk).removeprefix(_PENDING) for item in waiting]
        keys = [(outbox_key(outbox), _DELIVERY + one) for one in ids]
        found = map(delivery_of, read_many(DeliveryItem, keys)) if keys else ()
        return sorted(found, key=lambda one: one.id)

    def settle(self, outbox: Outbox, delivery: Delivery) -> None:
        """On the version before; who has the outbox is alone with it, so nothing else is likely."""
        transaction = Transaction()
        self._put_next(transaction, outbox, delivery)
        transaction.delete(_pending(outbox, delivery))
        if transaction.refused():
            raise TransientFault("The delivery has moved on.")

    def reopen(self, outbox: Outbox, delivery: Delivery) -> bool:
        """Both items in one transaction, on the version before."""
        transaction = Transaction()
        self._put_next(transaction, outbox, delivery)
        transaction.put(_pending(outbox, delivery))
        return not transaction.refused()

    def get(self, outbox: Outbox, delivery_id: DeliveryId) -> Delivery | None:
        """One consistent read."""
        item = read(DeliveryItem, outbox_key(outbox), _DELIVERY + delivery_id)
        return delivery_of(item) if item else None

    def page(self, outbox: Outbox, window: Window) -> Page[Delivery]:
        """One query; ids grow with time, so they are positions too."""
        behind = window.position
        items = query(
            DeliveryItem,
            outbox_key(outbox),
            condition=DeliveryItem.sk.between(_DELIVERY, _DELIVERY + (behind or LAST)),
            ascending=False,
            limit=window.limit + 1 + (behind is not None),
            consistent=True,
        )
        found = [one for one in items if one.sk != f"{_DELIVERY}{behind}"]
        shown = [delivery_of(item) for item in _fitting(found[: window.limit])]
        return Page(shown, shown[-1].id if len(found) > len(shown) else None)

    @staticmethod
    def _put_next(transaction: Transaction, outbox: Outbox, delivery: Delivery) -> None:
        before = DeliveryItem.version == delivery.version - 1
        transaction.put(delivery_item(outbox, delivery), condition=before, label="delivery")


def outbox_key(outbox: Outbox) -> str:
    """The partition of a webhook's deliveries."""
    return tenant_key(outbox.tenant_id, outbox.webhook_id)


def lead_deliveries_key(tenant_id: TenantId, lead_id: LeadId) -> str:
    """The partition of what tells of a lead's deliveries."""
    return tenant_key(tenant_id, "OF_LEAD", lead_id)


def delivery_key(outbox: Outbox, delivery_id: DeliveryId) -> tuple[str, str]:
    """Where a delivery lies."""
    return outbox_key(outbox), _DELIVERY + delivery_id


def delivery_item(outbox: Outbox, delivery: Delivery) -> DeliveryItem:
    """A delivery among those of its webhook."""
    return DeliveryItem(
        *delivery_key(outbox, delivery.id),
        document=delivery.model_dump_json(exclude_none=True),
        version=delivery.version,
        expires_at=_expiry(delivery.created_at),
    )


def _pending(outbox: Outbox, delivery: Delivery) -> PendingItem:
    expires_at = _expiry(delivery.created_at)
    return PendingItem(outbox_key(outbox), _PENDING + delivery.id, expires_at=expires_at)


def _of_lead(outbox: Outbox, delivery: Delivery, lead_id: LeadId) -> LeadDeliveryItem:
    return LeadDeliveryItem(
        lead_deliveries_key(outbox.tenant_id, lead_id),
        f"{outbox.webhook_id}#{delivery.id}",
        webhook_id=outbox.webhook_id,
        delivery_id=delivery.id,
        expires_at=_expiry(delivery.created_at),
    )


def _fitting(items: Sequence[DeliveryItem]) -> Sequence[DeliveryItem]:
    """As many of the first items as an answer has room for, but at least one."""
    sizes = accumulate(len(item.document.encode()) for item in items)
    fitting = sum(size <= PAGE_BYTES_MAX for size in sizes)
    return items[: max(1, fitting)]


def _expiry(at: datetime) -> int:
    return int((at + KEPT_FOR).timestamp())


def delivery_of(item: DeliveryItem) -> Delivery:
    """The delivery in an item."""
    return Delivery.model_validate_json(item.document)
