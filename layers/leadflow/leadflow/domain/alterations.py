"""What an Alter Data stage makes of a lead or of a ping's copy of one (`product.md`, 15.4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import AttemptReason
from leadflow.domain.fields import Field
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Location
from leadflow.domain.identifiers import CategoryId, LeadTypeId
from leadflow.domain.leads import FieldValues, Lead, SearchKeys, search_keys_of
from leadflow.domain.plans import Operation, SetField, SetLeadType
from leadflow.domain.sources import Source
from leadflow.domain.validation import WrongValue, normal_values, storable, valid_value
from leadflow.domain.values import compact_code, exact_number, plain_text

_PLACE = frozenset({"zip", "county", "state"})
_SEARCHED = frozenset({"email", "phone"})


@dataclass(frozen=True)
class LeadData:
    """What stages may change: of a lead, or of what a ping tells of one."""

    values: FieldValues
    location: Location
    lead_type_id: LeadTypeId | None
    category_id: CategoryId
    source: Source


@dataclass(frozen=True)
class Altered:
    """The data behind all operations, and what the lead is found by from now on."""

    values: FieldValues
    location: Location
    lead_type_id: LeadTypeId | None
    search: SearchKeys


@dataclass(frozen=True)
class AlterationFailed:
    """The first operation that could not be carried out; `detail` names no value of the lead."""

    reason: Literal[AttemptReason.LEAD_TYPE_UNAVAILABLE, AttemptReason.FIELD_VALUE_INVALID]
    detail: str


def data_of(lead: Lead, source: Source) -> LeadData:
    """The changeable part of a stored lead."""
    return LeadData(lead.values, lead.location, lead.lead_type_id, lead.lead_category_id, source)


def altered(
    data: LeadData,
    operations: Sequence[Operation],
    configuration: Configuration,
    formats: Formats,
) -> Altered | AlterationFailed:
    """The data after all operations, in their order; all are carried out or none.

    A value is valid as in a post of that source; an empty one takes the field's value away, where
    the field is not required. The place is derived once, behind the last operation, so that a
    postal code and its state may be set one after the other.
    """
    fields = configuration.fields_of(data.source)
    after = data
    for operation in operations:
        step = (
            _with_lead_type(after, operation, configuration)
            if isinstance(operation, SetLeadType)
            else _with_value(after, operation, fields, configuration, formats)
        )
        if isinstance(step, AlterationFailed):
            return step
        after = step
    titles = {one.set_field for one in operations if isinstance(one, SetField)}
    location = _place(after, configuration, formats) if titles & _PLACE else after.location
    if location is None:
        return _invalid("the postal code does not lie in the given state")
    normal = normal_values(
        after.values, [field for field in fields if field.title in _SEARCHED], formats
    )
    search = search_keys_of(after.values, normal)
    return Altered(after.values, location, after.lead_type_id, search)


def _with_lead_type(
    data: LeadData, operation: SetLeadType, configuration: Configuration
) -> LeadData | AlterationFailed:
    kind = configuration.lead_types.get(operation.set_lead_type)
    if kind is None or kind.archived or kind.lead_category_id != data.category_id:
        detail = f"{operation.set_lead_type} is no live lead type of the lead's category"
        return AlterationFailed(AttemptReason.LEAD_TYPE_UNAVAILABLE, detail)
    return replace(data, lead_type_id=kind.id)


def _with_value(
    data: LeadData,
    operation: SetField,
    fields: Sequence[Field],
    configuration: Configuration,
    formats: Formats,
) -> LeadData | AlterationFailed:
    field = next((one for one in fields if one.title == operation.set_field), None)
    if field is None:
        return _invalid(f"leads of this source have no field {operation.set_field}")
    countries = configuration.settings.operating_countries
    value = valid_value(field, operation.value, countries=countries, formats=formats)
    if isinstance(value, WrongValue):
        return _invalid(f"the value does not fit the field {field.title}")
    others = {title: one for title, one in data.values.items() if title != field.title}
    given = {} if value is None else storable({field.title: value})
    return replace(data, values={**others, **given})


def _place(data: LeadData, configuration: Configuration, formats: Formats) -> Location | None:
    """The place of the postal code; None where the given state says otherwise (2.5)."""
    texts = {title: _text(data.values[title]) for title in _PLACE & data.values.keys()}
    countries = configuration.settings.operating_countries
    location = formats.locate(texts["zip"], countries, texts.get("county"))
    if location is None or "state" not in texts:
        return location
    return location if compact_code(texts["state"]) == location.state else None


def _text(value: str | int | float | bool) -> str:
    return value if isinstance(value, str) else plain_text(exact_number(value))


def _invalid(detail: str) -> AlterationFailed:
    return AlterationFailed(AttemptReason.FIELD_VALUE_INVALID, detail)
