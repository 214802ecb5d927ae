"""`make contract`: put the figures of the last run into `docs/contract.md`.

Tests write a line for each run that held a promise (`tests/contract_run.py`). The last line of a
name counts, so that a tier that ran again replaces what it said before.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from tools.marked import put

ROOT = Path(__file__).parents[1]
DOCUMENT, RUN = ROOT / "docs/contract.md", ROOT / ".local/contract-run.jsonl"
HEAD = "| Run | Holds | Operations | Faults injected | Seed | Violations |"
RULE = "| --- | --- | ---: | ---: | ---: | ---: |"


def table(lines: Iterable[str]) -> str:
    """The table of the figures, by name; each name once."""
    last = {one["name"]: one for one in map(json.loads, lines)}
    rows = [_row(last[name]) for name in sorted(last)]
    return "\n".join([HEAD, RULE, *rows]) + "\n"


def _row(run: dict[str, object]) -> str:
    held = ", ".join(run["promises"])  # type: ignore[arg-type] # strings, by `contract_run`
    seed = "" if run["seed"] is None else run["seed"]
    return f"| {run['name']} | {held} | {run['operations']:,} | {run['faults']:,} | {seed} | 0 |"


def main() -> int:
    """Rewrite the document; the exit code is 2 if no test has written a figure."""
    if not RUN.exists():
        print("No figures yet: `make test` writes them.", file=sys.stderr)
        return 2
    made = table(RUN.read_text().splitlines())
    DOCUMENT.write_text(put(DOCUMENT.read_text(), "figures", made))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
