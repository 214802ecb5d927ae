"""The fields of lead categories and sources (`product.md`, 4.1 to 4.3 and 7.2)."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field as Bound
from pydantic import model_validator

from leadflow.domain.errors import ValidationFailed
from leadflow.domain.model import Frozen, Request

FIELDS_MAX = 500
TITLE_CHARACTERS_MAX = 100
DESCRIPTION_CHARACTERS_MAX = 1_024
LIST_VALUES_MAX = 1_000
LIST_VALUE_CHARACTERS_MAX = 255

_TITLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]*")
_RESERVED_TITLES = frozenset(
    {"ping_id", "bid_id", "is_test", "timeout_ms", "source", "lead_category", "lead_type"}
)


class FieldType(StrEnum):
    """The 22 types of `product.md`, 4.3."""

    TEXT = "text"
    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    EMAIL = "email"
    IP_ADDRESS = "ip-address"
    PHONE_US = "phone-us"
    PHONE_US_CA = "phone-us-ca"
    PHONE_AU = "phone-au"
    PHONE_INTERNATIONAL = "phone-international"
    ZIP = "zip"
    STATE = "state"
    URL_SCHEME = "url-scheme"
    URL_NO_SCHEME = "url-no-scheme"
    YMD = "ymd"
    MDY = "mdy"
    DMY = "dmy"
    YMD_HIS = "ymd-his"
    MDY_HIS = "mdy-his"
    DMY_HIS = "dmy-his"
    UUID = "uuid"
    ULID = "ulid"
    LIST_OF_VALUES = "list-of-values"


PHONES = frozenset(
    {
        FieldType.PHONE_US,
        FieldType.PHONE_US_CA,
        FieldType.PHONE_AU,
        FieldType.PHONE_INTERNATIONAL,
    }
)
DATES = frozenset({FieldType.YMD, FieldType.MDY, FieldType.DMY})
DATE_TIMES = frozenset({FieldType.YMD_HIS, FieldType.MDY_HIS, FieldType.DMY_HIS})


class Field(Frozen):
    """One field. `values` are the choices of a `list-of-values` and absent on every other type."""

    title: str
    type: FieldType
    description: str | None = None
    required_for_ping: bool = False
    required_for_post: bool = False
    deliverable: bool
    hidden_from_api_spec: bool = False
    values: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if not _TITLE.fullmatch(self.title):
            raise ValueError("the title has characters that are not allowed")
        if bool(self.values) is not (self.type is FieldType.LIST_OF_VALUES):
            raise ValueError("values belong to list-of-values, at least one")
        return self


class FieldRequest(Request):
    """A field as a management request names it; what is left out takes its default.

    `type` may be left out for a basic field only.
    """

    title: str
    type: Annotated[FieldType | None, Bound(strict=False)] = None
    description: Annotated[str | None, Bound(max_length=DESCRIPTION_CHARACTERS_MAX)] = None
    required_for_ping: bool | None = None
    required_for_post: bool | None = None
    deliverable: bool | None = None
    hidden_from_api_spec: bool | None = None
    values: Annotated[tuple[str, ...] | None, Bound(strict=False)] = None


BASIC_FIELD_TYPES: Mapping[str, FieldType] = {
    "first_name": FieldType.TEXT,
    "last_name": FieldType.TEXT,
    "email": FieldType.EMAIL,
    "phone": FieldType.PHONE_US,
    "address_1": FieldType.TEXT,
    "address_2": FieldType.TEXT,
    "city": FieldType.TEXT,
    "state": FieldType.STATE,
    "zip": FieldType.ZIP,
    "county": FieldType.TEXT,
}
BASIC_FIELD_TITLES = tuple(BASIC_FIELD_TYPES)
_FIXED_TYPES = {"state": FieldType.STATE, "zip": FieldType.ZIP}


def basic_fields() -> tuple[Field, ...]:
    """The ten fields of every category as they start: only `zip` is required."""
    return tuple(_field(FieldRequest(title=title)) for title in BASIC_FIELD_TITLES)


def category_fields(requested: Sequence[FieldRequest]) -> tuple[Field, ...]:
    """A category's fields: the ten basic ones first, configured where listed, then the others.

    `zip` is required whatever the request says. Raises `ValidationFailed` with paths such as
    `fields.2.title`.
    """
    listed = {field.title: field for field in source_fields(requested)}
    basic = tuple(listed.pop(field.title, field) for field in basic_fields())
    return basic + tuple(listed.values())


def source_fields(requested: Sequence[FieldRequest]) -> tuple[Field, ...]:
    """A source's own fields (`product.md`, 7.2).

    Raises `ValidationFailed` like `category_fields`.
    """
    if len(requested) > FIELDS_MAX:
        raise ValidationFailed({"fields": [f"At most {FIELDS_MAX} fields are allowed."]})
    errors: dict[str, list[str]] = {}
    seen: set[str] = set()
    for index, request in enumerate(requested):
        for member, message in _mistakes(request, seen):
            errors.setdefault(f"fields.{index}.{member}", []).append(message)
        seen.add(request.title)
    if errors:
        raise ValidationFailed(errors)
    return tuple(map(_field, requested))


def effective_fields(
    category_fields: Sequence[Field], source_fields: Sequence[Field]
) -> tuple[Field, ...]:
    """The fields that a submission of a source has to satisfy: the same title overrides."""
    own = {field.title: field for field in source_fields}
    inherited = tuple(own.pop(field.title, field) for field in category_fields)
    return inherited + tuple(own.values())


def _field(request: FieldRequest) -> Field:
    is_zip = request.title == "zip"
    basic = request.title in BASIC_FIELD_TYPES
    return Field(
        title=request.title,
        type=request.type or BASIC_FIELD_TYPES[request.title],
        description=request.description,
        required_for_ping=is_zip or bool(request.required_for_ping),
        required_for_post=is_zip or bool(request.required_for_post),
        deliverable=basic if request.deliverable is None else request.deliverable,
        hidden_from_api_spec=bool(request.hidden_from_api_spec),
        values=request.values or None,
    )


def _mistakes(request: FieldRequest, seen: set[str]) -> list[tuple[str, str]]:
    """Pairs of member and message."""
    found = [("title", message) for message in _title_mistakes(request.title, seen)]
    found += [("type", message) for message in _type_mistakes(request)]
    found += [("values", message) for message in _values_mistakes(request)]
    return found


def _title_mistakes(title: str, seen: set[str]) -> list[str]:
    if len(title) > TITLE_CHARACTERS_MAX or not _TITLE.fullmatch(title):
        return [
            "The title must start with a letter or underscore, followed by letters, digits, "
            f"underscores or hyphens, at most {TITLE_CHARACTERS_MAX} characters."
        ]
    if title in _RESERVED_TITLES:
        return ["The title is reserved."]
    return ["The title is already taken."] if title in seen else []


def _type_mistakes(request: FieldRequest) -> list[str]:
    if request.type is None and request.title not in BASIC_FIELD_TYPES:
        return ["The type is required."]
    fixed = _FIXED_TYPES.get(request.title)
    if fixed and request.type not in {None, fixed}:
        return [f"The type of {request.title} is always {fixed}."]
    return []


def _values_mistakes(request: FieldRequest) -> list[str]:
    values = request.values or ()
    if request.type is not FieldType.LIST_OF_VALUES:
        return ["Only a list of values has values."] if values else []
    if not 1 <= len(values) <= LIST_VALUES_MAX:
        return [f"A list of values has 1 to {LIST_VALUES_MAX} values."]
    if any(not 1 <= len(value.strip()) <= LIST_VALUE_CHARACTERS_MAX for value in values):
        return [f"A value has 1 to {LIST_VALUE_CHARACTERS_MAX} characters."]
    return ["A value occurs twice."] if len(set(values)) < len(values) else []
