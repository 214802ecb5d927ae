"""Users of the tenant and of its customers (`product.md`, 22; `api.md`, 8)."""

from dataclasses import dataclass
from typing import Annotated

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
from leadflow.application.ports import Clock, IdFactory, Page, Window
from leadflow.application.requests import VersionCheck, validated
from leadflow.domain.credentials import digest
from leadflow.domain.errors import Conflict, NotFound, PreconditionFailed, ValidationFailed
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import CustomerId, TenantId, UserId, is_identifier
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.model import Request
from leadflow.domain.permissions import require
from leadflow.domain.principals import CUSTOMER_ROLES, TENANT_ROLES, Role, UserPrincipal
from leadflow.domain.users import User


class UserForm(Request):
    """A user as a request names it."""

    email: str
    role: Annotated[Role, Bound(strict=False)]
    name: Name | None = None


def allow(principal: UserPrincipal, customer_id: CustomerId | None, action: str) -> None:
    """Let a caller do something to users of the tenant (None) or of a customer.

    `action` is `view`, `create`, `update` or `delete`. Users of a customer are changed with
    `customers.update`, or by an admin of that customer. Raises `Forbidden`, and `NotFound` for
    another customer's.
    """
    if customer_id is None:
        require(principal.role, f"users.{action}")
    elif principal.role is not Role.CUSTOMER_ADMIN:
        require(principal.role, "customers.view" if action == "view" else "customers.update")
    elif principal.customer_id != customer_id:
        raise NotFound


@dataclass(frozen=True, kw_only=True)
class ManageUsers:
    """The action with its ports. Every method raises what `allow` raises."""

    users: UserStore
    customers: Customers
    formats: Formats
    clock: Clock
    ids: IdFactory

    def page(
        self, principal: UserPrincipal, customer_id: CustomerId | None, window: Window
    ) -> Page[User]:
        """Users of the tenant, or of a customer, newest first."""
        allow(principal, customer_id, "view")
        self._check_customer(principal.tenant_id, customer_id)
        return self.users.members(principal.tenant_id, customer_id, window)

    def create(
        self, principal: UserPrincipal, customer_id: CustomerId | None, body: JsonObject
    ) -> tuple[User, str]:
        """Store a new user; returns it with its token, told this once."""
        allow(principal, customer_id, "create")
        self._check_customer(principal.tenant_id, customer_id)
        form = self._checked(validated(UserForm, body), customer_id)
        now, token = self.clock.now(), self.ids.secret()
        user = User(
            id=UserId(self.ids.new("user")),
            email=form.email,
            name=form.name,
            role=form.role,
            customer_id=customer_id,
            token_hash=digest(token),
            created_at=now,
            updated_at=now,
        )
        self.users.add(principal.tenant_id, user, self._entry(principal, user, None, user))
        return user, token

    def show(self, principal: UserPrincipal, user_id: UserId, action: str = "view") -> User:
        """One user that the caller may do this to. Raises `NotFound`."""
        found = self._found(principal.tenant_id, user_id)
        if principal.customer_id and found and found.customer_id != principal.customer_id:
            found = None
        allow(principal, found.customer_id if found else principal.customer_id, action)
        if found is None:
            raise NotFound
        return found

    def change(
        self, principal: UserPrincipal, user_id: UserId, patch: JsonObject, check: VersionCheck
    ) -> User:
        """Store a user with some members replaced; a new role holds within the minute."""
        before = self.show(principal, user_id, "update")
        check(before.version)
        stored = before.model_dump(include=set(UserForm.model_fields))
        form = self._checked(validated(UserForm, replaced(stored, patch)), before.customer_id)
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

    def _check_customer(self, tenant_id: TenantId, customer_id: CustomerId | None) -> None:
        if customer_id is None:
            return
        if not is_identifier("cus", customer_id):
            raise NotFound
        if customer_id not in self.customers.many(tenant_id, [customer_id]):
            raise NotFound

    def _checked(self, form: UserForm, customer_id: CustomerId | None) -> UserForm:
        errors: dict[str, list[str]] = {}
        if self.formats.email(form.email) is None:
            errors["email"] = ["The email field must be a valid email address."]
        roles = CUSTOMER_ROLES if customer_id else TENANT_ROLES
        if form.role not in roles:
            errors["role"] = [f"The role must be one of {', '.join(sorted(roles))}."]
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
