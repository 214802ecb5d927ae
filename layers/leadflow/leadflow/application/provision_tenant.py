"""Create a tenant that can start to work (`product.md`, 2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field as Bound

from leadflow.application.audit_trail import audit_entry
from leadflow.application.configuration_ports import (
    SETTINGS_ID,
    Change,
    Founding,
    ResourceKind,
    TenantFounder,
)
from leadflow.application.manage_configuration.forms import Name
from leadflow.application.manage_distribution_plan import PLAN_ID
from leadflow.application.ports import Clock, IdFactory
from leadflow.application.requests import validated
from leadflow.domain.credentials import digest
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import StageId, TenantId, UserId
from leadflow.domain.model import Request
from leadflow.domain.plans import HighestPriceStage, MarketplaceStage, Plan, Stage
from leadflow.domain.principals import Role
from leadflow.domain.settings import Tenant, TenantSettings
from leadflow.domain.users import User

OPERATOR = "operator"
"""Who acts in the audit log when a tenant is made."""

FIRST_STAGE = "Bidding"
SECOND_STAGE = "Marketplace"


class TenantRequest(Request):
    """What an operator says of a new tenant."""

    name: Name
    countries: Annotated[
        tuple[Annotated[Country, Bound(strict=False)], ...], Bound(strict=False, min_length=1)
    ] = (Country.US,)
    marketplace: bool = True


@dataclass(frozen=True)
class Provisioned:
    """The new tenant, and its first admin's token, told this once."""

    tenant_id: TenantId
    admin_token: str


@dataclass(frozen=True, kw_only=True)
class ProvisionTenant:
    """The action with its ports."""

    founder: TenantFounder
    clock: Clock
    ids: IdFactory

    def __call__(self, payload: Mapping[str, object]) -> Provisioned:
        """Create a tenant. Raises `ValidationFailed`, whose text names every mistake."""
        request = _read(payload)
        now, tenant_id = self.clock.now(), TenantId(self.ids.new("tenant"))
        token = self.ids.secret()
        admin = self._admin(token, now)
        changes = self._changes(request, tenant_id, now)
        entries = [
            audit_entry(
                self.ids,
                now,
                OPERATOR,
                resource=change.kind,
                resource_id=change.id,
                before=None,
                after=change.after,
            )
            for change in (*changes, Change(ResourceKind.USER, admin.id, None, admin))
        ]
        self.founder.found(tenant_id, Founding(changes, admin, entries))
        return Provisioned(tenant_id, token)

    def _admin(self, token: str, now: datetime) -> User:
        return User(
            id=UserId(self.ids.new("user")),
            name="First admin",
            role=Role.ADMIN,
            token_hash=digest(token),
            created_at=now,
            updated_at=now,
        )

    def _changes(self, request: TenantRequest, tenant_id: TenantId, now: datetime) -> list[Change]:
        tenant = Tenant(
            id=tenant_id, name=request.name, cursor_key=self.ids.secret(), created_at=now
        )
        settings = TenantSettings(
            operating_countries=tuple(dict.fromkeys(request.countries)),
            default_consent_name=request.name,
            marketplace_enabled=request.marketplace,
        )
        plan = Plan(version=1, stages=self._stages(request), created_at=now)
        return [
            Change(ResourceKind.TENANT, tenant_id, None, tenant),
            Change(ResourceKind.SETTINGS, SETTINGS_ID, None, settings),
            Change(ResourceKind.PLAN, PLAN_ID, None, plan),
        ]

    def _stages(self, request: TenantRequest) -> tuple[Stage, ...]:
        """Bidding, and behind it the marketplace if the tenant begins with one."""
        bidding = HighestPriceStage(id=StageId(self.ids.new("stage")), name=FIRST_STAGE)
        if not request.marketplace:
            return (bidding,)
        listing = MarketplaceStage(id=StageId(self.ids.new("stage")), name=SECOND_STAGE)
        return (bidding, listing)


def _read(payload: Mapping[str, object]) -> TenantRequest:
    try:
        return validated(TenantRequest, payload)
    except ValidationFailed as refusal:
        mistakes = (f"{path}: {' '.join(texts)}" for path, texts in refusal.errors.items())
        # An operator sees the text alone: the function is invoked without HTTP.
        raise ValidationFailed(refusal.errors, "; ".join(mistakes)) from refusal
