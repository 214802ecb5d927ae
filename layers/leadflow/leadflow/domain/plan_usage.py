"""Usage of a subscription plan, counted in shares (`product.md`, 19.2; ADR 0019).

A total says how much of each limit is granted to the shares; a share says how much of its grant is
used, and how much is left. What always holds, for each cycle:

- a grant changes only together with the version of the total;
- leads granted never exceed their limit, so leads used never do;
- sales granted exceed their limit only if no share has anything left of them.

So a share that has something left of both proves that neither limit is reached at that moment.
"""

from collections.abc import Mapping
from typing import NamedTuple
from zlib import crc32

from leadflow.domain.model import Frozen
from leadflow.domain.subscriptions import (
    Amounts,
    Measure,
    Standing,
    Terms,
    amounts,
    cycle_of,
    upgraded,
    warning_level,
)

SHARES = 8
"""Items that a tenant's usage is spread over: each takes some hundred writes a second."""

BLOCK_DIVISOR = 16
"""A share is granted this part of what is not granted yet, and at least what it needs."""


class Draw(NamedTuple):
    """What one transaction uses; one that is gated passes only below the threshold.

    Sales may go beyond their limit by what passes below it, leads never.
    """

    leads: int = 0
    sales_cents: int = 0
    is_gated: bool = False

    def of(self, measure: Measure) -> int:
        """What it uses of a measure."""
        return self.leads if measure is Measure.LEADS else self.sales_cents

    def needed(self, measure: Measure) -> int:
        """How much has to be left of a measure."""
        return max(self.of(measure), int(self.is_gated))


COUNTED = Draw(leads=1, is_gated=True)
"""A lead is counted."""

CHECKED = Draw(is_gated=True)
"""A lead that is counted already passes the gate once more."""


def sold_for(charged_cents: int) -> Draw:
    """A sale; it is never refused."""
    return Draw(sales_cents=charged_cents)


def counted_sale(charged_cents: int) -> Draw:
    """A lead that is counted and sold at once: the gate lets both in, or neither."""
    return Draw(leads=1, sales_cents=charged_cents, is_gated=True)


class Share(Frozen):
    """What one share has used of its grant, and what is left of it."""

    used: Amounts = Amounts()
    left: Amounts = Amounts()


class Total(Frozen):
    """What a tenant may use, how much of it is granted to shares, and what was announced."""

    terms: Terms = Terms()
    cycle: str = ""
    granted: Amounts = Amounts()
    announced: Amounts = Amounts()
    version: int = 0

    @property
    def room(self) -> Amounts:
        """What is not granted; below zero where sales went beyond their limit."""
        limits = self.terms.limits
        return amounts(lambda one: limits.of(one) - self.granted.of(one))

    @property
    def has_room(self) -> bool:
        """Whether this alone shows that the threshold is not reached."""
        return self.room.leads > 0 and self.room.sales_cents > 0

    @property
    def is_quiet(self) -> bool:
        """Whether this alone shows that there is room, and no level to be announced."""
        limits = self.terms.limits
        levels = {one: warning_level(self.granted.of(one), limits.of(one)) for one in Measure}
        return self.has_room and all(
            level <= self.announced.of(one) for one, level in levels.items()
        )

    def at(self, cycle: str) -> "Total":
        """The total in a cycle. It never goes back: a late clock counts in the newer one."""
        if cycle <= self.cycle:
            return self
        return Total(terms=self.terms.at(cycle), cycle=cycle, version=self.version)

    def next(self, **changes: object) -> "Total":
        """The next version."""
        return self.model_copy(update={"version": self.version + 1} | changes)


class Move(NamedTuple):
    """How a share changes, and how much has to be left of it before."""

    number: int
    used: Amounts = Amounts()
    left: Amounts = Amounts()
    least: Amounts = Amounts()


class Change(NamedTuple):
    """What is written together: moves of shares, and the total if grants change."""

    moves: tuple[Move, ...] = ()
    total: Total | None = None


class Books(NamedTuple):
    """A total with the shares of its cycle, by number; one that is missing has nothing."""

    total: Total
    shares: Mapping[int, Share]

    @property
    def standing(self) -> Standing:
        """What the tenant has used."""
        total = self.total
        return Standing(
            cycle=cycle_of(total.cycle),
            limits=total.terms.limits,
            next_limits=total.terms.next_limits,
            used=amounts(lambda one: sum(share.used.of(one) for share in self.shares.values())),
            announced=total.announced,
        )


class _Supply(NamedTuple):
    """How a share gets what it lacks of a measure: a grant, and whether all others give back."""

    granted: int = 0
    is_recalled: bool = False


def share_number(identifier: str) -> int:
    """The share of an object; always the same."""
    return crc32(identifier.encode()) % SHARES


def from_share(number: int, draw: Draw) -> Change:
    """A draw on what a share has left."""
    move = Move(
        number,
        used=amounts(draw.of),
        left=_negative(amounts(draw.of)),
        least=amounts(draw.needed),
    )
    return Change((move,))


def drawn(books: Books, number: int, draw: Draw) -> Change | None:
    """A draw with the grants that it needs; None: it is gated, and the threshold is reached.

    A sale that is not gated, or finds some room but too little, is granted exactly what it needs.
    """
    supplies = {one: _supply(books, number, draw, one) for one in Measure}
    found = {one: supply for one, supply in supplies.items() if supply is not None}
    if len(found) < len(supplies):
        return None
    if not any(supply.granted for supply in found.values()):
        return from_share(number, draw)
    recalls = _recalls(books, frozenset(one for one in Measure if found[one].is_recalled))
    own = recalls.pop(number, Move(number))
    taken = amounts(lambda one: found[one].granted - draw.of(one))
    relied = amounts(lambda one: 0 if found[one].granted else draw.needed(one))
    move = Move(
        number,
        used=amounts(draw.of),
        left=amounts(lambda one: own.left.of(one) + taken.of(one)),
        least=amounts(lambda one: max(own.least.of(one), relied.of(one))),
    )
    return Change((*recalls.values(), move), _regranted(books.total, (*recalls.values(), move)))


def relimited(books: Books, terms: Terms) -> Change:
    """Other terms; shares give back what is left of a limit that is lower now."""
    old, new = books.total.terms.limits, terms.limits
    recalls = _recalls(books, frozenset(one for one in Measure if new.of(one) < old.of(one)))
    total = _regranted(books.total, tuple(recalls.values()))
    return Change(tuple(recalls.values()), total.model_copy(update={"terms": terms}))


def upgraded_total(books: Books) -> Total | None:
    """The total after an automatic upgrade; None: there is no plan to upgrade to."""
    limits = upgraded(books.total.terms.limits, books.standing.used)
    return books.total.next(terms=books.total.terms.raised(limits)) if limits else None


def _supply(books: Books, number: int, draw: Draw, measure: Measure) -> _Supply | None:
    need = draw.needed(measure)
    if books.shares.get(number, Share()).left.of(measure) >= need:
        return _Supply()
    room = books.total.room.of(measure)
    is_recalled = room < need
    if is_recalled:
        room += sum(share.left.of(measure) for share in books.shares.values())
    if room >= need:
        return _Supply(max(need, room // BLOCK_DIVISOR), is_recalled)
    is_shut = draw.is_gated and (room <= 0 or measure is Measure.LEADS)
    return None if is_shut else _Supply(need, is_recalled)


def _recalls(books: Books, measures: frozenset[Measure]) -> dict[int, Move]:
    """All that is left of these measures, taken back on the condition that it is all there yet."""
    left = {number: _left(share, measures) for number, share in books.shares.items()}
    return {
        number: Move(number, left=_negative(taken), least=taken)
        for number, taken in left.items()
        if taken != Amounts()
    }


def _left(share: Share, measures: frozenset[Measure]) -> Amounts:
    return amounts(lambda one: share.left.of(one) if one in measures else 0)


def _negative(taken: Amounts) -> Amounts:
    return amounts(lambda one: -taken.of(one))


def _regranted(total: Total, moves: tuple[Move, ...]) -> Total:
    """The next version of a total, whose grants follow the moves: what is used stays granted."""
    return total.next(
        granted=amounts(
            lambda one: (
                total.granted.of(one) + sum(move.used.of(one) + move.left.of(one) for move in moves)
            )
        )
    )
