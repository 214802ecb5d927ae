"""Lead categories (`product.md`, 4)."""

from leadflow.application.configuration_ports import Change, ResourceKind
from leadflow.application.manage_configuration.desk import (
    Desk,
    Edit,
    Members,
    Plain,
    archiving,
    head_of,
    in_use,
)
from leadflow.application.manage_configuration.forms import Description, FieldRequests, Name
from leadflow.application.manage_configuration.usage import PLACES_MAX, refuse_used_fields
from leadflow.domain.configuration import Configuration, LeadCategory
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.fields import FieldRequest, category_fields
from leadflow.domain.identifiers import CategoryId, LeadTypeId
from leadflow.domain.lead_types import LeadType
from leadflow.domain.model import Request

FALLBACK_NAME = "Fallback"


class CategoryForm(Request):
    """A category as a request names it; the ten basic fields are there whether listed or not."""

    name: Name
    description: Description = None
    fields: FieldRequests = ()


def _form_of(category: LeadCategory, _configuration: Configuration) -> CategoryForm:
    fields = tuple(FieldRequest.model_validate(field.model_dump()) for field in category.fields)
    return CategoryForm(name=category.name, description=category.description, fields=fields)


def _build(form: CategoryForm, before: LeadCategory | None, desk: Desk) -> Edit:
    head = head_of(before, "category", desk)
    _check_name(form.name, head.id, desk.configuration)
    category = LeadCategory(
        id=CategoryId(head.id),
        name=form.name,
        description=form.description,
        fields=category_fields(form.fields),
        version=head.version,
        created_at=head.created_at,
        updated_at=head.updated_at,
    )
    change = Change(ResourceKind.CATEGORY, head.id, before, category)
    if before is None:
        return Edit(head.id, (change, _fallback_of(category, desk)))
    refuse_used_fields(before.fields, category.fields, desk.configuration, before.id)
    return Edit(head.id, (change,))


def _check_name(name: str, category_id: str, configuration: Configuration) -> None:
    taken = {
        one.name.casefold()
        for one in configuration.categories.values()
        if not one.archived and one.id != category_id
    }
    if name.casefold() in taken:
        raise ValidationFailed({"name": ["The name is already taken."]})


def _fallback_of(category: LeadCategory, desk: Desk) -> Change:
    """The type that comes with a new category (`product.md`, 2.3)."""
    head = head_of(None, "type", desk)
    fallback = LeadType(
        id=LeadTypeId(head.id),
        name=FALLBACK_NAME,
        lead_category_id=category.id,
        fallback=True,
        created_at=head.created_at,
        updated_at=head.updated_at,
    )
    return Change(ResourceKind.LEAD_TYPE, head.id, None, fallback)


def _retire(category: LeadCategory, desk: Desk) -> Edit:
    """Archive the category and its fallback. Raises `Conflict` (`in_use`) for all else in it."""
    places = _users_of(category, desk.configuration)
    if places:
        raise in_use("lead category", places[:PLACES_MAX])
    fallbacks = [
        one
        for one in desk.configuration.lead_types.values()
        if one.lead_category_id == category.id and one.fallback
    ]
    live = [archiving(ResourceKind.LEAD_TYPE, one, desk) for one in fallbacks if not one.archived]
    changes = (archiving(ResourceKind.CATEGORY, category, desk), *live)
    return Edit(category.id, changes, retired_types=[one.id for one in fallbacks])


def _users_of(category: LeadCategory, configuration: Configuration) -> list[str]:
    sources = configuration.sources.values()
    types = [one for one in configuration.lead_types.values() if not one.fallback]
    audits = configuration.audit_conditions.values()
    live = [
        (what, one)
        for what, some in (("source", sources), ("lead type", types), ("audit condition", audits))
        for one in some
        if not one.archived and one.lead_category_id == category.id
    ]
    return [f"{what} {one.name}" for what, one in live]


def _extras(category: LeadCategory, configuration: Configuration) -> Members:
    fallback = next(
        (
            one.id
            for one in configuration.lead_types.values()
            if one.lead_category_id == category.id and one.fallback and not one.archived
        ),
        None,
    )
    return {"fallback_lead_type_id": fallback}


CATEGORIES = Plain(
    kind=ResourceKind.CATEGORY,
    form=CategoryForm,
    stored=lambda configuration: configuration.categories.values(),
    form_of=_form_of,
    build=_build,
    retire=_retire,
    extras=_extras,
)
