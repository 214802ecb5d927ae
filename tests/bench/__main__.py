"""Run the benchmarks: all of them, or those that are named (`make bench NAME=auction_cpu`).

A missed target is shown and written down; it never fails the run.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path

from tests.bench.document import document
from tests.bench.figures import Benchmark, Figure, merged, show
from tools.local_stack.progress import Progress

RESULTS = Path(__file__).with_name("results.json")
MODULES: Mapping[str, str] = {
    "calls_per_sold_lead": "sold_lead",
    "cost_per_million": "cost_per_million",
    "submit_overhead": "submit_overhead",
    "wallet_contention": "wallet_contention",
    "auction_reads_growth": "auction_reads",
    "auction_cpu": "auction_cpu",
    "list_reads": "list_reads",
    "due_auctions": "due_auctions",
    "ping_round_overhead": "ping_round",
    "cold_start_ratio": "cold_starts",
    "memory_ratio": "cold_starts",
    "classify_rate": "classify_rate",
    "export_memory": "export_memory",
    "bulk_import": "bulk_import",
}
"""Where each benchmark is, in the order in which they are told."""

_WRONG_NAME = 2


def main(names: Sequence[str]) -> int:
    """Run, show and write down; the exit code tells only whether the names were right."""
    unknown = sorted(set(names) - MODULES.keys())
    if unknown:
        known = ", ".join(MODULES)
        print(f"There is no benchmark {', '.join(unknown)}. There are: {known}.", file=sys.stderr)
        return _WRONG_NAME
    progress = Progress()
    figures: list[Figure] = []
    for name in names or MODULES:
        # What the functions log is no result.
        with progress.step(name), redirect_stdout(StringIO()):
            figures += _benchmark(name)()
    results = merged(RESULTS, figures, list(MODULES))
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    document(results, names)
    show(figures)
    return 0


def _benchmark(name: str) -> Benchmark:
    """Imported when it is its turn, so that one benchmark's imports are not in another's heap."""
    found: Benchmark = getattr(import_module(f"tests.bench.{MODULES[name]}"), name)
    return found


if __name__ == "__main__":
    asked = sys.argv[1:] or os.environ.get("NAME", "").split()
    sys.exit(main(asked))
