"""Webhooks of customers: those of one customer lie together, behind a stamp of their own.

They are not part of the tenant's configuration, which every lead reads: a tenant may have
thousands of customers.
"""

from leadflow.adapters.dynamodb.audit_log import audit_item
from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.secret_keys import Purpose
from leadflow.adapters.dynamodb.secrets import opened_secrets, sealed_secrets
from leadflow.adapters.dynamodb.store import query, read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.configuration_ports import AuditEntry, Change
from leadflow.application.delivery_ports import WebhookSet
from leadflow.application.exchange_ports import Secrets
from leadflow.domain.identifiers import CustomerId, TenantId, WebhookId
from leadflow.domain.webhooks import Webhook

_SECRETS, _STAMP, _WEBHOOK = "SECRETS#", "STAMP", "WEBHOOK#"


class DynamoCustomerWebhooks:
    """Implements `CustomerWebhooks`."""

    def current(self, tenant_id: TenantId, customer_id: CustomerId) -> WebhookSet:
        """One consistent query, which passes over the secrets: they sort before the stamp."""
        items = list(
            query(
                ConfigurationItem,
                _key(tenant_id, customer_id),
                condition=ConfigurationItem.sk >= _STAMP,
                consistent=True,
            )
        )
        stamp = next((int(item.version or 0) for item in items if item.sk == _STAMP), 0)
        found = [
            Webhook.model_validate_json(str(item.document))
            for item in items
            if item.sk.startswith(_WEBHOOK)
        ]
        return WebhookSet(stamp, {one.id: one for one in found})

    def secrets(
        self, tenant_id: TenantId, customer_id: CustomerId, webhook_id: WebhookId
    ) -> Secrets:
        """One consistent read, and the tenant's key if this process has not got it."""
        item = read(ConfigurationItem, _key(tenant_id, customer_id), _SECRETS + webhook_id)
        if item is None:
            return {}
        owner = _owner(customer_id, webhook_id)
        return opened_secrets(tenant_id, Purpose.WEBHOOKS, owner, str(item.document))

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
        """Webhook, secrets, line of the log and stamp in one transaction."""
        key, transaction = _key(tenant_id, customer_id), Transaction()
        webhook = ConfigurationItem(key, _WEBHOOK + change.id)
        apart = ConfigurationItem(key, _SECRETS + change.id)
        if change.after is None:
            transaction.delete(webhook)
            transaction.delete(apart)
        else:
            webhook.document = change.after.model_dump_json()
            transaction.put(webhook)
        if change.after is not None and secrets is not None:
            owner = _owner(customer_id, change.id)
            apart.document = sealed_secrets(tenant_id, Purpose.WEBHOOKS, owner, secrets)
            transaction.put(apart)
        transaction.put(audit_item(tenant_id, entry))
        seen = ConfigurationItem.version
        transaction.update(
            ConfigurationItem(key, _STAMP),
            [ConfigurationItem.version.add(1)],
            condition=seen == stamp if stamp else seen.does_not_exist(),
        )
        return not transaction.refused()


def _owner(customer_id: CustomerId, webhook_id: str) -> str:
    return f"{customer_id}#{webhook_id}"


def _key(tenant_id: TenantId, customer_id: CustomerId) -> str:
    return tenant_key(tenant_id, "WEBHOOKS", customer_id)
