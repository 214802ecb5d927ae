"""The state machines of the template, and what their tests ask of them."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from leadflow.domain import errors
from leadflow.domain.jobs import JobKind
from tests.infrastructure.template import resources, state_machine, template

State = dict[str, Any]
Machine = dict[str, Any]
MACHINES: dict[str, Machine] = resources("AWS::Serverless::StateMachine")
OURS = {name for name, made in inspect.getmembers(errors, inspect.isclass)}
THE_PLATFORM = re.compile(r"(States|Lambda)\.\w+")
ENDS = {"Succeed", "Fail"}
EXPRESS_SECONDS_MAX = 300
HISTORY_EVENTS_MAX = 25_000


def definition(machine: str) -> dict[str, Any]:
    """What a state machine of the template runs."""
    path = Path(MACHINES[machine]["Properties"]["DefinitionUri"])
    return state_machine(path.name.removesuffix(".asl.json"))


class Level(NamedTuple):
    """States that lead to each other: those of a machine, or those inside of a map."""

    machine: str
    inside: str | None
    start: str
    states: dict[str, State]

    def __str__(self) -> str:
        return f"{self.machine}.{self.inside}" if self.inside else self.machine


class Task(NamedTuple):
    """A state that invokes the function of its name."""

    machine: str
    name: str
    state: State

    def __str__(self) -> str:
        return f"{self.machine}.{self.name}"


def levels(machine: str) -> Iterator[Level]:
    """The states of a machine, and those inside of its maps."""
    whole = definition(machine)
    yield Level(machine, None, whole["StartAt"], whole["States"])
    for name, state in whole["States"].items():
        if inner := state.get("ItemProcessor"):
            yield Level(machine, name, inner["StartAt"], inner["States"])


LEVELS = [level for machine in sorted(MACHINES) for level in levels(machine)]
TASKS = [
    Task(level.machine, name, state)
    for level in LEVELS
    for name, state in level.states.items()
    if state["Type"] == "Task"
]
LAST_RESORTS = {
    "DistributionStateMachine": "RecordDistributionError",
    "ReprocessLeadsStateMachine": "FailReprocess",
    "ExportLeadsStateMachine": "RecordFailedJob",
    "RecalculateReturnTiersStateMachine": "RecordFailedJob",
    "ImportLeadsStateMachine": "RecordFailedJob",
    "EraseLeadStateMachine": "RecordFailedJob",
}
JOB_KINDS = {
    "ExportLeadsStateMachine": JobKind.LEAD_EXPORT,
    "RecalculateReturnTiersStateMachine": JobKind.RETURN_TIER_RECALCULATION,
    "ImportLeadsStateMachine": JobKind.LEAD_IMPORT,
    "EraseLeadStateMachine": JobKind.LEAD_ERASURE,
}
TOLD_OF_BY_OTHERS = {
    "ReprocessBatch": "CollectReprocessResults tells of batches that failed",
    "ImportBatch": "FinishLeadImport sees which rows were not counted",
}
EVERY_LEVEL = pytest.mark.parametrize("level", LEVELS, ids=str)
EVERY_TASK = pytest.mark.parametrize("task", TASKS, ids=str)
EVERY_MACHINE = pytest.mark.parametrize("machine", sorted(MACHINES))


def targets(state: State) -> Iterator[str]:
    """Where a state may go."""
    yield from (state[member] for member in ("Next", "Default") if member in state)
    yield from (choice["Next"] for choice in state.get("Choices", ()))
    yield from (catcher["Next"] for catcher in state.get("Catch", ()))


def named_errors(state: State) -> set[str]:
    """Errors of which a state's retries and catchers speak."""
    handlers = (*state.get("Retry", ()), *state.get("Catch", ()))
    return {error for handler in handlers for error in handler["ErrorEquals"]}


def seconds_of(name: str) -> int:
    """The time limit of a task's function."""
    function = resources("AWS::Serverless::Function")[f"{name}Function"]["Properties"]
    limit: int = function.get("Timeout", template()["Globals"]["Function"]["Timeout"])
    return limit
