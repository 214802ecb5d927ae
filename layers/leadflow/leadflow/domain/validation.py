"""Validation of a submission against the fields of its category and source (`product.md`, 4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from leadflow.domain.fields import Field, FieldType
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Country, Location
from leadflow.domain.values import (
    FieldValue,
    NormalValue,
    compact_code,
    exact_number,
    is_clean,
    normal_form,
    plain_text,
)

__all__ = [
    "InvalidLead",
    "ValidLead",
    "WrongValue",
    "normal_form",
    "normal_values",
    "storable",
    "valid_value",
    "validate",
]

TEXT_CHARACTERS_MAX = 10_000
INTEGER_BITS_MAX = 1_024
EXPONENT_MAX = 400
"""Numbers beyond are of no type: to spell them out would take memory and time without bound."""

Call = Literal["ping", "post"]


@dataclass(frozen=True)
class ValidLead:
    """What a submission says of its lead: the values of known fields, and where it lives."""

    values: Mapping[str, FieldValue]
    normal: Mapping[str, NormalValue]
    location: Location


@dataclass(frozen=True)
class InvalidLead:
    """Messages by field, all invalid fields together."""

    errors: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class _Rules:
    call: Call
    countries: Collection[Country]
    formats: Formats
    reserved_zips: Collection[str]


@dataclass(frozen=True)
class _Read:
    value: FieldValue
    normal: NormalValue


@dataclass(frozen=True)
class WrongValue:
    """A value that its field does not take, with the message that the sender would get."""

    message: str


def validate(
    values: Mapping[str, object],
    fields: Sequence[Field],
    *,
    call: Call,
    countries: Collection[Country],
    formats: Formats,
    reserved_zips: Collection[str] = (),
) -> ValidLead | InvalidLead:
    """Check all fields of a submission; keys that are no field are ignored.

    `fields` must contain `zip`. Codes of `reserved_zips` are valid for every operating country and
    with any state (`product.md`, 7.6); their location has the submitted state, or an empty one.
    """
    rules = _Rules(call, countries, formats, reserved_zips)
    read: dict[str, _Read] = {}
    errors: dict[str, list[str]] = {}
    for field in fields:
        match _read(field, values.get(field.title), rules):
            case WrongValue(message):
                errors[field.title] = [message]
            case _Read() as found:
                read[field.title] = found
    location = _located(read, rules)
    if location and _is_elsewhere(read, location):
        errors["state"] = ["The postal code does not lie in the given state."]
    if errors or location is None:
        return InvalidLead(errors)
    return ValidLead(
        {title: found.value for title, found in read.items()},
        {title: found.normal for title, found in read.items()},
        location,
    )


def valid_value(
    field: Field,
    raw: object,
    *,
    countries: Collection[Country],
    formats: Formats,
    reserved_zips: Collection[str] = (),
) -> FieldValue | WrongValue | None:
    """One value by the rules of a post, as it is kept; None: it is empty and may be."""
    read = _read(field, raw, _Rules("post", countries, formats, reserved_zips))
    return read.value if isinstance(read, _Read) else read


def normal_values(
    values: Mapping[str, FieldValue | float], fields: Sequence[Field], formats: Formats
) -> dict[str, NormalValue]:
    """The normal form of a stored lead's values, without those that fit their field no longer."""
    normal: dict[str, NormalValue] = {}
    for field in fields:
        value = _scalar(values.get(field.title))
        form = None if value is None else normal_form(field.type, value, formats)
        if form is not None:
            normal[field.title] = form
    return normal


def storable(values: Mapping[str, FieldValue]) -> dict[str, str | int | float | bool]:
    """The values as JSON knows them: a decimal number becomes the float it was written as."""
    return {
        title: float(value) if isinstance(value, Decimal) else value
        for title, value in values.items()
    }


def _read(field: Field, raw: object, rules: _Rules) -> _Read | WrongValue | None:
    """None: the field has no value and needs none."""
    if isinstance(raw, str) and not is_clean(raw):
        return WrongValue(f"The {field.title} field contains characters that are not allowed.")
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return (
            WrongValue(f"The {field.title} field is required.") if _required(field, rules) else None
        )
    value = _scalar(raw)
    if value is None:
        return WrongValue(_message(field))
    if len(plain_text(value)) > TEXT_CHARACTERS_MAX:
        return WrongValue(
            f"The {field.title} field has more than {TEXT_CHARACTERS_MAX} characters."
        )
    normal = _normal(field, value, rules)
    return WrongValue(_message(field)) if normal is None else _Read(_written(field, value), normal)


def _required(field: Field, rules: _Rules) -> bool:
    by_call = field.required_for_ping if rules.call == "ping" else field.required_for_post
    return field.title == "zip" or by_call


def _scalar(raw: object) -> FieldValue | None:
    """A text as trimmed, a number without binary noise; None for anything that is no scalar."""
    if isinstance(raw, str):
        return raw.strip() if is_clean(raw) else raw
    if isinstance(raw, int):
        return raw if raw.bit_length() <= INTEGER_BITS_MAX else None
    exact = exact_number(raw) if isinstance(raw, float) else raw
    if not isinstance(exact, Decimal) or not exact.is_finite():
        return None
    return exact if abs(exact.adjusted()) <= EXPONENT_MAX else None


def _written(field: Field, value: FieldValue) -> FieldValue:
    """Numbers sent for a text, a phone or a postal code are kept as text."""
    is_number = not isinstance(value, str | bool)
    return plain_text(value) if is_number and field.type is not FieldType.NUMERIC else value


def _normal(field: Field, value: FieldValue, rules: _Rules) -> NormalValue | None:
    normal = normal_form(field.type, value, rules.formats)
    text = plain_text(value)
    if normal is None or _is_allowed(field, text, rules):
        return normal
    return None


def _is_allowed(field: Field, text: str, rules: _Rules) -> bool:
    """What depends on the field or the tenant rather than on the type."""
    if field.type is FieldType.LIST_OF_VALUES:
        return text in (field.values or ())
    if field.type is FieldType.STATE:
        return rules.formats.is_state(compact_code(text), rules.countries)
    if field.type is FieldType.ZIP:
        return text in rules.reserved_zips or bool(
            rules.formats.locate(text, rules.countries, None)
        )
    return True


def _located(read: Mapping[str, _Read], rules: _Rules) -> Location | None:
    if "zip" not in read:
        return None
    postal_code = plain_text(read["zip"].value)
    if postal_code in rules.reserved_zips:
        state = plain_text(read["state"].value).upper() if "state" in read else ""
        return Location(postal_code=postal_code, state=state, country=min(rules.countries))
    county = plain_text(read["county"].value) if "county" in read else None
    return rules.formats.locate(postal_code, rules.countries, county)


def _is_elsewhere(read: Mapping[str, _Read], location: Location) -> bool:
    if "state" not in read or not location.state:
        return False
    return read["state"].normal != location.state.casefold()


def _message(field: Field) -> str:
    if field.type is FieldType.ZIP:
        return "The postal code is not valid for this account's operating countries."
    return f"The {field.title} field must be {_EXPECTED[field.type]}."


_EXPECTED: Mapping[FieldType, str] = {
    FieldType.TEXT: f"text of at most {TEXT_CHARACTERS_MAX} characters",
    FieldType.NUMERIC: "a number",
    FieldType.BOOLEAN: "true or false",
    FieldType.EMAIL: "a valid email address",
    FieldType.IP_ADDRESS: "a valid IPv4 or IPv6 address",
    FieldType.PHONE_US: "a valid US phone number",
    FieldType.PHONE_US_CA: "a valid US or Canadian phone number",
    FieldType.PHONE_AU: "a valid Australian phone number",
    FieldType.PHONE_INTERNATIONAL: "a valid international phone number, beginning with +",
    FieldType.STATE: "the two- or three-letter code of a state in an operating country",
    FieldType.URL_SCHEME: "a valid URL with its protocol",
    FieldType.URL_NO_SCHEME: "a valid domain without protocol",
    FieldType.YMD: "a real date, written YYYY-MM-DD",
    FieldType.MDY: "a real date, written MM/DD/YYYY",
    FieldType.DMY: "a real date, written DD/MM/YYYY",
    FieldType.YMD_HIS: "a real date and time, written YYYY-MM-DD HH:MM:SS",
    FieldType.MDY_HIS: "a real date and time, written MM/DD/YYYY HH:MM:SS",
    FieldType.DMY_HIS: "a real date and time, written DD/MM/YYYY HH:MM:SS",
    FieldType.UUID: "a UUID of version 4",
    FieldType.ULID: "a ULID of 26 characters",
    FieldType.LIST_OF_VALUES: "one of its listed values",
}
