"""An import through its real state machine and the real handlers."""

from collections import Counter

import boto3
import pytest

from leadflow.adapters.dynamodb.jobs import DynamoJobs
from leadflow.adapters.files import S3Files
from leadflow.adapters.uploads import S3Uploads
from leadflow.adapters.workflows import StandardWorkflows
from leadflow.application import split_lead_import
from leadflow.application.caller_scope import CallerScope
from leadflow.application.import_leads import ImportOrder
from leadflow.application.import_ports import upload_key
from leadflow.application.job_ports import Part
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import Job, JobKind, JobProgress, JobStatus
from leadflow.domain.principals import Role
from leadflow.runtime import container, import_actions
from tests.builders import CATEGORY_ID, TENANT_ID, numbered
from tests.integration.seeds import store_configuration, store_customer
from tests.unit.application.import_world import BAD, GOOD, MAPPING, configured, result, table
from tests.unit.domain.bidding_examples import NOW, customer
from tests.workflow.conftest import Execution, Machine, Tasks, deployed

BUCKET = "FilesBucket"
SPLIT, BATCH = "SplitLeadImportFunction", "ImportBatchFunction"
FINISH, FAILED = "FinishLeadImportFunction", "RecordFailedJobFunction"
ADMIN = CallerScope(TENANT_ID, numbered("user", 1), Role.ADMIN)
FILE = table(*GOOD, BAD, GOOD[0])
ROWS = 5


class CancelledJobs(DynamoJobs):
    """Jobs that are cancelled as soon as one batch has been counted."""

    def count(self, tenant_id: TenantId, job_id: JobId, part: Part) -> None:
        super().count(tenant_id, job_id, part)
        self.cancel(tenant_id, job_id, NOW)


@pytest.fixture(autouse=True)
def imports(tables: dict[str, str], tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The state machine, a bucket and a customer; two rows to a batch."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    made = deployed("ImportLeadsStateMachine", tasks)
    runs = StandardWorkflows({JobKind.LEAD_IMPORT: made.arn})
    adapters = {"job_runs": runs, "files": S3Files(BUCKET), "uploads": S3Uploads(BUCKET)}
    for name, adapter in adapters.items():
        monkeypatch.setattr(container, name, lambda adapter=adapter: adapter)
    monkeypatch.setattr(split_lead_import, "BATCH_ROWS", 2)
    store_configuration(configured())
    store_customer(customer())
    return made


def ended(imports: Machine, data: bytes = FILE) -> tuple[Execution, Job]:
    """A new import of a file once its workflow has ended."""
    order = ImportOrder(lead_category_id=CATEGORY_ID, mapping=MAPPING, filename="leads.csv")
    prepared = import_actions.import_leads()(ADMIN, customer().id, order)
    key = upload_key(TENANT_ID, prepared.lead_import.id)
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)
    job = import_actions.start_lead_import()(ADMIN, prepared.lead_import.id)
    execution = imports.ended(imports.arn.replace(":stateMachine:", ":execution:") + f":{job.id}")
    found = container.jobs().get(TENANT_ID, job.id)
    assert found
    assert execution.status == "SUCCEEDED"
    return execution, found


def test_the_batches_of_a_file_are_mapped_over(imports: Machine) -> None:
    execution, job = ended(imports)
    assert Counter(imports.tasks.calls) == {SPLIT: 1, BATCH: 3, FINISH: 1}
    assert execution.entered[-1] == "Ended"
    assert job.status is JobStatus.SUCCEEDED
    assert job.progress == JobProgress(total=ROWS, done=ROWS, failed=1)
    assert result(job) == {"created": 4, "rejected": 1, "errors_url": None}


def test_the_same_file_again_is_over_when_it_has_been_read(imports: Machine) -> None:
    _, first = ended(imports)
    imports.tasks.calls.clear()
    _, job = ended(imports)
    assert imports.tasks.calls == [SPLIT]
    assert result(job)["first_import_id"] == first.wish["import_id"]


def test_a_file_that_cannot_be_read_is_no_fault(imports: Machine) -> None:
    _, job = ended(imports, table(*GOOD, '78701,"open'))
    assert imports.tasks.calls == [SPLIT]
    assert job.status is JobStatus.FAILED
    assert result(job)["message"] == "A quote that opens in line 5 is not closed."


def test_what_may_pass_is_repeated_and_counts_once(imports: Machine) -> None:
    imports.tasks.faults = {name: [TransientFault("busy")] for name in (SPLIT, BATCH, FINISH)}
    _, job = ended(imports)
    assert Counter(imports.tasks.calls) == {SPLIT: 2, BATCH: 4, FINISH: 2}
    assert (job.status, job.progress.done) == (JobStatus.SUCCEEDED, ROWS)


def test_a_batch_that_fails_for_good_fails_the_import_when_the_others_are_done(
    imports: Machine,
) -> None:
    imports.tasks.faults = {BATCH: [CorruptState("broken")]}
    _, job = ended(imports)
    assert imports.tasks.calls[-1] == FINISH
    assert job.status is JobStatus.FAILED
    assert ROWS - 2 <= job.progress.done < ROWS
    assert "Import the same file again" in str(result(job)["message"])
    _, again = ended(imports)
    assert (again.status, result(again)["created"]) == (JobStatus.SUCCEEDED, 4)


@pytest.mark.parametrize("function", [SPLIT, FINISH])
def test_a_step_that_fails_for_good_is_recorded(imports: Machine, function: str) -> None:
    imports.tasks.faults = {function: [CorruptState("broken")]}
    _, job = ended(imports)
    assert imports.tasks.calls[-1] == FAILED
    assert job.status is JobStatus.FAILED


def test_a_cancelled_import_makes_no_more(
    imports: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled = CancelledJobs()
    monkeypatch.setattr(container, "jobs", lambda: cancelled)
    _, job = ended(imports)
    assert job.status is JobStatus.CANCELLED
    assert result(job)["created"] == job.progress.done - job.progress.failed


def test_the_workflow_carries_ids_alone(imports: Machine) -> None:
    execution, job = ended(imports)
    assert set(execution.output) == {"tenant_id", "job_id", "state", "batches_key"}
    assert execution.output["job_id"] == job.id
