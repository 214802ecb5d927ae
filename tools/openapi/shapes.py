"""Bodies for which the code has no one model: drawn from the forms that they are made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

from leadflow.application.configuration_ports import AuditEntry
from leadflow.application.manage_configuration.settings import DirectPostForm, SettingsForm
from leadflow.application.manage_configuration.stage_forms import (
    HighestPriceForm,
    MarketplaceForm,
    RealEstateApiForm,
    RoundRobinForm,
    SetFieldForm,
    SetLeadTypeForm,
)
from leadflow.application.manage_distribution_plan import StageForm
from leadflow.domain.deliveries import DeliveryStatus, ReceivedResponse, SentRequest
from leadflow.domain.model import Frozen, Request
from leadflow.domain.plans import OPERATIONS_MAX, STAGES_MAX, Method, Plan
from leadflow.domain.posts import PATIENCE_MS_MAX


class _Submitted(BaseModel):
    """Members of the tenant's own are read by the fields of the source's category."""

    model_config = ConfigDict(extra="allow")

    zip: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    state: str | None = None
    county: str | None = None
    is_test: bool | None = None
    timeout_ms: Annotated[int, Field(description="Clamped to its range.")] | None = PATIENCE_MS_MAX


class PingRequest(_Submitted):
    """What a source tells of a lead before it sells it: any configured fields (`api.md`, 3)."""


class LeadRequest(_Submitted):
    """A lead: any configured fields, and the ping and bid that it answers (`api.md`, 3)."""

    ping_id: UUID | None = None
    bid_id: UUID | None = None


class AlterDataForm(Request):
    """Settings of an Alter Data stage."""

    operations: Annotated[
        tuple[SetLeadTypeForm | SetFieldForm, ...], Field(min_length=1, max_length=OPERATIONS_MAX)
    ]


Member = Any
"""A member of a model that is made: its type, and its default or `...`."""


def derived(name: str, base: type[BaseModel], **members: Member) -> type[BaseModel]:
    """A model with more members than another one, or narrower ones."""
    made: type[BaseModel] = create_model(name, __base__=base, **members)
    made.__doc__ = base.__doc__
    return made


def _stage(method: Method, settings: type[Request]) -> type[BaseModel]:
    """A stage with the settings of its method."""
    name = "".join(part.title() for part in method.split("_"))
    return derived(f"{name}StageForm", StageForm, method=named(method), settings=(settings, ...))


def named(text: str) -> Member:
    """A member that always has this text."""
    return Annotated[str, WithJsonSchema({"const": text, "type": "string"})], ...


AnyStageForm: Any = (
    _stage(Method.HIGHEST_PRICE, HighestPriceForm)
    | _stage(Method.ROUND_ROBIN, RoundRobinForm)
    | _stage(Method.MARKETPLACE, MarketplaceForm)
    | _stage(Method.ALTER_DATA, AlterDataForm)
    | _stage(Method.REAL_ESTATE_API, RealEstateApiForm)
)


class PlanForm(Request):
    """The stages in their order; what `GET` gave besides them is ignored."""

    object: Literal["distribution_plan"] | None = None
    version: int | None = None
    created_at: datetime | None = None
    stages: Annotated[tuple[AnyStageForm, ...], Field(max_length=STAGES_MAX)]


class DistributionPlan(Plan):
    """A version of the plan."""

    object: Literal["distribution_plan"]


class ToldSecret(Frozen):
    """A signing secret, told once."""

    secret: str


class ToldDirectPost(DirectPostForm):
    """The direct post, with its signing secret in the answer that makes it."""

    secret: str | None = None


class Settings(SettingsForm):
    """The settings."""

    object: Literal["settings"]
    version: int
    direct_post: DirectPostForm


class ChangedSettings(Settings):
    """The settings; a secret is told where the direct post was switched on."""

    direct_post: ToldDirectPost | DirectPostForm


class RealEstateIntegration(Frozen):
    """The Real Estate API; of its keys only whether there are any."""

    object: Literal["integration"]
    id: Literal["real-estate-api"]
    base_url: str
    version: int
    created_at: datetime
    updated_at: datetime
    api_key_set: bool
    skip_trace_api_key_set: bool


class ShownAuditEntry(AuditEntry):
    """A line of the audit log; a new object has no `before`, a removed one no `after`."""

    object: Literal["audit_entry"]


class PartnerTrialRequest(Frozen):
    """The request that was made, without its secrets."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str | None


class PartnerTrialResponse(Frozen):
    """What was answered, without the secrets of the request."""

    status: int
    headers: Mapping[str, str]
    body: str


class PartnerTrial(Frozen):
    """What was sent and answered; `outcome` is `offered`, `accepted`, `unknown` or a reason."""

    request: PartnerTrialRequest
    response: PartnerTrialResponse | None
    outcome: str


class WebhookTrial(Frozen):
    """What was sent and answered; without an answer, `error` says why."""

    request: SentRequest
    response: ReceivedResponse | None
    outcome: DeliveryStatus
    error: str | None
