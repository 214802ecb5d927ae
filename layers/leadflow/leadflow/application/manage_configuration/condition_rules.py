"""Which properties a condition set may name, and whether it may be saved (`product.md`, 5)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain

from leadflow.application.manage_configuration.desk import Desk
from leadflow.domain.conditions import (
    Conditions,
    Properties,
    PropertyKind,
    Reference,
    Row,
    check,
    kept,
)
from leadflow.domain.configuration import Configuration, LeadCategory
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.fields import Field, basic_fields
from leadflow.domain.formats import Formats

Kinds = Mapping[str, tuple[PropertyKind, ...]]
"""The kinds that a property may have: categories may give one title several types."""

_UNKNOWN = {
    Reference.SOURCE: "There is no such source.",
    Reference.LEAD_CATEGORY: "There is no such lead category.",
    Reference.LEAD_TYPE: "There is no such lead type.",
}


def kinds_of_category(category: LeadCategory, references: Collection[Reference]) -> Kinds:
    """The fields of a category itself."""
    return _kinds(category.fields, references)


def kinds_of_leads(
    configuration: Configuration,
    references: Collection[Reference],
    category_id: str | None = None,
) -> Kinds:
    """The fields that leads may have, of one category or of all, sources' own ones included."""
    fields = live_fields(configuration, category_id)
    return _kinds(fields if category_id else chain(fields, basic_fields()), references)


def saved(conditions: Conditions, kinds: Kinds, desk: Desk, path: str = "conditions") -> Conditions:
    """The conditions as they are kept. Raises `ValidationFailed` with paths below `path`."""
    properties = _resolved(conditions, kinds, desk.formats)
    errors = _unknown_references(conditions, properties, desk.configuration, path)
    errors |= check(conditions, properties, desk.formats, path)
    if errors:
        raise ValidationFailed(errors)
    return kept(conditions, properties, desk.formats)


def names(conditions: Conditions, title: str) -> bool:
    """Whether a condition set uses a property."""
    return any(row.property == title for row in chain.from_iterable(conditions))


def live_fields(configuration: Configuration, category_id: str | None = None) -> Iterator[Field]:
    """The fields of live categories and of live sources, of one category or of all."""
    for category in configuration.categories.values():
        if not category.archived and category_id in {None, category.id}:
            yield from category.fields
    for source in configuration.sources.values():
        if not source.archived and category_id in {None, source.lead_category_id}:
            yield from source.fields


def _kinds(fields: Iterable[Field], references: Collection[Reference]) -> Kinds:
    kinds: dict[str, tuple[PropertyKind, ...]] = {}
    for field in fields:
        kinds[field.title] = tuple(dict.fromkeys((*kinds.get(field.title, ()), field.type)))
    return {**kinds, **{reference.value: (reference,) for reference in references}}


def _resolved(conditions: Conditions, kinds: Kinds, formats: Formats) -> Properties:
    """For every property the first kind that suits all its rows, else the first one."""
    rows: dict[str, list[Row]] = {}
    for row in chain.from_iterable(conditions):
        rows.setdefault(row.property, []).append(row)
    properties = {title: options[0] for title, options in kinds.items()}
    for title in rows.keys() & kinds.keys():
        fitting = (kind for kind in kinds[title] if _suits(kind, rows[title], formats))
        properties[title] = next(fitting, properties[title])
    return properties


def _suits(kind: PropertyKind, rows: Iterable[Row], formats: Formats) -> bool:
    return not any(check(((row,),), {row.property: kind}, formats) for row in rows)


def _unknown_references(
    conditions: Conditions, properties: Properties, configuration: Configuration, path: str
) -> dict[str, list[str]]:
    known: Mapping[str, Collection[str]] = {
        Reference.SOURCE: configuration.sources.keys(),
        Reference.LEAD_CATEGORY: configuration.categories.keys(),
        Reference.LEAD_TYPE: configuration.lead_types.keys(),
    }
    return {
        f"{path}.{group}.{position}.value": [_UNKNOWN[Reference(row.property)]]
        for group, rows in enumerate(conditions)
        for position, row in enumerate(rows)
        if isinstance(properties.get(row.property), Reference)
        and not set(_chosen(row)) <= set(known[row.property])
    }


def _chosen(row: Row) -> Iterable[object]:
    return row.value if isinstance(row.value, tuple) else (row.value,)
