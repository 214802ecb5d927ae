"""`cold_start_ratio`: import and first client of each function, in fresh processes.

CPU seconds, not wall time: this machine has other things to do as well.
"""

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.figures import Figure
from tests.infrastructure.template import ROOT, resources

RATIO_MAX = 1.25
PAIRS = 5
FUNCTIONS_OF_A_FLOOR = 4
"""Functions that are measured right after one floor, and compared with it."""
SECONDS_MAX = 60.0
"""How long one process may take."""

_CHILD = Path(__file__).with_name("cold_start_child.py")


def cold_start_ratio() -> Sequence[Figure]:
    """One figure for each function, pair by pair with the floor."""
    folders = [folder for folder in _folders() if (ROOT / "functions" / folder / "app.py").exists()]
    for folder in ("", *folders):
        _seconds(folder)  # writes the bytecode, which a deployed function has as well
    rounds = [_round(folders) for _ in range(PAIRS)]
    return [_figure(folder, [pairs[folder] for pairs in rounds]) for folder in folders]


def _round(folders: Sequence[str]) -> Mapping[str, tuple[float, float]]:
    """Floor and function, by function."""
    pairs: dict[str, tuple[float, float]] = {}
    for place, folder in enumerate(folders):
        if place % FUNCTIONS_OF_A_FLOOR == 0:
            floor = _seconds("")
        pairs[folder] = (floor, _seconds(folder))
    return pairs


def _figure(folder: str, pairs: Sequence[tuple[float, float]]) -> Figure:
    floors, functions = zip(*pairs, strict=True)
    details = {
        "pairs": len(pairs),
        "function_cpu_ms": round(statistics.median(functions) * 1_000),
        "floor_cpu_ms": round(statistics.median(floors) * 1_000),
    }
    ratio = statistics.median(function / floor for floor, function in pairs)
    return Figure(f"cold_start_ratio.{folder}", ratio, "x", RATIO_MAX, details=details)


def _folders() -> list[str]:
    """The functions of the template, by their folders."""
    functions = resources("AWS::Serverless::Function").values()
    return sorted(Path(made["Properties"]["CodeUri"]).name for made in functions)


def _seconds(folder: str) -> float:
    """Seconds of one fresh process; the floor for no folder."""
    arguments = [str(ROOT / "functions" / folder / "app.py"), str(_event(folder))] if folder else []
    done = subprocess.run(  # noqa: S603 # this interpreter on files of this repository
        [sys.executable, str(_CHILD), *arguments],
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    if done.returncode:
        message = f"{folder} did not get as far as a client: {done.stderr[-2_000:]}"
        raise RuntimeError(message)
    return float(done.stdout.splitlines()[-1])


def _event(folder: str) -> Path:
    """Any event file of a function: its client is made before the outcome shows."""
    return sorted((ROOT / "events" / folder).glob("*.json"))[0]


def _environment(folder: str) -> Mapping[str, str]:
    variables = json.loads((ROOT / "events/env.json").read_text())
    name = re.sub(r"(?:^|_)(\w)", lambda part: part[1].upper(), folder) + "Function"
    return {
        **{key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
        **variables.get(name, {}),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        "PYTHONPATH": str(ROOT / "layers/leadflow"),
    }
