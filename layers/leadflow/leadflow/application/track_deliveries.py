"""What was sent to a webhook, and sending it once more (`product.md`, 21.3)."""

from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope
from leadflow.application.delivery_ports import Deliveries
from leadflow.application.find_webhooks import FindWebhooks
from leadflow.application.plan_deliveries import CallForDelivery
from leadflow.application.ports import Page, Window
from leadflow.domain.deliveries import Delivery, DeliveryStatus, Outbox
from leadflow.domain.errors import Conflict, NotFound
from leadflow.domain.identifiers import CustomerId, DeliveryId
from leadflow.domain.webhooks import Webhook


@dataclass(frozen=True)
class WebhookPath:
    """Which webhook: the tenant's, or that of a customer."""

    webhook_id: str
    customer_id: str | None = None

    def owner(self, scope: CallerScope) -> CustomerId | None:
        """Whose it is, as far as the caller reaches. Raises `NotFound`."""
        return None if self.customer_id is None else scope.customer(self.customer_id)


@dataclass(frozen=True, kw_only=True)
class TrackDeliveries:
    """The actions with their ports. They raise `NotFound` for what is not the caller's."""

    webhooks: FindWebhooks
    deliveries: Deliveries
    call: CallForDelivery

    def page(self, scope: CallerScope, path: WebhookPath, window: Window) -> Page[Delivery]:
        """Deliveries, newest first."""
        outbox, _ = self._found(scope, path)
        return self.deliveries.page(outbox, window)

    def resend(self, scope: CallerScope, path: WebhookPath, delivery_id: str) -> Delivery:
        """Have a delivery made once more, by what the webhook is now, under the same id.

        One that is pending is made anyway. Raises `Conflict` while the webhook is paused.
        """
        outbox, webhook = self._found(scope, path)
        if not webhook.active:
            raise Conflict("The webhook is paused.")
        delivery = self._reopened(outbox, DeliveryId(delivery_id))
        self.call(outbox)
        return delivery

    def _found(self, scope: CallerScope, path: WebhookPath) -> tuple[Outbox, Webhook]:
        return self.webhooks.existing(scope.tenant_id, path.owner(scope), path.webhook_id)

    def _reopened(self, outbox: Outbox, delivery_id: DeliveryId) -> Delivery:
        """The delivery, pending; of two who reopen it at once both are content."""
        found = self._existing(outbox, delivery_id)
        if found.status is DeliveryStatus.PENDING:
            return found
        self.call.whatever_happens(outbox)
        again = found.reopened()
        return again if self.deliveries.reopen(outbox, again) else self._existing(outbox, found.id)

    def _existing(self, outbox: Outbox, delivery_id: DeliveryId) -> Delivery:
        found = self.deliveries.get(outbox, delivery_id)
        if found is None:
            raise NotFound
        return found
