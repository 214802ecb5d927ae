"""Amounts of what is billed, by item and by where it was used."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from tools.cost.prices import Item


class Line(NamedTuple):
    """One line: the item, and the table, index, function, queue or service that it is of."""

    item: Item
    where: str


@dataclass
class Usage:
    """Amounts by line."""

    amounts: dict[Line, Fraction] = field(default_factory=dict)

    def add(self, item: Item, where: str, amount: Fraction | int) -> None:
        """Count so much more."""
        line = Line(item, where)
        self.amounts[line] = self.amounts.get(line, Fraction()) + amount

    def join(self, other: "Usage") -> None:
        """Count all of another one, too."""
        for line, amount in other.amounts.items():
            self.add(*line, amount)

    def of(self, item: Item) -> Fraction:
        """All of an item, wherever it was used."""
        found = (amount for line, amount in self.amounts.items() if line.item is item)
        return sum(found, Fraction())

    def __iter__(self) -> Iterator[tuple[Line, Fraction]]:
        return iter(self.amounts.items())
