"""Jobs that were left behind, through the real handler and workflows that are really started."""

from datetime import timedelta

import boto3
import pytest

from leadflow.domain.identifiers import JobId, UserId
from leadflow.domain.jobs import Job, JobKind, JobStatus
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, numbered
from tests.fakes.clock import FixedClock
from tests.infrastructure.template import resources
from tests.integration.conftest import forget_process
from tests.integration.events import event
from tests.integration.http import invoked
from tests.integration.seeds import store_configuration
from tests.unit.domain.bidding_examples import NOW

NOTHING = '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'
ROLE = "arn:aws:iam::123456789012:role/workflow"
MACHINES = {
    JobKind.LEAD_ERASURE: "EraseLeadStateMachine",
    JobKind.LEAD_EXPORT: "ExportLeadsStateMachine",
    JobKind.LEAD_IMPORT: "ImportLeadsStateMachine",
    JobKind.LEAD_REPROCESS: "ReprocessLeadsStateMachine",
    JobKind.RETURN_TIER_RECALCULATION: "RecalculateReturnTiersStateMachine",
}


@pytest.fixture
def clock(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """A tenant, and the state machines that the function's variables name."""
    function = resources("AWS::Serverless::Function")["WatchJobsFunction"]
    states = boto3.client("stepfunctions")
    for variable, value in function["Properties"]["Environment"]["Variables"].items():
        if variable.endswith("_STATE_MACHINE_ARN"):
            name = value["Ref"]
            made = states.create_state_machine(name=name, definition=NOTHING, roleArn=ROLE)
            monkeypatch.setenv(variable, made["stateMachineArn"])
    forget_process()
    clock = FixedClock()
    monkeypatch.setattr(container, "clock", lambda: clock)
    store_configuration(configuration())
    return clock


def wait(kind: JobKind, number: int = 1) -> JobId:
    """Store a job that nobody has started."""
    job = Job(
        id=JobId(numbered("job", number)),
        kind=kind,
        owner=UserId(numbered("user", 1)),
        wish={},
        created_at=NOW,
    )
    container.jobs().add(TENANT_ID, job)
    return job.id


def started() -> dict[str, list[str]]:
    """The names of the executions of each state machine that has some."""
    states = boto3.client("stepfunctions")
    found = {
        one["name"]: states.list_executions(stateMachineArn=one["stateMachineArn"])["executions"]
        for one in states.list_state_machines()["stateMachines"]
    }
    return {name: [one["name"] for one in runs] for name, runs in found.items() if runs}


def watch() -> object:
    return invoked("watch_jobs", event("watch_jobs", "schedule"))


@pytest.mark.parametrize("kind", JobKind)
def test_a_job_is_started_once_by_the_machine_of_its_kind(clock: FixedClock, kind: JobKind) -> None:
    job_id = wait(kind)
    assert watch() == {}
    clock.at = NOW + timedelta(minutes=3)
    assert watch() == {"started": 1}
    assert watch() == {"started": 1}
    assert started() == {MACHINES[kind]: [job_id]}


def test_a_job_that_nothing_can_end_any_more_has_failed(clock: FixedClock) -> None:
    job_id = wait(JobKind.LEAD_EXPORT)
    clock.at = NOW + timedelta(hours=25)
    assert watch() == {"given_up": 1}
    job = container.jobs().get(TENANT_ID, job_id)
    assert job
    assert (job.status, started()) == (JobStatus.FAILED, {})
