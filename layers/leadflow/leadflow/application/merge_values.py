"""What the merge fields of a mapping stand for (`product.md`, 16.2; `api.md`, 8)."""

from leadflow.domain.configuration import Configuration
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
