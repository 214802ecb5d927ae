"""Long documents are packed, for a write is billed by the begun KiB of its item.

An item has one of two attributes, `document` or `packed`; both are read.
"""

import zlib
from typing import TypedDict

PACKED_FROM = 900
"""Bytes of a document from which it is packed: with its keys it would be near a second KiB."""

_SMALLEST = 9


class Packing(TypedDict, total=False):
    """The one of the two attributes that an item has."""

    document: str
    packed: bytes


def packing(document: str) -> Packing:
    """A document as it is stored."""
    content = document.encode()
    if len(content) < PACKED_FROM:
        return {"document": document}
    return {"packed": zlib.compress(content, _SMALLEST)}


def unpacked(document: str | None, packed: bytes | None) -> str | bytes:
    """A document out of what is stored of it."""
    return zlib.decompress(packed) if packed else str(document)
