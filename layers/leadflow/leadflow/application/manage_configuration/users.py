"""Users of the tenant, of its customers and of its partners (`product.md`, 22; `api.md`, 8)."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple

from pydantic import Field as Bound

from leadflow.application.auction_ports import Customers
from leadflow.application.audit_trail import audit_entry
from leadflow.application.configuration_ports import (
    AuditEntry,
    ResourceKind,
    UserRefusal,
    UserStore,
)
from leadflow.application.manage_configuration.desk import replaced
from leadflow.application.manage_configuration.forms import Name
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory, Page, Window
from leadflow.application.requests import VersionCheck, validated
from leadflow.domain.credentials import digest
from leadflow.domain.errors import (
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    ValidationFailed,
)
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import (
    CustomerId,
    OwnerId,
    PartnerId,
    TenantId,
    UserId,
    is_identifier,
)
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.model import Request
from leadflow.domain.permissions import require
from leadflow.domain.principals import (
    CUSTOMER_ROLES,
    PARTNER_ROLES,
    TENANT_ROLES,
    Role,
    UserPrincipal,
)
from leadflow.domain.users import User


class UserForm(Request):
    """A user as a request names it."""

    email: str
    role: Annotated[Role, Bound(strict=False)]
    name: Name | None = None


class _Kind(NamedTuple):
    """Who has users: what permits the tenant to change them, who may do so, what they may be."""

    resource: str
    admin: Role
    roles: frozenset[Role]


_TENANT = _Kind("users", Role.ADMIN, TENANT_ROLES)
_CUSTOMER = _Kind("customers", Role.CUSTOMER_ADMIN, CUSTOMER_ROLES)
_PARTNER = _Kind("partners", Role.PARTNER_ADMIN, PARTNER_ROLES)


def _kind_of(owner_id: OwnerId | None) -> _Kind:
    if owner_id is None:
        return _TENANT
    return _PARTNER if is_identifier("partner", owner_id) else _CUSTOMER


def allow(principal: UserPrincipal, owner_id: OwnerId | None, action: str) -> None:
    """Let a caller do something to users of the tenant (None), of a customer or of a partner.

    `action` is `view`, `create`, `update` or `delete`. Users of a customer are changed with
    `customers.update`, or by an admin of that customer; those of partners likewise. Raises
    `Forbidden`, and `NotFound` for those of another customer or partner.
    """
    kind = _kind_of(owner_id)
    if owner_id is None:
        require(principal.role, f"users.{action}")
    elif principal.role is not kind.admin:
        require(principal.role, f"{kind.resource}.{'view' if action == 'view' else 'update'}")
    elif principal.owner_id != owner_id:
        raise NotFound


def may(principal: UserPrincipal, owner_id: OwnerId | None, action: str) -> bool:
    """Whether `allow` lets the caller."""
    try:
        allow(principal, owner_id, action)
    except (Forbidden, NotFound):
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class ManageUsers:
    """The action with its ports. Every method raises what `allow` raises."""

    configuration: ConfigurationReader
    users: UserStore
    customers: Customers
    formats: Formats
    clock: Clock
    ids: IdFactory

    def page(
        self, principal: UserPrincipal, owner_id: OwnerId | None, window: Window
    ) -> Page[User]:
        """Users of the tenant, of a customer or of a partner, newest first."""
        allow(principal, owner_id, "view")
        self._check_owner(principal.tenant_id, owner_id)
        return self.users.members(principal.tenant_id, owner_id, window)

    def create(
        self, principal: UserPrincipal, owner_id: OwnerId | None, body: JsonObject
    ) -> tuple[User, str]:
        """Store a new user; returns it with its token, told this once."""
        allow(principal, owner_id, "create")
        self._check_owner(principal.tenant_id, owner_id)
        kind = _kind_of(owner_id)
        form = self._checked(validated(UserForm, body), kind)
        now, token = self.clock.now(), self.ids.secret()
        user = User(
            id=UserId(self.ids.new("user")),
            email=form.email,
            name=form.name,
            role=form.role,
            customer_id=CustomerId(owner_id) if owner_id and kind is _CUSTOMER else None,
            partner_id=PartnerId(owner_id) if owner_id and kind is _PARTNER else None,
            token_hash=digest(token),
            created_at=now,
            updated_at=now,
        )
        self.users.add(principal.tenant_id, user, self._entry(principal, user, None, user))
        return user, token

    def show(self, principal: UserPrincipal, user_id: UserId, action: str = "view") -> User:
        """One user that the caller may do this to.

        Raises `NotFound` or `Forbidden` whether there is no such user or the caller may not: whose
        user it is does not show.
        """
        found = self._found(principal.tenant_id, user_id)
        if found is None or not may(principal, found.owner_id, action):
            allow(principal, principal.owner_id, action)
            raise NotFound
        return found

    def change(
        self, principal: UserPrincipal, user_id: UserId, patch: JsonObject, check: VersionCheck
    ) -> User:
        """Store a user with some members replaced; a new role holds within the minute."""
        before = self.show(principal, user_id, "update")
        check(before.version)
        stored = before.model_dump(include=set(UserForm.model_fields))
        form = self._checked(
            validated(UserForm, replaced(stored, patch)), _kind_of(before.owner_id)
        )
        update = {
            **form.model_dump(),
            "version": before.version + 1,
            "updated_at": self.clock.now(),
        }
        after = before.model_copy(update=update)
        entry = self._entry(principal, after, before, after)
        _raise(self.users.change(principal.tenant_id, before, after, entry))
        return after

    def remove(self, principal: UserPrincipal, user_id: UserId, check: VersionCheck) -> None:
        """End a user's access at once. Raises `Conflict` for the last admin of the tenant."""
        user = self.show(principal, user_id, "delete")
        check(user.version)
        entry = self._entry(principal, user, user, None)
        _raise(self.users.remove(principal.tenant_id, user, entry))

    def _found(self, tenant_id: TenantId, user_id: UserId) -> User | None:
        """A user; the store is not asked for what it could not even hold as a key."""
        return self.users.get(tenant_id, user_id) if is_identifier("user", user_id) else None

    def _check_owner(self, tenant_id: TenantId, owner_id: OwnerId | None) -> None:
        if owner_id is None:
            return
        if is_identifier("cus", owner_id):
            customer_id = CustomerId(owner_id)
            is_there = customer_id in self.customers.many(tenant_id, [customer_id])
        else:
            partners = self.configuration.current(tenant_id).live_partners
            is_there = PartnerId(owner_id) in partners
        if not is_there:
            raise NotFound

    def _checked(self, form: UserForm, kind: _Kind) -> UserForm:
        errors: dict[str, list[str]] = {}
        if self.formats.email(form.email) is None:
            errors["email"] = ["The email field must be a valid email address."]
        if form.role not in kind.roles:
            errors["role"] = [f"The role must be one of {', '.join(sorted(kind.roles))}."]
        if errors:
            raise ValidationFailed(errors)
        return form

    def _entry(
        self, principal: UserPrincipal, user: User, before: User | None, after: User | None
    ) -> AuditEntry:
        return audit_entry(
            self.ids,
            self.clock.now(),
            principal.user_id,
            resource=ResourceKind.USER,
            resource_id=user.id,
            before=before,
            after=after,
        )


def _raise(refusal: UserRefusal | None) -> None:
    if refusal is UserRefusal.CHANGED:
        raise PreconditionFailed
    if refusal is UserRefusal.LAST_ADMIN:
        raise Conflict("The last admin of a tenant can neither be removed nor lose the role.")
