"""The table of an export: which columns it has, and what a lead has in them (`product.md`, 11.9).

Columns of every lead come first, then basic fields, then custom ones: those of the categories from
the oldest to the newest as they are configured, then those that sources add. A title is one column
wherever it occurs. Customers have the columns of what is delivered somewhere, and no others.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from leadflow.application.lead_views import DeliveredLead, LeadView, lead_type_name
from leadflow.domain.assignments import Assignment
from leadflow.domain.configuration import Configuration
from leadflow.domain.fields import BASIC_FIELD_TITLES, Field, FieldType, effective_fields
from leadflow.domain.identifiers import CategoryId, SourceId
from leadflow.domain.leads import FieldValues, Lead
from leadflow.domain.model import Frozen
from leadflow.domain.spreadsheets import Cell
from leadflow.domain.values import number

OTHER_DETAILS = "details.other"
"""Values of fields that are configured no more, as a JSON object. No title has a dot."""

_OF_CUSTOMER = (
    "id",
    "status",
    "lead_type",
    "charged_cents",
    "scope",
    "assigned_at",
    "returned_at",
)
_OF_TENANT = (
    *_OF_CUSTOMER,
    "assigned_via",
    "bid_id",
    "payout_cents",
    "lead_category",
    "source",
    "source_id",
    "partner_id",
    "received_at",
    "updated_at",
    "lead_uuid",
)

_Types = Mapping[str, FieldType]


class ExportView(StrEnum):
    """Whose eyes an export is for."""

    TENANT = "tenant"
    CUSTOMER = "customer"


class ExportTable(Frozen):
    """The columns of an export: those of the view, and the fields of these titles."""

    view: ExportView
    titles: tuple[str, ...]

    @property
    def header(self) -> list[str]:
        """The names of the columns, each of them once."""
        first = _OF_TENANT if self.view is ExportView.TENANT else _OF_CUSTOMER
        fields = [f"details.{title}" if title in first else title for title in self.titles]
        last = [OTHER_DETAILS] if self.view is ExportView.TENANT else []
        return [*first, *fields, *last]


def table_for(view: ExportView, configuration: Configuration) -> ExportTable:
    """The table of everything that is configured now, archived categories and sources included."""
    shown = [
        one.title for one in _fields(configuration) if view is ExportView.TENANT or one.deliverable
    ]
    basic = [title for title in BASIC_FIELD_TITLES if title in shown]
    return ExportTable(view=view, titles=tuple(dict.fromkeys([*basic, *shown])))


def _fields(configuration: Configuration) -> Iterator[Field]:
    categories = sorted(configuration.categories.values(), key=lambda one: one.id)
    sources = sorted(configuration.sources.values(), key=lambda one: one.id)
    yield from (one for category in categories for one in category.fields)
    yield from (one for source in sources for one in source.fields)


@dataclass(frozen=True)
class RowMaker:
    """Makes rows of leads, with the names that things have now."""

    table: ExportTable
    configuration: Configuration
    _types: dict[tuple[CategoryId, SourceId], _Types] = field(default_factory=dict)

    def row(self, seen: LeadView) -> list[Cell]:
        """A lead in the columns of the table."""
        if isinstance(seen, DeliveredLead):
            cells = _delivered_cells(seen)
            values: FieldValues = {**seen.contact, **seen.details}
            return [*map(cells.get, _OF_CUSTOMER), *self._fields(seen.lead, values)]
        cells = self._whole_cells(seen)
        fields = self._fields(seen, seen.values)
        return [*map(cells.get, _OF_TENANT), *fields, self._others(seen.values)]

    def _whole_cells(self, lead: Lead) -> Mapping[str, Cell]:
        source = self.configuration.sources[lead.source_id]
        return {
            "id": lead.id,
            "status": lead.status,
            "lead_type": lead_type_name(lead, self.configuration),
            **(_sale_cells(lead.assignment) if lead.assignment else {}),
            "payout_cents": lead.payout_cents,
            "lead_category": self.configuration.categories[lead.lead_category_id].name,
            "source": f"{source.name} (Deleted)" if source.archived else source.name,
            "source_id": lead.source_id,
            "partner_id": lead.partner_id,
            "received_at": _time(lead.received_at),
            "updated_at": _time(lead.updated_at),
            "lead_uuid": str(lead.lead_uuid),
        }

    def _fields(self, lead: Lead, values: FieldValues) -> Iterator[Cell]:
        types = self._types_of(lead.lead_category_id, lead.source_id)
        return (_cell(values.get(title), types.get(title)) for title in self.table.titles)

    def _others(self, values: FieldValues) -> Cell:
        others = {title: values[title] for title in sorted(values.keys() - self.table.titles)}
        return json.dumps(others, ensure_ascii=False) if others else None

    def _types_of(self, category_id: CategoryId, source_id: SourceId) -> _Types:
        key = category_id, source_id
        if key not in self._types:
            category = self.configuration.categories[category_id]
            own = self.configuration.sources[source_id].fields
            fields = effective_fields(category.fields, own)
            self._types[key] = {one.title: one.type for one in fields}
        return self._types[key]


def _delivered_cells(seen: DeliveredLead) -> Mapping[str, Cell]:
    return {
        "id": seen.lead.id,
        "status": seen.lead.status,
        "lead_type": seen.lead_type,
        **_sale_cells(seen.assignment),
    }


def _sale_cells(sale: Assignment) -> Mapping[str, Cell]:
    return {
        "charged_cents": sale.charged_cents,
        "scope": sale.scope,
        "assigned_at": _time(sale.assigned_at),
        "returned_at": _time(sale.returned_at) if sale.returned_at else None,
        "assigned_via": sale.assigned_via,
        "bid_id": sale.bid_id,
    }


def _cell(value: Cell, kind: FieldType | None) -> Cell:
    """The value as it was submitted; numbers of numeric fields are numbers however spelled."""
    exact = number(value) if kind is FieldType.NUMERIC and isinstance(value, str) else None
    return value if exact is None else exact


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
