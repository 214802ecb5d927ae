"""Sizes and times, rounded as AWS rounds them before it bills. Pure arithmetic, exact."""

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any

Image = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB writes it: each value beside the name of its type."""

WRITE_BYTES, READ_BYTES = 1_024, 4_096
TRANSACTION_FACTOR = 2
"""DynamoDB prepares each item of a transaction, and then commits it."""

CHUNK_BYTES = 65_536
"""What SQS and EventBridge take for one request."""

EXPRESS_BASE_MB, EXPRESS_STEP_MB, EXPRESS_STEP_MS = 50, 64, 100
MB, MB_PER_GB, MS_PER_SECOND = 1_048_576, 1_024, 1_000

_COLLECTION_BYTES, _MEMBER_BYTES, _FLAG_BYTES = 3, 1, 1
_DIGITS_PER_BYTE, _NUMBER_BYTES = 2, 1


class Consistency(Enum):
    """How a read is made; the value is what a block of 4 KiB costs."""

    EVENTUAL = Fraction(1, 2)
    STRONG = Fraction(1)
    TRANSACTED = Fraction(2)


def read_units(size: int, consistency: Consistency) -> Fraction:
    """The read units of an item, or of a page of a query; what is missing costs one block."""
    return consistency.value * _blocks(size, READ_BYTES)


def write_units(before: Image | None, after: Image | None) -> int:
    """The write units of an item in its table: the larger of what was there and what is."""
    return write_blocks(max(item_bytes(before or {}), item_bytes(after or {})))


def write_blocks(size: int) -> int:
    """The write units of so many bytes."""
    return _blocks(size, WRITE_BYTES)


def chunks(size: int) -> int:
    """The requests that a payload is billed as by SQS and EventBridge."""
    return _blocks(size, CHUNK_BYTES)


def lambda_gb_seconds(milliseconds: float, memory_mb: int) -> Fraction:
    """The time of an invocation, each begun millisecond in full."""
    billed = max(1, math.ceil(milliseconds))
    return Fraction(billed * memory_mb, MS_PER_SECOND * MB_PER_GB)


def express_gb_seconds(milliseconds: float, definition_bytes: int, data_bytes: int) -> Fraction:
    """The time of an Express run, in steps of 100 ms and of 64 MB; it takes 50 MB by itself."""
    steps = max(1, math.ceil(milliseconds / EXPRESS_STEP_MS))
    used_mb = EXPRESS_BASE_MB + (definition_bytes + data_bytes) / MB
    billed_mb = EXPRESS_STEP_MB * math.ceil(used_mb / EXPRESS_STEP_MB)
    return Fraction(steps * EXPRESS_STEP_MS * billed_mb, MS_PER_SECOND * MB_PER_GB)


def item_bytes(item: Image) -> int:
    """The size of an item: names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    return _SIZES[kind](content) if kind in _SIZES else _FLAG_BYTES


def _text_bytes(content: str) -> int:
    return len(content.encode())


def _number_bytes(content: str) -> int:
    digits = len(content.strip("-").replace(".", "").strip("0"))
    return math.ceil(digits / _DIGITS_PER_BYTE) + _NUMBER_BYTES


def _binary_bytes(content: str) -> int:
    return len(base64.b64decode(content))


def _map_bytes(content: Image) -> int:
    return _COLLECTION_BYTES + len(content) * _MEMBER_BYTES + item_bytes(content)


def _list_bytes(content: Sequence[Mapping[str, Any]]) -> int:
    return _COLLECTION_BYTES + sum(_MEMBER_BYTES + _value_bytes(member) for member in content)


def _set_of(size: Callable[[str], int]) -> Callable[[Sequence[str]], int]:
    return lambda content: sum(map(size, content))


_SIZES: Mapping[str, Callable[[Any], int]] = {
    "S": _text_bytes,
    "N": _number_bytes,
    "B": _binary_bytes,
    "M": _map_bytes,
    "L": _list_bytes,
    "SS": _set_of(_text_bytes),
    "NS": _set_of(_number_bytes),
    "BS": _set_of(_binary_bytes),
}


def _blocks(size: int, block: int) -> int:
    return max(1, math.ceil(size / block))
