"""An import before any row is read: what is asked for, and the look at the file's head."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from leadflow.application.import_leads import ImportOrder
from leadflow.application.requests import validated
from leadflow.domain.errors import Conflict, NotFound, TransientFault, ValidationFailed
from leadflow.domain.jobs import JobKind, JobStatus
from leadflow.domain.lead_imports import FILE_BYTES_MAX
from tests.builders import CATEGORY_ID, TENANT_ID, TYPE_ID, category, configuration, numbered
from tests.unit.application.import_world import (
    ADMIN,
    BUYER,
    GOOD,
    MAPPING,
    ImportWorld,
    table,
)
from tests.unit.domain.bidding_examples import NOW, customer


@pytest.fixture
def world() -> ImportWorld:
    return ImportWorld()


def refused(world: ImportWorld, **order: object) -> dict[str, object]:
    """What is wrong with an order; nothing is stored."""
    with pytest.raises(ValidationFailed) as failed:
        world.prepare(**order)
    assert not world.imports.kept
    return dict(failed.value.errors)


def refused_file(world: ImportWorld, data: bytes, **order: object) -> dict[str, object]:
    """What is wrong with a file; nothing is started."""
    with pytest.raises(ValidationFailed) as failed:
        world.begun(data, **order)
    assert not world.jobs.kept
    return dict(failed.value.errors)


def test_an_import_waits_for_its_file_for_a_quarter_of_an_hour(world: ImportWorld) -> None:
    prepared = world.prepare(lead_type_id=TYPE_ID)
    stored = world.imports.kept[TENANT_ID, prepared.lead_import.id]
    assert stored == prepared.lead_import
    assert (stored.customer_id, stored.lead_type_id, stored.mapping) == (BUYER, TYPE_ID, MAPPING)
    assert prepared.expires_at == NOW + timedelta(minutes=15)
    assert prepared.url.startswith("https://")
    assert f"{TENANT_ID}/imports/{stored.id}/upload.csv?for=900" in prepared.url


def test_category_and_type_must_be_there_and_belong_together(world: ImportWorld) -> None:
    other = category().model_copy(update={"id": numbered("category", 2)})
    gone = category().model_copy(update={"id": numbered("category", 3), "archived": True})
    known = world.configured.newest
    categories = {**known.categories, other.id: other, gone.id: gone}
    world.configured.newest = replace(known, categories=categories)
    for unknown in (numbered("category", 9), gone.id):
        assert refused(world, lead_category_id=unknown) == {
            "lead_category_id": ["There is no such lead category."]
        }
    for category_id, type_id in ((CATEGORY_ID, numbered("type", 9)), (other.id, TYPE_ID)):
        assert refused(world, lead_category_id=category_id, lead_type_id=type_id) == {
            "lead_type_id": ["The lead category has no such lead type."]
        }


def test_a_named_type_must_be_on_the_marketplace(world: ImportWorld) -> None:
    world.configured.newest = configuration()
    assert refused(world, lead_type_id=TYPE_ID) == {
        "lead_type_id": ["The lead type is not on the marketplace."]
    }
    assert world.prepare()


def test_a_mapping_is_checked_with_everything_else(world: ImportWorld) -> None:
    wrong = refused(world, lead_type_id=numbered("type", 9), mapping={"E-mail": "mail"})
    assert list(wrong) == ["lead_type_id", "mapping.E-mail", "mapping"]


@pytest.mark.parametrize(
    "changes",
    [
        {"mapping": {}},
        {"mapping": {" ": "zip"}},
        {"mapping": {"x" * 501: "zip"}},
        {"mapping": {str(number): "zip" for number in range(511)}},
        {"mapping": [["ZIP", "zip"]]},
        {"filename": " "},
        {"filename": "x" * 201},
        {"separator": ";"},
    ],
)
def test_a_body_is_bounded_and_read_literally(changes: dict[str, object]) -> None:
    body = {"lead_category_id": CATEGORY_ID, "mapping": MAPPING, "filename": "leads.csv"}
    assert validated(ImportOrder, body)
    with pytest.raises((ValidationFailed, ValidationError)):
        validated(ImportOrder, body | changes)


def test_only_customers_that_get_leads_have_imports(world: ImportWorld) -> None:
    with pytest.raises(NotFound):
        world.prepare(of=numbered("cus", 9))
    prepared = world.prepare()
    world.upload(prepared, table(*GOOD))
    archived = customer().model_copy(update={"archived": True})
    world.customers.stored[TENANT_ID, BUYER] = archived
    for again in (world.prepare, lambda: world.start(ADMIN, prepared.lead_import.id)):
        with pytest.raises(Conflict) as conflict:
            again()
        assert conflict.value.code == "customer_archived"


def test_an_import_is_started_once_however_often_it_is_asked(world: ImportWorld) -> None:
    job = world.begun(table(*GOOD))
    assert (job.kind, job.status, job.customer_id) == (JobKind.LEAD_IMPORT, JobStatus.QUEUED, BUYER)
    world.uploads.kept.clear()
    world.clock.at += timedelta(days=30)
    again = world.start(ADMIN, str(job.wish["import_id"]))
    assert again == job
    assert world.runs.started == [job.id, job.id]
    assert len(world.jobs.kept) == 1


def test_a_workflow_that_cannot_be_started_now_is_started_later(world: ImportWorld) -> None:
    world.runs.fault = TransientFault("busy")
    assert world.begun(table(*GOOD)).status is JobStatus.QUEUED


@pytest.mark.parametrize("import_id", [numbered("import", 9), "import", numbered("job", 1)])
def test_what_is_no_import_cannot_be_started(world: ImportWorld, import_id: str) -> None:
    with pytest.raises(NotFound):
        world.start(ADMIN, import_id)


def test_a_file_that_was_never_uploaded_says_what_to_do(world: ImportWorld) -> None:
    prepared = world.prepare()
    with pytest.raises(Conflict, match="PUT it to the upload's url"):
        world.start(ADMIN, prepared.lead_import.id)
    assert not world.jobs.kept


def test_a_file_that_is_too_large_is_not_read(world: ImportWorld) -> None:
    world.uploads.size_bytes = 200 * 1024 * 1024
    assert refused_file(world, b"") == {
        "file": [f"The file has 209715200 bytes; {FILE_BYTES_MAX} are the most."]
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"\0\1\2", "The file is binary; it must be CSV, as text in UTF-8."),
        (
            table("78701,é,a@b.example").decode().encode("latin-1"),
            "Line 2 of the file is not UTF-8.",
        ),
        (table(), "The file has no rows below its header."),
    ],
)
def test_what_is_no_table_is_told_at_once(world: ImportWorld, data: bytes, message: str) -> None:
    assert refused_file(world, data) == {"file": [message]}


def test_a_mapped_column_that_the_file_lacks_is_named(world: ImportWorld) -> None:
    assert refused_file(world, table("78701", header="ZIP")) == {
        "mapping.E-mail": ["The file has no such column."]
    }


def test_a_category_that_has_changed_meanwhile_is_seen_at_the_start(world: ImportWorld) -> None:
    prepared = world.prepare()
    world.upload(prepared, table(*GOOD))
    fewer = category().model_copy(update={"fields": category().fields[3:]})
    known = world.configured.newest
    world.configured.newest = replace(known, categories={CATEGORY_ID: fewer})
    with pytest.raises(ValidationFailed) as failed:
        world.start(ADMIN, prepared.lead_import.id)
    assert list(failed.value.errors) == ["mapping.E-mail"]
