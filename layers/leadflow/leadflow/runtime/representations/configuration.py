"""Configured objects, settings, the plan, users and the audit log, as the API shows them.

A plain resource reads as it is written: its request form, with what may not be written beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from leadflow.application.configuration_ports import REAL_ESTATE_API
from leadflow.application.manage_configuration.desk import (
    SigningSecret,
)
from leadflow.application.manage_configuration.settings import settings_form
from leadflow.domain.configuration import AuditCondition, LeadCategory
from leadflow.domain.duplicates import DuplicateCheck
from leadflow.domain.lead_types import LeadType
from leadflow.domain.model import Frozen
from leadflow.domain.partners import Partner
from leadflow.domain.permissions import PERMISSIONS, ROLE_PERMISSIONS
from leadflow.domain.principals import Role
from leadflow.domain.return_tiers import ReturnTier
from leadflow.domain.sources import Source
from leadflow.domain.webhooks import Webhook

if TYPE_CHECKING:
    from pydantic import BaseModel, JsonValue

    from leadflow.application.configuration_ports import AuditEntry
    from leadflow.application.manage_configuration.desk import (
        Configured,
        Shown,
        ToldSecrets,
    )
    from leadflow.domain.configuration import RealEstateApi
    from leadflow.domain.plans import Plan
    from leadflow.domain.settings import TenantSettings
    from leadflow.domain.users import User

Body = Mapping[str, object]

_NAMES: Mapping[type[Configured], str] = {
    LeadCategory: "lead_category",
    LeadType: "lead_type",
    Source: "source",
    DuplicateCheck: "duplicate_check",
    AuditCondition: "audit_condition",
    Partner: "partner",
    ReturnTier: "return_tier",
    Webhook: "webhook",
}
_EVERYTHING = ["*"]


class _Head(Frozen):
    id: str
    archived: bool
    version: int
    created_at: datetime
    updated_at: datetime


class RoleBody(Frozen):
    """A role and what it permits."""

    object: str = "role"
    role: Role
    permissions: list[str]


def resource_body(shown: Shown, secrets: ToldSecrets | None = None) -> Body:
    """A configured object; `secrets` only in the answer that makes them."""
    head = _Head.model_validate(shown.head, from_attributes=True)
    body = {
        "object": _NAMES[type(shown.head)],
        **_members(head),
        **_members(shown.form),
        **shown.extras,
    }
    if secrets is None:
        return body
    if isinstance(secrets, SigningSecret):
        return {**body, "secret": secrets.secret}
    return {**body, "credentials": asdict(secrets)}


def settings_body(settings: TenantSettings, secret: str | None = None) -> Body:
    """The settings; blank ones are null, so that every one of them can be seen.

    `secret` signs the direct post; it is there only in the answer that makes it.
    """
    form = settings_form(settings).model_dump(mode="json")
    if secret is not None:
        form["direct_post"] |= {"secret": secret}
    return {"object": "settings", "version": settings.version, **form}


def plan_body(plan: Plan) -> Body:
    """A version of the plan."""
    stages: list[JsonValue] = [_members(stage) for stage in plan.stages]
    members = _members(plan)
    return {"object": "distribution_plan", **members, "stages": stages}


def real_estate_api_body(integration: RealEstateApi) -> Body:
    """The Real Estate API; of its keys only whether there are any."""
    members = integration.model_dump(mode="json", exclude={"skip_traces"})
    keys = {"api_key_set": True, "skip_trace_api_key_set": integration.skip_traces}
    return {"object": "integration", "id": REAL_ESTATE_API, **members, **keys}


def user_body(user: User, token: str | None = None) -> Body:
    """A user; `token` only in the answer that makes it."""
    members = user.model_dump(mode="json", exclude={"token_hash"}, exclude_none=True)
    body = {"object": "user", **members}
    return body if token is None else {**body, "token": token}


def role_bodies() -> list[JsonValue]:
    """All roles."""
    return [_members(_role(role, held)) for role, held in ROLE_PERMISSIONS.items()]


def audit_body(entry: AuditEntry) -> Body:
    """A line of the audit log; a new object has no `before`, a removed one no `after`."""
    return {"object": "audit_entry", **entry.model_dump(mode="json")}


def _role(role: Role, held: frozenset[str]) -> RoleBody:
    return RoleBody(role=role, permissions=_EVERYTHING if held == PERMISSIONS else sorted(held))


def _members(model: BaseModel) -> dict[str, JsonValue]:
    return model.model_dump(mode="json", exclude_none=True)
