"""Secrets that are shown to others: one item an owner, apart from the configured objects.

They are written in the transaction that changes their owner, and never into the audit log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import query
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.configuration_ports import SecretChange
from leadflow.application.exchange_ports import Secrets
from leadflow.domain.identifiers import TenantId

KEPT_TENANTS_MAX = 100
"""Tenants whose secrets one process keeps."""

_SECRETS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


@dataclass(frozen=True)
class _Kept:
    """The secrets of one owner, which hold for its versions up to the named one."""

    version: int = 0
    secrets: Secrets = field(default_factory=dict, repr=False)


class DynamoSecrets:
    """Implements `SecretReader`."""

    def __init__(self) -> None:
        self._kept: dict[TenantId, dict[str, _Kept]] = {}

    def of(self, tenant_id: TenantId, owner: str, version: int) -> Secrets:
        """The kept secrets, unless they are older: then one query for those of all owners.

        A round of pings needs the secrets of many partners at once.
        """
        kept: Mapping[str, _Kept] = self._kept.get(tenant_id, {})
        if owner not in kept or kept[owner].version < version:
            kept = self._refreshed(tenant_id, owner, version)
        return kept[owner].secrets

    def _refreshed(self, tenant_id: TenantId, owner: str, version: int) -> Mapping[str, _Kept]:
        """All secrets as they are now, known to hold for every version asked for so far.

        An owner may change without its secrets; without this it would be asked for for ever.
        """
        known = {name: one.version for name, one in self._kept.get(tenant_id, {}).items()}
        known[owner] = version
        found = _read(tenant_id)
        fresh = {
            name: _Kept(max(one.version, known.get(name, 0)), one.secrets)
            for name, one in ({name: _Kept() for name in known} | found).items()
        }
        if len(self._kept) >= KEPT_TENANTS_MAX:
            self._kept.pop(next(iter(self._kept)))
        self._kept[tenant_id] = fresh
        return fresh


def change_secrets(transaction: Transaction, tenant_id: TenantId, change: SecretChange) -> None:
    """Add the change of an owner's secrets to the transaction that changes the owner.

    That an owner has none is kept too: so it is known without asking for it alone.
    """
    document = secrets_document(change.secrets)
    transaction.put(
        ConfigurationItem(_key(tenant_id), change.owner, document=document, version=change.version)
    )


def secrets_document(secrets: Secrets) -> str:
    """Secrets as an item holds them."""
    return _SECRETS.dump_json(dict(secrets)).decode()


def secrets_of(item: ConfigurationItem) -> Secrets:
    """The secrets that an item holds."""
    return _SECRETS.validate_json(str(item.document))


def _read(tenant_id: TenantId) -> dict[str, _Kept]:
    return {
        item.sk: _Kept(int(item.version or 0), secrets_of(item))
        for item in query(ConfigurationItem, _key(tenant_id), consistent=True)
    }


def _key(tenant_id: TenantId) -> str:
    return tenant_key(tenant_id, "SECRETS")
