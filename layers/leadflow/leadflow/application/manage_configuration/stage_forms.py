"""Settings of stages as requests name them, one form to a method (`api.md`, 6)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator
from pydantic import Field as Bound

from leadflow.application.manage_configuration.forms import PriceCents
from leadflow.application.requests import Path, validated
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.model import Request
from leadflow.domain.plans import (
    FIELD_MAPPINGS_MAX,
    LISTED_MAX,
    OPERATIONS_MAX,
    ApiField,
    Method,
    Rotation,
)
from leadflow.domain.scopes import Scope

Settings = Mapping[str, object]
"""The members of a stage's settings, their shape checked and nothing else."""

_NO_SCALAR = "The value must be a text, a number, or true or false."

Listed = Annotated[tuple[str, ...] | None, Bound(strict=False, max_length=LISTED_MAX)]


def _scalar(value: object) -> object:
    """A parsed JSON number with a fraction becomes the float that leads keep."""
    if not isinstance(value, str | int | float | Decimal):
        raise ValueError(_NO_SCALAR)
    return float(value) if isinstance(value, Decimal) else value


class BidsForm(Request):
    """Whether a Highest Price stage takes bids, and of which scopes."""

    enabled: bool = True
    scopes: Annotated[tuple[Annotated[Scope, Bound(strict=False)], ...], Bound(strict=False)] = (
        tuple(Scope)
    )


class ChoiceForm(Request):
    """Who takes part: all, those included, or all but those excluded."""

    enabled: bool = False
    include: Listed = None
    exclude: Listed = None


class PartnersForm(ChoiceForm):
    """Which partners a Highest Price stage asks, and the least that they must offer."""

    minimum_price_cents: PriceCents | None = None


class HighestPriceForm(Request):
    """Settings of a Highest Price stage."""

    bids: Annotated[BidsForm, Bound(strict=False)] = BidsForm()
    partners: Annotated[PartnersForm, Bound(strict=False)] = PartnersForm()


class RoundRobinForm(Request):
    """Settings of a Round Robin stage. The price must be named: 0 gives leads away."""

    rotation: Annotated[Rotation, Bound(strict=False)] = Rotation.ALL_TIME
    price_cents: PriceCents
    customers: Annotated[ChoiceForm, Bound(strict=False)] = ChoiceForm()
    partners: Annotated[ChoiceForm, Bound(strict=False)] = ChoiceForm()


class MarketplaceForm(Request):
    """A Marketplace stage has no settings."""


class OperationsForm(Request):
    """Settings of an Alter Data stage; what an operation may say depends on its kind."""

    operations: Annotated[
        list[dict[str, object]], Bound(strict=False, min_length=1, max_length=OPERATIONS_MAX)
    ]


class SetLeadTypeForm(Request):
    """The operation that gives another lead type."""

    set_lead_type: str


class SetFieldForm(Request):
    """The operation that gives a field a value; an empty text takes its value away."""

    set_field: str
    value: Annotated[str | int | float | bool, BeforeValidator(_scalar)]


class MappingForm(Request):
    """Where a value of the Real Estate API goes."""

    api_field: Annotated[ApiField, Bound(strict=False)]
    field: str
    overwrite: bool = False


class RealEstateApiForm(Request):
    """Settings of a Real Estate API stage."""

    lead_category_id: str
    property_detail: bool = False
    skip_trace: bool = False
    mappings: Annotated[
        tuple[MappingForm, ...], Bound(strict=False, max_length=FIELD_MAPPINGS_MAX)
    ] = ()


_FORMS: Mapping[Method, type[Request]] = {
    Method.HIGHEST_PRICE: HighestPriceForm,
    Method.ROUND_ROBIN: RoundRobinForm,
    Method.MARKETPLACE: MarketplaceForm,
    Method.ALTER_DATA: OperationsForm,
    Method.REAL_ESTATE_API: RealEstateApiForm,
}


def settings_read(method: Method, settings: Settings, at: Path) -> Settings:
    """The settings in the shape of their method. Raises `ValidationFailed`, naming every path."""
    form = validated(_FORMS[method], settings, at)
    if isinstance(form, OperationsForm):
        return {"operations": _operations(form.operations, (*at, "operations"))}
    return form.model_dump()


def _operations(requested: Sequence[Settings], at: Path) -> Sequence[Settings]:
    errors: dict[str, Sequence[str]] = {}
    operations: list[Settings] = []
    for index, wanted in enumerate(requested):
        form = SetLeadTypeForm if "set_lead_type" in wanted else SetFieldForm
        try:
            operations.append(validated(form, wanted, (*at, index)).model_dump())
        except ValidationFailed as refusal:
            errors |= refusal.errors
    if errors:
        raise ValidationFailed(errors)
    return operations
