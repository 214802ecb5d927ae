"""A tenant's configuration: read as a whole and kept, changed in transactions that move a stamp."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel

from leadflow.adapters.dynamodb.audit_log import audit_item, audit_lines
from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.credentials import credential_item, credential_key
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.secrets import change_secrets
from leadflow.adapters.dynamodb.store import query, read
from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.adapters.dynamodb.users import add_user, admin_count_item
from leadflow.application.configuration_ports import (
    NO_CREDENTIALS,
    REAL_ESTATE_API,
    AuditEntry,
    Change,
    CredentialChanges,
    Founding,
    ResourceKind,
    SecretChange,
)
from leadflow.application.ports import Page, Window
from leadflow.domain.configuration import (
    AuditCondition,
    Configuration,
    LeadCategory,
    RealEstateApi,
)
from leadflow.domain.duplicates import DuplicateCheck
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import (
    CategoryId,
    LeadTypeId,
    PartnerId,
    ReturnTierId,
    SourceId,
    TenantId,
    WebhookId,
)
from leadflow.domain.lead_types import LeadType
from leadflow.domain.partners import Partner
from leadflow.domain.plans import Plan
from leadflow.domain.return_tiers import ReturnTier
from leadflow.domain.settings import Tenant, TenantSettings
from leadflow.domain.sources import Source
from leadflow.domain.webhooks import Webhook

Stored = TypeVar("Stored", bound=BaseModel)
Documents = Mapping[ResourceKind, Mapping[str, str]]
"""The JSON of every configured object, by its kind and id."""

KEPT_TENANTS_MAX = 100
"""Tenants whose configuration one process keeps."""

PLAN_VERSIONS_MAX = 500
"""Plan versions that one process keeps; they never change."""

_TENANTS = "TENANTS"
_STAMP = "STAMP"


class DynamoConfiguration:
    """Implements `ConfigurationStore` and `TenantFounder`."""

    def __init__(self) -> None:
        self._kept: dict[TenantId, Configuration] = {}
        self._plans = lru_cache(PLAN_VERSIONS_MAX)(_read_plan)

    def current(self, tenant_id: TenantId) -> Configuration:
        """The newest configuration: one read when the kept one still is."""
        return self.at_least(tenant_id, _read_stamp(tenant_id))

    def at_least(self, tenant_id: TenantId, stamp: int) -> Configuration:
        """The kept configuration unless it is older than the stamp."""
        kept = self._kept.get(tenant_id)
        if kept is not None and kept.stamp >= stamp:
            return kept
        # The stamp is read first: what is changed meanwhile is in the objects, at worst early.
        fresh = _read_all(tenant_id, max(stamp, _read_stamp(tenant_id)))
        if len(self._kept) >= KEPT_TENANTS_MAX:
            self._kept.pop(next(iter(self._kept)))
        self._kept[tenant_id] = fresh
        return fresh

    def plan(self, tenant_id: TenantId, version: int) -> Plan | None:
        """One version of the plan."""
        kept = self._kept.get(tenant_id)
        if kept is not None and kept.plan.version == version:
            return kept.plan
        return self._plans(tenant_id, version)

    def tenants(self) -> Sequence[TenantId]:
        """All tenants of the stack, for work that is done on a schedule: one query."""
        return [TenantId(item.sk) for item in query(ConfigurationItem, _TENANTS)]

    def apply(
        self,
        tenant_id: TenantId,
        stamp: int,
        changes: Sequence[Change],
        *,
        entries: Sequence[AuditEntry],
        credentials: CredentialChanges = NO_CREDENTIALS,
        secrets: Sequence[SecretChange] = (),
    ) -> bool:
        """Write everything if the stamp has not moved, and move it."""
        transaction = _transaction(tenant_id, changes, entries)
        for credential in credentials.issued:
            transaction.put(credential_item(credential))
        for lookup_hash in credentials.revoked:
            transaction.delete(credential_key(lookup_hash))
        for change in secrets:
            change_secrets(transaction, tenant_id, change)
        transaction.update(
            ConfigurationItem(_config_key(tenant_id), _STAMP),
            [ConfigurationItem.version.add(1)],
            condition=ConfigurationItem.version == stamp,
        )
        try:
            transaction.commit()
        except ConditionFailed:
            return False
        return True

    def found(self, tenant_id: TenantId, founding: Founding) -> None:
        """Write everything; the id is new, so nothing can be in the way."""
        transaction = _transaction(tenant_id, founding.changes, founding.entries)
        transaction.put(ConfigurationItem(_TENANTS, tenant_id))
        transaction.put(ConfigurationItem(_config_key(tenant_id), _STAMP, version=1))
        transaction.put(admin_count_item(tenant_id, admins=1))
        add_user(transaction, tenant_id, founding.admin)
        transaction.commit()

    def audit_log(self, tenant_id: TenantId, window: Window) -> Page[AuditEntry]:
        """One query."""
        return audit_lines(tenant_id, window)


def _config_key(tenant_id: TenantId) -> str:
    return tenant_key(tenant_id, "CONFIG")


def _plan_key(version: int) -> str:
    return f"{version:010d}"


def _read_stamp(tenant_id: TenantId) -> int:
    item = read(ConfigurationItem, _config_key(tenant_id), _STAMP)
    if item is None:
        raise CorruptState("The tenant has no configuration.")
    return int(item.version or 0)


def _read_plan(tenant_id: TenantId, version: int) -> Plan | None:
    item = read(ConfigurationItem, tenant_key(tenant_id, "PLANS"), _plan_key(version))
    return Plan.model_validate_json(str(item.document)) if item else None


def _read_all(tenant_id: TenantId, stamp: int) -> Configuration:
    found: dict[ResourceKind, dict[str, str]] = {kind: {} for kind in ResourceKind}
    for item in query(ConfigurationItem, _config_key(tenant_id), consistent=True):
        if item.sk != _STAMP:
            kind, _, identifier = item.sk.partition("#")
            found[ResourceKind(kind)][identifier] = str(item.document)
    categories = _all(found, ResourceKind.CATEGORY, LeadCategory)
    lead_types = _all(found, ResourceKind.LEAD_TYPE, LeadType)
    sources = _all(found, ResourceKind.SOURCE, Source)
    partners = _all(found, ResourceKind.PARTNER, Partner)
    return_tiers = _all(found, ResourceKind.RETURN_TIER, ReturnTier)
    webhooks = _all(found, ResourceKind.WEBHOOK, Webhook)
    integrations = _all(found, ResourceKind.INTEGRATION, RealEstateApi)
    return Configuration(
        stamp=stamp,
        tenant=_only(found, ResourceKind.TENANT, Tenant),
        settings=_only(found, ResourceKind.SETTINGS, TenantSettings),
        plan=_only(found, ResourceKind.PLAN, Plan),
        categories={CategoryId(key): one for key, one in categories.items()},
        lead_types={LeadTypeId(key): one for key, one in lead_types.items()},
        sources={SourceId(key): one for key, one in sources.items()},
        duplicate_checks=_all(found, ResourceKind.DUPLICATE_CHECK, DuplicateCheck),
        audit_conditions=_all(found, ResourceKind.AUDIT_CONDITION, AuditCondition),
        partners={PartnerId(key): one for key, one in partners.items()},
        webhooks={WebhookId(key): one for key, one in webhooks.items()},
        real_estate_api=integrations.get(REAL_ESTATE_API),
        return_tiers={ReturnTierId(key): one for key, one in return_tiers.items()},
    )


def _all(found: Documents, kind: ResourceKind, model: type[Stored]) -> dict[str, Stored]:
    return {
        identifier: model.model_validate_json(document)
        for identifier, document in found[kind].items()
    }


def _only(found: Documents, kind: ResourceKind, model: type[Stored]) -> Stored:
    objects = _all(found, kind, model)
    if len(objects) != 1:
        message = f"A tenant has exactly one {kind}."
        raise CorruptState(message)
    return next(iter(objects.values()))


def _transaction(
    tenant_id: TenantId, changes: Sequence[Change], entries: Sequence[AuditEntry]
) -> Transaction:
    transaction = Transaction()
    for change in changes:
        key = f"{change.kind}#{change.id}"
        if change.after is None:
            transaction.delete(ConfigurationItem(_config_key(tenant_id), key))
            continue
        document = change.after.model_dump_json()
        transaction.put(ConfigurationItem(_config_key(tenant_id), key, document=document))
        if isinstance(change.after, Plan):
            plans, version = tenant_key(tenant_id, "PLANS"), _plan_key(change.after.version)
            transaction.put(ConfigurationItem(plans, version, document=document))
    for entry in entries:
        transaction.put(audit_item(tenant_id, entry))
    return transaction
