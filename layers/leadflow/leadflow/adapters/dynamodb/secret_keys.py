"""The keys that secrets are sealed with: one for each tenant and purpose.

A tenant's key lies in the configuration table, wrapped by the purpose's key in KMS, which only
roles that call out, or that change what they send, may use. Who merely reads the table reads
nothing.
"""

import functools
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from leadflow.adapters.aws_calls import faults_translated, short_calls
from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import is_written, read
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import TenantId

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

KEPT_KEYS_MAX = 200
"""Unwrapped keys that one process keeps."""


class Purpose(StrEnum):
    """What secrets are for. Each purpose has a key of its own in KMS, and roles of its own."""

    EXCHANGES = "exchanges"
    WEBHOOKS = "webhooks"


def purpose_of(owner: str) -> Purpose:
    """What the secrets of a configured object are for."""
    # Every function names its keys; only those with secrets need what owners are.
    from leadflow.application.configuration_ports import ResourceKind  # noqa: PLC0415

    is_webhook = owner.startswith(f"{ResourceKind.WEBHOOK}#")
    return Purpose.WEBHOOKS if is_webhook else Purpose.EXCHANGES


class TenantKeys:
    """Tenants' keys, unwrapped at their first use and kept in the process.

    `key_ids` names the keys in KMS; a function that has no name of one cannot use it.
    """

    def __init__(self, key_ids: Mapping[Purpose, str], region: str) -> None:
        self._key_ids, self._region = key_ids, region
        self._kept: dict[tuple[TenantId, Purpose], bytes] = {}

    def existing(self, tenant_id: TenantId, purpose: Purpose) -> bytes:
        """The key that the tenant has: one read and one call the first time.

        Raises `CorruptState` if there is none, `TransientFault` if KMS does not answer or refuses.
        """
        return self._known(tenant_id, purpose) or self._unwrapped(tenant_id, purpose)

    def made_sure(self, tenant_id: TenantId, purpose: Purpose) -> bytes:
        """The tenant's key, made if this is its first secret. Of many at once, one makes it."""
        item = _item(tenant_id, purpose)
        if (
            not self._known(tenant_id, purpose)
            and read(ConfigurationItem, item.pk, item.sk) is None
        ):
            item.document = self._new(tenant_id, purpose)
            # Whoever is overtaken uses the key of the other one.
            is_written(
                functools.partial(item.save, condition=ConfigurationItem.pk.does_not_exist())
            )
        return self.existing(tenant_id, purpose)

    def _known(self, tenant_id: TenantId, purpose: Purpose) -> bytes | None:
        return self._kept.get((tenant_id, purpose))

    def _unwrapped(self, tenant_id: TenantId, purpose: Purpose) -> bytes:
        place = _item(tenant_id, purpose)
        item = read(ConfigurationItem, place.pk, place.sk)
        if item is None:
            raise CorruptState("Secrets are kept, but not the key that they are sealed with.")
        with faults_translated("The key service"):
            answer = self._client.decrypt(
                KeyId=self._key_ids[purpose],
                CiphertextBlob=bytes.fromhex(str(item.document)),
                EncryptionContext=_context(tenant_id, purpose),
            )
        if len(self._kept) >= KEPT_KEYS_MAX:
            self._kept.pop(next(iter(self._kept)))
        self._kept[tenant_id, purpose] = answer["Plaintext"]
        return answer["Plaintext"]

    def _new(self, tenant_id: TenantId, purpose: Purpose) -> str:
        with faults_translated("The key service"):
            made = self._client.generate_data_key_without_plaintext(
                KeyId=self._key_ids[purpose],
                KeySpec="AES_256",
                EncryptionContext=_context(tenant_id, purpose),
            )
        return made["CiphertextBlob"].hex()

    @functools.cached_property
    def _client(self) -> "KMSClient":
        import boto3  # noqa: PLC0415 # a second to import: only for what really has secrets

        return boto3.client("kms", region_name=self._region, config=short_calls())


_BOUND: list[TenantKeys] = []


def name_keys(key_ids: Mapping[Purpose, str], region: str) -> None:
    """Bind the purposes to this stack's keys; what was unwrapped before is forgotten."""
    _BOUND[:] = [TenantKeys(key_ids, region)]


def tenant_keys() -> TenantKeys:
    """The keys of this stack, once they are named."""
    return _BOUND[0]


def _item(tenant_id: TenantId, purpose: Purpose) -> ConfigurationItem:
    return ConfigurationItem(tenant_key(tenant_id, "KEYS"), purpose)


def _context(tenant_id: TenantId, purpose: Purpose) -> dict[str, str]:
    """What a wrapped key is bound to: it opens for no other tenant and no other purpose."""
    return {"tenant_id": tenant_id, "purpose": purpose}
