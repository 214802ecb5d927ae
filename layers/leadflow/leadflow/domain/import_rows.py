"""One row of an import: valid as any post of its category would be, or why not (11.9, 14.1)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from leadflow.domain.csv_tables import Record
from leadflow.domain.fields import Field
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Country
from leadflow.domain.lead_types import Classifier, LeadType
from leadflow.domain.validation import InvalidLead, ValidLead, validate

LEAD_TYPE = "lead_type"
"""What errors of the lead type are told of; no field has that title."""

WHOLE_ROW = ""
"""What errors that concern no single field are told of."""

ERRORS_TOLD_MAX = 20
"""Fields of a row whose errors are told one by one."""


@dataclass(frozen=True)
class RowRules:
    """What rows of an import are read by; `positions` are the columns of fields, from 0.

    `lead_type` is the one that was named, if any; else the `classifier` finds it.
    """

    fields: Sequence[Field]
    positions: Mapping[str, int]
    columns: int
    countries: Collection[Country]
    formats: Formats
    lead_type: LeadType | None
    classifier: Classifier


@dataclass(frozen=True)
class ValidRow:
    """What becomes a demand."""

    lead: ValidLead
    lead_type: LeadType


@dataclass(frozen=True)
class InvalidRow:
    """Messages by field, at most `ERRORS_TOLD_MAX` fields and one line for the others."""

    errors: Mapping[str, Sequence[str]]


def read_row(record: Record, rules: RowRules, today: date) -> ValidRow | InvalidRow:
    """Check a row; `today` is the UTC day."""
    if record.mistake:
        return InvalidRow({WHOLE_ROW: [record.mistake]})
    if len(record.cells) != rules.columns:
        message = f"The row has {len(record.cells)} cells, the header has {rules.columns}."
        return InvalidRow({WHOLE_ROW: [message]})
    values = {title: record.cells[column] for title, column in rules.positions.items()}
    lead = validate(
        values, rules.fields, call="post", countries=rules.countries, formats=rules.formats
    )
    if isinstance(lead, InvalidLead):
        return InvalidRow(_told(lead.errors))
    return _typed(lead, rules.lead_type or rules.classifier.classify(lead.normal, today))


def is_sold_to_demands(lead_type: LeadType) -> bool:
    """Whether marketplace and auction parameters of a type are on (14.1)."""
    market = lead_type.marketplace
    return not lead_type.archived and market is not None and market.enabled


def _typed(lead: ValidLead, lead_type: LeadType | None) -> ValidRow | InvalidRow:
    if lead_type is None:
        return InvalidRow({LEAD_TYPE: ["No lead type matches the row."]})
    if not is_sold_to_demands(lead_type):
        return InvalidRow(
            {LEAD_TYPE: [f"The lead type {lead_type.name} is not on the marketplace."]}
        )
    return ValidRow(lead, lead_type)


def _told(errors: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    if len(errors) <= ERRORS_TOLD_MAX:
        return errors
    told = dict(list(errors.items())[:ERRORS_TOLD_MAX])
    return {**told, WHOLE_ROW: [f"{len(errors) - len(told)} more fields are wrong."]}
