"""One row of an import: valid as any post of its category would be, or why not (11.9, 14.1)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadflow.domain.csv_tables import Record
from leadflow.domain.demands import Demand, ImportedRow, demand_of
from leadflow.domain.fields import Field
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import CustomerId, ImportId
from leadflow.domain.lead_types import Classifier, LeadType
from leadflow.domain.marketplace_entry import auction_prices
from leadflow.domain.validation import InvalidLead, ValidLead, storable, validate

LEAD_TYPE = "lead_type"
"""What errors of the lead type are told of; no field has that title."""

WHOLE_ROW = ""
"""What errors that concern no single field are told of."""

ERRORS_TOLD_MAX = 20
"""Fields of a row whose errors are told one by one."""


@dataclass(frozen=True)
class NumberedRow:
    """A row and its number (1: the first data row)."""

    number: int
    record: Record


@dataclass(frozen=True)
class RowRules:
    """What rows of an import are read by; `positions` are the columns of fields, from 0.

    `origin` is the import after which demands are numbered. `lead_type` is the one that was named,
    if any; else the `classifier` finds it.
    """

    origin: ImportId
    customer_id: CustomerId
    fields: Sequence[Field]
    positions: Mapping[str, int]
    columns: int
    countries: Collection[Country]
    formats: Formats
    lead_type: LeadType | None
    classifier: Classifier


@dataclass(frozen=True)
class InvalidRow:
    """Messages by field, at most `ERRORS_TOLD_MAX` fields and one line for the others."""

    errors: Mapping[str, Sequence[str]]


def read_row(row: NumberedRow, rules: RowRules, now: datetime) -> Demand | InvalidRow:
    """The demand that a row becomes, or everything that is wrong with it."""
    cells = row.record.cells
    if row.record.mistake:
        return InvalidRow({WHOLE_ROW: [row.record.mistake]})
    if len(cells) != rules.columns:
        message = f"The row has {len(cells)} cells, the header has {rules.columns}."
        return InvalidRow({WHOLE_ROW: [message]})
    values = {title: cells[column] for title, column in rules.positions.items()}
    lead = validate(
        values, rules.fields, call="post", countries=rules.countries, formats=rules.formats
    )
    if isinstance(lead, InvalidLead):
        return InvalidRow(_told(lead.errors))
    return _demanded(row.number, lead, rules, now)


def is_in_demand(lead_type: LeadType) -> bool:
    """Whether rows of a type become demands: marketplace and all auction parameters are on."""
    return not lead_type.archived and auction_prices(lead_type) is not None


def _demanded(number: int, lead: ValidLead, rules: RowRules, now: datetime) -> Demand | InvalidRow:
    lead_type = rules.lead_type or rules.classifier.classify(lead.normal, now.date())
    if lead_type is None:
        return InvalidRow({LEAD_TYPE: ["No lead type matches the row."]})
    row = ImportedRow(rules.origin, number, rules.customer_id, storable(lead.values))
    demand = None if lead_type.archived else demand_of(row, lead_type, now)
    if demand is None:
        message = f"The lead type {lead_type.name} is not on the marketplace."
        return InvalidRow({LEAD_TYPE: [message]})
    return demand


def _told(errors: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    if len(errors) <= ERRORS_TOLD_MAX:
        return errors
    told = dict(list(errors.items())[:ERRORS_TOLD_MAX])
    return {**told, WHOLE_ROW: [f"{len(errors) - len(told)} more fields are wrong."]}
