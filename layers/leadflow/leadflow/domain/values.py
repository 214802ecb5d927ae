"""Values of fields, as submitted and in normal form (`product.md`, 4.3 and 4.4)."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from leadflow.domain.fields import DATE_TIMES, DATES, PHONES, FieldType
from leadflow.domain.formats import Formats

FieldValue = str | int | Decimal | bool
"""A value as it was submitted, texts trimmed."""

NormalValue = str | Decimal | bool
"""A value in the form in which it is compared: equal values are equal here.

Every text is trimmed, of single blanks and in lower case, whatever its type, so that conditions
compare without knowing the type. Beyond that phones are E.164, postal codes have no blanks and
dates are ISO text (`2026-02-28` or `2026-02-28 13:45:00`), so that they sort.
"""

NUMBER_MAX = 2**53 - 1
"""Largest magnitude of a number: every JSON reader keeps it exactly."""
NUMBER_DIGITS_MAX = 38
"""Digits, and decimals, that the database keeps."""

ISO_DATE_CHARACTERS = 10

_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(?:\.[0-9]{1,60})?")
_UUID_4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DAYS = {
    "ymd": re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    "mdy": re.compile(r"(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/(?P<year>[0-9]{4})"),
    "dmy": re.compile(r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})"),
}
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")


def is_clean(text: str) -> bool:
    """Whether a text has neither lone surrogates nor control characters but tab and line ends."""
    return _FORBIDDEN.search(text) is None


def normal_text(text: str) -> str:
    """Trimmed, runs of blanks reduced to one, case ignored."""
    return " ".join(text.split()).casefold()


def compact_code(text: str) -> str:
    """A postal code or state as it is written: upper case, without blanks."""
    return "".join(text.split()).upper()


def plain_text(value: FieldValue) -> str:
    """The text of a value; numbers without exponent, booleans as JSON spells them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def normal_form(field_type: FieldType, value: FieldValue, formats: Formats) -> NormalValue | None:
    """The value in the form in which it is compared, or None if it is not of the type.

    Which countries and which listed values are allowed is not asked here.
    """
    if field_type is FieldType.NUMERIC:
        return number(value)
    if field_type is FieldType.BOOLEAN:
        return _boolean(value)
    if isinstance(value, bool):
        return None
    text = plain_text(value)
    if field_type in PHONES:
        return formats.phone(text, field_type)
    if field_type in DATES | DATE_TIMES:
        return iso_date(field_type, text)
    return _TEXT_FORMS.get(field_type, _as_text)(text, formats) or None


def number(value: FieldValue) -> Decimal | None:
    """A number within bounds, also from its plain decimal text; no exponent, no infinity."""
    if isinstance(value, bool) or (isinstance(value, str) and not _NUMBER.fullmatch(value)):
        return None
    exact = Decimal(value)
    if not exact.is_finite() or abs(exact) > NUMBER_MAX:
        return None
    _, digits, exponent = exact.as_tuple()
    is_kept = len(digits) <= NUMBER_DIGITS_MAX and int(exponent) >= -NUMBER_DIGITS_MAX
    return exact if is_kept else None


def exact_number(value: float) -> int | Decimal:
    """A JSON number without the noise of its binary form: 0.1 is one tenth."""
    return value if isinstance(value, int) else Decimal(repr(value))


def _boolean(value: FieldValue) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).casefold())


def iso_date(field_type: FieldType, text: str) -> str | None:
    """A date, or date and time, of one of the six date types as ISO text; real days only."""
    order, _, has_time = field_type.partition("-")
    day, blank, time = text.partition(" ")
    found = _DAYS[order].fullmatch(day)
    if found is None or bool(blank) is not bool(has_time):
        return None
    if has_time and not _TIME.fullmatch(time):
        return None
    iso = "-".join(found.group("year", "month", "day"))
    return f"{iso}{blank}{time}" if _is_real(iso) else None


def _is_real(iso: str) -> bool:
    try:
        date.fromisoformat(iso)
    except ValueError:
        return False
    return True


def _as_text(text: str, _: Formats) -> str | None:
    return normal_text(text)


def _folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _uuid(text: str, _: Formats) -> str | None:
    return text.casefold() if _UUID_4.fullmatch(text.casefold()) else None


_TEXT_FORMS: Mapping[FieldType, Callable[[str, Formats], str | None]] = {
    FieldType.EMAIL: lambda text, formats: _folded(formats.email(text)),
    FieldType.IP_ADDRESS: lambda text, formats: _folded(formats.ip_address(text)),
    FieldType.ZIP: lambda text, _: compact_code(text).casefold(),
    FieldType.STATE: lambda text, _: compact_code(text).casefold(),
    FieldType.URL_SCHEME: lambda text, formats: _folded(formats.url(text, with_scheme=True)),
    FieldType.URL_NO_SCHEME: lambda text, formats: _folded(formats.url(text, with_scheme=False)),
    FieldType.UUID: _uuid,
    FieldType.ULID: lambda text, formats: _folded(formats.ulid(text)),
}
