import csv
import io
from decimal import Decimal
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.spreadsheets import Cell, csv_lines, harmless

RISKY = tuple("=+-@\t\r\n")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
RISKY_TEXTS = st.builds(
    "".join, st.tuples(st.sampled_from(["", " ", "\u00a0", "\n"]), st.sampled_from(RISKY), TEXTS)
)


def read(lines: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(lines.decode(), newline=""), strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("https://evil.example","click")',
        "+15125550143",
        "+1-512-555-0143",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1:A9)",
        "\t=1",
        "\r=1",
        "\nfirst",
        "  =1",
        "\u00a0=1",
        "\uff1d1+1",
    ],
)
def test_a_text_that_would_run_is_made_a_text_and_stays_readable(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ada", "00501", "512-555-0143", "2026-03-04", "a=1", "'=1"])
def test_a_text_that_is_harmless_stays_exactly_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_texts_are_quoted_and_numbers_are_not() -> None:
    row: list[Cell] = ["00501", 700, -5, 0.5, Decimal("12.50"), True, False, None, 'say "hi"']
    lines = csv_lines([row, ["Zoë", ""]])
    first = '"00501",700,-5,0.5,12.50,"true","false","","say ""hi"""\r\n'
    assert lines == (first + '"Zoë",""\r\n').encode()


@given(st.lists(st.lists(TEXTS | RISKY_TEXTS, min_size=1, max_size=4), max_size=4))
def test_whatever_is_written_is_read_back_and_no_cell_would_run(rows: list[list[str]]) -> None:
    cells = read(csv_lines(rows))
    assert cells == [[harmless(text) for text in row] for row in rows]
    for before, after in zip(chain(*rows), chain(*cells), strict=True):
        assert after in {before, f"'{before}"}
        assert not after.startswith(RISKY)
        assert not after.strip().startswith(RISKY)
