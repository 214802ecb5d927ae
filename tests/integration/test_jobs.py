"""Jobs in their table and over HTTP, and the files that they make."""

import json
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import boto3
import pytest

from leadflow.adapters.dynamodb.jobs import DynamoJobs
from leadflow.adapters.files import PART_BYTES_MIN, S3Files
from leadflow.adapters.workflows import StandardWorkflows
from leadflow.application.job_ports import Part
from leadflow.domain.errors import NotFound, TransientFault
from leadflow.domain.identifiers import JobId, TenantId, UserId
from leadflow.domain.jobs import Job, JobKind, JobOutcome, JobProgress, JobStatus
from leadflow.runtime import container
from tests.builders import numbered
from tests.integration.http import answered
from tests.unit.domain.bidding_examples import NOW

EVENTS = Path(__file__).resolve().parents[2] / "events/track_jobs"
TENANT_ID = TenantId(numbered("tenant", 1))
OTHER = TenantId(numbered("tenant", 2))
BUCKET = "files"
JOB = Job(
    id=JobId(numbered("job", 1)),
    kind=JobKind.LEAD_REPROCESS,
    owner=UserId(numbered("user", 1)),
    wish={"start": "bidding"},
    created_at=NOW,
)


@pytest.fixture
def jobs(tables: dict[str, str]) -> DynamoJobs:
    return DynamoJobs()


@pytest.fixture
def files(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> S3Files:
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    made = S3Files(BUCKET)
    monkeypatch.setattr(container, "files", lambda: made)
    return made


def stored(jobs: DynamoJobs) -> Job:
    found = jobs.get(TENANT_ID, JOB.id)
    assert found
    return found


def test_a_job_is_stored_once_and_read_back_as_it_was(jobs: DynamoJobs) -> None:
    assert jobs.add(TENANT_ID, JOB)
    assert not jobs.add(TENANT_ID, JOB.model_copy(update={"wish": {}}))
    assert stored(jobs) == JOB


def test_a_part_that_is_repeated_counts_once(jobs: DynamoJobs) -> None:
    jobs.add(TENANT_ID, JOB)
    assert jobs.begin(TENANT_ID, JOB.id, 30) is JobStatus.RUNNING
    for name in ("0", "1", "0"):
        jobs.count(TENANT_ID, JOB.id, Part(name, done=10, failed=2))
    assert stored(jobs).progress == JobProgress(total=30, done=20, failed=4)


def test_a_cancelled_job_stays_cancelled_and_still_gets_its_file(jobs: DynamoJobs) -> None:
    jobs.add(TENANT_ID, JOB)
    assert jobs.cancel(TENANT_ID, JOB.id, NOW)
    assert not jobs.cancel(TENANT_ID, JOB.id, NOW)
    assert jobs.begin(TENANT_ID, JOB.id, 5) is JobStatus.CANCELLED
    for file in ("first", "second"):
        outcome = JobOutcome(result={"queued": 0}, file=file)
        jobs.end(TENANT_ID, JOB.id, JobStatus.SUCCEEDED, outcome, NOW + timedelta(hours=1))
    ended = stored(jobs)
    assert (ended.status, ended.finished_at) == (JobStatus.CANCELLED, NOW)
    assert ended.outcome == JobOutcome(result={"queued": 0}, file="first")


def test_jobs_that_have_not_ended_are_found_oldest_first(jobs: DynamoJobs) -> None:
    made = [
        JOB.model_copy(
            update={
                "id": JobId(numbered("job", number)),
                "created_at": NOW - timedelta(minutes=number),
            }
        )
        for number in range(1, 6)
    ]
    for one in made:
        jobs.add(TENANT_ID, one)
    jobs.begin(TENANT_ID, made[1].id, 1)
    jobs.cancel(TENANT_ID, made[2].id, NOW)
    jobs.end(TENANT_ID, made[3].id, JobStatus.FAILED, JobOutcome(), NOW)
    found = jobs.unfinished(TENANT_ID, before=NOW, limit=9)
    assert [one.id for one in found] == [made[4].id, made[1].id, made[0].id]
    assert len(jobs.unfinished(TENANT_ID, before=NOW, limit=2)) == 2
    young = NOW - timedelta(minutes=2)
    assert [one.id for one in jobs.unfinished(TENANT_ID, before=young, limit=9)] == [made[4].id]
    assert not jobs.unfinished(OTHER, before=NOW, limit=9)


def test_a_job_that_is_unknown_cannot_begin(jobs: DynamoJobs) -> None:
    with pytest.raises(NotFound):
        jobs.begin(TENANT_ID, JOB.id, None)


def test_a_large_file_is_written_in_parts_and_has_a_signed_link(files: S3Files) -> None:
    with files.writer("a/large") as writer:
        for _ in range(3):
            writer.write(b"x" * PART_BYTES_MIN)
        writer.write(b"end")
    assert files.read("a/large") == b"x" * PART_BYTES_MIN * 3 + b"end"
    assert list(files.keys("a/")) == ["a/large"]
    link = files.signed_url("a/large", filename="leads.csv", lifetime=timedelta(minutes=1))
    assert "a/large" in link
    assert "X-Amz-Signature" in link or "Signature" in link


def _fail_while_writing(files: S3Files) -> None:
    with files.writer("a/half") as writer:
        writer.write(b"x")
        raise ZeroDivisionError


def test_a_file_that_fails_half_way_is_not_there(files: S3Files) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_while_writing(files)
    assert list(files.keys("a/")) == []
    with pytest.raises(NotFound):
        files.read("a/half")


def test_a_job_is_shown_with_a_link_and_only_to_its_owner(jobs: DynamoJobs, files: S3Files) -> None:
    jobs.add(TENANT_ID, JOB)
    outcome = JobOutcome(result={"queued": 2}, file="report")
    jobs.end(TENANT_ID, JOB.id, JobStatus.SUCCEEDED, outcome, container.clock().now())
    event = json.loads((EVENTS / "one.json").read_text())
    answer = answered("track_jobs", event)
    assert (answer.status, answer.body["status"]) == (200, "succeeded")
    assert answer.body["result"]["queued"] == 2
    assert answer.body["result"]["report_url"].startswith("https://")
    principal = json.loads(event["requestContext"]["authorizer"]["principal"])
    event["requestContext"]["authorizer"]["principal"] = json.dumps(
        principal | {"user_id": numbered("user", 2)}
    )
    assert answered("track_jobs", event).status == 404


def test_a_job_that_has_ended_cannot_be_cancelled(jobs: DynamoJobs, files: S3Files) -> None:
    jobs.add(TENANT_ID, JOB)
    event = json.loads((EVENTS / "cancel.json").read_text())
    assert answered("track_jobs", event).body["status"] == "cancelled"
    assert answered("track_jobs", event).status == 200
    other = JOB.model_copy(update={"id": JobId(numbered("job", 2))})
    jobs.add(TENANT_ID, other)
    jobs.end(TENANT_ID, other.id, JobStatus.SUCCEEDED, JobOutcome(), NOW)
    text = json.dumps(event).replace(JOB.id, other.id)
    assert answered("track_jobs", json.loads(text)).status == 409


def test_a_workflow_is_started_once_however_often_it_is_asked(aws: None) -> None:
    machines = boto3.client("stepfunctions")
    definition = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
    role_arn = "arn:aws:iam::123456789012:role/unused"
    arn = machines.create_state_machine(
        name="job", definition=json.dumps(definition), roleArn=role_arn
    )["stateMachineArn"]
    runs = StandardWorkflows({JOB.kind: arn})

    runs.start(TENANT_ID, JOB)
    runs.start(TENANT_ID, JOB)

    started = machines.list_executions(stateMachineArn=arn)["executions"]
    assert [one["name"] for one in started] == [JOB.id]


def test_a_workflow_that_cannot_be_started_is_a_transient_fault(aws: None) -> None:
    unknown = "arn:aws:states:us-east-1:123456789012:stateMachine:unknown"
    with pytest.raises(TransientFault):
        StandardWorkflows({JOB.kind: unknown}).start(TENANT_ID, JOB)


def test_a_name_that_is_taken_is_no_fault(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = StandardWorkflows({JOB.kind: "arn"})
    taken = runs._client.exceptions.ExecutionAlreadyExists({}, "StartExecution")
    monkeypatch.setattr(runs._client, "start_execution", Mock(side_effect=taken))
    runs.start(TENANT_ID, JOB)
