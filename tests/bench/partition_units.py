"""Write units by the partition that bears them, of tables and of their indexes.

Units of an index are doubled with those of its table, where the write is part of a transaction.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.bench.images import drawn_tables
from tools.cost.recorded import Call, Change
from tools.cost.units import TRANSACTION_FACTOR, write_units

Place = tuple[str, str, str]
"""A table, its index or an empty text, and the partition with all ids taken out."""

_IDS = (
    (re.compile(r"\b([a-z]+)_[0-9A-Za-z]{26}\b"), r"<\1>"),
    (re.compile(r"#(EMAIL|PHONE|NAME)#LIVE#.*"), r"#\1#LIVE#<value>"),
    (re.compile(r"#\d{4}-\d{2}$"), "#<month>"),
    (re.compile(r"#[0-9a-f]{32,}$"), "#<digest>"),
    (re.compile(r"#\d{8,}$"), "#<minute>"),
    (re.compile(r"^(<tenant>#USAGE)#\d$"), r"\1#<share>"),
)


@dataclass(frozen=True)
class Load:
    """How often a partition is written to, and the write units of that."""

    writes: int
    units: int


def borne(calls: Iterable[Call]) -> Mapping[Place, Load]:
    """What each partition bears of some calls, whose changes must have been recorded."""
    loads: dict[Place, Load] = {}
    for call in calls:
        factor = TRANSACTION_FACTOR if call.operation == "TransactWriteItems" else 1
        for change in call.changes:
            for place, units in _written(change):
                before = loads.get(place, Load(0, 0))
                loads[place] = Load(before.writes + 1, before.units + factor * units)
    return loads


def _written(change: Change) -> Iterator[tuple[Place, int]]:
    """Each place that is written to, and its units outside a transaction."""
    table = drawn_tables()[change.table]
    item = change.after or change.before or {}
    yield (
        (table.name, "", _named(item[table.keys[0]]["S"])),
        write_units(change.before, change.after),
    )
    for index in table.indexes:
        for entry, units in index.written(change.before, change.after):
            yield (table.name, index.name, _named(entry[index.keys[0]]["S"])), units


def _named(key: str) -> str:
    for pattern, name in _IDS:
        key = pattern.sub(name, key)
    return key
