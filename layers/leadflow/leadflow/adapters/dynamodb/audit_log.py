"""The audit log: one line an item, put in the transaction of the change that it tells of."""

from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import query
from leadflow.application.configuration_ports import AuditEntry
from leadflow.application.ports import Page, Window
from leadflow.domain.identifiers import TenantId


def audit_item(tenant_id: TenantId, entry: AuditEntry) -> ConfigurationItem:
    """The item of a line."""
    return ConfigurationItem(_key(tenant_id), entry.id, document=entry.model_dump_json())


def audit_lines(tenant_id: TenantId, window: Window) -> Page[AuditEntry]:
    """Lines behind the window's position, newest first."""
    before = ConfigurationItem.sk < window.position if window.position else None
    items = query(
        ConfigurationItem,
        _key(tenant_id),
        condition=before,
        ascending=False,
        limit=window.limit + 1,
    )
    entries = [AuditEntry.model_validate_json(str(item.document)) for item in items]
    shown = entries[: window.limit]
    return Page(shown, shown[-1].id if len(entries) > len(shown) else None)


def _key(tenant_id: TenantId) -> str:
    return tenant_key(tenant_id, "AUDIT")
