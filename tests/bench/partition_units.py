"""Write units by the partition that bears them, of tables and of their indexes.

Sizes are rounded up item by item, then doubled where the write is part of a transaction. An index
bears nothing where neither its keys nor what it projects change; where its keys change it bears
what leaves and what comes. Units of an index are doubled with those of its table.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.bench.market import REGION
from tests.infrastructure.template import resources
from tools.cost.recorded import Call, Json
from tools.cost.units import item_bytes

Item = Mapping[str, Mapping[str, Any]]
Place = tuple[str, str, str]
"""A table, its index or an empty text, and the partition with all ids taken out."""

UNIT_BYTES = 1_024
_TRANSACTIONAL = 2
_IDS = (
    (re.compile(r"\b([a-z]+)_[0-9A-Za-z]{26}\b"), r"<\1>"),
    (re.compile(r"#(EMAIL|PHONE|NAME)#LIVE#.*"), r"#\1#LIVE#<value>"),
    (re.compile(r"#\d{4}-\d{2}$"), "#<month>"),
    (re.compile(r"#[0-9a-f]{32,}$"), "#<digest>"),
    (re.compile(r"#\d{8,}$"), "#<minute>"),
    (re.compile(r"^(<tenant>#USAGE)#\d$"), r"\1#<share>"),
)


@dataclass(frozen=True)
class _Index:
    name: str
    partition: str
    sort: str
    projects_all: bool
    keys: frozenset[str]

    def entry(self, item: Item) -> Item:
        """What stands in the index for an item; empty if nothing does."""
        if self.partition not in item or self.sort not in item:
            return {}
        return item if self.projects_all else {name: item[name] for name in self.keys}


@dataclass(frozen=True)
class Load:
    """How often a partition is written to, and the write units of that."""

    writes: int
    units: int


@dataclass
class Tables:
    """The items as they are before each write, which is what an index's write depends on."""

    items: dict[tuple[str, str], Item] = field(default_factory=dict)

    def look(self) -> None:
        """Read all items out of the emulator, past its API."""
        self.items.clear()
        for name, table in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.items():
            for one in table.all_items():
                item = one.to_json()["Attributes"]
                self.items[name, _key_of(name, item)] = item

    def borne(self, calls: Iterable[Call]) -> Mapping[Place, "Load"]:
        """What each partition bears of some calls, which are followed in the order made."""
        loads: dict[Place, Load] = {}
        for call in calls:
            for factor, write in _writes(call):
                for place, size in self._written(write):
                    before = loads.get(place, Load(0, 0))
                    loads[place] = Load(before.writes + 1, before.units + factor * _units(size))
        return loads

    def _written(self, write: Json) -> Iterator[tuple[Place, int]]:
        """Each place that is written to, and how many bytes."""
        table = write["TableName"]
        key = table, _key_of(table, write.get("Item") or write["Key"])
        before = self.items.get(key, {})
        # An update changes no key of an index, and few bytes.
        after: Item = write["Item"] if "Item" in write else {**before, **write["Key"]}
        partition = after[_partition_of(table)]["S"]
        yield (table, "", _named(partition)), max(item_bytes(before), item_bytes(after))
        for index in _indexes(table):
            yield from _changed(table, index, index.entry(before), index.entry(after))
        self.items[key] = after


def _changed(table: str, index: _Index, before: Item, after: Item) -> Iterator[tuple[Place, int]]:
    if before == after:
        return
    stays = before and after and all(before[name] == after[name] for name in index.keys)
    for entry in (after,) if stays else (before, after):
        if entry:
            yield (table, index.name, _named(entry[index.partition]["S"])), item_bytes(entry)


def _writes(call: Call) -> Iterator[tuple[int, Json]]:
    if call.operation == "TransactWriteItems":
        for one in call.sent["TransactItems"]:
            [(_, write)] = one.items()
            yield _TRANSACTIONAL, write
    elif call.operation in {"PutItem", "UpdateItem"}:
        yield 1, call.sent


def _units(size: int) -> int:
    return max(1, math.ceil(size / UNIT_BYTES))


def _named(key: str) -> str:
    for pattern, name in _IDS:
        key = pattern.sub(name, key)
    return key


def _key_of(table: str, item: Item) -> str:
    names = [key["AttributeName"] for key in _properties(table)["KeySchema"]]
    return "\0".join(item[name]["S"] for name in names)


def _partition_of(table: str) -> str:
    name: str = _properties(table)["KeySchema"][0]["AttributeName"]
    return name


def _indexes(table: str) -> Iterator[_Index]:
    properties = _properties(table)
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for one in properties.get(kind, ()):
            partition, sort = (key["AttributeName"] for key in one["KeySchema"])
            own = [key["AttributeName"] for key in properties["KeySchema"]]
            projects_all = one["Projection"]["ProjectionType"] == "ALL"
            keys = frozenset({partition, sort, *own})
            yield _Index(one["IndexName"], partition, sort, projects_all, keys)


def _properties(table: str) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = resources("AWS::DynamoDB::Table")[table]["Properties"]
    return properties
