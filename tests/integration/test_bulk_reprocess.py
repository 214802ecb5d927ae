"""A confirmed reprocess of many leads through the real handlers, tables and files."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.files import S3Files
from leadflow.application import watch_jobs
from leadflow.application.bulk_reprocess import Batch, BulkFiles, BulkRun
from leadflow.application.reprocess_selection import LEAD_IDS_MAX
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import JobId, LeadId, UserId
from leadflow.domain.jobs import Job, JobKind
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.runtime import container
from tests.builders import TENANT_ID, lead, numbered
from tests.fakes.jobs import ScriptedRuns
from tests.integration.bulk_machine import work_off_at_once
from tests.integration.http import Answer, Client, answered, invoked
from tests.integration.seeds import store_lead as accept_lead

EVENTS = Path(__file__).resolve().parents[2] / "events"
ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId(numbered("user", 1)), role=Role.ADMIN)
RUN = BulkRun(tenant_id=TENANT_ID, job_id=JobId(numbered("job", 1)))


@dataclass
class Shop:
    """A tenant with its bucket."""

    files: S3Files

    def store(self, *numbers: int, status: LeadStatus = LeadStatus.UNASSIGNED) -> list[Lead]:
        """Leads in that status."""
        leads = [lead(number, status=status) for number in numbers]
        for number, one in zip(numbers, leads, strict=True):
            accept_lead(one, number)
        return leads

    def job(self) -> None:
        """The job of the event files, over every lead."""
        job = Job(
            id=RUN.job_id,
            kind=JobKind.LEAD_REPROCESS,
            owner=ADMIN.user_id,
            wish={"start": "bidding", "filter": {}},
            created_at=container.clock().now(),
        )
        assert container.jobs().add(TENANT_ID, job)


@pytest.fixture
def shop(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(work_off_at_once(monkeypatch))


def confirm(key: str | None = None, **body: object) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    client = Client("reprocess_leads", ADMIN)
    return client.call("POST", "/leads/reprocess", {"confirm": True, **body}, headers=headers)


def job_now(job_id: str) -> dict[str, Any]:
    return Client("track_jobs", ADMIN).call("GET", f"/jobs/{job_id}").body


def now(lead_id: LeadId) -> Lead:
    found = DynamoLeads().get(TENANT_ID, lead_id)
    assert found
    return found


def event(path: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((EVENTS / path).read_text())
    return parsed


def test_a_confirmation_is_answered_with_a_job_that_ends_with_a_report(shop: Shop) -> None:
    waiting, [sold] = shop.store(*range(1, 31)), shop.store(40, status=LeadStatus.ASSIGNED)
    answer = confirm(lead_ids=[sold.id, "nonsense", *(one.id for one in waiting)])
    assert (answer.status, answer.body["object"], answer.body["status"]) == (202, "job", "queued")
    job = job_now(answer.body["id"])
    assert (job["status"], job["progress"]) == (
        "succeeded",
        {"total": 32, "done": 32, "failed": 0},
    )
    result = job["result"]
    assert (result["queued"], result["refused"]) == (30, 2)
    assert result["by_reason"] == {"status_not_reprocessable": 1, "not_found": 1}
    assert "X-Amz-Signature" in result["report_url"]
    report = shop.files.read(f"{TENANT_ID}/jobs/{job['id']}/report.csv").decode()
    assert len(report.splitlines()) == 1 + 32
    assert {now(one.id).status for one in waiting} == {LeadStatus.PROCESSING}


def test_a_filter_is_worked_off_in_the_order_received(shop: Shop) -> None:
    waiting = shop.store(3, 1, 2)
    shop.store(4, status=LeadStatus.AUDIT)
    job = job_now(confirm(filter={"status": "unassigned"}).body["id"])
    assert job["result"]["queued"] == 3
    report = shop.files.read(f"{TENANT_ID}/jobs/{job['id']}/report.csv").decode()
    told = [line.partition(",")[0] for line in report.splitlines()[1:]]
    assert told == sorted(one.id for one in waiting)


def test_ten_thousand_ids_are_taken(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = ScriptedRuns()
    monkeypatch.setattr(container, "job_runs", lambda: runs)
    ids = [numbered("lead", number) for number in range(LEAD_IDS_MAX)]
    answer = confirm(lead_ids=ids)
    assert answer.status == 202
    job_id = JobId(answer.body["id"])
    assert BulkFiles(files=shop.files).ids(TENANT_ID, job_id) == ids
    assert runs.started == [job_id]
    refused = confirm(lead_ids=[*ids, lead(1).id])
    assert (refused.status, list(refused.body["errors"])) == (422, ["lead_ids"])


def test_a_repeat_is_told_of_the_same_job_though_the_first_answer_was_lost(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    [waiting] = shop.store(1)
    first = confirm("again", lead_ids=[waiting.id])
    assert confirm("again", lead_ids=[waiting.id]).headers["Idempotent-Replayed"] == "true"
    monkeypatch.setattr("leadflow.runtime.http.once", lambda event, context, do: do(event, context))
    assert confirm("again", lead_ids=[waiting.id]).body["id"] == first.body["id"]
    assert len(now(waiting.id).flow_ids) == 2


def test_a_job_that_cannot_be_started_is_started_by_the_watch(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = ScriptedRuns(TransientFault("down"))
    monkeypatch.setattr(container, "job_runs", lambda: down)
    answer = confirm(filter={})
    assert (answer.status, answer.body["status"]) == (202, "queued")
    up = ScriptedRuns()
    monkeypatch.setattr(container, "job_runs", lambda: up)
    monkeypatch.setattr(watch_jobs, "STARTED_AFTER", timedelta(seconds=-1))
    assert invoked("watch_jobs", event("watch_jobs/schedule.json")) == {"started": 1}
    assert up.started == [answer.body["id"]]


def test_the_event_of_a_confirmation_is_answered(shop: Shop) -> None:
    shop.store(1)
    answer = answered("reprocess_leads", event("reprocess_leads/confirmed.json"))
    assert (answer.status, answer.body["kind"]) == (202, "lead_reprocess")


def test_the_events_of_the_tasks_bring_a_job_to_its_end(shop: Shop) -> None:
    shop.store(1, 2)
    shop.job()
    selected = invoked(
        "select_leads_to_reprocess", event("select_leads_to_reprocess/first_look.json")
    )
    assert isinstance(selected, dict)
    assert (selected["leads"], selected["next_step"]) == (2, "reprocess")
    assert invoked("reprocess_batch", event("reprocess_batch/two_leads.json")) == {"leads": 2}
    collected = invoked(
        "collect_reprocess_results", event("collect_reprocess_results/first_list.json")
    )
    assert isinstance(collected, dict)
    assert collected["next_step"] == "finish"
    assert collected["tally"]["by_outcome"] == {"queued": 2}
    ended = invoked("finish_reprocess", event("finish_reprocess/all_collected.json"))
    assert ended == {"status": "succeeded"}
    assert job_now(RUN.job_id)["result"]["queued"] == 1


def test_the_event_of_a_next_look_goes_on_behind_its_position(shop: Shop) -> None:
    shop.store(1)
    shop.job()
    selected = invoked(
        "select_leads_to_reprocess", event("select_leads_to_reprocess/next_look.json")
    )
    assert isinstance(selected, dict)
    assert (selected["looks"], selected["lists"], selected["leads"]) == (2, 2, 10_001)


def test_the_events_of_what_failed_end_the_job_as_failed(shop: Shop) -> None:
    shop.store(1, 2)
    shop.job()
    BulkFiles(files=shop.files).put_list(RUN, [lead(1).id, lead(2).id])
    collected = invoked(
        "collect_reprocess_results", event("collect_reprocess_results/map_failed.json")
    )
    assert isinstance(collected, dict)
    assert (collected["next_step"], collected["is_broken"]) == ("fail", True)
    ended = invoked("fail_reprocess", event("fail_reprocess/nothing_selected.json"))
    assert ended == {"status": "failed"}
    assert job_now(RUN.job_id)["status"] == "failed"


def test_a_batch_is_refused_that_is_too_large_for_a_task() -> None:
    with pytest.raises(ValueError, match="at most 25"):
        Batch(list_number=0, number=0, lead_ids=("x",) * 26)
