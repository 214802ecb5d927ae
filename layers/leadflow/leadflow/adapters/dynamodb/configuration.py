"""A tenant's configuration: read as a whole and kept, written in transactions with a new stamp."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from pydantic import BaseModel, JsonValue

from leadflow.adapters.dynamodb.credentials import credential_item
from leadflow.adapters.dynamodb.items import ConfigurationItem, CredentialItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import query, read
from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.adapters.system import Ulids
from leadflow.application.ports import (
    NO_CREDENTIALS,
    AuditEntry,
    Change,
    CredentialChanges,
    Page,
    ResourceKind,
    Window,
)
from leadflow.domain.configuration import AuditCondition, Configuration, LeadCategory
from leadflow.domain.duplicates import DuplicateCheck
from leadflow.domain.errors import CorruptState, PreconditionFailed, ValidationFailed
from leadflow.domain.identifiers import TenantId
from leadflow.domain.lead_types import LeadType
from leadflow.domain.plans import Plan
from leadflow.domain.settings import Tenant, TenantSettings
from leadflow.domain.sources import Source

KINDS: Mapping[ResourceKind, type[BaseModel]] = {
    ResourceKind.TENANT: Tenant,
    ResourceKind.SETTINGS: TenantSettings,
    ResourceKind.PLAN: Plan,
    ResourceKind.CATEGORY: LeadCategory,
    ResourceKind.LEAD_TYPE: LeadType,
    ResourceKind.SOURCE: Source,
    ResourceKind.DUPLICATE_CHECK: DuplicateCheck,
    ResourceKind.AUDIT_CONDITION: AuditCondition,
}

KEPT_TENANTS_MAX = 100
"""Tenants whose configuration one process keeps."""

PLAN_VERSIONS_MAX = 500
"""Plan versions that one process keeps; they never change."""

_TENANTS = "TENANTS"
_STAMP = "STAMP"
_VERSION = "version:"
_NAME = "name:"


class DynamoConfiguration:
    """Implements `ConfigurationReader` and `ConfigurationWriter`."""

    def __init__(self, ids: Ulids) -> None:
        self._ids = ids
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
        changes: Sequence[Change],
        *,
        actor: str,
        at: datetime,
        credentials: CredentialChanges = NO_CREDENTIALS,
    ) -> None:
        """Write the changes, their audit lines, name guards and credentials, and a new stamp."""
        transaction = Transaction()
        for change in changes:
            _add_object(transaction, tenant_id, change)
            _add_name_guards(transaction, tenant_id, change)
            transaction.put(self._audit_item(tenant_id, change, actor, at))
        for credential in credentials.issued:
            transaction.put(credential_item(credential))
        for lookup_hash in credentials.revoked:
            transaction.delete(CredentialItem(CredentialItem.key_of(lookup_hash), "CREDENTIAL"))
        stamp = ConfigurationItem(_config_key(tenant_id), _STAMP)
        transaction.update(stamp, [ConfigurationItem.version.add(1)])
        try:
            transaction.commit()
        except ConditionFailed as error:
            raise _refusal(error) from error

    def audit_log(self, tenant_id: TenantId, window: Window) -> Page[AuditEntry]:
        """Lines of the audit log, newest first."""
        before = window.position
        condition = ConfigurationItem.sk < before if before else None
        items = list(
            query(
                ConfigurationItem,
                tenant_key(tenant_id, "AUDIT"),
                condition=condition,
                ascending=False,
                limit=window.limit + 1,
            )
        )
        entries = [AuditEntry.model_validate_json(str(item.document)) for item in items]
        more = len(entries) > window.limit
        shown = entries[: window.limit]
        return Page(shown, shown[-1].id if more else None)

    def _audit_item(
        self, tenant_id: TenantId, change: Change, actor: str, at: datetime
    ) -> ConfigurationItem:
        entry = AuditEntry(
            id=self._ids.new("change"),
            at=at,
            actor=actor,
            resource=change.kind,
            resource_id=change.id,
            before=_shown(change.before),
            after=_shown(change.after),
        )
        key = tenant_key(tenant_id, "AUDIT")
        return ConfigurationItem(key, entry.id, document=entry.model_dump_json())


_SECRET_MEMBERS = frozenset({"cursor_key"})


def _shown(value: BaseModel | None) -> dict[str, JsonValue] | None:
    if value is None:
        return None
    members: dict[str, JsonValue] = json.loads(value.model_dump_json(exclude_none=True))
    return {name: member for name, member in members.items() if name not in _SECRET_MEMBERS}


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
    found: dict[str, dict[str, BaseModel]] = {kind: {} for kind in ResourceKind}
    for item in query(ConfigurationItem, _config_key(tenant_id), consistent=True):
        if item.sk != _STAMP:
            kind, _, identifier = item.sk.partition("#")
            model = KINDS[ResourceKind(kind)]
            found[kind][identifier] = model.model_validate_json(str(item.document))
    return Configuration(
        stamp=stamp,
        tenant=_only(found[ResourceKind.TENANT]),
        settings=_only(found[ResourceKind.SETTINGS]),
        plan=_only(found[ResourceKind.PLAN]),
        categories=found[ResourceKind.CATEGORY],
        lead_types=found[ResourceKind.LEAD_TYPE],
        sources=found[ResourceKind.SOURCE],
        duplicate_checks=found[ResourceKind.DUPLICATE_CHECK],
        audit_conditions=found[ResourceKind.AUDIT_CONDITION],
    )


def _only(objects: Mapping[str, BaseModel]) -> BaseModel:
    if len(objects) != 1:
        raise CorruptState("A tenant has exactly one of each of its singletons.")
    return next(iter(objects.values()))


def _add_object(transaction: Transaction, tenant_id: TenantId, change: Change) -> None:
    document = change.after.model_dump_json()
    condition = (
        ConfigurationItem.pk.does_not_exist()
        if change.version_before is None
        else ConfigurationItem.version == change.version_before
    )
    item = ConfigurationItem(
        _config_key(tenant_id),
        f"{change.kind}#{change.id}",
        document=document,
        version=change.version_after,
    )
    transaction.put(item, condition=condition, label=_VERSION)
    if change.kind is ResourceKind.TENANT and change.version_before is None:
        transaction.put(ConfigurationItem(_TENANTS, tenant_id))
    if change.kind is ResourceKind.PLAN:
        key = tenant_key(tenant_id, "PLANS")
        transaction.put(
            ConfigurationItem(key, _plan_key(change.version_after), document=document),
            condition=ConfigurationItem.pk.does_not_exist(),
            label=_VERSION,
        )


def _add_name_guards(transaction: Transaction, tenant_id: TenantId, change: Change) -> None:
    before, after = _name_key(change, change.name_before), _name_key(change, change.name_after)
    if before == after:
        return
    key = tenant_key(tenant_id, "NAMES")
    if before is not None:
        transaction.delete(ConfigurationItem(key, before))
    if after is not None:
        transaction.put(
            ConfigurationItem(key, after),
            condition=ConfigurationItem.pk.does_not_exist(),
            label=_NAME,
        )


def _name_key(change: Change, name: str | None) -> str | None:
    return None if name is None else f"{change.kind}#{change.name_scope}#{name.casefold()}"


def _refusal(error: ConditionFailed) -> Exception:
    if _NAME in error.labels:
        return ValidationFailed({"name": ["The name is already taken."]})
    return PreconditionFailed()
