"""What the actions on configuration and users need from the outside world.

Adapters implement these; only the container knows which. Any method may raise `TransientFault`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from pydantic import JsonValue

from leadflow.application.ports import ConfigurationReader
from leadflow.domain.model import Frozen

if TYPE_CHECKING:
    from leadflow.application.exchange_ports import Secrets
    from leadflow.application.ports import Page, Window
    from leadflow.domain.credentials import Credential
    from leadflow.domain.identifiers import LeadTypeId, OwnerId, TenantId, UserId
    from leadflow.domain.users import User


class ResourceKind(StrEnum):
    """Kinds of configured objects; the values are the names of their collections."""

    TENANT = "tenant"
    SETTINGS = "settings"
    PLAN = "distribution-plan"
    CATEGORY = "lead-categories"
    LEAD_TYPE = "lead-types"
    SOURCE = "sources"
    DUPLICATE_CHECK = "duplicate-checks"
    AUDIT_CONDITION = "audit-conditions"
    PARTNER = "partners"
    RETURN_TIER = "return-tiers"
    WEBHOOK = "webhooks"
    INTEGRATION = "integrations"
    USER = "users"


REAL_ESTATE_API = "real-estate-api"
"""The id of that integration among all integrations."""


REAL_ESTATE_API_SECRETS = f"{ResourceKind.INTEGRATION}#{REAL_ESTATE_API}"
"""Whose secrets the keys of the Real Estate API are."""


SETTINGS_ID = "settings"
"""The id of the settings, of which a tenant has one object."""

SETTINGS_SECRETS = f"{ResourceKind.SETTINGS}#{SETTINGS_ID}"
"""Whose secrets those are that sign the direct post."""


@dataclass(frozen=True)
class Change:
    """One configured object before (None: it is new) and after a change (None: it is gone)."""

    kind: ResourceKind
    id: str
    before: Frozen | None
    after: Frozen | None


class AuditEntry(Frozen):
    """One change of one object: the members that differ; secrets are masked."""

    id: str
    at: datetime
    actor: str
    resource: str
    resource_id: str
    before: Mapping[str, JsonValue] | None
    after: Mapping[str, JsonValue] | None


@dataclass(frozen=True)
class CredentialChanges:
    """Credentials to store and, by lookup hash, to revoke."""

    issued: Sequence[Credential] = ()
    revoked: Sequence[str] = ()


NO_CREDENTIALS = CredentialChanges()


@dataclass(frozen=True)
class SecretChange:
    """All secrets that an owner has as of a version of it, be it none.

    `changed` names those that are new, replaced or gone.
    """

    owner: str
    version: int
    secrets: Secrets = field(repr=False)
    changed: Sequence[str] = ()


class ConfigurationStore(ConfigurationReader, Protocol):
    """A tenant's configuration, which is changed as a whole: each change moves its stamp."""

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
        """Make all changes in one transaction, provided that the stamp is still the given one.

        False, and nothing stored, when the configuration has changed since it was read.
        """
        ...

    def audit_log(self, tenant_id: TenantId, window: Window) -> Page[AuditEntry]:
        """Who changed what, newest first."""
        ...


@dataclass(frozen=True)
class Founding:
    """All that a new tenant starts with."""

    changes: Sequence[Change]
    admin: User
    entries: Sequence[AuditEntry]


class TenantFounder(Protocol):
    """New tenants."""

    def found(self, tenant_id: TenantId, founding: Founding) -> None:
        """Store a new tenant with its configuration and first admin, all or nothing."""
        ...


class BidsOfType(Protocol):
    """The bids on a lead type."""

    def archive(self, tenant_id: TenantId, lead_type_id: LeadTypeId) -> None:
        """Archive every live bid on the type; doing it again changes nothing."""
        ...


class UserRefusal(StrEnum):
    """Why a user was not changed or removed."""

    CHANGED = "changed"
    LAST_ADMIN = "last_admin"


class UserStore(Protocol):
    """The users of a tenant, of its customers and partners, with their tokens."""

    def get(self, tenant_id: TenantId, user_id: UserId) -> User | None:
        """One user, as of now."""
        ...

    def members(self, tenant_id: TenantId, owner_id: OwnerId | None, window: Window) -> Page[User]:
        """The users of a customer or partner or, for None, of the tenant itself, newest first."""
        ...

    def add(self, tenant_id: TenantId, user: User, entry: AuditEntry) -> None:
        """Store a new user together with its token."""
        ...

    def change(
        self, tenant_id: TenantId, before: User, after: User, entry: AuditEntry
    ) -> UserRefusal | None:
        """Store a user's next version; None when that is done, otherwise why nothing is."""
        ...

    def remove(self, tenant_id: TenantId, user: User, entry: AuditEntry) -> UserRefusal | None:
        """Remove a user with its token; None when that is done, otherwise why nothing is."""
        ...
