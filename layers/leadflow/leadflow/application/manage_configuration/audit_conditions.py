"""Audit conditions (`product.md`, 10.2)."""

from leadflow.application.configuration_ports import Change, ResourceKind
from leadflow.application.manage_configuration.condition_rules import kinds_of_leads, saved
from leadflow.application.manage_configuration.desk import Desk, Edit, Plain, archiving, head_of
from leadflow.application.manage_configuration.forms import Description, Name
from leadflow.domain.conditions import Conditions, Reference
from leadflow.domain.configuration import AuditCondition, Configuration
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.identifiers import CategoryId
from leadflow.domain.model import Request

_REFERENCES = {Reference.LEAD_TYPE, Reference.SOURCE}


class AuditConditionForm(Request):
    """An audit condition as a request names it."""

    name: Name
    description: Description = None
    lead_category_id: str
    conditions: Conditions = ()


def _form_of(one: AuditCondition, _configuration: Configuration) -> AuditConditionForm:
    members = {name: getattr(one, name) for name in AuditConditionForm.model_fields}
    return AuditConditionForm.model_validate(members)


def _build(form: AuditConditionForm, before: AuditCondition | None, desk: Desk) -> Edit:
    category = desk.configuration.categories.get(CategoryId(form.lead_category_id))
    if category is None or category.archived:
        raise ValidationFailed({"lead_category_id": ["There is no such lead category."]})
    head = head_of(before, "audit", desk)
    kinds = kinds_of_leads(desk.configuration, _REFERENCES, category.id)
    after = AuditCondition(
        id=head.id,
        name=form.name,
        description=form.description,
        lead_category_id=category.id,
        conditions=saved(form.conditions, kinds, desk),
        version=head.version,
        created_at=head.created_at,
        updated_at=head.updated_at,
    )
    return Edit(head.id, (Change(ResourceKind.AUDIT_CONDITION, head.id, before, after),))


AUDIT_CONDITIONS = Plain(
    kind=ResourceKind.AUDIT_CONDITION,
    form=AuditConditionForm,
    stored=lambda configuration: configuration.audit_conditions.values(),
    form_of=_form_of,
    build=_build,
    retire=lambda one, desk: Edit(one.id, (archiving(ResourceKind.AUDIT_CONDITION, one, desk),)),
)
