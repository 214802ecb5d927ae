"""The distribution's state machine, walked in this process: every state entered is counted."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from leadflow.runtime import stage_actions
from leadflow.runtime.tasks import task_handler
from tests.infrastructure.template import state_machine
from tests.infrastructure.test_functions import folder
from tests.noting import handling

STATES_MAX = 100
"""States of one run, before the walk is taken for a circle."""

Data = dict[str, Any]
Handler = Callable[[Data, Any], Data]

TASKS: Mapping[str, Handler] = {
    "SellAtHighestPrice": task_handler(stage_actions.sell_at_highest_price),
    "CloseFlow": task_handler(stage_actions.close_flow),
    "RecordDistributionError": task_handler(stage_actions.record_distribution_error),
}


class Faulted(Exception):
    """A task raised: nothing that is measured here may."""


@dataclass
class WalkedMachine:
    """Answers `StartSyncExecution` by walking the real definition over the real actions.

    Retries and catchers are left out: a fault ends the measurement.
    """

    transitions: int = 0
    invocations: int = 0

    def clear(self) -> None:
        """Begin anew."""
        self.transitions = self.invocations = 0

    def start_sync_execution(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of the operation."""
        output = self._walked(json.loads(request["input"]))
        return {"status": "SUCCEEDED", "output": json.dumps(output)}

    def _walked(self, data: Data) -> Data:
        definition = state_machine()
        name = definition["StartAt"]
        for _ in range(STATES_MAX):
            state = definition["States"][name]
            self.transitions += 1
            if state["Type"] == "Succeed":
                return data
            if state["Type"] == "Task":
                data = self._invoked(name, data)
            name = _chosen(state, data) if state["Type"] == "Choice" else state["Next"]
        message = f"The run did not end within {STATES_MAX} states."
        raise Faulted(message)

    def _invoked(self, name: str, data: Data) -> Data:
        self.invocations += 1
        # Over JSON, as between a state machine and a function.
        with handling(folder(f"{name}Function")):
            return TASKS[name](json.loads(json.dumps(data)), SimpleNamespace())


def _chosen(state: Mapping[str, Any], data: Data) -> str:
    chosen: str = state["Default"]
    for choice in reversed(state["Choices"]):
        if data.get(choice["Variable"].removeprefix("$.")) == choice["StringEquals"]:
            chosen = choice["Next"]
    return chosen


def never_ends(_request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer to a run that is left processing."""
    return {"status": "TIMED_OUT"}
