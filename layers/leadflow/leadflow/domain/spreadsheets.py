"""Cells of CSV files that people open in spreadsheets (`product.md`, 11.9).

Texts are quoted and numbers are not, so whoever reads the file can tell a postal code from a
number. Every text is as it was, but for one that a spreadsheet would run.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

Cell = str | int | float | Decimal | bool | None
"""A value of a table; None and an empty text are the same."""

ENCODING = "utf-8"

HARMLESS_PREFIX = "'"
"""Makes a text of what stands behind it, in every spreadsheet."""

_FORMULA_STARTS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""What a formula begins with; the last four are the wide forms of the others."""

_CONTROLS = frozenset("\t\r\n")
"""May be dropped by a spreadsheet, whatever stands behind them."""


def harmless(text: str) -> str:
    """The text, with `HARMLESS_PREFIX` before it if a spreadsheet might run it as a formula.

    Blanks in front do not count: some spreadsheets drop them.
    """
    is_risky = text.lstrip(" ")[:1] in _CONTROLS or text.lstrip()[:1] in _FORMULA_STARTS
    return HARMLESS_PREFIX + text if text and is_risky else text


def csv_lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as RFC 4180 spells them, each with its line end."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode(ENCODING)


def _plain(cell: Cell) -> str | int | float | Decimal:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return harmless(cell or "") if isinstance(cell, str | None) else cell
