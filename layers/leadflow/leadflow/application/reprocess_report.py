"""The report of a reprocess of many leads: CSV, one line for each lead, ids and codes only."""

import csv
import io
from collections.abc import Iterable

from leadflow.domain.reprocess_results import ItemResult

_COLUMNS = ("lead_id", "outcome", "status", "reason", "flow_id")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def report_head() -> bytes:
    """The line that names the columns."""
    return _lines([_COLUMNS])


def report_lines(results: Iterable[ItemResult]) -> bytes:
    """The lines of some leads."""
    return _lines(
        (_harmless(one.lead_id), one.outcome, one.status or "", one.reason or "", one.flow_id or "")
        for one in results
    )


def _harmless(text: str) -> str:
    """What a caller wrote in place of an id, so that no spreadsheet runs it as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
