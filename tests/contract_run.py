"""What runs that hold a promise of the contract write down: how much was tried, from which seed.

`make contract` puts the last figures of each into `docs/contract.md`. A line is written when the
run is through and nothing broke; one that fails leaves none.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILE = Path(os.environ.get("LEADFLOW_CONTRACT_RUN", ROOT / ".local/contract-run.jsonl"))


def held(
    name: str, promises: Sequence[str], *, operations: int, faults: int = 0, seed: int | None = None
) -> None:
    """Note a run without a violation: what was tried how often, with how many injected faults.

    `name` is a few words that a reader of the document understands; `promises` like `C1`.
    Processes may write side by side: a line is one append.
    """
    FILE.parent.mkdir(parents=True, exist_ok=True)
    line = {
        "name": name,
        "promises": sorted(promises, key=lambda one: int(one[1:])),
        "operations": operations,
        "faults": faults,
        "seed": seed,
    }
    with FILE.open("a") as file:
        file.write(json.dumps(line) + "\n")
