"""Files that people upload for an import, whatever they are (`product.md`, 11.9)."""

import tracemalloc
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.csv_tables import (
    COLUMNS_MAX,
    HEADER_BYTES_MAX,
    ROW_BYTES_MAX,
    SEPARATORS,
    BrokenTable,
    Record,
    read_header,
    records,
)
from leadflow.domain.demands import Demand
from leadflow.domain.import_rows import InvalidRow, NumberedRow, read_row
from tests.unit.domain.bidding_examples import NOW
from tests.unit.domain.fuzzing import TEXTS, known, within
from tests.unit.domain.test_import_rows import RULES

SIZE = ROW_BYTES_MAX + 8 * 1024
CHUNK = 32 * 1024
HOSTILE = {
    "a quote that is never closed": b'zip\n"' + b"x" * (SIZE - 5),
    "a quote that is never closed, in many lines": b'zip\n"' + b"xxxxxxx\n" * (SIZE // 8),
    "quotes": b"zip\n" + b'"' * (SIZE - 4),
    "quotes in every line": b"zip\n" + b'"a"b\n' * (SIZE // 20),
    "separators": b"zip\n" + b"," * (SIZE - 4),
    "line ends of one byte": b"zip" + b"\r" * (SIZE // 4),
    "line ends of two bytes": b"zip" + b"\r\n" * (SIZE // 8),
    "one line": b"zip\n" + b"x" * (SIZE - 4),
    "an endless header": b"zip," * (SIZE // 4),
    "a header of quotes": b'"\n' * (HEADER_BYTES_MAX // 16),
    "names of one letter": b"a," * (COLUMNS_MAX + 1) + b"\n1\n",
    "NUL": b"zip\n" + b"\0" * (SIZE - 4),
    "no UTF-8": b"zip\n" + b"\xff" * (SIZE - 4),
    "marks": b"zip\n" + b"\xef\xbb\xbf\n" * (SIZE // 8),
    "another coding": "zip\n".encode("utf-16") * (SIZE // 10),
}
CELLS = TEXTS.map(lambda text: text.encode(errors="replace"))
PIECES = st.sampled_from(
    [b",", b";", b"\t", b'"', b'""', b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"zip"]
)
FILES = st.lists(PIECES | CELLS | st.binary(max_size=10), max_size=30).map(b"".join)


def _chunks(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def _read(data: bytes, size: int) -> list[Record]:
    header = read_header(data, ["zip"], is_whole=True)
    rest = _chunks(data[header.end :], size)
    return list(records(rest, header.separator, start=header.end, line=2))


@pytest.mark.parametrize("case", list(HOSTILE))
def test_a_file_takes_no_more_than_its_size(case: str) -> None:
    data = HOSTILE[case]
    within(lambda: _read(data, CHUNK), len(data))


def test_rows_that_are_let_go_are_not_held() -> None:
    chunk, times = b"zip,email\n" * 1_000, 50
    tracemalloc.start()
    try:
        read = sum(1 for _ in records(repeat(chunk, times), ","))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read == 1_000 * times
    assert peak < 20 * len(chunk), "of some chunks, not of the file"


@given(FILES, st.integers(1, 40))
def test_any_bytes_are_rows_in_order_or_a_broken_table(data: bytes, size: int) -> None:
    try:
        read = _read(data, size)
    except BrokenTable:
        return
    assert read == _read(data, len(data)), "wherever the file is parted"
    places = [place for one in read for place in (one.start, one.end)]
    assert places == sorted(places)
    assert all(one.end - one.start <= ROW_BYTES_MAX for one in read)


@given(FILES, st.sampled_from(SEPARATORS))
def test_a_row_read_alone_from_its_bytes_is_the_same_row(data: bytes, separator: str) -> None:
    known(lambda: _read_alone(data, separator))


def _read_alone(data: bytes, separator: str) -> None:
    for one in records([data], separator):
        [again] = records([data[one.start : one.end]], separator, start=one.start, line=2)
        assert (again.start, again.end) == (one.start, one.end)
        assert one.start == 0 or again.cells == one.cells


@given(st.lists(TEXTS, max_size=6), st.none() | TEXTS)
def test_any_row_becomes_a_demand_or_says_what_is_wrong(
    cells: list[str], mistake: str | None
) -> None:
    row = read_row(NumberedRow(1, Record(cells, 0, 1, mistake)), RULES, NOW)
    assert isinstance(row, Demand) or (isinstance(row, InvalidRow) and row.errors)
