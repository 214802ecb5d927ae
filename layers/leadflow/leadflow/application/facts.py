"""What conditions are evaluated against."""

from collections.abc import Mapping

from leadflow.domain.conditions import Fact
from leadflow.domain.configuration import Configuration
from leadflow.domain.formats import Formats
from leadflow.domain.leads import Lead
from leadflow.domain.sources import Source
from leadflow.domain.validation import normal_values
from leadflow.domain.values import NormalValue


def facts_of(normal: Mapping[str, NormalValue], source: Source) -> Mapping[str, Fact]:
    """The facts of a lead that is not classified yet: field values, source and category."""
    return {**normal, "source": source.id, "lead_category": source.lead_category_id}


def facts_of_lead(lead: Lead, configuration: Configuration, formats: Formats) -> Mapping[str, Fact]:
    """The facts of a stored lead, its lead type included."""
    source = configuration.sources[lead.source_id]
    fields = configuration.fields_of(source)
    facts = dict(facts_of(normal_values(lead.values, fields, formats), source))
    if lead.lead_type_id is not None:
        facts["lead_type"] = lead.lead_type_id
    return facts
