"""`cold_start_ratio` and `memory_ratio`: each function in fresh processes, against a floor.

CPU seconds, not wall time: this machine has other things to do as well.
"""

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.bench.cold_start_child import NO_CLIENT
from tests.bench.figures import Figure
from tests.infrastructure.template import ROOT, resources
from tools.local_stack.progress import Progress

RATIO_MAX = 1.25
MEMORY_MAX = 1.5
PAIRS = 5
FUNCTIONS_OF_A_FLOOR = 4
"""Functions that are measured right after one floor, and compared with it."""
SECONDS_MAX = 60.0
"""How long one process may take."""

_CHILD = Path(__file__).with_name("cold_start_child.py")
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Taken:
    """What a process took: seconds or bytes."""

    amount: float
    has_client: bool = True


def cold_start_ratio() -> Sequence[Figure]:
    """One figure for each function: import and first client, pair by pair with the floor."""
    pairs = _pairs("seconds")
    return [
        Figure(
            f"cold_start_ratio.{folder}",
            _ratio(pairs[folder]),
            "x",
            RATIO_MAX,
            details={
                "pairs": PAIRS,
                "function_cpu_ms": round(_median(pairs[folder], 1) * 1_000),
                "floor_cpu_ms": round(_median(pairs[folder], 0) * 1_000),
                "makes_a_client": _calling_event(folder)[1],
            },
        )
        for folder in pairs
    ]


def memory_ratio() -> Sequence[Figure]:
    """One figure for each function: the most memory held by the end of its first event."""
    pairs = _pairs("memory")
    return [
        Figure(
            f"memory_ratio.{folder}",
            _ratio(pairs[folder]),
            "x",
            MEMORY_MAX,
            details={
                "pairs": PAIRS,
                "function_mib": round(_median(pairs[folder], 1) / _MIB, 1),
                "floor_mib": round(_median(pairs[folder], 0) / _MIB, 1),
            },
        )
        for folder in pairs
    ]


Pair = tuple[float, float]
"""Floor and function."""


def _pairs(what: str) -> Mapping[str, Sequence[Pair]]:
    """By function."""
    progress = Progress()
    with progress.step("find an event for each function, and write the bytecode"):
        _taken(what, "")
        for folder in _folders():
            _calling_event(folder)
    rounds = []
    for number in range(1, PAIRS + 1):
        with progress.step(f"{what} of {len(_folders())} functions, round {number} of {PAIRS}"):
            rounds.append(_round(what))
    return {folder: [pairs[folder] for pairs in rounds] for folder in _folders()}


def _round(what: str) -> Mapping[str, Pair]:
    pairs: dict[str, Pair] = {}
    for place, folder in enumerate(_folders()):
        if place % FUNCTIONS_OF_A_FLOOR == 0:
            floor = _taken(what, "").amount
        pairs[folder] = (floor, _taken(what, folder, _calling_event(folder)[0]).amount)
    return pairs


def _ratio(pairs: Sequence[Pair]) -> float:
    return statistics.median(function / floor for floor, function in pairs)


def _median(pairs: Sequence[Pair], place: int) -> float:
    return statistics.median(pair[place] for pair in pairs)


@cache
def _folders() -> Sequence[str]:
    """The functions of the template, by their folders."""
    functions = resources("AWS::Serverless::Function").values()
    return sorted(Path(made["Properties"]["CodeUri"]).name for made in functions)


@cache
def _calling_event(folder: str) -> tuple[Path, bool]:
    """The first event that gets a function as far as a client; any where none does."""
    events = sorted((ROOT / "events" / folder).glob("*.json"))
    for event in events:
        if _taken("seconds", folder, event).has_client:
            return event, True
    return events[0], False


def _taken(what: str, folder: str, event: Path | None = None) -> Taken:
    """What one fresh process takes; the floor for no folder."""
    arguments = [str(ROOT / "functions" / folder / "app.py"), str(event)] if folder else []
    done = subprocess.run(  # noqa: S603 # this interpreter on files of this repository
        [sys.executable, str(_CHILD), what, *arguments],
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    if done.returncode not in {0, NO_CLIENT}:
        message = f"{folder or 'The floor'} broke off: {done.stderr[-2_000:]}"
        raise RuntimeError(message)
    return Taken(float(done.stdout.splitlines()[-1]), done.returncode != NO_CLIENT)


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
