"""Types that the request models share."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer
from pydantic import Field as Bound

from leadflow.domain.fields import FieldRequest
from leadflow.domain.lead_types import DESCRIPTION_CHARACTERS_MAX, NAME_CHARACTERS_MAX
from leadflow.domain.money import CENTS_MAX

__all__ = ["Description", "FieldRequests", "Name", "PercentageNumber", "PriceCents"]


def _named(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= NAME_CHARACTERS_MAX:
        message = f"A name has 1 to {NAME_CHARACTERS_MAX} characters."
        raise ValueError(message)
    return name


def _a_number(value: object) -> object:
    if isinstance(value, str):
        raise ValueError("The percentage must be a number.")
    return value


Name = Annotated[str, AfterValidator(_named)]
Description = Annotated[str, Bound(max_length=DESCRIPTION_CHARACTERS_MAX)] | None
FieldRequests = Annotated[tuple[FieldRequest, ...], Bound(strict=False)]
PriceCents = Annotated[int, Bound(ge=0, le=CENTS_MAX)]
PercentageNumber = Annotated[
    Decimal,
    BeforeValidator(_a_number),
    Bound(strict=False, ge=0, le=100, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]
"""A percentage that JSON spells as a number."""
