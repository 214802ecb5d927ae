"""Global duplicate checks; those of one source are kept with the source (`product.md`, 10.1)."""

from collections.abc import Collection
from typing import Annotated

from pydantic import Field as Bound

from leadflow.application.configuration_ports import Change, ResourceKind
from leadflow.application.manage_configuration.condition_rules import kinds_of_leads
from leadflow.application.manage_configuration.desk import Desk, Edit, Plain, archiving, head_of
from leadflow.application.requests import Path, path_text
from leadflow.domain.configuration import Configuration
from leadflow.domain.duplicates import CHECK_FIELDS_MAX, DAYS_MAX, DuplicateCheck
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.identifiers import SourceId
from leadflow.domain.model import Request


class DuplicateCheckForm(Request):
    """A check as a request names it; its fields must all be equal."""

    fields: Annotated[
        tuple[str, ...], Bound(strict=False, min_length=1, max_length=CHECK_FIELDS_MAX)
    ]
    days: Annotated[int, Bound(ge=1, le=DAYS_MAX)]
    apply_to_pings: bool = False
    ignore_punctuation: bool = False
    case_sensitive: bool = False


def form_of_check(check: DuplicateCheck) -> DuplicateCheckForm:
    """What a request would have to say for this check."""
    members = {name: getattr(check, name) for name in DuplicateCheckForm.model_fields}
    return DuplicateCheckForm.model_validate(members)


def check_mistakes(
    form: DuplicateCheckForm, titles: Collection[str], at: Path = ()
) -> dict[str, list[str]]:
    """Fields that no lead can have, or that are named twice."""
    errors: dict[str, list[str]] = {}
    for index, title in enumerate(form.fields):
        path = path_text((*at, "fields", index))
        if title not in titles:
            errors[path] = ["There is no such field."]
        elif title in form.fields[:index]:
            errors[path] = ["The field is named twice."]
    return errors


def made_check(
    form: DuplicateCheckForm, before: DuplicateCheck | None, desk: Desk, source_id: SourceId | None
) -> Change:
    """A new check, or the next version of one."""
    head = head_of(before, "check", desk)
    after = DuplicateCheck(
        id=head.id,
        source_id=source_id,
        fields=form.fields,
        days=form.days,
        apply_to_pings=form.apply_to_pings,
        ignore_punctuation=form.ignore_punctuation,
        case_sensitive=form.case_sensitive,
        version=head.version,
        created_at=head.created_at,
        updated_at=head.updated_at,
    )
    return Change(ResourceKind.DUPLICATE_CHECK, head.id, before, after)


def _build(form: DuplicateCheckForm, before: DuplicateCheck | None, desk: Desk) -> Edit:
    titles = kinds_of_leads(desk.configuration, ())
    if errors := check_mistakes(form, titles):
        raise ValidationFailed(errors)
    change = made_check(form, before, desk, None)
    return Edit(change.id, (change,))


def _global_checks(configuration: Configuration) -> list[DuplicateCheck]:
    return [one for one in configuration.duplicate_checks.values() if one.source_id is None]


DUPLICATE_CHECKS = Plain(
    kind=ResourceKind.DUPLICATE_CHECK,
    form=DuplicateCheckForm,
    stored=_global_checks,
    form_of=lambda check, _: form_of_check(check),
    build=_build,
    retire=lambda check, desk: Edit(
        check.id, (archiving(ResourceKind.DUPLICATE_CHECK, check, desk),)
    ),
)
