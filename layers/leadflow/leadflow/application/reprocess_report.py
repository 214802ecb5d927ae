"""The report of a reprocess of many leads: CSV, one line for each lead, ids and codes only."""

import csv
import io
from collections.abc import Iterable

from leadflow.domain.reprocess_results import ItemResult
from leadflow.domain.spreadsheets import harmless

_COLUMNS = ("lead_id", "outcome", "status", "reason", "flow_id")


def report_head() -> bytes:
    """The line that names the columns."""
    return _lines([_COLUMNS])


def report_lines(results: Iterable[ItemResult]) -> bytes:
    """The lines of some leads; what a caller wrote in place of an id is harmless in it."""
    return _lines(
        (harmless(one.lead_id), one.outcome, one.status or "", one.reason or "", one.flow_id or "")
        for one in results
    )


def _lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
