"""Reading CSV files as people save them."""

import codecs
import csv
import io
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain import csv_tables
from leadflow.domain.csv_tables import BrokenTable, Record, read_header, records

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
)


def table(*rows: str, end: str = "\n") -> bytes:
    return "".join(row + end for row in rows).encode()


def read(data: bytes, *wanted: str) -> list[Record]:
    """The rows behind the header."""
    header = read_header(data, wanted, is_whole=True)
    return list(records([data[header.end :]], header.separator, start=header.end, line=2))


def mistake(data: bytes, *, is_whole: bool = True) -> str:
    with pytest.raises(BrokenTable) as broken:
        list(read(data)) if is_whole else read_header(data, (), is_whole=False)
    assert broken.value.errors == {"file": [broken.value.message]}
    return broken.value.message


@dataclass(frozen=True)
class Dialect:
    """How a program writes CSV."""

    separator: str
    end: str
    quotes_all: bool
    bom: bytes

    def written(self, rows: list[list[str]]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(
            text,
            delimiter=self.separator,
            lineterminator=self.end,
            quoting=csv.QUOTE_ALL if self.quotes_all else csv.QUOTE_MINIMAL,
        )
        writer.writerows(rows)
        return self.bom + text.getvalue().encode()

    def writable(self, cell: str) -> str:
        """The cell without what the writer leaves bare, though it ends lines elsewhere."""
        bare = set() if self.quotes_all else set("\r\n") - set(self.end)
        return "".join(character for character in cell if character not in bare)


DIALECTS = st.builds(
    Dialect,
    st.sampled_from(csv_tables.SEPARATORS),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.sampled_from([b"", codecs.BOM_UTF8]),
)


@given(drawn=TABLES, dialect=DIALECTS, chunk=st.integers(1, 40))
def test_what_the_csv_writer_writes_is_read_back_and_found_by_its_bytes(
    drawn: list[list[str]], dialect: Dialect, chunk: int
) -> None:
    rows, separator = [list(map(dialect.writable, row)) for row in drawn], dialect.separator
    data = dialect.written(rows)
    chunks = [data[start : start + chunk] for start in range(0, len(data), chunk)]

    found = list(records(chunks, separator))

    assert [list(one.cells) for one in found] == rows
    again = [
        next(records([data[one.start : one.end]], separator, start=one.start)) for one in found
    ]
    assert again == found


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_that_shows_the_mapped_columns(separator: str) -> None:
    head = table(separator.join(['"ZIP, code; of\ttheirs"', " E-mail ", "", ""]), "1", end="\r\n")
    header = read_header(head, ["E-mail"], is_whole=True)
    assert header.separator == separator
    assert header.columns == ["ZIP, code; of\ttheirs", "E-mail", "", ""]
    assert head[header.end :] == b"1\r\n"


def test_without_a_mapped_column_the_separator_that_parts_most_is_taken() -> None:
    assert read_header(b"a;b,c;d\n1\n", ["zip"], is_whole=True).columns == ["a", "b,c", "d"]


def test_cells_in_quotes_hold_quotes_separators_and_line_ends() -> None:
    data = codecs.BOM_UTF8 + b'zip;note\r\n78701;"He said ""no"";\r\nthen\nleft"\r\n'
    assert [one.cells for one in read(data, "zip")] == [["78701", 'He said "no";\r\nthen\nleft']]


def test_blank_lines_are_no_rows() -> None:
    data = table("zip,name", "", "1,a", "", "", "2,b", "")
    assert [one.cells[0] for one in read(data)] == ["1", "2"]


def test_a_row_that_cannot_be_read_is_kept_as_it_stands_and_ends_with_its_line() -> None:
    bad, good = read(table("zip,name", '78701,"a" b', "2,b"), "zip")
    assert bad.mistake
    assert bad.cells == ['78701,"a" b']
    assert (good.cells, good.mistake) == (["2", "b"], None)


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, b"\n\r\n \n"])
def test_an_empty_file_is_named_as_such(data: bytes) -> None:
    assert mistake(data) == "The file is empty."


def test_binary_data_are_named_as_such() -> None:
    assert "binary" in mistake(b"zip\n\x00\x01\n")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (table("zip,name", "1,a", "2,é").decode().encode("latin-1"), 3),
        ("zip\n1\n".encode("utf-16"), 1),
        (b"\x89PNG\r\n", 1),
    ],
)
def test_a_wrong_encoding_is_named_by_its_line(data: bytes, line: int) -> None:
    assert mistake(data) == f"Line {line} of the file is not UTF-8."


def test_a_wrong_encoding_behind_the_head_is_named_by_its_line_too() -> None:
    rows = records([b"1\n2", b"\n", b"\xe9\n"], ",", start=10, line=7)
    with pytest.raises(BrokenTable) as broken:
        list(rows)
    assert broken.value.message == "Line 9 of the file is not UTF-8."


def test_a_character_that_the_end_of_the_head_cuts_is_no_mistake() -> None:
    head = table("zip", "1") + "é".encode()[:1]
    assert read_header(head, ["zip"], is_whole=False).columns == ["zip"]


def test_columns_are_bounded_and_named_once() -> None:
    many = ",".join(f"c{number}" for number in range(10_001))
    assert mistake(table(many, "1")) == "The file has 10001 columns; 10000 are the most."
    assert mistake(table("zip,a,b,zip,,,a", "1")).endswith("with the name: zip, a.")


@pytest.mark.parametrize("data", [b"zip", b"zip,name\n", b"zip\n\n\r\n"])
def test_a_header_without_rows_is_refused(data: bytes) -> None:
    assert mistake(data) == "The file has no rows below its header."


def test_a_header_that_cannot_be_read_is_refused() -> None:
    assert mistake(table('"zip" code', "1")).startswith("The header cannot be read")


def test_a_quote_that_is_never_closed_breaks_the_table() -> None:
    data = table("zip,name", "1,a", '2,"b', "3,c")
    assert mistake(data) == "A quote that opens in line 3 is not closed."


def test_a_row_is_bounded_and_so_is_the_header() -> None:
    long = "x" * csv_tables.ROW_BYTES_MAX
    assert "begins in line 3 has more than 131072 bytes" in mistake(table("zip", "1", f'"{long}'))
    head = b"zip," + b"x" * csv_tables.HEAD_BYTES
    assert "begins in line 1 has more than 262144 bytes" in mistake(head, is_whole=False)


def test_a_header_may_be_longer_than_a_row() -> None:
    half = csv_tables.ROW_BYTES_MAX // 2
    head = table("x" * half + "," + "y" * half + ",z", "1")
    assert len(read_header(head, (), is_whole=True).columns) == 3
