"""Webhooks: whom a tenant or a customer lets know of what has happened (`product.md`, 17.4, 21)."""

from datetime import datetime
from typing import Literal

from leadflow.domain.exchanges import BodyFormat, HttpTarget, MappingRow
from leadflow.domain.identifiers import CustomerId, WebhookId
from leadflow.domain.told_facts import FactName

WEBHOOKS_MAX = 100
"""Webhooks of a tenant: they are part of its configuration."""

CUSTOMER_WEBHOOKS_MAX = 20
"""Webhooks of one customer: every lead that is assigned to it reads all of them."""


class Webhook(HttpTarget):
    """A receiver of one kind of fact. Its secrets lie apart.

    One of the tenant has a `mapping` (none: the default payload), one of a customer a `template`
    and hears of the leads that are assigned to that customer. `paused_reason` and `paused_at` tell
    of a pause that nobody asked for.
    """

    id: WebhookId
    name: str
    customer_id: CustomerId | None = None
    event: FactName
    format: BodyFormat = BodyFormat.JSON
    mapping: tuple[MappingRow, ...] = ()
    template: str | None = None
    active: bool
    paused_reason: Literal["gone"] | None = None
    paused_at: datetime | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def archived(self) -> bool:
        """Never: a webhook that is deleted is gone."""
        return False


def gone(webhook: Webhook, at: datetime) -> Webhook:
    """The webhook's next version, paused because its receiver has said that it is gone (410)."""
    pause = {"active": False, "paused_reason": "gone", "paused_at": at}
    return webhook.model_copy(update={**pause, "version": webhook.version + 1, "updated_at": at})
