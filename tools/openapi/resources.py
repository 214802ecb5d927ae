"""Configured objects and users as they are read: their forms, with what may not be written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from leadflow.application.manage_configuration.audit_conditions import AuditConditionForm
from leadflow.application.manage_configuration.categories import CategoryForm
from leadflow.application.manage_configuration.duplicate_checks import DuplicateCheckForm
from leadflow.application.manage_configuration.lead_types import LeadTypeForm
from leadflow.application.manage_configuration.partners import PartnerForm
from leadflow.application.manage_configuration.return_tiers import ReturnTierForm
from leadflow.application.manage_configuration.sources import SourceForm
from leadflow.application.manage_configuration.webhook_rules import (
    CustomerWebhookForm,
    WebhookForm,
)
from leadflow.domain.leads import LeadStatus
from leadflow.domain.model import Frozen, Request
from leadflow.domain.sources import Result
from leadflow.domain.users import User
from tools.openapi.identifiers import pattern
from tools.openapi.shapes import derived, named


class SourceCredentials(Frozen):
    """What a source is shown once."""

    api_key: str
    api_secret: str
    bearer_token: str


_HEAD: Mapping[str, Any] = {
    "id": (str, ...),
    "version": (int, ...),
    "created_at": (datetime, ...),
    "updated_at": (datetime, ...),
}
_FORMS: Mapping[str, tuple[str, type[Request]]] = {
    "lead-categories": ("lead_category", CategoryForm),
    "lead-types": ("lead_type", LeadTypeForm),
    "sources": ("source", SourceForm),
    "duplicate-checks": ("duplicate_check", DuplicateCheckForm),
    "audit-conditions": ("audit_condition", AuditConditionForm),
    "partners": ("partner", PartnerForm),
    "return-tiers": ("return_tier", ReturnTierForm),
    "webhooks": ("webhook", WebhookForm),
}
FORMS: Mapping[str, type[Request]] = {name: form for name, (_, form) in _FORMS.items()}
"""What a request may say of an object, by collection."""

_FALLBACK = WithJsonSchema({"type": ["string", "null"], "pattern": pattern("type")})
_OWN: Mapping[str, Mapping[str, Any]] = {
    "lead-categories": {"fallback_lead_type_id": (Annotated[Any, _FALLBACK], ...)},
    "sources": {"status_responses": (Mapping[LeadStatus, Result], ...)},
    "partners": {"ping_configured": (bool, ...), "post_configured": (bool, ...)},
}


def _resource(collection: str) -> type[BaseModel]:
    """An object of a collection as it is read: its form with what may not be written."""
    kind, form = _FORMS[collection]
    name = "".join(part.title() for part in kind.split("_"))
    head = {"object": named(kind), **_HEAD, "archived": (bool, ...)}
    return derived(name, form, **head, **_OWN.get(collection, {}))


SHOWN: Mapping[str, type[BaseModel]] = {one: _resource(one) for one in _FORMS}
"""Objects as they are read, by collection."""

CREATED: Mapping[str, type[BaseModel]] = {
    **SHOWN,
    "sources": derived("NewSource", SHOWN["sources"], credentials=(SourceCredentials, ...)),
    "webhooks": derived("NewWebhook", SHOWN["webhooks"], secret=(str, ...)),
}
"""The same in the answer that makes them: secrets are told once."""

CustomerWebhook = derived(
    "CustomerWebhook",
    CustomerWebhookForm,
    **_HEAD,
    object=named("webhook"),
    customer_id=(str, ...),
)
NewCustomerWebhook = derived("NewCustomerWebhook", CustomerWebhook, secret=(str, ...))


class _Account(User):
    """A user, without what its token is known by."""

    object: Literal["user"]
    token_hash: Annotated[str, Field(exclude=True)]


ShownUser = derived("ShownUser", _Account)
NewUser = derived("NewUser", _Account, token=(str, ...))
