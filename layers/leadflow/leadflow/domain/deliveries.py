"""Deliveries: what was sent to a webhook, and what came of it (`product.md`, 21.3)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field as Bound
from pydantic import JsonValue

from leadflow.domain.identifiers import (
    CustomerId,
    DeliveryId,
    TenantId,
    WebhookId,
    derived_identifier_at,
)
from leadflow.domain.model import Frozen
from leadflow.domain.told_facts import KINDS, FactName, TenantFact, ToldFact
from leadflow.domain.webhooks import Webhook

ATTEMPTS_KEPT_MAX = 40
"""The newest attempts that are kept: those of ten times sending it."""

REQUEST_CHARACTERS_KEPT_MAX = 64_000
"""Of a request's body, which is ASCII. With all else a record stays below 400 KB."""

RESPONSE_CHARACTERS_KEPT_MAX = 10_000


class DeliveryStatus(StrEnum):
    """How a delivery stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Outbox(Frozen):
    """A webhook's deliveries that are still to be made; `customer_id` is None for a tenant's."""

    tenant_id: TenantId
    webhook_id: WebhookId
    customer_id: CustomerId | None = None


class DeliveryAttempt(Frozen):
    """One try. Without an answer, or a request at all, `error` says why."""

    at: datetime
    response_status: int | None = None
    duration_ms: int = 0
    error: str | None = None


class SentRequest(Frozen):
    """The newest request without its secrets, its body cut."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str | None


class ReceivedResponse(Frozen):
    """The newest answer without the secrets of the request, its body cut."""

    status: int
    body: str


class Delivery(Frozen):
    """One fact for one webhook; its id is the `webhook-id` of every request.

    `fact` is the fact's detail, without contact data; `request` and `response` are the newest.
    """

    id: DeliveryId
    event: FactName
    fact: Mapping[str, JsonValue]
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: Annotated[tuple[DeliveryAttempt, ...], Bound(max_length=ATTEMPTS_KEPT_MAX)] = ()
    request: SentRequest | None = None
    response: ReceivedResponse | None = None
    version: int = 1
    created_at: datetime

    @property
    def told(self) -> ToldFact:
        """The fact that is delivered."""
        return KINDS[self.event].model_validate(self.fact)

    def settled(
        self,
        status: DeliveryStatus,
        attempts: tuple[DeliveryAttempt, ...],
        request: SentRequest | None = None,
        response: ReceivedResponse | None = None,
    ) -> "Delivery":
        """The next version: how it ended."""
        kept = (*self.attempts, *attempts)[-ATTEMPTS_KEPT_MAX:]
        members = {"status": status, "attempts": kept, "request": request, "response": response}
        return self.model_copy(update={**members, "version": self.version + 1})

    def erased(self) -> "Delivery":
        """The next version without what was sent and answered.

        A version more also for one that is on its way: whoever makes it cannot store it any more.
        """
        members = {"request": None, "response": None, "version": self.version + 1}
        return self.model_copy(update=members)

    def reopened(self) -> "Delivery":
        """The next version: to be made once more."""
        again = {"status": DeliveryStatus.PENDING, "version": self.version + 1}
        return self.model_copy(update=again)


def delivery_of(event: FactName, fact: TenantFact, webhook: Webhook) -> Delivery:
    """The one delivery of a fact to a webhook: a fact that is told again gives it again."""
    made_of = f"{fact.tenant_id}#{webhook.id}#{event}#{fact.id}"
    return Delivery(
        id=DeliveryId(derived_identifier_at("delivery", made_of, fact.at)),
        event=event,
        fact=fact.model_dump(mode="json", exclude_none=True),
        created_at=fact.at,
    )
