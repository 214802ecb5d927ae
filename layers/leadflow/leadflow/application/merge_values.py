"""What the merge fields of a mapping stand for (`product.md`, 16.2; `api.md`, 8)."""

from pydantic import JsonValue

from leadflow.domain.configuration import Configuration
from leadflow.domain.fields import BASIC_FIELD_TITLES
from leadflow.domain.leads import FieldValues, Lead


def merge_values(lead: Lead, configuration: Configuration) -> FieldValues:
    """A lead's values by title, beside them its public id and the names of what it belongs to.

    A field without a value, and the lead type of a lead without one, are left out.
    """
    named: dict[str, str | int | float | bool] = {
        "lead_public_id": lead.id,
        "lead_category": configuration.categories[lead.lead_category_id].name,
        "source": configuration.sources[lead.source_id].name,
    }
    if lead.lead_type_id is not None:
        named["lead_type"] = configuration.lead_types[lead.lead_type_id].name
    return {**lead.values, **named}


def nested_lead(values: FieldValues, lead_type: JsonValue) -> dict[str, JsonValue]:
    """The member `lead` of messages: all values, the custom ones once more apart (21.2)."""
    details = {title: one for title, one in values.items() if title not in BASIC_FIELD_TITLES}
    return {**values, "leadType": {"name": lead_type}, "details": {**details}}
