"""Scores: exact integers that rank offers (`product.md`, 12.4; F3).

A penalty has two decimals, so an amount in cents times the share that it leaves is a whole number
of ten-thousandths of a cent. Counting in that unit keeps comparisons exact and cheap.
"""

from decimal import Decimal
from functools import lru_cache

SCORE_UNITS_PER_CENT = 10_000
_DIGITS = 4


@lru_cache(maxsize=SCORE_UNITS_PER_CENT + 1)
def kept_share(penalty: Decimal) -> int:
    """What a penalty in percent leaves of an amount, in ten-thousandths (0 to 10,000)."""
    return SCORE_UNITS_PER_CENT - int(penalty * 100)


def score_of(amount_cents: int, penalty: Decimal) -> int:
    """The unrounded score of an amount, in ten-thousandths of a cent."""
    return amount_cents * kept_share(penalty)


def score_text(score: int) -> str:
    """The score in cents as the shortest exact decimal without an exponent."""
    cents, rest = divmod(score, SCORE_UNITS_PER_CENT)
    return f"{cents}.{rest:0{_DIGITS}d}".rstrip("0").rstrip(".")
