"""The file of results: what a run replaces, and what it leaves."""

import json
from pathlib import Path

import pytest

from tests.bench.document import added_up, figures_table
from tests.bench.figures import Figure, merged

STARTS = (("a", 1.0), ("b", 2.0))
BOTH = "`cold_start_ratio`, 2 functions"
WRITES = "DynamoDB, write units"


def test_figures_stay_with_their_benchmark_and_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    kept = ["cost_sold", "calls.of_aws", "gone"]
    path.write_text(json.dumps([Figure(name, 1, "x", 2).plain() for name in kept]))
    new = [Figure("cost_ping", 3, "x", 2, notes=("told, not written",)), Figure("calls", 1, "x", 2)]
    written = merged(path, new, ["calls", "cost"])
    assert [one["name"] for one in written] == ["calls.of_aws", "calls", "cost_sold", "cost_ping"]
    assert "notes" not in written[-1]
    assert not written[-1]["met"]


def test_the_table_has_a_line_for_each_figure_and_one_for_all_functions() -> None:
    starts = [Figure(f"cold_start_ratio.{name}", value, "x", 1.25) for name, value in STARTS]
    rate = Figure("classify_rate", 6_000, "leads/s", 5_000, at_most=False)
    table = figures_table([one.plain() for one in (rate, *starts)])
    assert table.splitlines()[2:] == [
        "| `classify_rate` | 6,000 leads/s | at least 5,000 | met |",
        f"| {BOTH} | 1.00 to 2.00 x, median 1.50 | at most 1.25 | **met by 1** |",
    ]


def test_an_item_is_in_the_line_of_the_bill_that_fits_it_best() -> None:
    bill = added_up({WRITES: 3.0, f"{WRITES}, LeadsTable": 2.0, "SQS, FIFO, requests": 1.0})
    assert {name: usd for name, usd in bill.items() if usd} == {
        "Writes to `Leads`": 2.0,
        "Writes to other tables": 3.0,
        "SQS": 1.0,
    }
    with pytest.raises(ValueError, match="empty"):
        added_up({"Something new": 1.0})
