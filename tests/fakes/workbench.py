"""The configuration actions over a small tenant in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.manage_configuration.action import ManageConfiguration
from leadflow.application.manage_configuration.changes import Changes
from leadflow.application.manage_configuration.desk import Shown, SourceSecrets
from leadflow.application.manage_configuration.settings import ManageSettings
from leadflow.application.manage_distribution_plan import ManageDistributionPlan
from leadflow.application.ports import Window
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import Conflict, PreconditionFailed, ValidationFailed
from leadflow.domain.identifiers import LeadTypeId, TenantId, UserId
from leadflow.domain.principals import Role, UserPrincipal
from tests.builders import TENANT_ID, configuration
from tests.fakes.addresses import PublicAddresses
from tests.fakes.clock import FixedClock
from tests.fakes.configuration_store import MemoryConfigurationStore
from tests.fakes.ids import CountingIds

ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId("user_admin"), role=Role.ADMIN)
Body = dict[str, Any]


@dataclass
class ArchivedTypes:
    """Implements `BidsOfType`: keeps which types were asked for."""

    types: list[LeadTypeId] = field(default_factory=list)

    def archive(self, _tenant_id: TenantId, lead_type_id: LeadTypeId) -> None:
        self.types.append(lead_type_id)


@dataclass
class Workbench:
    """What an admin can do; bodies go in as JSON would, objects come out as they are shown."""

    store: MemoryConfigurationStore
    bids: ArchivedTypes = field(default_factory=ArchivedTypes)
    clock: FixedClock = field(default_factory=FixedClock)
    ids: CountingIds = field(default_factory=CountingIds)
    addresses: PublicAddresses = field(default_factory=PublicAddresses)

    @classmethod
    def on(cls, configuration: Configuration) -> "Workbench":
        return cls(MemoryConfigurationStore(configuration))

    @property
    def changes(self) -> Changes:
        formats = LibraryFormats()
        return Changes(
            store=self.store,
            formats=formats,
            clock=self.clock,
            ids=self.ids,
            addresses=self.addresses,
            secrets=self.store.secrets,
        )

    @property
    def action(self) -> ManageConfiguration:
        return ManageConfiguration(changes=self.changes, bids=self.bids)

    @property
    def plan(self) -> ManageDistributionPlan:
        return ManageDistributionPlan(changes=self.changes)

    @property
    def settings(self) -> ManageSettings:
        return ManageSettings(changes=self.changes)

    def create(self, collection: str, **body: object) -> Body:
        return as_body(self.action.create(ADMIN, collection, body)[0])

    def secrets(self, collection: str, **body: object) -> SourceSecrets:
        secrets = self.action.create(ADMIN, collection, body)[1]
        assert isinstance(secrets, SourceSecrets)
        return secrets

    def change(self, collection: str, object_id: str, **patch: object) -> Body:
        return as_body(self.action.change(ADMIN, collection, object_id, patch, any_version))

    def archive(self, collection: str, object_id: str) -> None:
        self.action.archive(ADMIN, collection, object_id, any_version)

    def show(self, collection: str, object_id: str) -> Body:
        return as_body(self.action.show(ADMIN, collection, object_id))

    def listed(self, collection: str) -> list[str]:
        return [one.head.id for one in self.action.page(ADMIN, collection, Window(200)).items]

    def mistakes_of_new(self, collection: str, **body: object) -> Mapping[str, object]:
        """Messages by member of a new object that is refused; nothing is stored."""
        before = self.store.newest
        with pytest.raises(ValidationFailed) as refused:
            self.create(collection, **body)
        assert self.store.newest is before
        return refused.value.errors

    def mistakes_of(self, collection: str, object_id: str, **patch: object) -> Mapping[str, object]:
        """Messages by member of a change that is refused; nothing is stored."""
        before = self.store.newest
        with pytest.raises(ValidationFailed) as refused:
            self.change(collection, object_id, **patch)
        assert self.store.newest is before
        return refused.value.errors


def as_body(shown: Shown) -> Body:
    """The members of an object, ids and versions included."""
    head = {name: getattr(shown.head, name) for name in ("id", "version", "archived")}
    return {**head, **shown.form.model_dump(mode="json", exclude_none=True), **shown.extras}


def any_version(_version: int) -> None:
    """A request without `If-Match`."""


def stale(_version: int) -> None:
    """A request whose `If-Match` names another version."""
    raise PreconditionFailed


def small() -> Workbench:
    """The tenant of `tests/builders.py`."""
    return Workbench.on(configuration())


def refusal_of(refused: "pytest.ExceptionInfo[Conflict]") -> tuple[str, str]:
    """Code and text of a conflict."""
    return refused.value.code, refused.value.detail
