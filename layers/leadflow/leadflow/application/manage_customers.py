"""Customers: create, change, archive, restore and show (`product.md`, 17)."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from leadflow.application.auction_ports import BidBook
from leadflow.application.bid_standing import CustomerView, Standing
from leadflow.application.caller_scope import CallerScope, existing
from leadflow.application.customer_ports import Author, BidStore, CustomerStore
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory
from leadflow.application.request_members import (
    LIMITS,
    Name,
    Text,
    check_limits,
    given,
    with_limits,
)
from leadflow.application.requests import VersionCheck
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, Forbidden, ValidationFailed
from leadflow.domain.fields import FieldType
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.limits import Budgets, LeadCaps
from leadflow.domain.model import Request
from leadflow.domain.principals import Role
from leadflow.domain.revisions import revised

_PHONES = (FieldType.PHONE_US_CA, FieldType.PHONE_AU, FieldType.PHONE_INTERNATIONAL)
_PROFILE = frozenset({"name", "email", "phone", "address", "country"})
_OWN_MEMBERS = {
    Role.CUSTOMER_ADMIN: LIMITS | _PROFILE,
    Role.CUSTOMER_USER: LIMITS,
}
"""What a customer's users may change of their own customer (22.3)."""


class CustomerChange(Request):
    """Members to change; limits may be given by period, null lifts a limit or blanks a member."""

    name: Name = ""
    email: Name = ""
    phone: Text | None = None
    address: Text | None = None
    country: Annotated[Country, Field(strict=False)] | None = None
    paused: bool = False
    lead_caps: LeadCaps | None = None
    budgets_cents: Budgets | None = None
    can_access_bidding: bool = False
    ignore_return_tiers: bool = False


class NewCustomer(CustomerChange):
    """A customer to create."""

    name: Name
    email: Name


@dataclass(frozen=True, kw_only=True)
class ManageCustomers:
    """The actions with their ports."""

    configuration: ConfigurationReader
    customers: CustomerStore
    bids: BidStore
    book: BidBook
    formats: Formats
    clock: Clock
    ids: IdFactory

    def create(self, scope: CallerScope, wanted: NewCustomer) -> CustomerView:
        """A new customer without money, in its first return tier. Raises `ValidationFailed`."""
        contact = self._contact(wanted)
        members = {**given(wanted), **contact}
        now = self.clock.now()
        blank = Customer(
            id=CustomerId(self.ids.new("cus")),
            number=self.customers.next_number(scope.tenant_id),
            name=wanted.name,
            email=wanted.email,
            created_at=now,
            updated_at=now,
        )
        ladder = self.configuration.current(scope.tenant_id).ladder
        customer = ladder.placed(blank.model_copy(update=with_limits(members, blank)))
        self.customers.add(scope.tenant_id, customer, Author(scope.actor, now))
        return self._view(scope, customer)

    def read(self, scope: CallerScope, customer_id: str) -> CustomerView:
        """A customer, archived ones too. Raises `NotFound`."""
        wanted = scope.customer(customer_id)
        return self._view(scope, existing(self.customers.get(scope.tenant_id, wanted)))

    def edit(
        self,
        scope: CallerScope,
        customer_id: str,
        wanted: CustomerChange,
        check_version: VersionCheck,
    ) -> CustomerView:
        """Change the named members.

        Customers' users change what is theirs, and limits only of kinds that are switched on.
        Raises `NotFound`, `Forbidden`, `ValidationFailed`, `Conflict` (`customer_archived`), and
        what `check_version` raises for the newest version.
        """
        owner = scope.customer(customer_id)
        _check_members(scope, wanted)
        contact = self._contact(wanted)
        switches = self.configuration.current(scope.tenant_id).settings.bidding.switches
        author = Author(scope.actor, self.clock.now())

        def edited(customer: Customer) -> Customer:
            check_version(customer.version)
            if customer.archived:
                raise Conflict("The customer is archived.", code="customer_archived")
            members = with_limits({**given(wanted), **contact}, customer)
            after = revised(customer, author.at, **members)
            if scope.is_customer:
                check_limits(customer, after, switches.lead_caps.account, switches.budgets.account)
            return after

        return self._view(scope, self.customers.change(scope.tenant_id, owner, edited, author))

    def archive(
        self, scope: CallerScope, customer_id: str, check_version: VersionCheck
    ) -> Customer:
        """Take a customer out of all choices; its bids are out as long, its demands are cancelled.

        Raises `NotFound`.
        """
        return self._set_archived(scope, customer_id, check_version, archived=True)

    def restore(
        self, scope: CallerScope, customer_id: str, check_version: VersionCheck
    ) -> CustomerView:
        """Bring an archived customer back with its bids. Raises `NotFound`."""
        restored = self._set_archived(scope, customer_id, check_version, archived=False)
        return self._view(scope, restored)

    def standing(self, configuration: Configuration) -> Standing:
        """What tells how customers stand, for one request."""
        return Standing(configuration, self.book, self.customers, self.bids, self.clock.now())

    def _set_archived(
        self, scope: CallerScope, customer_id: str, check_version: VersionCheck, *, archived: bool
    ) -> Customer:
        author = Author(scope.actor, self.clock.now())

        def changed(customer: Customer) -> Customer:
            check_version(customer.version)
            is_news = archived and not customer.archived
            last = author.at if is_news else customer.last_archived_at
            return revised(customer, author.at, archived=archived, last_archived_at=last)

        wanted = scope.customer(customer_id)
        return self.customers.change(scope.tenant_id, wanted, changed, author)

    def _view(self, scope: CallerScope, customer: Customer) -> CustomerView:
        configuration = self.configuration.current(scope.tenant_id)
        return self.standing(configuration).of_customer(customer)

    def _contact(self, wanted: CustomerChange) -> dict[str, object]:
        """E-mail and phone in normal form, as far as they are given. Raises `ValidationFailed`."""
        named = wanted.model_fields_set
        found: dict[str, object] = {}
        errors: dict[str, list[str]] = {}
        if "email" in named:
            found["email"] = self.formats.email(wanted.email)
            if found["email"] is None:
                errors["email"] = ["The email field must be a valid email address."]
        if "phone" in named and wanted.phone is not None:
            found["phone"] = self._phone(wanted.phone)
            if found["phone"] is None:
                errors["phone"] = ["The phone field must be a valid phone number."]
        if errors:
            raise ValidationFailed(errors)
        return found

    def _phone(self, text: str) -> str | None:
        readings = (self.formats.phone(text, kind) for kind in _PHONES)
        return next((number for number in readings if number is not None), None)


def _check_members(scope: CallerScope, wanted: CustomerChange) -> None:
    """Raise `Forbidden` for members that the role of a customer's user may not change."""
    if scope.is_customer and not wanted.model_fields_set <= _OWN_MEMBERS[scope.role]:
        raise Forbidden("customers.update")
