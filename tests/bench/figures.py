"""Figures: what a benchmark found, against its target."""

import json
import re
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

RUNS = 7
"""Repetitions of everything that is timed; the median counts."""

TABLE_COLUMNS = 100
"""Width of the table where it is not shown on a terminal."""

_VALUE_DIGITS = 4


@dataclass(frozen=True)
class Figure:
    """One measured value. `at_most` tells in which direction the target lies.

    `notes` are told below the table, and not written down.
    """

    name: str
    value: float
    unit: str
    target: float
    at_most: bool = True
    details: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether the value keeps to its target."""
        return self.value <= self.target if self.at_most else self.value >= self.target

    @property
    def bound(self) -> str:
        """The target as a person reads it."""
        return bound(self.target, at_most=self.at_most)

    def plain(self) -> dict[str, object]:
        """The object of the results file."""
        plain = asdict(self) | {"value": rounded(self.value), "met": self.met}
        return {
            name: plain[name]
            for name in ("name", "value", "unit", "target", "at_most", "met", "details")
        }


Benchmark = Callable[[], Sequence[Figure]]


def median_of(run: Callable[[], float], runs: int = RUNS) -> float:
    """The median of repeated measurements, after one that is thrown away."""
    run()
    return statistics.median(run() for _ in range(runs))


def rounded(value: float) -> float:
    """Four significant digits: more would be noise."""
    return float(f"{value:.{_VALUE_DIGITS}g}")


def bound(target: float, *, at_most: bool) -> str:
    """A target as a person reads it."""
    return f"{'at most' if at_most else 'at least'} {shown(target)}"


def shown(value: float) -> str:
    """A number without needless digits."""
    return f"{rounded(value):,g}" if value < 1_000 else f"{rounded(value):,.0f}"


def merged(path: Path, figures: Iterable[Figure], order: Sequence[str]) -> list[dict[str, object]]:
    """The results file with these figures in it; those of other benchmarks stay."""
    kept = json.loads(path.read_text()) if path.exists() else []
    by_name = {one["name"]: one for one in kept} | {one.name: one.plain() for one in figures}
    ranks = {name: rank for name in by_name if (rank := _rank(name, order)) is not None}
    return [by_name[name] for name in sorted(ranks, key=lambda name: ranks[name])]


def _rank(figure: str, order: Sequence[str]) -> int | None:
    """The place of a figure's benchmark: `a.b` and `a_b` are figures of `a`."""
    owners = (rank for rank, name in enumerate(order) if re.match(rf"{name}([._]|$)", figure))
    return next(owners, None)


def show(figures: Iterable[Figure]) -> None:
    """Print the table, and the notes."""
    shown_figures = list(figures)
    table = Table(Column("figure", no_wrap=True), "value", "unit", "target", "")
    for one in shown_figures:
        verdict = "met" if one.met else "MISSED"
        table.add_row(one.name, shown(one.value), one.unit, one.bound, verdict)
    width = max(Console().width, TABLE_COLUMNS)
    console = Console(highlight=False, width=width)
    console.print(table)
    for note in (note for one in shown_figures for note in one.notes):
        console.print(note)
