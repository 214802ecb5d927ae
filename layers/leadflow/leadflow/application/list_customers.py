"""The list of customers: search, filters and order (`product.md`, 17.3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from leadflow.application.bid_standing import CustomerView, Standing
from leadflow.application.caller_scope import CallerScope
from leadflow.application.customer_ports import CustomerStore
from leadflow.application.list_filters import Flag
from leadflow.application.list_pages import Listing
from leadflow.application.manage_customers import ManageCustomers
from leadflow.application.ports import ConfigurationReader, Page, Window
from leadflow.domain.customers import Customer, Funding, Operational
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.identifiers import CustomerId, TenantId
from leadflow.domain.model import Frozen
from leadflow.domain.values import normal_text

SORTED_MAX = 1_000
"""Customers that a list sorts: more would have to be read for every page."""

_KEY_END = "\x1f"
_CENTS_DIGITS = 16


class CustomerOrder(StrEnum):
    """Orders besides newest first; a minus means descending."""

    NAME = "name"
    NAME_DOWN = "-name"
    BALANCE = "balance"
    BALANCE_DOWN = "-balance"


class CustomerFilters(Frozen):
    """Which customers are wanted. Archived ones are only listed when they are asked for."""

    q: str | None = None
    operational: Operational | None = None
    funding: Funding | None = None
    archived: Flag | None = None
    balance_from: int | None = None
    balance_to: int | None = None
    sort: CustomerOrder | None = None

    def suits(self, customer: Customer) -> bool:
        """Whether the customer itself is wanted; its funding takes its bids to tell."""
        return (
            customer.archived == self._archived
            and (self.operational is not Operational.PAUSED or customer.paused)
            and (self.operational is not Operational.ACTIVE or not customer.paused)
            and (self.balance_from is None or customer.balance_cents >= self.balance_from)
            and (self.balance_to is None or customer.balance_cents <= self.balance_to)
            and (self.q is None or self._is_found(customer))
        )

    @property
    def is_narrow(self) -> bool:
        """Whether many customers may not be wanted."""
        return bool(self.model_fields_set - {"sort"})

    @property
    def _archived(self) -> bool:
        return bool(self.archived) or self.operational is Operational.ARCHIVED

    def _is_found(self, customer: Customer) -> bool:
        wanted = normal_text(self.q or "")
        return wanted in normal_text(customer.name) or wanted in customer.email.casefold()


@dataclass(frozen=True, kw_only=True)
class ListCustomers:
    """The action with its ports."""

    configuration: ConfigurationReader
    customers: CustomerStore
    manage: ManageCustomers

    def __call__(
        self, scope: CallerScope, filters: CustomerFilters, window: Window
    ) -> Page[CustomerView]:
        """A page of customers; a customer's user sees its own alone.

        Raises `ValidationFailed` on `sort` when there are too many.
        """
        if scope.own is not None:
            return Page([self.manage.read(scope, scope.own)], None)
        standing = self.manage.standing(self.configuration.current(scope.tenant_id))

        def keep(customer: Customer) -> bool:
            return filters.suits(customer) and _has_funding(customer, filters, standing)

        if filters.sort is None:
            page = self._newest(scope.tenant_id, filters, keep).page(window)
        else:
            everybody = self._everybody(scope.tenant_id)
            page = _sorted_page(everybody, filters.sort, keep, window)
        return Page([standing.of_customer(customer) for customer in page.items], page.position)

    def _newest(
        self, tenant_id: TenantId, filters: CustomerFilters, keep: Callable[[Customer], bool]
    ) -> Listing[Customer]:
        return Listing(
            spots=lambda *, limit, position: self.customers.spots(
                tenant_id, limit=limit, position=position
            ),
            fetch=lambda ids: {
                str(one): customer
                for one, customer in self.customers.many(
                    tenant_id, [CustomerId(text) for text in ids]
                ).items()
            },
            keep=keep,
            characters=_characters,
            is_narrow=filters.is_narrow,
        )

    def _everybody(self, tenant_id: TenantId) -> Sequence[Customer]:
        spots = self.customers.spots(tenant_id, limit=SORTED_MAX + 1, position=None)
        if len(spots) > SORTED_MAX:
            message = f"Only lists of up to {SORTED_MAX} customers can be sorted."
            raise ValidationFailed({"sort": [message]})
        found = self.customers.many(tenant_id, [CustomerId(spot.id) for spot in spots])
        return list(found.values())


def _characters(customer: Customer) -> int:
    return len(customer.name) + len(customer.address or "")


def _has_funding(customer: Customer, filters: CustomerFilters, standing: Standing) -> bool:
    if filters.funding is None:
        return True
    return standing.of_customer(customer).statuses.funding is filters.funding


def _sorted_page(
    everybody: Sequence[Customer],
    order: CustomerOrder,
    keep: Callable[[Customer], bool],
    window: Window,
) -> Page[Customer]:
    """Customers behind the window's position, which is the key of the last one shown."""
    down = order in {CustomerOrder.NAME_DOWN, CustomerOrder.BALANCE_DOWN}
    shown: list[Customer] = []
    for customer in sorted(everybody, key=lambda one: _key(one, order), reverse=down):
        key = _key(customer, order)
        behind = window.position is None or (
            key < window.position if down else key > window.position
        )
        if not behind or not keep(customer):
            continue
        if len(shown) == window.limit:
            return Page(shown, _key(shown[-1], order))
        shown.append(customer)
    return Page(shown, None)


def _key(customer: Customer, order: CustomerOrder) -> str:
    """A text that sorts as wanted, equal ones by age; it is the position in the list, too."""
    by_name = order in {CustomerOrder.NAME, CustomerOrder.NAME_DOWN}
    balance = f"{customer.balance_cents:0{_CENTS_DIGITS}d}"
    return _KEY_END.join((normal_text(customer.name) if by_name else balance, customer.id))
