"""Lead types (`product.md`, 6 and 13.1)."""

from typing import Annotated

from pydantic import Field as Bound
from pydantic import ValidationError

from leadflow.application.configuration_ports import Change, ResourceKind
from leadflow.application.manage_configuration.condition_rules import kinds_of_category, saved
from leadflow.application.manage_configuration.desk import (
    Desk,
    Edit,
    Head,
    Members,
    Plain,
    archiving,
    head_of,
    replaced,
)
from leadflow.application.manage_configuration.forms import Description, Name
from leadflow.domain.conditions import Conditions, Reference
from leadflow.domain.configuration import Configuration, LeadCategory
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.identifiers import CategoryId, LeadTypeId
from leadflow.domain.lead_types import (
    AUCTION_MINUTES_MAX,
    INTERVAL_MINUTES_MAX,
    PRIORITY_MAX,
    LeadType,
    MarketplaceSettings,
)
from leadflow.domain.model import Request
from leadflow.domain.money import PositiveCents
from leadflow.domain.scopes import BiddingScope, scope_errors

_NO_CONDITIONS = "A fallback type has no conditions; switch its fallback flag off first."


class MarketplaceForm(Request):
    """How leads of the type are auctioned; all parameters or none."""

    enabled: bool = False
    first_price_cents: PositiveCents | None = None
    last_price_cents: PositiveCents | None = None
    increment_cents: PositiveCents | None = None
    interval_minutes: Annotated[int, Bound(ge=1, le=INTERVAL_MINUTES_MAX)] | None = None


class LeadTypeForm(Request):
    """A lead type as a request names it. Priority 0 or none: the next free number."""

    name: Name
    description: Description = None
    lead_category_id: str
    fallback: bool = False
    priority: Annotated[int, Bound(ge=0, le=PRIORITY_MAX)] | None = None
    conditions: Conditions = ()
    bidding_scopes: Annotated[tuple[BiddingScope, ...], Bound(strict=False)] = ()
    marketplace: Annotated[MarketplaceForm | None, Bound(strict=False)] = None


def _form_of(one: LeadType, _configuration: Configuration) -> LeadTypeForm:
    members = {name: getattr(one, name) for name in LeadTypeForm.model_fields}
    if one.marketplace is not None:
        members["marketplace"] = one.marketplace.model_dump()
    return LeadTypeForm.model_validate(members)


def _merge(stored: Members, patch: Members) -> Members:
    """Switching the fallback flag on clears conditions and priority (`product.md`, 6.1)."""
    cleared = {"conditions", "priority"} if patch.get("fallback") is True else set()
    kept = {name: value for name, value in stored.items() if name not in cleared}
    return replaced(kept, patch)


def _build(form: LeadTypeForm, before: LeadType | None, desk: Desk) -> Edit:
    head = head_of(before, "type", desk)
    category = _category(form, before, desk.configuration)
    siblings = [
        one
        for one in desk.configuration.lead_types.values()
        if one.lead_category_id == category.id and not one.archived and one.id != head.id
    ]
    if errors := _mistakes(form, siblings):
        raise ValidationFailed(errors)
    after = _made(form, category, siblings, head, desk)
    return Edit(head.id, (Change(ResourceKind.LEAD_TYPE, head.id, before, after),))


def _made(
    form: LeadTypeForm, category: LeadCategory, siblings: list[LeadType], head: Head, desk: Desk
) -> LeadType:
    kinds = kinds_of_category(category, {Reference.SOURCE})
    return LeadType(
        id=LeadTypeId(head.id),
        name=form.name,
        description=form.description,
        lead_category_id=category.id,
        fallback=form.fallback,
        priority=None if form.fallback else form.priority or _next_priority(siblings),
        conditions=saved(form.conditions, kinds, desk),
        bidding_scopes=form.bidding_scopes,
        marketplace=_marketplace(form.marketplace),
        version=head.version,
        created_at=head.created_at,
        updated_at=head.updated_at,
    )


def _category(
    form: LeadTypeForm, before: LeadType | None, configuration: Configuration
) -> LeadCategory:
    if before is not None and form.lead_category_id != before.lead_category_id:
        message = "The lead category of a lead type cannot be changed."
        raise ValidationFailed({"lead_category_id": [message]})
    category = configuration.categories.get(CategoryId(form.lead_category_id))
    if category is None or category.archived:
        raise ValidationFailed({"lead_category_id": ["There is no such lead category."]})
    return category


def _mistakes(form: LeadTypeForm, siblings: list[LeadType]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if form.name.casefold() in {one.name.casefold() for one in siblings}:
        errors["name"] = ["The name is already taken."]
    if form.fallback and any(one.fallback for one in siblings):
        errors["fallback"] = ["The category already has a fallback type."]
    if form.fallback and form.conditions:
        errors["conditions"] = [_NO_CONDITIONS]
    if doubled := scope_errors(form.bidding_scopes):
        errors["bidding_scopes"] = list(doubled)
    return errors


def _next_priority(siblings: list[LeadType]) -> int:
    return min(max((one.priority or 0 for one in siblings), default=0) + 1, PRIORITY_MAX)


def _marketplace(form: MarketplaceForm | None) -> MarketplaceSettings | None:
    if form is None:
        return None
    try:
        settings = MarketplaceSettings.model_validate(form.model_dump())
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ValidationFailed({"marketplace": [message]}) from error
    if settings.lasts_minutes > AUCTION_MINUTES_MAX:
        message = f"The price must be at its last within {AUCTION_MINUTES_MAX} minutes (366 days)."
        raise ValidationFailed({"marketplace": [message]})
    return settings


def _retire(one: LeadType, desk: Desk) -> Edit:
    """Archive the type. Rows of sources and conditions that name it stay, without effect."""
    return Edit(one.id, (archiving(ResourceKind.LEAD_TYPE, one, desk),), retired_types=(one.id,))


LEAD_TYPES = Plain(
    kind=ResourceKind.LEAD_TYPE,
    form=LeadTypeForm,
    stored=lambda configuration: configuration.lead_types.values(),
    form_of=_form_of,
    build=_build,
    retire=_retire,
    merge=_merge,
)
