"""Money is integer cents; percentages have at most two decimals (`product.md`, 3.1 and 23)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import Field

CENTS_MAX = 10**13
"""Upper bound of every amount, in cents: far above any wallet, far below 2^53."""

Cents = Annotated[int, Field(ge=0, le=CENTS_MAX)]
PositiveCents = Annotated[int, Field(gt=0, le=CENTS_MAX)]
Percentage = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]

_HUNDRED = Decimal(100)


def round_half_up(cents: Decimal) -> int:
    """Round exact cents to whole cents, once, at the end of a formula."""
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def share(amount_cents: int | Decimal, percentage: Decimal) -> Decimal:
    """The exact, unrounded share of an amount, in cents."""
    return Decimal(amount_cents) * percentage / _HUNDRED


def less(amount_cents: int | Decimal, percentage: Decimal) -> Decimal:
    """The exact, unrounded amount left after a percentage is taken off, in cents."""
    return Decimal(amount_cents) * (_HUNDRED - percentage) / _HUNDRED


def dollars(cents: int) -> float:
    """Whole cents as the decimal number of dollars that the source API answers (4500: `45.0`).

    A float only ever leaves the system here; two decimals below 2^53 survive it exactly.
    """
    return cents / 100
