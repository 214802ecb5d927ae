"""Marks that must not be found: people and secrets, in every way in which they may be spelled."""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from urllib.parse import quote, quote_plus

MARK_CHARACTERS_MIN = 8
"""Shorter marks would be found by chance."""

_STRIDE = 3
_GRAM = MARK_CHARACTERS_MIN - _STRIDE + 1
"""A text with a mark in it has one of the first so many pieces of the mark at every third place."""

_NATIONAL_DIGITS = 10


@dataclass(frozen=True)
class Person:
    """Somebody whose data may be in a lead's own items only; phones are of North America."""

    phone: str = "+14045550177"
    email: str = "Margaret.Mark@Example.com"
    first_name: str = "Margaretha"
    last_name: str = "Markstein"
    address_1: str = "7717 Markward Terrace"

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields of a lead that name the person."""
        return {name: str(getattr(self, name)) for name in self.__dataclass_fields__}

    @property
    def marks(self) -> tuple[str, ...]:
        """All by which it could be known."""
        return tuple(self.fields.values())


@dataclass(frozen=True)
class _Spelled:
    """A mark in all its spellings: without regard to case, as a number, and in base64."""

    folded: tuple[str, ...]
    digits: str | None
    exact: tuple[str, ...]

    def is_in(self, text: str, folded: str, digits: str) -> bool:
        if any(one in folded for one in self.folded):
            return True
        if self.digits and re.search(rf"(?<![0-9])1?{self.digits}(?![0-9])", digits):
            return True
        return any(one in text for one in self.exact)

    @cached_property
    def pieces(self) -> frozenset[str]:
        """Of each spelling those of which one stands at a third place of a text."""
        spellings = (*self.folded, *([self.digits] if self.digits else []), *self.exact)
        return frozenset(
            one[place : place + _GRAM] for one in spellings for place in range(_STRIDE)
        )


@dataclass
class Marks:
    """A set of marks that is looked for; more may be added while others are looked for.

    A whole run has tens of megabytes and hundreds of marks: a text that has a piece of none of
    them is not looked at any further.
    """

    known: set[str] = field(default_factory=set)

    def add(self, marks: Iterable[str]) -> None:
        """Look for these, too."""
        for mark in marks:
            assert len(mark) >= MARK_CHARACTERS_MIN, mark
            self.known.add(mark)

    def found(self, text: str) -> list[str]:
        """Those that a text holds, whatever their spelling."""
        folded, digits = text.casefold(), _digits(text)
        pieces = set().union(*map(_pieces, {text, folded, digits}))
        if pieces.isdisjoint(_looked_for(frozenset(self.known))):
            return []
        return sorted(mark for mark in self.known if _spelled(mark).is_in(text, folded, digits))


def text_of(item: Mapping[str, object]) -> str:
    """All that a stored item holds: packed documents unpacked, sealed bytes as they are."""
    return json.dumps(item, default=_unpacked, sort_keys=True)


def _unpacked(content: object) -> str:
    try:
        return zlib.decompress(content).decode() if isinstance(content, bytes) else str(content)
    except zlib.error:
        return str(content)


def _pieces(text: str) -> set[str]:
    """The runs of characters at every third place."""
    places = range(0, len(text) - _GRAM + 1, _STRIDE)
    return {text[place : place + _GRAM] for place in places}


@lru_cache(maxsize=16)
def _looked_for(marks: frozenset[str]) -> frozenset[str]:
    return frozenset(piece for mark in marks for piece in _spelled(mark).pieces)


@cache
def _spelled(mark: str) -> _Spelled:
    return _Spelled(tuple(_spellings(mark)), _national(mark), tuple(_in_base64(mark)))


def _spellings(mark: str) -> Iterator[str]:
    in_urls = (quote(mark), quote(mark, safe=""), quote_plus(mark))
    for one in (mark, json.dumps(mark)[1:-1], *in_urls):
        yield one.casefold()


def _national(mark: str) -> str | None:
    """The ten digits of a phone; None of anything else."""
    is_phone = re.fullmatch(r"\+1[0-9]{10}", mark) is not None
    return mark[-_NATIONAL_DIGITS:] if is_phone else None


def _digits(text: str) -> str:
    """The text with numbers as people group them drawn together: 404-555-0177, (404) 555 0177."""
    return re.sub(r"(?<=[0-9])[ ().\-/]{1,2}(?=[0-9])", "", text)


def _in_base64(mark: str) -> Iterator[str]:
    """What stands for a mark in base64, at each of the three places where it may begin."""
    raw = mark.encode()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        # Digits of base64 that also hold bits of what stands before or behind are left out.
        first = -(-before * 8 // 6)
        whole = (before + len(raw)) * 8 // 6
        yield encoded[first:whole]
