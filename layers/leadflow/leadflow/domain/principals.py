"""Who is calling (`api.md`, 2)."""

from enum import StrEnum
from typing import Literal

from leadflow.domain.identifiers import CustomerId, OwnerId, PartnerId, SourceId, TenantId, UserId
from leadflow.domain.model import Frozen


class Role(StrEnum):
    """The role in which a user acts."""

    ADMIN = "admin"
    CUSTOMER_SUPPORT = "customer_support"
    SALES = "sales"
    DATA_VALIDATION = "data_validation"
    CUSTOMER_ADMIN = "customer_admin"
    CUSTOMER_USER = "customer_user"
    PARTNER_ADMIN = "partner_admin"
    PARTNER_USER = "partner_user"


TENANT_ROLES = frozenset({Role.ADMIN, Role.CUSTOMER_SUPPORT, Role.SALES, Role.DATA_VALIDATION})
CUSTOMER_ROLES = frozenset({Role.CUSTOMER_ADMIN, Role.CUSTOMER_USER})
PARTNER_ROLES = frozenset({Role.PARTNER_ADMIN, Role.PARTNER_USER})


class SourcePrincipal(Frozen):
    """A source, known by its key and secret or its bearer token."""

    kind: Literal["source"] = "source"
    tenant_id: TenantId
    source_id: SourceId

    @property
    def caller(self) -> str:
        """Stable name of the caller, the scope of its idempotency keys."""
        return f"{self.tenant_id}#{self.source_id}"


class UserPrincipal(Frozen):
    """A user in one role of one tenant, customer or partner."""

    kind: Literal["user"] = "user"
    tenant_id: TenantId
    user_id: UserId
    role: Role
    customer_id: CustomerId | None = None
    partner_id: PartnerId | None = None

    @property
    def owner_id(self) -> OwnerId | None:
        """The customer or partner whose user it is; None: the tenant's own."""
        return self.customer_id or self.partner_id

    @property
    def caller(self) -> str:
        """Stable name of the caller, the scope of its idempotency keys."""
        return f"{self.tenant_id}#{self.user_id}"


Principal = SourcePrincipal | UserPrincipal
