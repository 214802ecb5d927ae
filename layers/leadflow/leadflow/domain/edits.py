"""What a person may change of a lead, checked as in a post (`product.md`, 11.5)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from leadflow.domain.errors import ValidationFailed
from leadflow.domain.fields import BASIC_FIELD_TITLES, Field
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Country, Location
from leadflow.domain.leads import FieldValues, Lead, search_keys_of
from leadflow.domain.validation import (
    InvalidLead,
    ValidLead,
    WrongValue,
    normal_values,
    storable,
    valid_value,
    validate,
)

PLACE = frozenset({"zip", "county", "state"})
"""Fields from which the place of a lead is derived."""

_UNKNOWN = "Leads of this source have no such field."

Wishes = Mapping[str, object]
"""Wanted values by field title; an empty one takes the value away."""


@dataclass(frozen=True)
class EditRules:
    """What an edit is checked against: the fields of category and source, and where leads live."""

    fields: Sequence[Field]
    countries: Collection[Country]
    formats: Formats
    reserved_zips: Collection[str] = ()


@dataclass
class _Draft:
    """Values as they are changed one by one, with what is wrong about the wishes."""

    values: dict[str, str | int | float | bool]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def put(self, path: str, known: Field | None, raw: object, rules: EditRules) -> None:
        """Change one value, or note what is wrong with it under its path in the body."""
        if known is None:
            self.errors[path] = [_UNKNOWN]
            return
        value = valid_value(
            known,
            raw,
            countries=rules.countries,
            formats=rules.formats,
            reserved_zips=rules.reserved_zips,
        )
        if isinstance(value, WrongValue):
            self.errors[path] = [value.message]
        elif value is None:
            self.values.pop(known.title, None)
        else:
            self.values |= storable({known.title: value})


def edited(lead: Lead, contact: Wishes, details: Wishes, rules: EditRules) -> Lead:
    """The lead (its version as before) with the wanted values, its place and what it is found by.

    Values that nobody touches are not checked again. Raises `ValidationFailed` with paths such as
    `contact.email`, all together.
    """
    draft = _Draft(dict(lead.values))
    known = {field.title: field for field in rules.fields}
    for section, wishes in (("contact", contact), ("details", details)):
        for title, raw in wishes.items():
            is_here = (title in BASIC_FIELD_TITLES) is (section == "contact")
            draft.put(f"{section}.{title}", known.get(title) if is_here else None, raw, rules)
    location = _located(lead, draft, rules, is_touched=bool(PLACE & contact.keys()))
    if draft.errors:
        raise ValidationFailed(draft.errors)
    values: FieldValues = draft.values
    normal = normal_values(values, rules.fields, rules.formats)
    changes = {"values": values, "location": location, "search": search_keys_of(values, normal)}
    return lead.model_copy(update=changes)


def _located(lead: Lead, draft: _Draft, rules: EditRules, *, is_touched: bool) -> Location:
    """The place, derived again; a place that nobody touched stays where it cannot be derived."""
    place = _place(draft.values, rules)
    if isinstance(place, ValidLead):
        return place.location
    if is_touched:
        for title, messages in place.errors.items():
            draft.errors.setdefault(f"contact.{title}", list(messages))
    return lead.location


def _place(values: FieldValues, rules: EditRules) -> ValidLead | InvalidLead:
    optional = {"required_for_post": False}
    fields = [one.model_copy(update=optional) for one in rules.fields if one.title in PLACE]
    return validate(
        values,
        fields,
        call="post",
        countries=rules.countries,
        formats=rules.formats,
        reserved_zips=rules.reserved_zips,
    )
