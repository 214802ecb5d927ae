"""A confirmed reprocess of many leads, through its real state machine and the real handlers."""

import csv
import io
from collections import Counter

import boto3
import pytest

from leadflow.adapters.dynamodb.jobs import DynamoJobs
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.files import S3Files
from leadflow.adapters.workflows import StandardWorkflows
from leadflow.application import bulk_reprocess, select_leads_to_reprocess
from leadflow.application.job_ports import Part
from leadflow.application.reprocess_selection import ReprocessSelection
from leadflow.application.requests import validated
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import JobId, LeadId, TenantId, UserId
from leadflow.domain.jobs import Job, JobKind, JobStatus
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.runtime import container, reprocess_actions
from tests.builders import TENANT_ID, configuration, lead, numbered, plan, stage
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.seeds import store_configuration
from tests.integration.seeds import store_lead as accept_lead
from tests.unit.domain.bidding_examples import NOW
from tests.workflow.conftest import Machine, Tasks, deployed

BUCKET = "FilesBucket"
SELECT, BATCH = "SelectLeadsToReprocessFunction", "ReprocessBatchFunction"
COLLECT, FINISH = "CollectReprocessResultsFunction", "FinishReprocessFunction"
FAIL = "FailReprocessFunction"
ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId(numbered("user", 1)), role=Role.ADMIN)


class Cancelled(DynamoJobs):
    """Jobs that are cancelled as soon as one batch has been counted."""

    def count(self, tenant_id: TenantId, job_id: JobId, part: Part) -> None:
        super().count(tenant_id, job_id, part)
        self.cancel(tenant_id, job_id, NOW)


@pytest.fixture(autouse=True)
def bulk(tables: dict[str, str], tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The state machine, a bucket, a tenant; batches of two leads in lists of two batches."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    made = deployed("ReprocessLeadsStateMachine", tasks)
    runs = StandardWorkflows({JobKind.LEAD_REPROCESS: made.arn})
    started = ScriptedDistribution()
    files = S3Files(BUCKET)
    for name, adapter in {"job_runs": runs, "distribution": started, "files": files}.items():
        monkeypatch.setattr(container, name, lambda adapter=adapter: adapter)
    monkeypatch.setattr(bulk_reprocess, "BATCH_LEADS", 2)
    monkeypatch.setattr(select_leads_to_reprocess, "PAGE_LEADS", 4)
    monkeypatch.setattr(select_leads_to_reprocess, "PAGES_PER_LIST", 1)
    store_configuration(configuration(by_plan=plan(stage(0))))
    return made


def store(*numbers: int, status: LeadStatus = LeadStatus.UNASSIGNED) -> list[Lead]:
    """Leads in that status."""
    leads = [lead(number, status=status) for number in numbers]
    for number, one in zip(numbers, leads, strict=True):
        accept_lead(one, number)
    return leads


def confirmed(**body: object) -> Job:
    """A job whose workflow has been started."""
    selection = validated(ReprocessSelection, {"confirm": True, **body})
    return reprocess_actions.reprocess_leads()(ADMIN, selection)


def ended(bulk: Machine, job: Job) -> Job:
    """The job once its workflow has ended."""
    bulk.ended(bulk.arn.replace(":stateMachine:", ":execution:") + f":{job.id}")
    found = container.jobs().get(TENANT_ID, job.id)
    assert found
    return found


def lines(job: Job) -> list[dict[str, str]]:
    """The report."""
    assert job.outcome
    assert job.outcome.file
    text = container.files().read(job.outcome.file).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def now(lead_id: str) -> Lead:
    found = DynamoLeads().get(TENANT_ID, LeadId(lead_id))
    assert found
    return found


def test_each_lead_is_queued_or_told_why_not(bulk: Machine) -> None:
    waiting, [sold] = store(1, 2, 3), store(4, status=LeadStatus.ASSIGNED)
    ids = [sold.id, "=nonsense", lead(9).id, *(one.id for one in waiting)]
    job = ended(bulk, confirmed(lead_ids=ids))
    assert job.status is JobStatus.SUCCEEDED
    assert (job.progress.total, job.progress.done, job.progress.failed) == (6, 6, 0)
    assert job.outcome
    assert job.outcome.result == {
        "queued": 3,
        "refused": 3,
        "by_reason": {"status_not_reprocessable": 1, "not_found": 2},
    }
    told = {line["lead_id"]: line for line in lines(job)}
    assert set(told) == {*(one.id for one in waiting), sold.id, lead(9).id, "'=nonsense"}
    assert (told[sold.id]["outcome"], told[sold.id]["status"]) == ("refused", "assigned")
    for one in waiting:
        assert now(one.id).flow_ids[-1] == told[one.id]["flow_id"]
        assert now(one.id).status is LeadStatus.PROCESSING


def test_a_filter_is_worked_off_list_by_list(bulk: Machine) -> None:
    store(*range(1, 12))
    job = ended(bulk, confirmed(filter={"status": "unassigned"}))
    assert [line["outcome"] for line in lines(job)] == ["queued"] * 11
    assert [line["lead_id"] for line in lines(job)] == [lead(one).id for one in range(1, 12)]
    assert Counter(bulk.tasks.calls) == {SELECT: 3, BATCH: 6, COLLECT: 3, FINISH: 1}


def test_a_batch_that_faults_is_repeated_and_nothing_is_done_twice(bulk: Machine) -> None:
    store(1, 2)
    bulk.tasks.faults[BATCH] = [TransientFault("busy")]
    job = ended(bulk, confirmed(filter={}))
    assert bulk.tasks.calls.count(BATCH) == 2
    assert job.progress.done == 2
    assert len(now(lead(1).id).flow_ids) == 2


def test_batches_that_fail_for_good_are_told_of_and_the_others_done(bulk: Machine) -> None:
    store(*range(1, 9))
    bulk.tasks.faults[BATCH] = [RuntimeError("broken")]
    job = ended(bulk, confirmed(lead_ids=[lead(one).id for one in range(1, 9)]))
    assert job.status is JobStatus.SUCCEEDED
    assert (job.progress.done, job.progress.failed) == (8, 2)
    assert job.outcome
    assert job.outcome.result == {
        "queued": 6,
        "refused": 0,
        "failed": 2,
        "by_reason": {"unavailable": 2},
    }


@pytest.mark.parametrize("broken", [SELECT, COLLECT, FINISH])
def test_a_step_that_fails_for_good_ends_the_job_as_failed(bulk: Machine, broken: str) -> None:
    store(1)
    bulk.tasks.faults[broken] = [RuntimeError("broken")]
    job = ended(bulk, confirmed(filter={}))
    assert (job.status, bulk.tasks.calls[-1]) == (JobStatus.FAILED, FAIL)
    assert len(lines(job)) == (1 if broken == FINISH else 0)


def test_a_cancelled_job_does_no_more_and_tells_what_it_left(
    bulk: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(*range(1, 11))
    jobs = Cancelled()
    monkeypatch.setattr(container, "jobs", lambda: jobs)
    job = ended(bulk, confirmed(filter={}))
    assert job.status is JobStatus.CANCELLED
    outcomes = Counter(line["outcome"] for line in lines(job))
    assert outcomes["queued"] >= 2
    assert outcomes["cancelled"] >= 6
    assert sum(outcomes.values()) == 10
    for line in lines(job):
        is_queued = line["outcome"] == "queued"
        assert (now(line["lead_id"]).status is LeadStatus.PROCESSING) is is_queued
    assert job.outcome
    assert job.outcome.result["cancelled"] == outcomes["cancelled"]
