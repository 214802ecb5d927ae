"""CSV files as people save them, read line by line (`product.md`, 11.9).

UTF-8 with or without a byte order mark; lines end in any way; cells stand between commas,
semicolons or tabs, and those in quotes may hold line ends. Memory is that of one record.
"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from leadflow.domain.errors import ValidationFailed

FILE = "file"
"""What errors that concern the file as a whole are told of."""

ROW_BYTES_MAX = 128 * 1024
"""Bytes of a row. A quote that is never closed would make one row of all that is behind it."""

HEADER_BYTES_MAX = 256 * 1024
"""Bytes of the header."""

HEAD_BYTES = HEADER_BYTES_MAX + ROW_BYTES_MAX
"""How much of a file shows its header and its first row, blank lines left out of account."""

COLUMNS_MAX = 10_000

SEPARATORS = (",", ";", "\t")
"""In the order in which they are taken where several fit as well."""

NAMES_TOLD_MAX = 10
"""Column names that one message tells of."""

NO_ROWS = "The file has no rows below its header."


class BrokenTable(ValidationFailed):
    """A file that cannot be read to its end; the message names the line (1: the header)."""

    def __init__(self, message: str) -> None:
        super().__init__({FILE: [message]})
        self.message = message


@dataclass(frozen=True)
class Record:
    """The cells of a row, and the bytes of the file in which they stand: `start` to `end`.

    `mistake` says why the cells could not be told apart; they are then the text as it stands.
    """

    cells: Sequence[str]
    start: int
    end: int
    mistake: str | None = None


@dataclass(frozen=True)
class Header:
    """The columns of a table, trimmed; unnamed ones are empty. Its rows begin at byte `end`."""

    columns: Sequence[str]
    separator: str
    end: int


def read_header(head: bytes, wanted: Iterable[str], *, is_whole: bool) -> Header:
    """The header of a file, by its first `HEAD_BYTES` or, if `is_whole`, by all of it.

    The separator is the one with which most of the `wanted` columns are there. Raises
    `BrokenTable` for what is no table: empty, binary, not UTF-8, more than `COLUMNS_MAX` columns,
    two columns of one name, no row behind the header.
    """
    _check_text(head, is_whole=is_whole)
    names = {name.strip() for name in wanted}
    tried = [_header(head, separator) for separator in SEPARATORS]
    headers = [one for one in tried if isinstance(one, Header)]
    if not headers:
        raise next(one for one in tried if isinstance(one, BrokenTable))
    found = max(headers, key=lambda one: (len(names & set(one.columns)), len(one.columns)))
    _check_columns(found.columns)
    if is_whole and not any(records([head[found.end :]], found.separator, start=found.end)):
        raise BrokenTable(NO_ROWS)
    return found


def records(
    chunks: Iterable[bytes], separator: str, *, start: int = 0, line: int = 1
) -> Iterator[Record]:
    """The records of a file from byte `start`, which is the beginning of line `line`.

    Blank lines are no records. Raises `BrokenTable` where it cannot go on.
    """
    return _Records(chunks, start, line, ROW_BYTES_MAX).read(separator)


class _Records:
    """Hands lines to the CSV reader, and counts what it has taken."""

    def __init__(self, chunks: Iterable[bytes], start: int, line: int, bytes_max: int) -> None:
        self._chunks = chunks
        self._position = self._start = start
        self._line = self._first_line = line
        self._bytes_max = bytes_max
        self._raw: list[str] = []
        self._is_over = False

    def read(self, separator: str) -> Iterator[Record]:
        """The records, with this separator."""
        reader = csv.reader(self._lines(), delimiter=separator, strict=True)
        while True:
            self._start, self._first_line = self._position, self._line
            self._raw.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._misread(error)
                continue
            if cells:
                yield Record(cells, self._start, self._position)

    def _misread(self, error: csv.Error) -> Record:
        if self._is_over:
            message = f"A quote that opens in line {self._first_line} is not closed."
            raise BrokenTable(message) from error
        text = "".join(self._raw).rstrip("\r\n")
        return Record([text], self._start, self._position, f"The row cannot be read: {error}.")

    def _lines(self) -> Iterator[str]:
        for line in _split(self._chunks, self._bytes_max):
            is_first = self._position == 0
            self._position += len(line)
            if self._position - self._start > self._bytes_max:
                message = f"has more than {self._bytes_max} bytes; a quote may not be closed"
                raise BrokenTable(f"The row that begins in line {self._first_line} {message}.")
            text = _decoded(line.removeprefix(codecs.BOM_UTF8) if is_first else line, self._line)
            self._line += 1
            self._raw.append(text)
            yield text
        self._is_over = True


def _split(chunks: Iterable[bytes], bytes_max: int) -> Iterator[bytes]:
    """Lines with their ends. One of more than `bytes_max` comes before its end is known."""
    held = b""
    for chunk in chunks:
        lines = (held + chunk).splitlines(keepends=True)
        # A line end of two bytes may be parted.
        may_go_on = bool(lines) and not lines[-1].endswith(b"\n") and len(lines[-1]) <= bytes_max
        held = lines.pop() if may_go_on else b""
        yield from lines
    if held:
        yield held


def _decoded(line: bytes, number: int) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise BrokenTable(f"Line {number} of the file is not UTF-8.") from error


def _check_text(head: bytes, *, is_whole: bool) -> None:
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise BrokenTable("The file is empty.")
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BrokenTable("The file is binary; it must be CSV, as text in UTF-8.")
    lines = head.splitlines(keepends=True)
    for number, line in enumerate(lines if is_whole else lines[:-1], 1):
        _decoded(line, number)


def _header(head: bytes, separator: str) -> Header | BrokenTable:
    try:
        first = next(_Records([head], 0, 1, HEADER_BYTES_MAX).read(separator))
    except BrokenTable as broken:
        return broken
    if first.mistake:
        return BrokenTable(first.mistake.replace("row", "header", 1))
    return Header([name.strip() for name in first.cells], separator, first.end)


def _check_columns(columns: Sequence[str]) -> None:
    if len(columns) > COLUMNS_MAX:
        raise BrokenTable(f"The file has {len(columns)} columns; {COLUMNS_MAX} are the most.")
    counts = Counter(name for name in columns if name)
    if twice := [name for name, count in counts.items() if count > 1]:
        names = ", ".join(twice[:NAMES_TOLD_MAX])
        raise BrokenTable(f"The header has more than one column with the name: {names}.")
