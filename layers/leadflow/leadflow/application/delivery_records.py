"""Messages to webhooks, and what is kept of them (`product.md`, 21.3)."""

from datetime import datetime

from leadflow.application.exchange_ports import Answer, NoAnswer
from leadflow.application.find_webhooks import Found
from leadflow.application.signed_messages import Message, Sent, Try
from leadflow.application.webhook_news import News
from leadflow.application.webhook_payloads import payload_of, request_of
from leadflow.domain.deliveries import (
    REQUEST_CHARACTERS_KEPT_MAX,
    RESPONSE_CHARACTERS_KEPT_MAX,
    Delivery,
    DeliveryAttempt,
    DeliveryStatus,
    ReceivedResponse,
    SentRequest,
)
from leadflow.domain.masking import without_secrets
from leadflow.domain.signing_secrets import signing_now, signing_part
from leadflow.domain.target_requests import masked
from leadflow.domain.told_facts import FactName
from leadflow.domain.webhooks import Webhook


def message_of(
    message_id: str, event: FactName, news: News, found: Found, now: datetime
) -> Message:
    """What a webhook is sent of some news. Raises `Untellable` for what is too long."""
    webhook, secrets = found.webhook, found.secrets
    parts = request_of(webhook, payload_of(webhook, event, news), secrets)
    signing = signing_part(secrets)
    own = [secret for name, secret in secrets.items() if name not in signing]
    credentials = parts.headers.get("Authorization", "").partition(" ")[2]
    return Message(
        id=message_id,
        parts=parts,
        timeout_seconds=webhook.timeout_seconds,
        signing=signing_now(secrets, now),
        hidden=(*own, credentials),
    )


def undeliverable(delivery: Delivery, why: str, at: datetime) -> Delivery:
    """A delivery that ends without a request."""
    return delivery.settled(DeliveryStatus.FAILED, (DeliveryAttempt(at=at, error=why),))


def outcome_of(delivery: Delivery, sent: Sent, webhook: Webhook) -> Delivery:
    """A delivery with the tries of its message."""
    last = sent.tries[-1]
    status = DeliveryStatus.SUCCEEDED if last.is_taken else DeliveryStatus.FAILED
    attempts = tuple(map(_attempt, sent.tries))
    request = shown_request(sent.message, last, webhook)
    return delivery.settled(status, attempts, request, shown_response(sent.message, last))


def shown_request(message: Message, last: Try, webhook: Webhook) -> SentRequest:
    """The request of a try without its secrets."""
    safe = masked(message.parts, webhook)
    body = None if safe.body is None else safe.body.decode()[:REQUEST_CHARACTERS_KEPT_MAX]
    return SentRequest(
        method=safe.method, url=safe.url, headers={**safe.headers, **last.signature}, body=body
    )


def shown_response(message: Message, last: Try) -> ReceivedResponse | None:
    """What was answered, without the secrets of the request, should the receiver repeat them."""
    reply = last.reply
    if reply.status is None:
        return None
    body = reply.body.decode(errors="replace") if isinstance(reply, Answer) else ""
    secrets = (*message.hidden, *message.signing)
    return ReceivedResponse(
        status=reply.status, body=without_secrets(body, secrets)[:RESPONSE_CHARACTERS_KEPT_MAX]
    )


def _attempt(one: Try) -> DeliveryAttempt:
    took = one.reply.at - one.at
    return DeliveryAttempt(
        at=one.at,
        response_status=one.reply.status,
        duration_ms=round(took.total_seconds() * 1_000),
        error=one.reply.detail if isinstance(one.reply, NoAnswer) else None,
    )
