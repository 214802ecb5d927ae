"""Read units as DynamoDB bills them, computed from what was asked and answered."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from tests.bench.recorder import Call, Json

UNIT_BYTES = 4_096
_EVENTUAL = 0.5


def read_units(calls: Iterable[Call]) -> float:
    """The read units of some calls; writes cost none of these."""
    return sum(_UNITS[call.operation](call) for call in calls if call.operation in _UNITS)


def _of_get(call: Call) -> float:
    return _price(call.sent) * _blocks(item_bytes(call.answered.get("Item", {})))


def _of_batch(call: Call) -> float:
    """Every item is rounded up by itself; one that is missing costs as much as a small one."""
    units = 0.0
    for table, request in call.sent["RequestItems"].items():
        found = [_blocks(item_bytes(item)) for item in call.answered["Responses"].get(table, ())]
        missing = len(request["Keys"]) - len(found)
        units += _price(request) * (sum(found) + missing)
    return units


def _of_query(call: Call) -> float:
    """The items of a page are added up before they are rounded."""
    return _price(call.sent) * _blocks(sum(map(item_bytes, call.answered["Items"])))


_UNITS = {"GetItem": _of_get, "BatchGetItem": _of_batch, "Query": _of_query}


def _price(request: Json) -> float:
    return 1 if request.get("ConsistentRead") else _EVENTUAL


def _blocks(size: int) -> int:
    return max(1, math.ceil(size / UNIT_BYTES))


def item_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """The size of an item: names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        digits = len(content.strip("-").replace(".", "").strip("0"))
        return math.ceil(digits / 2) + 1
    if kind in {"M", "L"}:
        message = "Items hold no documents: their sizes would have to be added up."
        raise NotImplementedError(message)
    return 1
