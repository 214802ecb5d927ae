"""Values of the Real Estate API that go into a lead's own fields (`product.md`, 15.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from leadflow.domain.alterations import Altered, altered, data_of
from leadflow.domain.configuration import Configuration
from leadflow.domain.enrichment import EnrichedData, mappable
from leadflow.domain.formats import Formats
from leadflow.domain.leads import Lead
from leadflow.domain.plans import FieldMapping, SetField


@dataclass(frozen=True)
class Mapped:
    """The lead behind all mappings, and how many of its fields have another value than before."""

    lead: Lead
    fields_enriched: int


def mapped(
    lead: Lead,
    found: EnrichedData,
    mappings: Sequence[FieldMapping],
    configuration: Configuration,
    formats: Formats,
) -> Mapped:
    """The lead (its version as before) with what was found in the fields it is mapped to.

    A field with a value keeps it unless the mapping overwrites it; a value that does not fit its
    field is left out.
    """
    values, after = mappable(found), lead
    for mapping in mappings:
        is_free = mapping.overwrite or mapping.field not in after.values
        if is_free and mapping.api_field in values:
            operation = SetField(set_field=mapping.field, value=values[mapping.api_field])
            after = _with_value(after, operation, configuration, formats)
    changed = {title for title, value in after.values.items() if lead.values.get(title) != value}
    return Mapped(after, len(changed))


def _with_value(
    lead: Lead, operation: SetField, configuration: Configuration, formats: Formats
) -> Lead:
    data = data_of(lead, configuration.sources[lead.source_id])
    after = altered(data, (operation,), configuration, formats)
    if not isinstance(after, Altered):
        return lead
    return lead.model_copy(
        update={"values": after.values, "location": after.location, "search": after.search}
    )
