"""Where a field is used, so that it cannot be taken away from under it (`product.md`, 4.2)."""

from collections.abc import Collection, Iterator

from leadflow.application.manage_configuration.condition_rules import names
from leadflow.application.manage_configuration.desk import in_use
from leadflow.application.manage_configuration.exchange_rules import merge_names
from leadflow.domain.configuration import Configuration
from leadflow.domain.duplicates import DuplicateCheck
from leadflow.domain.fields import Field
from leadflow.domain.plans import AlterDataStage, RealEstateApiStage, SetField, Stage

PLACES_MAX = 20
"""Places that a refusal names."""


def refuse_used_fields(
    before: Collection[Field],
    after: Collection[Field],
    configuration: Configuration,
    category_id: str,
    source_id: str | None = None,
) -> None:
    """Raise `Conflict` (`in_use`) when a field that goes is used by a condition, a check,
    a stage that writes it, or a partner or webhook that is sent it.

    With a `source_id` the fields are that source's own, otherwise those of the category. Stages
    and global checks look at leads of every category, so any use of the title counts.
    """
    gone = {field.title for field in before} - {field.title for field in after}
    for title in sorted(gone):
        places = list(_places(title, configuration, category_id, source_id))
        if places:
            raise in_use(f"field {title}", places[:PLACES_MAX])


def _places(
    title: str, configuration: Configuration, category_id: str, source_id: str | None
) -> Iterator[str]:
    yield from (
        f"lead type {one.name}"
        for one in configuration.lead_types.values()
        if not source_id
        and not one.archived
        and one.lead_category_id == category_id
        and names(one.conditions, title)
    )
    yield from (
        f"stage {stage.name}"
        for stage in configuration.plan.stages
        if names(stage.conditions, title) or title in _fields_of(stage)
    )
    yield from (
        f"partner {partner.name}"
        for partner in configuration.live_partners.values()
        if any(title in merge_names(one) for one in (partner.ping, partner.post) if one)
    )
    yield from (
        f"webhook {webhook.name}"
        for webhook in configuration.webhooks.values()
        if merge_names(webhook) & {title, f"lead.{title}", f"lead.details.{title}"}
    )
    yield from (
        f"audit condition {one.name}"
        for one in configuration.audit_conditions.values()
        if not one.archived and one.lead_category_id == category_id and names(one.conditions, title)
    )
    yield from (
        f"duplicate check {check.id}"
        for check in configuration.duplicate_checks.values()
        if title in check.fields and _looks_at(check, configuration, category_id, source_id)
    )


def _fields_of(stage: Stage) -> Collection[str]:
    """The fields that a stage writes."""
    if isinstance(stage, AlterDataStage):
        operations = stage.settings.operations
        return {one.set_field for one in operations if isinstance(one, SetField)}
    if isinstance(stage, RealEstateApiStage):
        return {mapping.field for mapping in stage.settings.mappings}
    return ()


def _looks_at(
    check: DuplicateCheck, configuration: Configuration, category_id: str, source_id: str | None
) -> bool:
    if check.archived or check.source_id is None:
        return not check.archived
    if source_id is not None:
        return check.source_id == source_id
    source = configuration.sources[check.source_id]
    return source.lead_category_id == category_id and not source.archived
