"""Whose customers, wallets and bids a caller may touch: decided here and nowhere else (22)."""

from dataclasses import dataclass

from leadflow.domain.customers import Customer
from leadflow.domain.errors import Forbidden, NotFound
from leadflow.domain.identifiers import CustomerId, TenantId, is_identifier
from leadflow.domain.permissions import require
from leadflow.domain.principals import CUSTOMER_ROLES, TENANT_ROLES, Principal, Role, UserPrincipal

CUSTOMER = "customer"
"""Named as missing where only customers' users may do something."""


@dataclass(frozen=True)
class CallerScope:
    """What a caller reaches. `own` is None for tenant users, who reach every customer."""

    tenant_id: TenantId
    actor: str
    role: Role
    own: CustomerId | None = None

    @property
    def is_customer(self) -> bool:
        """Whether a customer's user is calling."""
        return self.own is not None

    def customer(self, customer_id: str) -> CustomerId:
        """The customer of a path or a filter. Raises `NotFound` out of reach."""
        is_out_of_reach = self.is_customer and customer_id != self.own
        if is_out_of_reach or not is_identifier("cus", customer_id):
            raise NotFound
        return CustomerId(customer_id)


def caller_scope(principal: Principal, permission: str) -> CallerScope:
    """The reach of a caller for a request that takes the permission of tenant users.

    Customers' users reach their own customer without it: what they may do there is up to the
    request. Raises `Forbidden` for sources, partners and roles that lack the permission.
    """
    if not isinstance(principal, UserPrincipal):
        raise Forbidden(permission)
    tenant_id, actor, role = principal.tenant_id, principal.user_id, principal.role
    if role in CUSTOMER_ROLES and principal.customer_id is not None:
        return CallerScope(tenant_id, actor, role, principal.customer_id)
    if role not in TENANT_ROLES:
        raise Forbidden(permission)
    require(role, permission)
    return CallerScope(tenant_id, actor, role)


def tenant_scope(principal: Principal, permission: str) -> CallerScope:
    """The reach of a tenant user. Raises `Forbidden` for everybody else."""
    scope = caller_scope(principal, permission)
    if scope.is_customer:
        raise Forbidden(permission)
    return scope


def admin_scope(principal: Principal, permission: str) -> CallerScope:
    """The reach of a tenant user or of a customer's admin: users of customers do not have it.

    Raises `Forbidden` for everybody else.
    """
    scope = caller_scope(principal, permission)
    if scope.role is Role.CUSTOMER_USER:
        raise Forbidden(permission)
    return scope


def customer_scope(principal: Principal) -> CallerScope:
    """The reach of a customer's user. Raises `Forbidden` for everybody else."""
    is_user = isinstance(principal, UserPrincipal) and principal.role in CUSTOMER_ROLES
    if not is_user:
        raise Forbidden(CUSTOMER)
    return caller_scope(principal, CUSTOMER)


def existing(customer: Customer | None) -> Customer:
    """The customer that was found. Raises `NotFound` without one."""
    if customer is None:
        raise NotFound
    return customer
