"""`cold_start_ratio` and `memory_ratio`: each function in fresh processes, against a floor.

CPU seconds, not wall time: this machine has other things to do as well.
"""

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.bench.figures import Figure
from tests.infrastructure.template import ROOT, resources
from tools.local_stack.progress import Progress

TARGETS = {"cold_start_ratio": 1.25, "memory_ratio": 1.5}
PAIRS = 5
FUNCTIONS_OF_A_FLOOR = 4
"""Functions that are measured right after one floor, and compared with it."""
SECONDS_MAX = 60.0
"""How long one process may take."""

_CHILD = Path(__file__).with_name("cold_start_child.py")
_MIB = 1024 * 1024


SIDE_BY_SIDE = 2
"""Processes at the same time; what they take is CPU time."""


@dataclass(frozen=True)
class Taken:
    """What a process took."""

    cpu_seconds: float
    memory_bytes: int
    has_client: bool


Pair = tuple[Taken, Taken]
"""Floor and function."""


def cold_start_ratio() -> Sequence[Figure]:
    """One figure for each function: import and first client, pair by pair with the floor."""
    return [
        _figure(
            "cold_start_ratio", folder, pairs, lambda taken: taken.cpu_seconds * 1_000, "cpu_ms"
        )
        for folder, pairs in _pairs().items()
    ]


def memory_ratio() -> Sequence[Figure]:
    """One figure for each function: the most memory held by the end of its first event."""
    return [
        _figure("memory_ratio", folder, pairs, lambda taken: taken.memory_bytes / _MIB, "mib")
        for folder, pairs in _pairs().items()
    ]


def _figure(
    name: str, folder: str, pairs: Sequence[Pair], of: Callable[[Taken], float], unit: str
) -> Figure:
    details = {
        "pairs": PAIRS,
        f"function_{unit}": round(statistics.median(of(function) for _, function in pairs)),
        f"floor_{unit}": round(statistics.median(of(floor) for floor, _ in pairs)),
        "makes_a_client": pairs[0][1].has_client,
    }
    ratio = statistics.median(of(function) / of(floor) for floor, function in pairs)
    return Figure(f"{name}.{folder}", ratio, "x", TARGETS[name], details=details)


@cache
def _pairs() -> Mapping[str, Sequence[Pair]]:
    """By function; both benchmarks are of the same processes."""
    progress = Progress()
    with progress.step("find an event for each function, and write the bytecode"):
        _taken("")
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            events = dict(zip(_folders(), pool.map(_calling_event, _folders()), strict=True))
    rounds = []
    for number in range(1, PAIRS + 1):
        with progress.step(f"start {len(events)} functions, round {number} of {PAIRS}"):
            rounds.append(_round(events))
    return {folder: [pairs[folder] for pairs in rounds] for folder in events}


def _round(events: Mapping[str, Path]) -> Mapping[str, Pair]:
    folders = list(events)
    places = range(0, len(folders), FUNCTIONS_OF_A_FLOOR)
    groups = [folders[place : place + FUNCTIONS_OF_A_FLOOR] for place in places]

    def started(group: Sequence[str]) -> Mapping[str, Pair]:
        floor = _taken("")
        return {folder: (floor, _taken(folder, events[folder])) for folder in group}

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return {folder: pair for one in pool.map(started, groups) for folder, pair in one.items()}


@cache
def _folders() -> Sequence[str]:
    """The functions of the template, by their folders."""
    functions = resources("AWS::Serverless::Function").values()
    return sorted(Path(made["Properties"]["CodeUri"]).name for made in functions)


def _calling_event(folder: str) -> Path:
    """The first event that gets a function as far as a client; any where none does."""
    events = sorted((ROOT / "events" / folder).glob("*.json"))
    return next((event for event in events if _taken(folder, event).has_client), events[0])


def _taken(folder: str, event: Path | None = None) -> Taken:
    """What one fresh process takes; the floor for no folder."""
    arguments = [str(ROOT / "functions" / folder / "app.py"), str(event)] if folder else []
    done = subprocess.run(  # noqa: S603 # this interpreter on files of this repository
        [sys.executable, str(_CHILD), *arguments],
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    if done.returncode:
        message = f"{folder or 'The floor'} broke off: {done.stderr[-2_000:]}"
        raise RuntimeError(message)
    return Taken(**json.loads(done.stdout.splitlines()[-1]))


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
