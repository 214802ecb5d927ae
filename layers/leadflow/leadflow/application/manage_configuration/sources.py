"""Sources (`product.md`, 7)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import Field as Bound

from leadflow.application.configuration_ports import Change, CredentialChanges, ResourceKind
from leadflow.application.manage_configuration.desk import (
    Desk,
    Edit,
    Head,
    Plain,
    archived,
    archiving,
    head_of,
)
from leadflow.application.manage_configuration.duplicate_checks import (
    DuplicateCheckForm,
    check_mistakes,
    form_of_check,
    made_check,
)
from leadflow.application.manage_configuration.forms import (
    FieldRequests,
    Name,
    PercentageNumber,
    PriceCents,
)
from leadflow.application.manage_configuration.source_credentials import (
    issued,
    kept_of,
    new_secrets,
    revoked,
)
from leadflow.application.manage_configuration.status_responses import PAIRS_MAX, status_responses
from leadflow.application.manage_configuration.usage import refuse_used_fields
from leadflow.domain.configuration import Configuration, LeadCategory
from leadflow.domain.duplicates import DuplicateCheck
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.fields import Field, FieldRequest, effective_fields, source_fields
from leadflow.domain.identifiers import CategoryId, LeadTypeId, PartnerId, SourceId
from leadflow.domain.model import Request
from leadflow.domain.sources import (
    PriceRow,
    PricingType,
    Source,
    SourceCredentials,
    SourceType,
)

PRICE_ROWS_MAX = 1_000
SOURCE_CHECKS_MAX = 20
"""Checks of one source: replacing all of them has to fit into one transaction."""

PARTNER_SOURCES_MAX = 45
"""Live sources of one partner: archiving it frees all of them in one transaction."""


class PriceRowForm(Request):
    """What is owed for leads of one type."""

    lead_type_id: str
    pricing_type: Annotated[PricingType, Bound(strict=False)]
    price_cents: PriceCents


class SourceForm(Request):
    """A source as a request names it; `duplicate_checks` are those of this source alone."""

    name: Name
    lead_category_id: str
    type: Annotated[SourceType, Bound(strict=False)]
    payout_percentage: PercentageNumber = Decimal(100)
    test_mode: bool = False
    partner_id: str | None = None
    fields: FieldRequests = ()
    pricing: Annotated[
        tuple[PriceRowForm, ...], Bound(strict=False, max_length=PRICE_ROWS_MAX)
    ] = ()
    duplicate_checks: Annotated[
        tuple[DuplicateCheckForm, ...], Bound(strict=False, max_length=SOURCE_CHECKS_MAX)
    ] = ()
    status_responses: Annotated[dict[str, object], Bound(max_length=PAIRS_MAX)] | None = None


def _form_of(source: Source, configuration: Configuration) -> SourceForm:
    return SourceForm(
        name=source.name,
        lead_category_id=source.lead_category_id,
        type=source.type,
        payout_percentage=source.payout_percentage,
        test_mode=source.test_mode,
        partner_id=source.partner_id,
        fields=tuple(FieldRequest.model_validate(one.model_dump()) for one in source.fields),
        pricing=tuple(PriceRowForm.model_validate(row.model_dump()) for row in source.pricing),
        duplicate_checks=tuple(map(form_of_check, _checks_of(source, configuration))),
        status_responses={
            status.value: source.status_responses[status].value
            for status in source.status_responses
        },
    )


def _checks_of(source: Source | None, configuration: Configuration) -> list[DuplicateCheck]:
    return [
        check
        for check in configuration.duplicate_checks.values()
        if source is not None and check.source_id == source.id and not check.archived
    ]


def _build(form: SourceForm, before: Source | None, desk: Desk) -> Edit:
    category = desk.configuration.categories.get(CategoryId(form.lead_category_id))
    if category is None or category.archived:
        raise ValidationFailed({"lead_category_id": ["There is no such lead category."]})
    fields = source_fields(form.fields)
    effective = effective_fields(category.fields, fields)
    errors = _mistakes(form, before, desk.configuration)
    errors |= _pricing_mistakes(form, before, category, desk.configuration)
    for index, check in enumerate(form.duplicate_checks):
        titles = {field.title for field in effective}
        errors |= check_mistakes(check, titles, ("duplicate_checks", index))
    if errors:
        raise ValidationFailed(errors)
    source_edit = _new(form, fields, desk) if before is None else _next(form, fields, before, desk)
    if before is not None:
        refuse_used_fields(before.fields, effective, desk.configuration, category.id, before.id)
    checks = _check_changes(form, before, SourceId(source_edit.id), desk)
    return Edit(
        source_edit.id,
        (*source_edit.changes, *checks),
        source_edit.credentials,
        source_edit.secrets,
    )


def _new(form: SourceForm, fields: tuple[Field, ...], desk: Desk) -> Edit:
    head, secrets = head_of(None, "source", desk), new_secrets(desk.ids)
    source = _made(form, fields, head, kept_of(secrets))
    credentials = CredentialChanges(issued(secrets, desk.configuration.tenant.id, source.id))
    change = Change(ResourceKind.SOURCE, source.id, None, source)
    return Edit(source.id, (change,), credentials, secrets)


def _next(form: SourceForm, fields: tuple[Field, ...], before: Source, desk: Desk) -> Edit:
    after = _made(form, fields, head_of(before, "source", desk), before.credentials)
    return Edit(before.id, (Change(ResourceKind.SOURCE, before.id, before, after),))


def _made(
    form: SourceForm,
    fields: tuple[Field, ...],
    head: Head,
    credentials: SourceCredentials | None,
) -> Source:
    return Source(
        id=SourceId(head.id),
        name=form.name,
        lead_category_id=CategoryId(form.lead_category_id),
        type=form.type,
        payout_percentage=form.payout_percentage,
        test_mode=form.test_mode,
        partner_id=PartnerId(form.partner_id) if form.partner_id else None,
        fields=fields,
        pricing=tuple(PriceRow.model_validate(row.model_dump()) for row in form.pricing),
        status_responses=status_responses(form.status_responses),
        credentials=credentials,
        version=head.version,
        created_at=head.created_at,
        updated_at=head.updated_at,
    )


def _mistakes(
    form: SourceForm, before: Source | None, configuration: Configuration
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if form.test_mode and form.type is SourceType.INTERNAL:
        errors["test_mode"] = ["Test mode is for vendor sources only."]
    if message := _partner_mistake(form.partner_id, before, configuration):
        errors["partner_id"] = [message]
    return errors


def _partner_mistake(
    partner_id: str | None, before: Source | None, configuration: Configuration
) -> str | None:
    """A source has at most one partner; only a free one can be given another (16.1)."""
    stored = before.partner_id if before else None
    if partner_id is None or partner_id == stored:
        return None
    if partner_id not in configuration.live_partners:
        return "There is no such partner."
    if stored is not None:
        return "The source has another partner; free it first."
    theirs = [
        one
        for one in configuration.sources.values()
        if one.partner_id == partner_id and not one.archived
    ]
    is_full = len(theirs) >= PARTNER_SOURCES_MAX
    return f"A partner has at most {PARTNER_SOURCES_MAX} sources." if is_full else None


def _pricing_mistakes(
    form: SourceForm, before: Source | None, category: LeadCategory, configuration: Configuration
) -> dict[str, list[str]]:
    """Rows of archived types may stay where they are, but none may be added."""
    known = {row.lead_type_id for row in before.pricing} if before else set[LeadTypeId]()
    allowed = {
        one.id
        for one in configuration.lead_types.values()
        if one.lead_category_id == category.id and (one.id in known or not one.archived)
    }
    named = [row.lead_type_id for row in form.pricing]
    return {
        f"pricing.{index}.lead_type_id": [message]
        for index, type_id in enumerate(named)
        if (message := _row_mistake(type_id, allowed, named[:index]))
    }


def _row_mistake(type_id: str, allowed: set[LeadTypeId], earlier: Sequence[str]) -> str | None:
    if type_id not in allowed:
        return "The source's lead category has no such lead type."
    return "A lead type has one price row." if type_id in earlier else None


def _check_changes(
    form: SourceForm, before: Source | None, source_id: SourceId, desk: Desk
) -> list[Change]:
    """Checks that are asked for again stay as they are; the others are archived or made."""
    wanted = list(form.duplicate_checks)
    changes = []
    for check in _checks_of(before, desk.configuration):
        if form_of_check(check) in wanted:
            wanted.remove(form_of_check(check))
        else:
            changes.append(archiving(ResourceKind.DUPLICATE_CHECK, check, desk))
    return changes + [made_check(one, None, desk, source_id) for one in wanted]


def _retire(source: Source, desk: Desk) -> Edit:
    """Archive the source with its checks; whatever it could call with ends at once."""
    last = archived(source, source.version, desk).model_copy(update={"credentials": None})
    checks = _checks_of(source, desk.configuration)
    changes = (
        Change(ResourceKind.SOURCE, source.id, source, last),
        *(archiving(ResourceKind.DUPLICATE_CHECK, check, desk) for check in checks),
    )
    ended = CredentialChanges(revoked=revoked(source.credentials))
    return Edit(source.id, changes, ended)


SOURCES = Plain(
    kind=ResourceKind.SOURCE,
    form=SourceForm,
    stored=lambda configuration: configuration.sources.values(),
    form_of=_form_of,
    build=_build,
    retire=_retire,
)
