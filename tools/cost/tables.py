"""Tables as the template draws them: what a write to an item writes to its indexes besides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.cost.units import Image, item_bytes, write_blocks


@dataclass(frozen=True)
class Index:
    """A secondary index. `projected` is `None` where it holds whole items."""

    name: str
    keys: tuple[str, ...]
    projected: frozenset[str] | None = None

    def write_units(self, before: Image | None, after: Image | None) -> int:
        """The units of all that a change of an item writes here."""
        return sum(units for _, units in self.written(before, after))

    def written(self, before: Image | None, after: Image | None) -> Iterator[tuple[Image, int]]:
        """The entries that a change of an item writes here, with the units of each.

        None if what is projected stays as it was; an entry whose key changes is deleted and put.
        """
        old, new = self._entry(before), self._entry(after)
        entries = [one for one in (old, new) if one is not None]
        if old is not None and new is not None and self._key(old) != self._key(new):
            yield from ((one, write_blocks(item_bytes(one))) for one in entries)
        elif old != new:
            yield entries[-1], write_blocks(max(map(item_bytes, entries)))

    def _entry(self, item: Image | None) -> Image | None:
        if item is None or not all(key in item for key in self.keys):
            return None
        if self.projected is None:
            return item
        return {name: value for name, value in item.items() if name in self.projected}

    def _key(self, entry: Image) -> list[Mapping[str, Any]]:
        return [entry[key] for key in self.keys]


@dataclass(frozen=True)
class DrawnTable:
    """A table, the names of its keys, and its indexes."""

    name: str
    keys: tuple[str, ...]
    indexes: tuple[Index, ...] = ()


def drawn_table(name: str, properties: Mapping[str, Any]) -> DrawnTable:
    """A table of the template."""
    keys = _keys(properties)
    kinds = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    indexes = [_index(one, keys) for kind in kinds for one in properties.get(kind, ())]
    return DrawnTable(name, keys, tuple(indexes))


def _index(properties: Mapping[str, Any], table_keys: tuple[str, ...]) -> Index:
    keys, projection = _keys(properties), properties["Projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(properties["IndexName"], keys)
    named = projection.get("NonKeyAttributes", ())
    return Index(properties["IndexName"], keys, frozenset((*keys, *table_keys, *named)))


def _keys(properties: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key["AttributeName"] for key in properties["KeySchema"])
