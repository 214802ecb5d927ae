"""The webhook behind an outbox, with its secrets, wherever it is kept."""

from dataclasses import dataclass, field

from leadflow.application.configuration_ports import ResourceKind
from leadflow.application.delivery_ports import CustomerWebhooks
from leadflow.application.exchange_ports import SecretReader, Secrets
from leadflow.application.ports import ConfigurationReader
from leadflow.domain.configuration import Configuration
from leadflow.domain.deliveries import Outbox
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import CustomerId, TenantId, WebhookId
from leadflow.domain.webhooks import Webhook


@dataclass(frozen=True)
class Found:
    """A webhook as of now, and all its secrets."""

    webhook: Webhook
    secrets: Secrets = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class FindWebhooks:
    """The ports behind webhooks."""

    configuration: ConfigurationReader
    of_customers: CustomerWebhooks
    secrets: SecretReader

    def get(self, outbox: Outbox, configuration: Configuration) -> Webhook | None:
        """One webhook; None where it is gone or somebody else's."""
        if outbox.customer_id is None:
            return configuration.webhooks.get(outbox.webhook_id)
        theirs = self.of_customers.current(outbox.tenant_id, outbox.customer_id)
        return theirs.webhooks.get(outbox.webhook_id)

    def existing(
        self, tenant_id: TenantId, customer_id: CustomerId | None, webhook_id: str
    ) -> tuple[Outbox, Webhook]:
        """One webhook of the tenant or of a customer. Raises `NotFound`."""
        outbox = Outbox(
            tenant_id=tenant_id, webhook_id=WebhookId(webhook_id), customer_id=customer_id
        )
        found = self.get(outbox, self.configuration.current(tenant_id))
        if found is None:
            raise NotFound
        return outbox, found

    def with_secrets(self, outbox: Outbox, webhook: Webhook) -> Found:
        """A webhook with its secrets."""
        if outbox.customer_id is None:
            owner = webhook_secrets(webhook.id)
            return Found(webhook, self.secrets.of(outbox.tenant_id, owner, webhook.version))
        kept = self.of_customers.secrets(outbox.tenant_id, outbox.customer_id, webhook.id)
        return Found(webhook, kept)


def webhook_secrets(webhook_id: WebhookId) -> str:
    """Whose secrets those of a tenant's webhook are."""
    return f"{ResourceKind.WEBHOOK}#{webhook_id}"
