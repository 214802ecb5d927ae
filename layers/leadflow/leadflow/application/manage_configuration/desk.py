"""What a resource module is made of, and what its rules are given.

A plain resource is one module that ends in a `Plain(...)`, and one line in `resources.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from leadflow.application.configuration_ports import (
    NO_CREDENTIALS,
    Change,
    CredentialChanges,
    ResourceKind,
    SecretChange,
)
from leadflow.application.exchange_ports import Secrets
from leadflow.application.ports import IdFactory
from leadflow.application.requests import VersionCheck, validated
from leadflow.domain.configuration import AuditCondition, Configuration, LeadCategory
from leadflow.domain.duplicates import DuplicateCheck
from leadflow.domain.errors import Conflict, NotFound
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.lead_types import LeadType
from leadflow.domain.model import Frozen, Request
from leadflow.domain.partners import Partner
from leadflow.domain.return_tiers import ReturnTier
from leadflow.domain.sources import Source
from leadflow.domain.webhooks import Webhook

Configured = (
    LeadCategory
    | LeadType
    | Source
    | DuplicateCheck
    | AuditCondition
    | Partner
    | ReturnTier
    | Webhook
)
Object = TypeVar("Object", bound=Configured)
Form = TypeVar("Form", bound=Request)
Kept = TypeVar("Kept", bound=Frozen)
Members = Mapping[str, object]


@dataclass(frozen=True)
class Desk:
    """What a rule may ask: the configuration as it is, the formats, the moment, new ids.

    `url_mistake` says what is wrong with a URL that shall be called; `secrets_of` gives the
    secrets of an owner as of a version of it.
    """

    configuration: Configuration
    formats: Formats
    now: datetime
    ids: IdFactory
    url_mistake: Callable[[str], str | None]
    secrets_of: Callable[[str, int], Secrets]


@dataclass(frozen=True)
class SourceSecrets:
    """What a source is shown once."""

    api_key: str
    api_secret: str
    bearer_token: str


@dataclass(frozen=True)
class SigningSecret:
    """What signs the messages to a webhook; shown once."""

    secret: str = field(repr=False)


ToldSecrets = SourceSecrets | SigningSecret


@dataclass(frozen=True)
class Edit:
    """What a request comes to.

    `secrets` are told once. `retired_types` are lead types whose bids go with them. `kept_apart`
    are secrets that are stored beside the configuration.
    """

    id: str
    changes: Sequence[Change]
    credentials: CredentialChanges = NO_CREDENTIALS
    secrets: ToldSecrets | None = None
    retired_types: Sequence[LeadTypeId] = ()
    kept_apart: Sequence[SecretChange] = ()


@dataclass(frozen=True)
class Head:
    """The members that every object has."""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Shown:
    """An object as it is read: what may be written, and what may not."""

    head: Configured
    form: Request
    extras: Members = field(default_factory=dict)


class Resource(Protocol):
    """What the action needs of a kind of object."""

    def live(self, configuration: Configuration) -> Iterable[Configured]:
        """The objects that lists show."""
        ...

    def get(self, object_id: str, configuration: Configuration) -> Configured:
        """One object, archived ones included. Raises `NotFound`."""
        ...

    def shown(self, object_id: str, configuration: Configuration) -> Shown:
        """One object as it is read. Raises `NotFound`."""
        ...

    def create(self, body: JsonObject, desk: Desk) -> Edit:
        """A new object. Raises `ValidationFailed`."""
        ...

    def change(self, object_id: str, patch: JsonObject, check: VersionCheck, desk: Desk) -> Edit:
        """An object with some members replaced. Raises what `create` and `get` raise."""
        ...

    def archive(self, object_id: str, check: VersionCheck, desk: Desk) -> Edit:
        """The end of an object. Raises `Conflict` (`in_use`)."""
        ...


def replaced(stored: Members, patch: Members) -> Members:
    """A patch replaces whole members; null takes a member back to its default."""
    merged = {**stored, **patch}
    return {name: value for name, value in merged.items() if value is not None}


def no_extras(_object: object, _configuration: Configuration) -> Members:
    """For resources that read as they are written."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Plain(Generic[Form, Object]):
    """A resource made of functions. Implements `Resource`.

    `form` is what a request may say; `form_of` says an object in that form again. `build` applies
    the rules and makes the object; `retire` makes its archived version. `stored` gives all
    objects, and `merge` the request that a patch amounts to.
    """

    kind: ResourceKind
    form: type[Form]
    stored: Callable[[Configuration], Iterable[Object]]
    form_of: Callable[[Object, Configuration], Form]
    build: Callable[[Form, Object | None, Desk], Edit]
    retire: Callable[[Object, Desk], Edit]
    merge: Callable[[Members, Members], Members] = replaced
    extras: Callable[[Object, Configuration], Members] = no_extras

    def live(self, configuration: Configuration) -> Iterable[Configured]:
        """The objects that lists show."""
        return [one for one in self.stored(configuration) if not one.archived]

    def get(self, object_id: str, configuration: Configuration) -> Object:
        """One object, archived ones included. Raises `NotFound`."""
        found = next((one for one in self.stored(configuration) if one.id == object_id), None)
        if found is None:
            raise NotFound
        return found

    def shown(self, object_id: str, configuration: Configuration) -> Shown:
        """One object as it is read. Raises `NotFound`."""
        found = self.get(object_id, configuration)
        form = self.form_of(found, configuration)
        return Shown(found, form, self.extras(found, configuration))

    def create(self, body: JsonObject, desk: Desk) -> Edit:
        """A new object. Raises `ValidationFailed`."""
        return self.build(validated(self.form, body), None, desk)

    def change(self, object_id: str, patch: JsonObject, check: VersionCheck, desk: Desk) -> Edit:
        """An object with some members replaced. Raises what `create` and `get` raise."""
        before = self.get(object_id, desk.configuration)
        if before.archived:
            raise Conflict("The object is archived and cannot be changed any more.")
        check(before.version)
        stored = self.form_of(before, desk.configuration).model_dump(exclude_none=True)
        return self.build(validated(self.form, self.merge(stored, patch)), before, desk)

    def archive(self, object_id: str, check: VersionCheck, desk: Desk) -> Edit:
        """The end of an object; archived again it only catches up on bids. Raises `Conflict`."""
        before = self.get(object_id, desk.configuration)
        if before.archived:
            return Edit(before.id, (), retired_types=self.retire(before, desk).retired_types)
        check(before.version)
        return self.retire(before, desk)


def head_of(before: Configured | None, prefix: str, desk: Desk) -> Head:
    """The head of a new object, or of an object's next version."""
    if before is None:
        return Head(desk.ids.new(prefix), 1, desk.now, desk.now)
    return Head(before.id, before.version + 1, before.created_at, desk.now)


def archived(one: Kept, version: int, desk: Desk) -> Kept:
    """The object's last version, behind the given one."""
    last = {"archived": True, "version": version + 1, "updated_at": desk.now}
    return one.model_copy(update=last)


def secret_change(owner: str, version: int, before: Secrets, after: Secrets) -> SecretChange:
    """The change of an owner's secrets that comes with a version of it."""
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return SecretChange(owner, version, after, tuple(sorted(changed)))


def archiving(kind: ResourceKind, one: Configured, desk: Desk) -> Change:
    """The change that archives an object."""
    return Change(kind, one.id, one, archived(one, one.version, desk))


def in_use(what: str, places: Sequence[str]) -> Conflict:
    """A refusal that names the places."""
    return Conflict(f"The {what} is in use by: {', '.join(places)}.", code="in_use")
