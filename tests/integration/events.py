"""The events of the repository, and what functions answer to them."""

import json
from pathlib import Path
from typing import Any

from tests.integration.http import Answer, answered

EVENTS = Path(__file__).resolve().parents[2] / "events"


def event(function: str, case: str) -> dict[str, Any]:
    """One of a function's events, to be changed at will."""
    made: dict[str, Any] = json.loads((EVENTS / function / f"{case}.json").read_text())
    return made


def tried(function: str, case: str) -> Answer:
    """What a function answers to one of its events."""
    return answered(function, event(function, case))
