"""Conditions on properties of several types, read as requests are."""

from pydantic import TypeAdapter

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.conditions import Conditions, Properties, Reference
from leadflow.domain.fields import FieldType

FORMATS = LibraryFormats()
READER: TypeAdapter[Conditions] = TypeAdapter(Conditions)
PROPERTIES: Properties = {
    "city": FieldType.TEXT,
    "phone": FieldType.PHONE_US,
    "zip": FieldType.ZIP,
    "state": FieldType.STATE,
    "email": FieldType.EMAIL,
    "age": FieldType.NUMERIC,
    "owner": FieldType.BOOLEAN,
    "sold": FieldType.MDY,
    "seen": FieldType.YMD_HIS,
    "roof": FieldType.LIST_OF_VALUES,
    "source": Reference.SOURCE,
    "lead_type": Reference.LEAD_TYPE,
}


def rows(*group: tuple[str, str, object]) -> list[dict[str, object]]:
    """Rows of property, operator and value."""
    return [{"property": name, "operator": op, "value": value} for name, op, value in group]


def conditions(*groups: list[dict[str, object]]) -> Conditions:
    """Groups of rows."""
    return READER.validate_python(list(groups))
