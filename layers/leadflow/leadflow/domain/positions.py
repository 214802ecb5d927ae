"""Where a bid stands among the bids that reach into its location (`product.md`, 12.8)."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from leadflow.domain.bids import Bid, funding
from leadflow.domain.customers import Customer, Funding
from leadflow.domain.model import Frozen
from leadflow.domain.scopes import BiddingScope

HINTS_MAX = 1_000
"""Most grid amounts that are answered with a hint at once; the lowest come first."""


class Position(StrEnum):
    """Standing by amount alone."""

    TOP = "top"
    TIED = "tied"
    UNDER = "under"
    OUT = "out"


class Placing(Frozen):
    """A position and its rank: 1 is top, equal amounts share it. Out has no rank."""

    position: Position
    rank: int | None = None


class Hint(Frozen):
    """The position that a bid of that amount would have."""

    amount_cents: int
    hint: Position


def is_out(bid: Bid, customer: Customer, setting: BiddingScope | None) -> bool:
    """Whether the bid takes part in no comparison, not even with itself."""
    if setting is None or not setting.enabled:
        return True
    if bid.paused or bid.archived or customer.paused or customer.archived:
        return True
    floor = bid.floor_cents(setting)
    return funding(customer.spendable_cents, floor, floor) is Funding.EXHAUSTED


def compared_cents(bid: Bid, setting: BiddingScope) -> int:
    """The amount by which a bid is compared: as it is on the grid now."""
    return bid.competing_cents(setting) or bid.amount_cents


def hint(amount_cents: int, highest_rival_cents: int | None) -> Position:
    """The position of an amount against the highest amount of all others."""
    if highest_rival_cents is None or amount_cents > highest_rival_cents:
        return Position.TOP
    return Position.TIED if amount_cents == highest_rival_cents else Position.UNDER


def place(amount_cents: int, rivals_cents: Collection[int]) -> Placing:
    """Position and rank of an amount among the others that are not out; without the bid itself."""
    higher = sum(rival > amount_cents for rival in rivals_cents)
    return Placing(position=hint(amount_cents, max(rivals_cents, default=None)), rank=higher + 1)


OUT = Placing(position=Position.OUT)


def hints(setting: BiddingScope, rivals_cents: Iterable[int]) -> tuple[Hint, ...]:
    """A hint for each amount of the grid, at most `HINTS_MAX`."""
    highest = max(rivals_cents, default=None)
    return tuple(
        Hint(amount_cents=amount, hint=hint(amount, highest)) for amount in setting.grid(HINTS_MAX)
    )


def top_by_county(bids: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """The highest amount of each county, from (county, amount) pairs; nobody is named."""
    tops: dict[str, int] = {}
    for county, amount_cents in bids:
        tops[county] = max(amount_cents, tops.get(county, 0))
    return tops
