"""Paths of jobs: a reprocess of many leads, and an import."""

import boto3

from leadflow.adapters.dynamodb.marketplace_items import DemandItem
from leadflow.application.import_ports import upload_key
from leadflow.domain.identifiers import ImportId
from tests.builders import CATEGORY_ID, TENANT_ID
from tests.integration.conftest import REGION
from tests.integration.faults.campaign import Path
from tests.integration.faults.machines import BUCKET
from tests.integration.faults.tenant import (
    ADMIN,
    FUNDS,
    PRICE,
    charges,
    found,
    post,
    two_bids,
    wallet,
)
from tests.integration.faults.world import World
from tests.unit.application.import_world import GOOD, MAPPING, configured, table
from tests.unit.domain.bidding_examples import customer

LEADS = 2
SCHEDULES = ("watch_jobs", "reconcile")
ORDER = {"lead_category_id": CATEGORY_ID, "mapping": MAPPING, "filename": "leads.csv"}


def _unsold(world: World) -> None:
    found(world)
    answers = [post(world, f"post-{one}", email=f"a{one}@example.com") for one in range(LEADS)]
    world.note["leads"] = [answer.body["lead_public_id"] for answer in answers]
    two_bids()


def _all_reprocessed(world: World) -> None:
    body = {"confirm": True, "lead_ids": world.note["leads"]}
    answer = world.request("reprocess_leads", ADMIN, "POST /leads/reprocess", body, key="bulk-1")
    assert answer.status == 202, answer.text
    world.note["job"] = answer.body["id"]
    world.drain()


def _each_sold_once(world: World) -> None:
    """A lead is sold once or not at all, and the job has ended and says what became of it."""
    seen = world.seen()
    paid = [one.lead_id for one in charges(seen)]
    assert len(paid) == len(set(paid))
    sold = [one.id for one in seen.leads if one.status == "assigned"]
    assert sorted(paid) == sorted(sold)
    assert wallet(seen).balance_cents == FUNDS - PRICE * len(paid)
    assert {one.status for one in seen.leads} <= {"assigned", "unassigned", "distribution_error"}
    _ended(world)


def _ended(world: World) -> None:
    answer = world.request("track_jobs", ADMIN, f"GET /jobs/{world.note['job']}")
    assert answer.status == 200
    assert answer.body["status"] in {"succeeded", "failed"}, answer.text


def _buyer(world: World) -> None:
    found(world, configured(), buyers=1)


def _imported(world: World) -> None:
    route = f"POST /customers/{customer(1).id}/lead-imports"
    prepared = world.request("import_leads", ADMIN, route, ORDER, key="import-1")
    assert prepared.status == 201, prepared.text
    key = upload_key(TENANT_ID, ImportId(prepared.body["id"]))
    body = table(*GOOD)
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key=key, Body=body)
    route = f"POST /lead-imports/{prepared.body['id']}/start"
    started = world.request("import_leads", ADMIN, route, key="start-1")
    assert started.status == 202, started.text
    world.note["job"] = started.body["id"]
    world.drain()


def _demands_made_once(world: World) -> None:
    """Every row is a demand, once; only a job that is told to have failed may lack some."""
    made = [item for item in DemandItem.scan() if item.sk == "DEMAND"]
    _ended(world)
    answer = world.request("track_jobs", ADMIN, f"GET /jobs/{world.note['job']}").body
    is_whole = answer["status"] == "succeeded" and answer["progress"]["failed"] == 0
    assert len(made) == len(GOOD) or not (is_whole or len(made) > len(GOOD))


PATHS = (
    Path(
        "a reprocess of many",
        ("C1", "C2", "C4", "C5", "C6"),
        arrange=_unsold,
        act=_all_reprocessed,
        goal=_each_sold_once,
        schedules=SCHEDULES,
    ),
    Path(
        "an import",
        ("C5", "C6"),
        arrange=_buyer,
        act=_imported,
        goal=_demands_made_once,
        schedules=SCHEDULES,
    ),
)
