"""The world in one process: what the API leaves to queues and workflows is called by hand."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import boto3
import pytest

from leadflow.adapters.files import S3Files
from leadflow.adapters.uploads import S3Uploads
from leadflow.runtime import container
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.fakes.jobs import ScriptedRuns
from tests.infrastructure.template import ROOT
from tests.integration.conftest import TABLES, account, made_tables
from tests.integration.gateway import Gateway
from tests.integration.http import invoked
from tests.integration.in_process import InProcess
from tests.markers import text_of
from tests.walls.founding import made_world
from tests.walls.world import Json, Side, World

BUCKET = "files"
STEPS_MAX = 10


class ByHand:
    """Implements `Surroundings`."""

    def provision(self, name: str) -> tuple[str, str]:
        """Invoke the function as an operator does."""
        made = cast("dict[str, str]", invoked("provision_tenant", {"name": name}))
        return made["tenant_id"], made["admin_token"]

    def upload(self, url: str, data: bytes) -> None:
        """Put the file under the key of the link."""
        key = urlsplit(url).path.removeprefix(f"/{BUCKET}").removeprefix("/")
        boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)

    def settled(self, side: Side, lead_id: str) -> str:
        """It has settled before its post was answered."""
        return str(side.ask("GET", f"/leads/{lead_id}")["status"])

    def carry_out(self, side: Side, job: Json, by: str) -> None:
        """Call the tasks of the job's workflow one after the other."""
        ids = {"tenant_id": side.tenant_id, "job_id": job["id"]}
        {"lead_import": _imported, "lead_export": _exported}[job["kind"]](ids)
        assert side.ask("GET", f"/jobs/{job['id']}", by=by)["status"] == "succeeded"

    def tell(self, side: Side, lead: Json) -> None:
        """The fact that a lead was sold reaches the webhooks."""
        told = _event("plan_deliveries", "facts")
        [record, _] = told["Records"]
        fact = json.loads(record["body"])
        fact["detail"] |= {
            "id": f"{lead['id']}#{lead['version']}",
            "tenant_id": side.tenant_id,
            "lead_id": lead["id"],
            "version": lead["version"],
            "customer_id": lead["assignment"]["customer_id"],
            "charged_cents": lead["assignment"]["charged_cents"],
        }
        record["body"] = json.dumps(fact)
        failed = cast("Json", invoked("plan_deliveries", {"Records": [record]}))
        assert failed == {"batchItemFailures": []}


def _event(function: str, case: str) -> dict[str, Any]:
    path = ROOT / "events" / function / f"{case}.json"
    return cast("dict[str, Any]", json.loads(path.read_text()))


def _imported(ids: Json) -> None:
    step = cast("Json", invoked("split_lead_import", ids))
    for batch in json.loads(container.files().read(step["batches_key"])):
        invoked("import_batch", {**_event("import_batch", "first"), **ids, "batch": batch})
    invoked("finish_lead_import", _event("finish_lead_import", "split") | step)


def _exported(ids: Json) -> None:
    step = ids
    for _ in range(STEPS_MAX):
        step = json.loads(json.dumps(invoked("write_exported_leads", step)))
        if step["state"] != "writing":
            break
    invoked("finish_lead_export", step)


@contextmanager
def standing_world() -> Iterator[tuple[Gateway, World]]:
    """Both tenants, in an account that only this process can see."""
    with pytest.MonkeyPatch.context() as patched, account(patched):
        made_tables(patched)
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        adapters = {
            "distribution": InProcess(),
            "job_runs": ScriptedRuns(),
            "files": S3Files(BUCKET),
            "uploads": S3Uploads(BUCKET),
            "outbox_queue": MemoryOutboxQueue(),
        }
        for name, adapter in adapters.items():
            patched.setattr(container, name, lambda adapter=adapter: adapter)
        gateway = Gateway()
        yield gateway, made_world(gateway, ByHand())


def stored(tenant_id: str = "") -> str:
    """A digest of what all tables hold of a tenant, or of everybody.

    What is kept of requests by their keys is left out, and how many came in a minute.
    """
    client, digest = boto3.client("dynamodb"), hashlib.sha256()
    for table in sorted(set(TABLES) - {"IdempotencyTable"}):
        pages = client.get_paginator("scan").paginate(TableName=table)
        items = [one for page in pages for one in page["Items"]]
        texts = [text_of(one) for one in items if one["pk"]["S"].startswith(tenant_id)]
        digest.update("\n".join([table, *sorted(texts)]).encode())
    return digest.hexdigest()
