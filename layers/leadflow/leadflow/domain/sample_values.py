"""Made-up values of fields, for trying out what is otherwise sent of leads."""

from collections.abc import Iterable, Mapping

from leadflow.domain.fields import Field, FieldType
from leadflow.domain.leads import FieldValues

_BY_TITLE: Mapping[str, str] = {
    "first_name": "Ada",
    "last_name": "Sample",
    "address_1": "1 Sample Street",
    "address_2": "Suite 5",
    "city": "Austin",
    "county": "Travis",
}
_BY_TYPE: Mapping[FieldType, str | int | bool] = {
    FieldType.TEXT: "Sample",
    FieldType.NUMERIC: 5,
    FieldType.BOOLEAN: True,
    FieldType.EMAIL: "ada.sample@example.com",
    FieldType.IP_ADDRESS: "203.0.113.7",
    FieldType.PHONE_US: "+15125550142",
    FieldType.PHONE_US_CA: "+15125550142",
    FieldType.PHONE_AU: "+61491570006",
    FieldType.PHONE_INTERNATIONAL: "+15125550142",
    FieldType.ZIP: "78701",
    FieldType.STATE: "TX",
    FieldType.URL_SCHEME: "https://example.com/sample",
    FieldType.URL_NO_SCHEME: "example.com",
    FieldType.YMD: "2026-01-31",
    FieldType.MDY: "01/31/2026",
    FieldType.DMY: "31/01/2026",
    FieldType.YMD_HIS: "2026-01-31 13:45:00",
    FieldType.MDY_HIS: "01/31/2026 13:45:00",
    FieldType.DMY_HIS: "31/01/2026 13:45:00",
    FieldType.UUID: "7f9c24e5-2c1b-4d7a-9b8e-5a1d3c6f0e42",
    FieldType.ULID: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
}


def sample_values(fields: Iterable[Field]) -> FieldValues:
    """A valid value for every field, by title; of equal titles the first field counts."""
    values: dict[str, str | int | float | bool] = {}
    for field in fields:
        values.setdefault(field.title, _sample(field))
    return values


def _sample(field: Field) -> str | int | bool:
    if field.values:
        return field.values[0]
    by_title = _BY_TITLE.get(field.title) if field.type is FieldType.TEXT else None
    return by_title or _BY_TYPE[field.type]
