"""Rules that the state machine keeps, whatever paths are added to it."""

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from leadflow.application.stages import HONOR_PING, PASSED
from leadflow.domain import errors
from leadflow.domain.plans import Method
from tests.infrastructure.template import resources, state_machine, template

State = dict[str, Any]
STATES: dict[str, State] = state_machine()["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
EVERY_TASK = pytest.mark.parametrize("name", sorted(TASKS))
LAST_RESORT = "RecordDistributionError"
OURS = {name for name, made in inspect.getmembers(errors, inspect.isclass)}
THE_PLATFORM = re.compile(r"(States|Lambda)\.\w+")
MACHINE = resources("AWS::Serverless::StateMachine")["DistributionStateMachine"]["Properties"]


def targets(state: State) -> Iterator[str]:
    """Where a state may go."""
    yield from (state[member] for member in ("Next", "Default") if member in state)
    yield from (choice["Next"] for choice in state.get("Choices", ()))
    yield from (catcher["Next"] for catcher in state.get("Catch", ()))


def named_errors(state: State) -> set[str]:
    """Errors of which a state's retries and catchers speak."""
    handlers = (*state.get("Retry", ()), *state.get("Catch", ()))
    return {error for handler in handlers for error in handler["ErrorEquals"]}


@pytest.mark.parametrize("name", sorted(STATES))
def test_every_way_out_of_a_state_leads_somewhere(name: str) -> None:
    state = STATES[name]
    assert set(targets(state)) <= set(STATES)
    assert list(targets(state)) or state["Type"] in {"Succeed", "Fail"}


def test_every_state_can_be_reached() -> None:
    reached, waiting = set[str](), [state_machine()["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(targets(STATES[name]))
    assert reached == set(STATES)


@EVERY_TASK
def test_a_task_ends_before_its_function_would_be_cut_off(name: str) -> None:
    function = resources("AWS::Serverless::Function")[f"{name}Function"]["Properties"]
    common = template()["Globals"]["Function"]["Timeout"]
    assert TASKS[name]["Resource"] == f"${{{name}FunctionArn}}"
    assert 0 < TASKS[name]["TimeoutSeconds"] < function.get("Timeout", common)


@EVERY_TASK
def test_a_task_is_repeated_only_for_errors_that_may_pass(name: str) -> None:
    repeated = {error for retry in TASKS[name]["Retry"] for error in retry["ErrorEquals"]}
    assert "TransientFault" in repeated
    assert not repeated & {"States.ALL", "States.TaskFailed", "CorruptState", "Exception"}
    assert all(0 < retry["MaxAttempts"] <= 3 for retry in TASKS[name]["Retry"])


@EVERY_TASK
def test_a_task_that_fails_for_good_is_recorded(name: str) -> None:
    caught = [(catch["ErrorEquals"], catch["Next"]) for catch in TASKS[name].get("Catch", ())]
    assert caught == ([] if name == LAST_RESORT else [(["States.ALL"], LAST_RESORT)])


@EVERY_TASK
def test_every_error_that_is_named_exists(name: str) -> None:
    for error in named_errors(TASKS[name]):
        assert error in OURS or THE_PLATFORM.fullmatch(error)


@pytest.mark.parametrize("name", [name for name in STATES if STATES[name]["Type"] == "Choice"])
def test_a_choice_that_fits_nothing_is_recorded(name: str) -> None:
    assert STATES[name]["Default"] == LAST_RESORT


def test_every_method_of_the_plan_has_its_task() -> None:
    branches = {
        choice["StringEquals"]: choice["Next"] for choice in STATES["ChooseStage"]["Choices"]
    }
    assert set(branches) == {*Method, HONOR_PING, PASSED}
    assert set(branches.values()) <= set(TASKS)


def test_every_substitution_is_defined_and_used() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", json.dumps(state_machine())))
    assert used == set(MACHINE["DefinitionSubstitutions"])


def test_the_state_machine_may_invoke_exactly_the_functions_of_its_tasks() -> None:
    given = {arn["Fn::GetAtt"][0] for arn in MACHINE["DefinitionSubstitutions"].values()}
    [policy] = MACHINE["Policies"]
    [statement] = policy["Statement"]
    assert statement["Action"] == ["lambda:InvokeFunction"]
    assert {arn["Fn::GetAtt"][0] for arn in statement["Resource"]} == given


def test_the_log_of_the_state_machine_carries_no_data() -> None:
    assert MACHINE["Type"] == "EXPRESS"
    assert MACHINE["Logging"]["IncludeExecutionData"] is False
