"""The file of results: what a run replaces, and what it leaves."""

import json
from pathlib import Path

from tests.bench.figures import Figure, merged


def test_figures_stay_with_their_benchmark_and_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    kept = ["cost_sold", "calls.of_aws", "gone"]
    path.write_text(json.dumps([Figure(name, 1, "x", 2).plain() for name in kept]))
    new = [Figure("cost_ping", 3, "x", 2, notes=("told, not written",)), Figure("calls", 1, "x", 2)]
    written = merged(path, new, ["calls", "cost"])
    assert [one["name"] for one in written] == ["calls.of_aws", "calls", "cost_sold", "cost_ping"]
    assert "notes" not in written[-1]
    assert not written[-1]["met"]
