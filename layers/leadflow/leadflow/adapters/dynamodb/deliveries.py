"""Deliveries of webhooks: those of one webhook lie together, in the order of their facts.

A pending delivery has a second item that stands for it, so that what is to be made is found without
looking at what has been made.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from leadflow.adapters.dynamodb.delivery_items import DeliveryItem, PendingItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import query, read, read_many
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.walks import LAST
from leadflow.application.ports import Page, Window
from leadflow.domain.deliveries import Delivery, Outbox
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import DeliveryId

KEPT_FOR = timedelta(days=30)
"""How long a delivery is kept after its fact: its request may hold contact data."""

PAGE_BYTES_MAX = 1_000_000
"""Of one page. An answer has at most 6 MiB, and JSON within JSON may be several times as long."""

_DELIVERY, _PENDING = "DELIVERY#", "PENDING#"


class DynamoDeliveries:
    """Implements `Deliveries`."""

    def open(self, outbox: Outbox, delivery: Delivery) -> bool:
        """Both items in one transaction, if the delivery is not there."""
        transaction = Transaction()
        absent = DeliveryItem.pk.does_not_exist()
        transaction.put(_item(outbox, delivery), condition=absent, label="delivery")
        transaction.put(_pending(outbox, delivery))
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
        found = map(_delivery_of, read_many(DeliveryItem, keys)) if keys else ()
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
        return _delivery_of(item) if item else None

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
        shown = [_delivery_of(item) for item in _fitting(found[: window.limit])]
        return Page(shown, shown[-1].id if len(found) > len(shown) else None)

    @staticmethod
    def _put_next(transaction: Transaction, outbox: Outbox, delivery: Delivery) -> None:
        before = DeliveryItem.version == delivery.version - 1
        transaction.put(_item(outbox, delivery), condition=before, label="delivery")


def outbox_key(outbox: Outbox) -> str:
    """The partition of a webhook's deliveries."""
    return tenant_key(outbox.tenant_id, outbox.webhook_id)


def _item(outbox: Outbox, delivery: Delivery) -> DeliveryItem:
    return DeliveryItem(
        outbox_key(outbox),
        _DELIVERY + delivery.id,
        document=delivery.model_dump_json(exclude_none=True),
        version=delivery.version,
        expires_at=_expiry(delivery.created_at),
    )


def _pending(outbox: Outbox, delivery: Delivery) -> PendingItem:
    expires_at = _expiry(delivery.created_at)
    return PendingItem(outbox_key(outbox), _PENDING + delivery.id, expires_at=expires_at)


def _fitting(items: Sequence[DeliveryItem]) -> Sequence[DeliveryItem]:
    """As many of the first items as an answer has room for, but at least one."""
    sizes = accumulate(len(item.document.encode()) for item in items)
    fitting = sum(size <= PAGE_BYTES_MAX for size in sizes)
    return items[: max(1, fitting)]


def _expiry(at: datetime) -> int:
    return int((at + KEPT_FOR).timestamp())


def _delivery_of(item: DeliveryItem) -> Delivery:
    return Delivery.model_validate_json(item.document)
