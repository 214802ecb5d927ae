"""The books of plan usage in memory, changed as a store would change them."""

from dataclasses import dataclass, field

from leadflow.domain.plan_usage import Books, Change, Draw, Share, Total, drawn, from_share
from leadflow.domain.subscriptions import Amounts, Limits, Measure, Terms, amounts

MARCH, APRIL = "2026-03-01", "2026-04-01"


def plus(first: Amounts, second: Amounts) -> Amounts:
    """The sum of both."""
    return amounts(lambda one: first.of(one) + second.of(one))


@dataclass
class Store:
    """Books that changes are applied to on their conditions, as the store would."""

    total: Total = field(default_factory=Total)
    shares: dict[tuple[str, int], Share] = field(default_factory=dict)

    @classmethod
    def limited(cls, leads: int | None = None, sales_cents: int | None = None) -> "Store":
        limits = Limits(leads=leads, sales_cents=sales_cents)
        return cls(Total(terms=Terms(limits=limits), cycle=MARCH))

    def books(self, cycle: str = MARCH) -> Books:
        total = self.total.at(cycle)
        of_cycle = {n: share for (label, n), share in self.shares.items() if label == total.cycle}
        return Books(total, of_cycle)

    def applied(self, change: Change, cycle: str) -> bool:
        """Make a change, unless a condition of it fails."""
        if change.total and change.total.version != self.total.version + 1:
            return False
        before = {
            move.number: self.shares.get((cycle, move.number), Share()) for move in change.moves
        }
        if any(
            before[move.number].left.of(one) < move.least.of(one)
            for move in change.moves
            for one in Measure
        ):
            return False
        for move in change.moves:
            share = before[move.number]
            after = Share(used=plus(share.used, move.used), left=plus(share.left, move.left))
            self.shares[cycle, move.number] = after
        self.total = change.total or self.total
        return True

    def draw(self, draw: Draw, number: int = 0, cycle: str = MARCH) -> bool:
        """What a transaction does; whether it was let pass."""
        if self.applied(from_share(number, draw), cycle):
            return True
        books = self.books(cycle)
        change = drawn(books, number, draw)
        assert change is None or self.applied(change, books.total.cycle)
        return change is not None

    @property
    def used(self) -> Amounts:
        return self.books().standing.used

    def check(self, cycle: str = MARCH) -> None:
        """What always holds."""
        total, shares = self.books(cycle)
        held = amounts(lambda m: sum(s.used.of(m) + s.left.of(m) for s in shares.values()))
        left = sum(share.left.sales_cents for share in shares.values())
        assert total.granted == held
        assert all(share.left.of(one) >= 0 for share in shares.values() for one in Measure)
        assert total.room.sales_cents >= 0 or left == 0
