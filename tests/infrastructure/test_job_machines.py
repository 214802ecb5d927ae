"""Rules of the workflows that carry out jobs."""

from leadflow.application.bulk_reprocess import LOOKS_MAX, NextStep
from leadflow.application.watch_jobs import RUN_LIFETIME
from leadflow.application.write_exported_leads import PARTS_MAX, SECONDS_PER_STEP
from tests.infrastructure.state_machines import (
    EXPRESS_SECONDS_MAX,
    HISTORY_EVENTS_MAX,
    MACHINES,
    definition,
)
from tests.infrastructure.template import resources


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
