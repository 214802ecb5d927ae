"""An export through its real state machine and the real handlers."""

import boto3
import pytest

from leadflow.adapters.dynamodb.jobs import DynamoJobs
from leadflow.adapters.files import S3Files
from leadflow.adapters.workflows import StandardWorkflows
from leadflow.application import write_exported_leads
from leadflow.application.caller_scope import CallerScope
from leadflow.application.export_leads import ExportOrder
from leadflow.application.job_ports import Part
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import Job, JobKind, JobProgress, JobStatus
from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import Role
from leadflow.runtime import container, export_actions
from tests.builders import TENANT_ID, configuration, lead, numbered
from tests.integration.seeds import store_configuration, store_customer, store_lead
from tests.unit.domain.bidding_examples import NOW, customer
from tests.workflow.conftest import Execution, Machine, Tasks, deployed

BUCKET = "FilesBucket"
LEADS = 5
WRITE, FINISH = "WriteExportedLeadsFunction", "FinishLeadExportFunction"
FAILED = "RecordFailedJobFunction"
ADMIN = CallerScope(TENANT_ID, numbered("user", 1), Role.ADMIN)


class CancelledJobs(DynamoJobs):
    """Jobs that are cancelled as soon as one part has been counted."""

    def count(self, tenant_id: TenantId, job_id: JobId, part: Part) -> None:
        super().count(tenant_id, job_id, part)
        self.cancel(tenant_id, job_id, NOW)


@pytest.fixture(autouse=True)
def exports(tables: dict[str, str], tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The state machine, a bucket, and a customer with five leads; two leads to a part."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    made = deployed("ExportLeadsStateMachine", tasks)
    runs, files = StandardWorkflows({JobKind.LEAD_EXPORT: made.arn}), S3Files(BUCKET)
    monkeypatch.setattr(container, "job_runs", lambda: runs)
    monkeypatch.setattr(container, "files", lambda: files)
    monkeypatch.setattr(write_exported_leads, "PAGE_LEADS", 2)
    monkeypatch.setattr(write_exported_leads, "PAGES_PER_STEP", 1)
    store_configuration(configuration())
    store_customer(customer())
    sale = Assignment(
        customer_id=customer().id,
        assigned_via=AssignedVia.ROUND_ROBIN,
        charged_cents=100,
        assigned_at=NOW,
    )
    for number in range(LEADS):
        store_lead(lead(number, status=LeadStatus.ASSIGNED, assignment=sale), number)
    return made


def ended(exports: Machine) -> tuple[Execution, Job]:
    """A new export once its workflow has ended."""
    job = export_actions.export_leads()(ADMIN, customer().id, ExportOrder())
    execution = exports.ended(exports.arn.replace(":stateMachine:", ":execution:") + f":{job.id}")
    found = container.jobs().get(TENANT_ID, job.id)
    assert found
    assert execution.status == "SUCCEEDED"
    return execution, found


def lines(job: Job) -> int:
    """Lines of the file, the header included."""
    assert job.outcome
    assert job.outcome.file
    return container.files().read(job.outcome.file).count(b"\r\n")


def test_parts_are_written_until_the_list_is_passed(exports: Machine) -> None:
    execution, job = ended(exports)
    assert exports.tasks.calls == [WRITE, WRITE, WRITE, FINISH]
    assert execution.entered[-1] == "Ended"
    assert (job.status, job.progress) == (JobStatus.SUCCEEDED, JobProgress(total=5, done=5))
    assert lines(job) == 1 + LEADS


def test_what_may_pass_is_repeated_and_counts_once(exports: Machine) -> None:
    exports.tasks.faults = {WRITE: [TransientFault("busy")], FINISH: [TransientFault("busy")]}
    _, job = ended(exports)
    assert (job.status, job.progress.done) == (JobStatus.SUCCEEDED, LEADS)
    assert lines(job) == 1 + LEADS


@pytest.mark.parametrize("function", [WRITE, FINISH])
def test_an_export_that_breaks_off_says_so(exports: Machine, function: str) -> None:
    exports.tasks.faults = {function: [CorruptState("broken")]}
    _, job = ended(exports)
    assert exports.tasks.calls[-1] == FAILED
    assert job.status is JobStatus.FAILED
    assert job.outcome
    assert job.outcome.file is None


def test_a_cancelled_export_writes_no_more(
    exports: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled = CancelledJobs()
    monkeypatch.setattr(container, "jobs", lambda: cancelled)
    _, job = ended(exports)
    assert exports.tasks.calls == [WRITE, WRITE]
    assert (job.status, job.progress.done, job.outcome) == (JobStatus.CANCELLED, 2, None)


def test_the_workflow_carries_ids_alone(exports: Machine) -> None:
    execution, job = ended(exports)
    assert set(execution.output) == {"tenant_id", "job_id", "mark", "state"}
    assert execution.output["job_id"] == job.id
