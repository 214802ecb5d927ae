"""Rules that every state machine keeps, whatever paths are added to it."""

import json
import re
from pathlib import Path

from leadflow.application.stages import HONOR_PING, PASSED
from leadflow.domain.plans import Method
from tests.infrastructure.state_machines import (
    ENDS,
    EVERY_LEVEL,
    EVERY_MACHINE,
    EVERY_TASK,
    JOB_KINDS,
    LAST_RESORTS,
    MACHINES,
    OURS,
    TASKS,
    THE_PLATFORM,
    TOLD_OF_BY_OTHERS,
    Level,
    Task,
    definition,
    named_errors,
    seconds_of,
    targets,
)


def test_every_definition_is_deployed() -> None:
    deployed = {made["Properties"]["DefinitionUri"] for made in MACHINES.values()}
    assert len(deployed) == len(MACHINES)
    assert {Path(uri).parent.name for uri in deployed} == {"statemachines"}


@EVERY_LEVEL
def test_every_way_out_of_a_state_leads_somewhere(level: Level) -> None:
    for state in level.states.values():
        assert set(targets(state)) <= set(level.states)
        assert list(targets(state)) or state["Type"] in ENDS or state.get("End") is True


@EVERY_LEVEL
def test_every_state_can_be_reached(level: Level) -> None:
    reached, waiting = set[str](), [level.start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(targets(level.states[name]))
    assert reached == set(level.states)


@EVERY_TASK
def test_a_task_ends_before_its_function_would_be_cut_off(task: Task) -> None:
    assert task.state["Resource"] == f"${{{task.name}FunctionArn}}"
    assert 0 < task.state["TimeoutSeconds"] < seconds_of(task.name)


@EVERY_TASK
def test_a_task_is_repeated_only_for_errors_that_may_pass(task: Task) -> None:
    retries = task.state["Retry"]
    repeated = {error for retry in retries for error in retry["ErrorEquals"]}
    assert "TransientFault" in repeated
    assert not repeated & {"States.ALL", "States.TaskFailed", "CorruptState", "Exception"}
    assert all(0 < retry["MaxAttempts"] <= 3 for retry in retries)


@EVERY_TASK
def test_a_task_that_fails_for_good_is_recorded(task: Task) -> None:
    last_resort = LAST_RESORTS[task.machine]
    caught = [(catch["ErrorEquals"], catch["Next"]) for catch in task.state.get("Catch", ())]
    nobody_needs_to = task.name == last_resort or task.name in TOLD_OF_BY_OTHERS
    assert caught == ([] if nobody_needs_to else [(["States.ALL"], last_resort)])


@EVERY_TASK
def test_every_error_that_is_named_exists(task: Task) -> None:
    for error in named_errors(task.state):
        assert error in OURS or THE_PLATFORM.fullmatch(error)


def test_a_failed_job_is_recorded_as_what_its_machine_carries() -> None:
    told = {
        task.machine: task.state["Parameters"] for task in TASKS if task.name == "RecordFailedJob"
    }
    ids = {"tenant_id.$": "$.tenant_id", "job_id.$": "$.job_id"}
    assert told == {machine: {**ids, "kind": kind} for machine, kind in JOB_KINDS.items()}


@EVERY_LEVEL
def test_a_choice_that_fits_nothing_is_recorded(level: Level) -> None:
    for state in level.states.values():
        if state["Type"] == "Choice":
            assert state["Default"] == LAST_RESORTS[level.machine]


@EVERY_MACHINE
def test_every_substitution_is_defined_and_used(machine: str) -> None:
    used = set(re.findall(r"\$\{(\w+)\}", json.dumps(definition(machine))))
    assert used == set(MACHINES[machine]["Properties"]["DefinitionSubstitutions"])


@EVERY_MACHINE
def test_a_state_machine_may_invoke_exactly_the_functions_of_its_tasks(machine: str) -> None:
    properties = MACHINES[machine]["Properties"]
    given = properties["DefinitionSubstitutions"].values()
    functions = {one["Fn::GetAtt"][0] for one in given if "Fn::GetAtt" in one}
    [policy] = properties["Policies"]
    [statement] = [one for one in policy["Statement"] if "lambda:InvokeFunction" in one["Action"]]
    assert statement["Action"] == ["lambda:InvokeFunction"]
    assert {arn["Fn::GetAtt"][0] for arn in statement["Resource"]} == functions


def test_the_log_of_the_distribution_carries_no_data() -> None:
    properties = MACHINES["DistributionStateMachine"]["Properties"]
    assert properties["Type"] == "EXPRESS"
    assert properties["Logging"]["IncludeExecutionData"] is False


def test_every_method_of_the_plan_has_its_task() -> None:
    states = definition("DistributionStateMachine")["States"]
    branches = {
        choice["StringEquals"]: choice["Next"] for choice in states["ChooseStage"]["Choices"]
    }
    assert set(branches) == {*Method, HONOR_PING, PASSED}
    assert set(branches.values()) <= {task.name for task in TASKS}
