"""Exports through the real handlers, tables and files; the tasks are called one by one."""

import csv
import io
import json
from typing import Any, cast

import boto3
import pytest

from leadflow.adapters.files import S3Files
from leadflow.application import write_exported_leads
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.identifiers import CustomerId, UserId
from leadflow.domain.leads import LeadStatus, SearchKeys
from leadflow.domain.principals import Principal, Role, SourcePrincipal, UserPrincipal
from leadflow.domain.scopes import Scope
from leadflow.runtime import container
from tests.builders import SOURCE_ID, TENANT_ID, VALUES, configuration, lead, numbered
from tests.fakes.jobs import ScriptedRuns
from tests.integration.events import event
from tests.integration.http import Answer, Client, answered, invoked
from tests.integration.seeds import store_configuration, store_customer, store_lead
from tests.unit.domain.bidding_examples import NOW, customer

BUYER, RIVAL = customer(1).id, customer(2).id
BUCKET = "files"
UNFOUND = SearchKeys()
STEPS_MAX = 10


def person(role: Role = Role.ADMIN, customer_id: CustomerId | None = None) -> UserPrincipal:
    user_id = UserId(numbered("user", 1))
    return UserPrincipal(tenant_id=TENANT_ID, user_id=user_id, role=role, customer_id=customer_id)


@pytest.fixture(autouse=True)
def runs(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ScriptedRuns:
    """A tenant with two customers, a bucket, and workflows that are only noted down."""
    noted = ScriptedRuns()
    monkeypatch.setattr(container, "job_runs", lambda: noted)
    monkeypatch.setenv("FILES_BUCKET", BUCKET)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    files = S3Files(BUCKET)
    monkeypatch.setattr(container, "files", lambda: files)
    store_configuration(configuration())
    store_customer(customer(1))
    store_customer(customer(2))
    return noted


def sell(
    number: int, customer_id: CustomerId = BUYER, search: SearchKeys = UNFOUND, **values: str
) -> str:
    """Store a lead that the customer has bought; its id."""
    assignment = Assignment(
        customer_id=customer_id,
        assigned_via=AssignedVia.BIDDING,
        scope=Scope.COUNTY,
        charged_cents=4500,
        assigned_at=NOW,
    )
    sold = {"status": LeadStatus.ASSIGNED, "assignment": assignment, "values": VALUES | values}
    store_lead(lead(number, search=search, **sold), number)
    return numbered("lead", number)


def order(principal: Principal | None = None, body: object = None, of: str = BUYER) -> Answer:
    path = f"/customers/{of}/lead-exports"
    return Client("export_leads", principal or person()).call("POST", path, body)


def carried_out(job_id: str) -> dict[str, Any]:
    """What the job says once the tasks have been called, from their event files."""
    ids = {"tenant_id": TENANT_ID, "job_id": job_id}
    step = event("write_exported_leads", "first") | ids
    for _ in range(STEPS_MAX):
        step = cast("dict[str, Any]", invoked("write_exported_leads", step))
        if step["state"] != "writing":
            break
    written = event("finish_lead_export", "written") | json.loads(json.dumps(step))
    assert invoked("finish_lead_export", written)
    return Client("track_jobs", person()).call("GET", f"/jobs/{job_id}").body


def rows(job_id: str) -> list[dict[str, str]]:
    text = container.files().read(f"{TENANT_ID}/jobs/{job_id}/leads.csv").decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_an_export_is_ordered_carried_out_and_downloaded(
    runs: ScriptedRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_exported_leads, "PAGE_LEADS", 1)
    monkeypatch.setattr(write_exported_leads, "PAGES_PER_STEP", 2)
    for number in (1, 2, 3):
        sell(number, last_name=f"=Byron{number}", zip="00501")
    sell(4, RIVAL)

    answer = answered("export_leads", event("export_leads", "by_tenant"))

    assert (answer.status, answer.body["status"]) == (202, "queued")
    assert answer.body["progress"] == {"total": None, "done": 0, "failed": 0}
    [job] = runs.started
    assert job == answer.body["id"]
    done = carried_out(job)
    assert (done["status"], done["kind"]) == ("succeeded", "lead_export")
    assert done["progress"] == {"total": 3, "done": 3, "failed": 0}
    assert done["result"]["rows"] == 3
    assert done["result"]["download_url"].startswith("https://")
    assert done["result"]["expires_at"].endswith("Z")
    assert [row["id"] for row in rows(job)] == [numbered("lead", number) for number in (3, 2, 1)]
    assert {row["zip"] for row in rows(job)} == {"00501"}
    assert {row["last_name"][:2] for row in rows(job)} == {"'="}


def test_a_customer_exports_its_own_leads_and_sees_no_source(runs: ScriptedRuns) -> None:
    sell(1)
    assert answered("export_leads", event("export_leads", "by_customer")).status == 202
    carried_out(runs.started[0])
    [row] = rows(runs.started[0])
    assert (row["email"], row["charged_cents"]) == (VALUES["email"], "4500")
    assert not {"source", "payout_cents", "lead_uuid"} & set(row)


@pytest.mark.parametrize("text", ["ada@example.com", "(512) 555-0100", "Ada B"])
def test_what_a_text_finds_is_exported(runs: ScriptedRuns, text: str) -> None:
    keys = SearchKeys(email="ada@example.com", phone="+15125550100", name="ada byron")
    found, _ = sell(1, search=keys), sell(2)
    order(body={"filter": {"q": text}})
    carried_out(runs.started[0])
    assert [row["id"] for row in rows(runs.started[0])] == [found]


def test_a_deleted_lead_is_in_no_export(runs: ScriptedRuns) -> None:
    kept, gone = sell(1), sell(2)
    path = f"/leads/{gone}"
    assert Client("delete_lead", person()).call("DELETE", path).status == 204
    order()
    carried_out(runs.started[0])
    assert [row["id"] for row in rows(runs.started[0])] == [kept]


def test_a_bad_date_is_named_and_nothing_is_begun(runs: ScriptedRuns) -> None:
    answer = answered("export_leads", event("export_leads", "bad_date"))
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert list(answer.body["errors"]) == ["filter.received_from"]
    assert not runs.started


@pytest.mark.parametrize(
    ("principal", "of", "status"),
    [
        (person(Role.CUSTOMER_SUPPORT), BUYER, 202),
        (person(Role.CUSTOMER_USER, BUYER), BUYER, 202),
        (person(Role.CUSTOMER_ADMIN, BUYER), RIVAL, 404),
        (person(), numbered("cus", 9), 404),
        (person(Role.SALES), BUYER, 403),
        (person(Role.PARTNER_ADMIN), BUYER, 403),
        (SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID), BUYER, 403),
    ],
)
def test_who_may_export_whose_leads(principal: Principal, of: str, status: int) -> None:
    answer = order(principal, of=of)
    assert answer.status == status
    assert status != 403 or "leads.export" in answer.body["detail"]


@pytest.mark.parametrize("body", [{"filter": "all"}, {"filter": {"x": 1}}, {"columns": ["id"]}])
def test_a_wrong_body_is_refused(runs: ScriptedRuns, body: object) -> None:
    assert order(body=body).code == "validation_failed"
    assert not runs.started


def test_a_failed_export_says_so_from_its_event_file(runs: ScriptedRuns) -> None:
    order()
    failed = event("record_failed_job", "export") | {"job_id": runs.started[0]}
    assert invoked("record_failed_job", failed)
    path = f"/jobs/{runs.started[0]}"
    assert Client("track_jobs", person()).call("GET", path).body["status"] == "failed"


def test_the_next_part_begins_where_its_event_says(runs: ScriptedRuns) -> None:
    sell(1)
    order()
    ids = {"tenant_id": TENANT_ID, "job_id": runs.started[0]}
    first = cast("dict[str, Any]", invoked("write_exported_leads", ids))
    step = event("write_exported_leads", "next") | ids | {"mark": first["mark"]}
    assert cast("dict[str, Any]", invoked("write_exported_leads", step))["state"] == "written"
