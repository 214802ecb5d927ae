"""Rules that every state machine keeps, whatever paths are added to it."""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from leadflow.application.bulk_reprocess import LOOKS_MAX, NextStep
from leadflow.application.stages import HONOR_PING, PASSED
from leadflow.application.watch_jobs import RUN_LIFETIME
from leadflow.application.write_exported_leads import PARTS_MAX, SECONDS_PER_STEP
from leadflow.domain import errors
from leadflow.domain.jobs import JobKind
from leadflow.domain.plans import Method
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


class TestReprocessOfMany:
    """What a Distributed Map needs, and the bounds of a Standard workflow."""

    MACHINE = MACHINES["ReprocessLeadsStateMachine"]["Properties"]
    STATES = definition("ReprocessLeadsStateMachine")["States"]
    MAP = STATES["ReprocessBatches"]

    def test_every_next_step_has_its_state(self) -> None:
        branches = {choice["StringEquals"] for choice in self.STATES["ChooseNext"]["Choices"]}
        assert branches == set(NextStep)

    def test_batches_are_worked_off_side_by_side_within_bounds(self) -> None:
        assert self.MAP["ItemProcessor"]["ProcessorConfig"] == {
            "Mode": "DISTRIBUTED",
            "ExecutionType": "EXPRESS",
        }
        assert 0 < self.MAP["MaxConcurrency"] <= 10
        assert 0 < self.MAP["ToleratedFailurePercentage"] < 100

    def test_nothing_of_the_batches_stays_in_the_data_of_the_workflow(self) -> None:
        assert self.MAP["ResultPath"] is None
        assert self.MAP["ItemReader"]["Resource"].endswith(":s3:getObject")

    def test_a_batch_with_all_its_repeats_ends_in_the_time_of_an_express_workflow(self) -> None:
        task = self.MAP["ItemProcessor"]["States"]["ReprocessBatch"]
        [retry] = task["Retry"]
        tries = 1 + retry["MaxAttempts"]
        waits = retry["MaxAttempts"] * retry["MaxDelaySeconds"]
        assert tries * task["TimeoutSeconds"] + waits < EXPRESS_SECONDS_MAX

    def test_the_workflow_is_over_before_its_job_is_given_up(self) -> None:
        limit = definition("ReprocessLeadsStateMachine")["TimeoutSeconds"]
        assert limit == RUN_LIFETIME.total_seconds()

    def test_the_history_has_room_for_as_many_lists_as_there_may_be(self) -> None:
        task, choice, map_run = 5, 2, 6
        per_list = (task + choice) + map_run + (task + choice)
        assert LOOKS_MAX * per_list < HISTORY_EVENTS_MAX

    def test_it_may_start_itself_by_its_own_name_and_stop_nothing_else(self) -> None:
        [policy] = self.MACHINE["Policies"]
        name = self.MACHINE["Name"]["Fn::Sub"]
        own = {
            action: resource["Fn::Sub"].rpartition(f":{name}")
            for statement in policy["Statement"]
            for action in statement["Action"]
            for resource in statement["Resource"]
            if action.startswith("states:")
        }
        assert {action: end for action, (_, _, end) in own.items()} == {
            "states:StartExecution": "",
            "states:DescribeExecution": ":*",
            "states:StopExecution": ":*",
        }
        assert all(start for start, _, _ in own.values())


class TestExports:
    """The workflow of an export."""

    MACHINE = MACHINES["ExportLeadsStateMachine"]["Properties"]
    STATES = definition("ExportLeadsStateMachine")["States"]

    def test_it_takes_as_long_as_its_job_may_and_logs_no_data(self) -> None:
        assert self.MACHINE["Type"] == "STANDARD"
        assert self.MACHINE["Logging"]["IncludeExecutionData"] is False
        limit = definition("ExportLeadsStateMachine")["TimeoutSeconds"]
        assert limit == RUN_LIFETIME.total_seconds()

    def test_the_history_has_room_for_as_many_parts_as_there_may_be(self) -> None:
        task, choice = 5, 2
        assert PARTS_MAX * (task + choice) < HISTORY_EVENTS_MAX

    def test_a_part_has_time_for_its_last_page_and_its_files(self) -> None:
        task = self.STATES["WriteExportedLeads"]
        assert task["TimeoutSeconds"] > 3 * SECONDS_PER_STEP.total_seconds()


def test_every_workflow_of_a_job_can_be_started_later() -> None:
    watch = resources("AWS::Serverless::Function")["WatchJobsFunction"]["Properties"]
    startable = {
        resource["Ref"]
        for policy in watch["Policies"]
        for statement in policy["Statement"]
        for resource in statement["Resource"]
        if statement["Action"] == ["states:StartExecution"]
    }
    assert startable == MACHINES.keys() - {"DistributionStateMachine"}
