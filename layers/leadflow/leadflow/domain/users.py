"""Users: who may sign in, in which role (`product.md`, 22)."""

from datetime import datetime

from leadflow.domain.identifiers import CustomerId, OwnerId, PartnerId, TenantId, UserId
from leadflow.domain.model import Frozen
from leadflow.domain.principals import Role, UserPrincipal


class User(Frozen):
    """A person in one role of the tenant or, with an id of one, of a customer or a partner.

    `token_hash` is the digest of its bearer token and is never shown. The first admin of a tenant
    has no address yet.
    """

    id: UserId
    email: str | None = None
    name: str | None = None
    role: Role
    customer_id: CustomerId | None = None
    partner_id: PartnerId | None = None
    token_hash: str
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def owner_id(self) -> OwnerId | None:
        """The customer or partner whose user it is; None: the tenant's own."""
        return self.customer_id or self.partner_id

    @property
    def is_admin(self) -> bool:
        """Whether the user may do everything in the tenant."""
        return self.role is Role.ADMIN

    def principal(self, tenant_id: TenantId) -> UserPrincipal:
        """Who calls with the user's token."""
        return UserPrincipal(
            tenant_id=tenant_id,
            user_id=self.id,
            role=self.role,
            customer_id=self.customer_id,
            partner_id=self.partner_id,
        )
