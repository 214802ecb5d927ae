"""Imports through the real handlers, tables and files; the tasks are called one by one."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, cast

import boto3
import pytest

from leadflow.adapters.dynamodb.demand_items import demand_of
from leadflow.adapters.dynamodb.marketplace_items import DemandItem
from leadflow.adapters.dynamodb.store import read
from leadflow.adapters.files import S3Files
from leadflow.adapters.uploads import S3Uploads
from leadflow.application import import_tables, split_lead_import
from leadflow.application.import_ports import upload_key
from leadflow.domain.demands import Demand, demand_id
from leadflow.domain.identifiers import CustomerId, ImportId, UserId
from leadflow.domain.principals import Principal, Role, SourcePrincipal, UserPrincipal
from leadflow.runtime import container
from tests.builders import CATEGORY_ID, SOURCE_ID, TENANT_ID, TYPE_ID, numbered
from tests.fakes.jobs import ScriptedRuns
from tests.integration.events import event
from tests.integration.http import Answer, Client, answered, invoked
from tests.integration.seeds import store_configuration, store_customer
from tests.unit.application.import_world import BAD, BUYER, GOOD, MAPPING, configured, table
from tests.unit.domain.bidding_examples import customer

BUCKET = "files"
ORDER = {"lead_category_id": CATEGORY_ID, "mapping": MAPPING, "filename": "leads.csv"}
UNNAMED = table(*GOOD, header="ZIP,First name,E-mail")
"""The columns of the event file's mapping."""


def person(role: Role = Role.ADMIN, customer_id: CustomerId | None = None) -> UserPrincipal:
    user_id = UserId(numbered("user", 1))
    return UserPrincipal(tenant_id=TENANT_ID, user_id=user_id, role=role, customer_id=customer_id)


@pytest.fixture(autouse=True)
def runs(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ScriptedRuns:
    """A tenant with two customers, a bucket, and workflows that are only noted down."""
    noted = ScriptedRuns()
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    adapters = {"job_runs": noted, "files": S3Files(BUCKET), "uploads": S3Uploads(BUCKET)}
    for name, adapter in adapters.items():
        monkeypatch.setattr(container, name, lambda adapter=adapter: adapter)
    monkeypatch.setattr(split_lead_import, "BATCH_ROWS", 2)
    store_configuration(configured())
    store_customer(customer(1))
    store_customer(customer(2))
    return noted


def prepare(**order: object) -> Answer:
    """A new import of the first customer, asked for by an admin."""
    return prepared_by(person(), BUYER, order)


def prepared_by(principal: Principal, of: str, order: Mapping[str, object]) -> Answer:
    path = f"/customers/{of}/lead-imports"
    return Client("import_leads", principal).call("POST", path, {**ORDER, **order})


def upload(import_id: str, data: bytes) -> None:
    key = upload_key(TENANT_ID, ImportId(import_id))
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)


def start(import_id: str, principal: Principal | None = None) -> Answer:
    path = f"/lead-imports/{import_id}/start"
    return Client("import_leads", principal or person()).call("POST", path)


def begun(data: bytes, **order: object) -> Answer:
    """The answer to the start of a new import of this file."""
    import_id = prepare(**order).body["id"]
    upload(import_id, data)
    return start(import_id)


def carried_out(job_id: str) -> dict[str, Any]:
    """What the job says once the tasks have been called, from their event files."""
    ids = {"tenant_id": TENANT_ID, "job_id": job_id}
    step = cast("dict[str, Any]", invoked("split_lead_import", event_of("split_lead_import", ids)))
    if step["state"] == "split":
        for batch in json.loads(container.files().read(step["batches_key"])):
            assert invoked(
                "import_batch", {**event("import_batch", "first"), **ids, "batch": batch}
            )
        assert invoked("finish_lead_import", event("finish_lead_import", "split") | step)
    return Client("track_jobs", person()).call("GET", f"/jobs/{job_id}").body


def event_of(function: str, ids: dict[str, str]) -> dict[str, Any]:
    return event(function, "started") | ids


def demand(import_id: str, row: int) -> Demand | None:
    key = f"{TENANT_ID}#{demand_id(ImportId(import_id), row)}"
    item = read(DemandItem, key, "DEMAND")
    return demand_of(item) if item else None


def test_an_import_is_prepared_uploaded_started_and_carried_out(runs: ScriptedRuns) -> None:
    prepared = answered("import_leads", event("import_leads", "prepare"))
    assert prepared.status == 201
    assert prepared.body["upload"]["method"] == "PUT"
    assert prepared.body["upload"]["expires_at"].endswith("Z")
    import_id = prepared.body["id"]
    assert f"{TENANT_ID}/imports/{import_id}" in prepared.body["upload"]["url"]
    upload(import_id, UNNAMED + f"{BAD}\n".encode())

    text = json.dumps(event("import_leads", "start")).replace(numbered("import", 1), import_id)
    started = answered("import_leads", json.loads(text))

    assert (started.status, started.body["kind"]) == (202, "lead_import")
    assert started.body["status"] == "queued"
    [job] = runs.started
    assert start(import_id).body["id"] == job == started.body["id"]
    done = carried_out(job)
    assert done["status"] == "succeeded"
    assert done["progress"] == {"total": 4, "done": 4, "failed": 1}
    assert (done["result"]["created"], done["result"]["rejected"]) == (3, 1)
    made = demand(import_id, 2)
    assert made
    assert (made.customer_id, made.values["first_name"]) == (BUYER, "row 2")
    assert demand(import_id, 4) is None


def test_the_errors_file_is_linked_if_there_is_one() -> None:
    job = begun(table(GOOD[0], BAD)).body["id"]
    result = carried_out(job)["result"]
    assert result["errors_url"].startswith("https://")
    text = container.files().read(f"{TENANT_ID}/jobs/{job}/errors.csv").decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows[0] == ["row", "field", "message", "ZIP", "Note", "E-mail"]
    assert [row[:2] for row in rows[1:]] == [["2", "email"], ["2", "zip"]]
    assert rows[1][3:] == ["99999", "'=bad", "nobody"]
    assert carried_out(begun(table(*GOOD)).body["id"])["result"]["errors_url"] is None


def test_the_same_file_again_names_the_first_import() -> None:
    first = prepare().body["id"]
    upload(first, table(*GOOD))
    carried_out(start(first).body["id"])
    again = carried_out(begun(table(*GOOD), filename="copy.csv").body["id"])
    assert again["status"] == "succeeded"
    assert again["result"]["created"] == 0
    assert again["result"]["first_import_id"] == first
    assert "message" not in again["result"]


def test_an_import_that_broke_off_is_gone_on_with_by_the_same_file() -> None:
    first = prepare().body["id"]
    upload(first, table(*GOOD))
    job = start(first).body["id"]
    ids = {"tenant_id": TENANT_ID, "job_id": job}
    assert invoked("split_lead_import", ids)
    failed = event("record_failed_job", "import") | ids
    assert invoked("record_failed_job", failed)
    view = Client("track_jobs", person()).call("GET", f"/jobs/{job}").body
    assert view["status"] == "failed"
    again = carried_out(begun(table(*GOOD)).body["id"])
    assert again["result"]["created"] == 3
    assert demand(first, 3)


def test_wrong_mappings_are_named_by_column(runs: ScriptedRuns) -> None:
    answer = answered("import_leads", event("import_leads", "wrong_mapping"))
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert set(answer.body["errors"]) == {"mapping.ZIP", "mapping.Mail", "mapping"}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "The file is empty."),
        (b"ZIP,Note,E-mail\n\0\1", "The file is binary"),
        (table(*GOOD).replace(b"row 2", b"\xe9"), "Line 3 of the file is not UTF-8."),
        (table(*GOOD, header=",".join(map(str, range(10_001)))), "The file has 10001 columns"),
        (table(*GOOD, header="ZIP,E-mail,ZIP"), "more than one column with the name: ZIP."),
    ],
    ids=["empty", "binary", "encoding", "columns", "twice"],
)
def test_a_file_that_is_no_table_is_refused_at_the_start(
    runs: ScriptedRuns, data: bytes, error: str
) -> None:
    answer = begun(data)
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert error in answer.body["errors"]["file"][0]
    assert not runs.started


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_tables, "FILE_BYTES_MAX", 10)
    answer = begun(b"x" * 11)
    assert answer.body["errors"] == {"file": ["The file has 11 bytes; 10 are the most."]}


def test_a_missing_column_and_a_missing_file_are_told_apart(runs: ScriptedRuns) -> None:
    answer = begun(table("78701", header="ZIP"))
    assert answer.body["errors"] == {"mapping.E-mail": ["The file has no such column."]}
    answer = start(prepare().body["id"])
    assert (answer.status, answer.code) == (409, "conflict")
    assert "PUT it" in answer.body["detail"]
    assert not runs.started


@pytest.mark.parametrize(
    ("principal", "of", "status"),
    [
        (person(Role.CUSTOMER_SUPPORT), BUYER, 201),
        (person(), numbered("cus", 9), 404),
        (person(Role.SALES), BUYER, 403),
        (person(Role.CUSTOMER_ADMIN, BUYER), BUYER, 403),
        (person(Role.PARTNER_ADMIN), BUYER, 403),
        (SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID), BUYER, 403),
    ],
)
def test_who_may_import_for_whom(principal: Principal, of: str, status: int) -> None:
    answer = prepared_by(principal, of, {})
    assert answer.status == status
    assert status != 403 or "leads.import" in answer.body["detail"]


def test_a_customer_imports_nothing_and_starts_nothing() -> None:
    assert answered("import_leads", event("import_leads", "by_customer")).status == 403
    import_id = prepare().body["id"]
    upload(import_id, table(*GOOD))
    assert start(import_id, person(Role.CUSTOMER_ADMIN, BUYER)).status == 403
    stranger = person().model_copy(update={"tenant_id": numbered("tenant", 9)})
    assert start(import_id, stranger).status == 404


@pytest.mark.parametrize(
    "changes",
    [{"mapping": {}}, {"mapping": "zip"}, {"lead_type_id": 1}, {"filename": ""}, {"rows": 1}],
)
def test_a_wrong_body_is_refused(changes: dict[str, object]) -> None:
    assert prepare(**changes).code == "validation_failed"


def test_a_named_type_is_checked_with_the_order() -> None:
    assert prepare(lead_type_id=TYPE_ID).status == 201
    answer = prepare(lead_type_id=numbered("type", 9))
    assert list(answer.body["errors"]) == ["lead_type_id"]
