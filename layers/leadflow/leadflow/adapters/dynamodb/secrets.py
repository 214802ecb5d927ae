"""Secrets that are shown to others: one item an owner, apart from the configured objects.

They are written in the transaction that changes their owner, and never into the audit log. What is
stored is sealed (`secret_keys.py`), and opened when the owner's secrets are asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.secret_keys import Purpose, purpose_of, tenant_keys
from leadflow.adapters.dynamodb.store import query
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.configuration_ports import SecretChange
from leadflow.application.exchange_ports import Secrets
from leadflow.domain.identifiers import TenantId

KEPT_TENANTS_MAX = 100
"""Tenants whose secrets one process keeps."""

_SECRETS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])
_NONE = "{}"
"""How it is stored that an owner has no secrets: nothing is sealed, so no key is needed."""


@dataclass(frozen=True)
class _Kept:
    """The sealed secrets of one owner, which hold for its versions up to the named one."""

    version: int = 0
    document: str = field(default=_NONE, repr=False)


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
        return opened_secrets(tenant_id, purpose_of(owner), owner, kept[owner].document)

    def _refreshed(self, tenant_id: TenantId, owner: str, version: int) -> Mapping[str, _Kept]:
        """All secrets as they are now, known to hold for every version asked for so far.

        An owner may change without its secrets; without this it would be asked for for ever.
        """
        known = {name: one.version for name, one in self._kept.get(tenant_id, {}).items()}
        known[owner] = version
        found = _read(tenant_id)
        fresh = {
            name: _Kept(max(one.version, known.get(name, 0)), one.document)
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
    document = sealed_secrets(tenant_id, purpose_of(change.owner), change.owner, change.secrets)
    transaction.put(
        ConfigurationItem(_key(tenant_id), change.owner, document=document, version=change.version)
    )


def sealed_secrets(tenant_id: TenantId, purpose: Purpose, owner: str, secrets: Secrets) -> str:
    """Secrets as an item holds them; what is moved to another owner cannot be opened."""
    if not secrets:
        return _NONE
    # Ten milliseconds to import: only for what really has secrets.
    from leadflow.adapters.sealed_text import sealed  # noqa: PLC0415

    text = _SECRETS.dump_json(dict(secrets)).decode()
    return sealed(tenant_keys().made_sure(tenant_id, purpose), text, place=owner)


def opened_secrets(tenant_id: TenantId, purpose: Purpose, owner: str, document: str) -> Secrets:
    """The secrets that an item holds. Raises `CorruptState`: they were sealed for another owner."""
    if document == _NONE:
        return {}
    from leadflow.adapters.sealed_text import opened  # noqa: PLC0415 # as above

    text = opened(tenant_keys().existing(tenant_id, purpose), document, place=owner)
    return _SECRETS.validate_json(text)


def _read(tenant_id: TenantId) -> dict[str, _Kept]:
    return {
        item.sk: _Kept(int(item.version or 0), str(item.document))
        for item in query(ConfigurationItem, _key(tenant_id), consistent=True)
    }


def _key(tenant_id: TenantId) -> str:
    return tenant_key(tenant_id, "SECRETS")
