"""Customers' webhooks, deliveries and trials, as the API shows them (`api.md`, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from leadflow.application.manage_customer_webhooks import webhook_form
from leadflow.domain.deliveries import (
    DeliveryAttempt,
    DeliveryStatus,
    ReceivedResponse,
    SentRequest,
)
from leadflow.domain.model import Frozen

if TYPE_CHECKING:
    from leadflow.application.manage_customer_webhooks import StoredWebhook
    from leadflow.application.try_webhook import WebhookTrial
    from leadflow.domain.deliveries import (
        Delivery,
    )
    from leadflow.domain.webhooks import Webhook

Body = Mapping[str, JsonValue]


class DeliveryBody(Frozen):
    """What was sent to a webhook, and what came of it."""

    object: Literal["delivery"] = "delivery"
    id: str
    event: str
    status: DeliveryStatus
    attempts: tuple[DeliveryAttempt, ...]
    request: SentRequest | None
    response: ReceivedResponse | None
    created_at: datetime


def webhook_body(webhook: Webhook) -> Body:
    """A customer's webhook; what has no value is left out."""
    head = webhook.model_dump(
        mode="json", include={"id", "customer_id", "version", "created_at", "updated_at"}
    )
    form = webhook_form(webhook).model_dump(mode="json", exclude_none=True)
    return {"object": "webhook", **head, **form}


def stored_webhook_body(stored: StoredWebhook) -> Body:
    """The same, with the secret in the answer that makes it."""
    body = webhook_body(stored.webhook)
    return body if stored.secret is None else {**body, "secret": stored.secret}


def delivery_body(delivery: Delivery) -> DeliveryBody:
    """A delivery; while nothing was sent, or answered, that is null."""
    return DeliveryBody(
        id=delivery.id,
        event=delivery.event,
        status=delivery.status,
        attempts=delivery.attempts,
        request=delivery.request,
        response=delivery.response,
        created_at=delivery.created_at,
    )


def webhook_trial_body(trial: WebhookTrial) -> Body:
    """What was sent and answered (null: nothing), and what that comes to."""
    response = trial.response
    return {
        "request": trial.request.model_dump(mode="json"),
        "response": response.model_dump(mode="json") if response else None,
        "outcome": trial.outcome,
        "error": trial.error,
    }
