"""An erasure through its real state machine and the real handlers."""

import boto3
import pytest

from leadflow.adapters.files import S3Files
from leadflow.adapters.workflows import StandardWorkflows
from leadflow.application.caller_scope import CallerScope
from leadflow.application.erase_lead import ErasureOrder
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.identifiers import JobId, UserId
from leadflow.domain.jobs import Job, JobKind, JobOutcome, JobStatus
from leadflow.domain.principals import Role
from leadflow.runtime import container, erasure_actions
from tests.builders import TENANT_ID, configuration, numbered
from tests.integration.seeds import store_configuration, store_customer, store_lead
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.return_examples import sold
from tests.workflow import conftest
from tests.workflow.conftest import Execution, Machine, Tasks, deployed

BUCKET = "FilesBucket"
ERASE, FAILED = "EraseLeadDataFunction", "RecordFailedJobFunction"
ADMIN = CallerScope(TENANT_ID, numbered("user", 1), Role.ADMIN)


@pytest.fixture(autouse=True)
def machine(tables: dict[str, str], tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The state machine, which does not wait for long, and a sold lead."""
    monkeypatch.setitem(conftest.UNKNOWN_TO_THE_INTERPRETER, '"Seconds": 30', '"Seconds": 1')
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    made, files = deployed("EraseLeadStateMachine", tasks), S3Files(BUCKET)
    runs = StandardWorkflows({JobKind.LEAD_ERASURE: made.arn})
    monkeypatch.setattr(container, "job_runs", lambda: runs)
    monkeypatch.setattr(container, "files", lambda: files)
    store_configuration(configuration())
    store_customer(customer(1))
    store_lead(sold())
    return made


def ended(machine: Machine) -> tuple[Execution, Job]:
    """A new erasure once its workflow has ended."""
    order = ErasureOrder(confirm=True)
    job = erasure_actions.erase_lead()(ADMIN, sold().id, order)
    execution = machine.ended(machine.arn.replace(":stateMachine:", ":execution:") + f":{job.id}")
    found = container.jobs().get(TENANT_ID, job.id)
    assert found
    assert (execution.status, execution.entered[-1]) == ("SUCCEEDED", "Ended")
    return execution, found


def test_a_lead_is_erased_in_one_step(machine: Machine) -> None:
    _, job = ended(machine)
    assert machine.tasks.calls == [ERASE]
    assert job.status is JobStatus.SUCCEEDED
    assert container.leads().get(TENANT_ID, sold().id) is None


def test_what_may_pass_is_repeated(machine: Machine) -> None:
    machine.tasks.faults = {ERASE: [TransientFault("busy"), TransientFault("busy")]}
    _, job = ended(machine)
    assert (machine.tasks.calls, job.status) == ([ERASE] * 3, JobStatus.SUCCEEDED)


def test_an_erasure_that_breaks_off_says_so(machine: Machine) -> None:
    machine.tasks.faults = {ERASE: [CorruptState("broken")]}
    _, job = ended(machine)
    assert machine.tasks.calls == [ERASE, FAILED]
    assert job.status is JobStatus.FAILED


def test_an_export_that_goes_on_is_waited_for(machine: Machine) -> None:
    export = Job(
        id=JobId(numbered("job", 1)),
        kind=JobKind.LEAD_EXPORT,
        owner=UserId("user_1"),
        customer_id=customer(1).id,
        wish={},
        created_at=NOW,
    )
    jobs = container.jobs()
    jobs.add(TENANT_ID, export)
    handler = machine.tasks.handlers[ERASE]

    def erase(event: conftest.Event, context: object) -> conftest.Event:
        step = handler(event, context)
        if step["state"] == "waiting":
            jobs.end(TENANT_ID, export.id, JobStatus.SUCCEEDED, JobOutcome(), NOW)
        return step

    machine.tasks.handlers[ERASE] = erase
    execution, job = ended(machine)
    assert "WaitForExport" in execution.entered
    assert (machine.tasks.calls, job.status) == ([ERASE, ERASE], JobStatus.SUCCEEDED)
