"""Filters of lists, read from query parameters: text in, typed values out, every mistake named."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from leadflow.domain.identifiers import is_identifier

_FLAGS = {"true": True, "false": False}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def identifier(prefix: str) -> AfterValidator:
    """Checks the shape of an identifier of that kind."""

    def check(text: str) -> str:
        if not is_identifier(prefix, text):
            raise ValueError(f"This is no identifier of the form {prefix}_ and 26 characters.")
        return text

    return AfterValidator(check)


def _flag(text: object) -> bool:
    if not isinstance(text, str) or text not in _FLAGS:
        raise ValueError("This must be true or false.")
    return _FLAGS[text]


def _moment(text: str, end_of_day: time) -> datetime:
    message = "This must be a date (2026-01-31) or a time (2026-01-31T12:00:00Z)."
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), end_of_day, UTC)
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(message) from error
    raise ValueError(message)


def not_before(since: str) -> AfterValidator:
    """Refuses the end of a period that begins later; `since` is the member that begins it."""

    def check(until: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get(since)
        if start is not None and until < start:
            raise ValueError(f"This must not be before {since}.")
        return until

    return AfterValidator(check)


Flag = Annotated[bool, BeforeValidator(_flag)]
Since = Annotated[datetime, BeforeValidator(lambda text: _moment(str(text), time.min))]
"""The first moment; a bare date begins at midnight UTC."""
Until = Annotated[datetime, BeforeValidator(lambda text: _moment(str(text), time.max))]
"""The last moment, included; a bare date goes on to its end in UTC."""
