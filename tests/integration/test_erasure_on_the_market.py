"""Erasing leads of the market: what is held goes back, what was asked for is forgotten."""

from typing import Any, cast

import boto3
import pytest

from leadflow.adapters.dynamodb.demand_writer import DynamoDemandWriter
from leadflow.adapters.dynamodb.demands import DynamoDemands
from leadflow.adapters.files import S3Files
from leadflow.domain.auction_listings import AuctionStatus
from leadflow.domain.leads import LeadStatus
from leadflow.runtime import container
from tests.builders import TENANT_ID, lead
from tests.fakes.clock import FixedClock
from tests.fakes.jobs import ScriptedRuns
from tests.integration.erasure_market import ADMIN
from tests.integration.http import Answer, Client, invoked
from tests.integration.marketplace_calls import (
    an_order_for_what_its_flow_lists,
    open_market,
    wallet,
)
from tests.integration.seeds import store_lead
from tests.unit.domain.demand_examples import demand

BUCKET = "files"


@pytest.fixture(autouse=True)
def runs(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ScriptedRuns:
    """A market, a bucket, and workflows that are only noted down."""
    open_market(monkeypatch, FixedClock())
    noted = ScriptedRuns()
    monkeypatch.setattr(container, "job_runs", lambda: noted)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    files = S3Files(BUCKET)
    monkeypatch.setattr(container, "files", lambda: files)
    return noted


def ordered(lead_id: str, key: str | None = None) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    path = f"/leads/{lead_id}/erase"
    return Client("erase_lead", ADMIN).call("POST", path, {"confirm": True}, headers=headers)


def erased(lead_id: str) -> None:
    step = {"tenant_id": TENANT_ID, "job_id": ordered(lead_id).body["id"]}
    done = cast("dict[str, Any]", invoked("erase_lead_data", step))
    assert done["state"] == "ended"


def test_a_listed_lead_leaves_the_market_and_its_buyers_get_back_what_is_held() -> None:
    listing = an_order_for_what_its_flow_lists()
    erased(listing.lead_id)
    ended = container.marketplace().get(TENANT_ID, listing.id)
    assert ended
    assert (ended.status, ended.orders) == (AuctionStatus.REMOVED, ())
    assert (wallet().held_cents, wallet().balance_cents) == (0, 50_000)


def test_the_demand_that_a_lead_filled_forgets_who_was_asked_for() -> None:
    DynamoDemandWriter().put_all(TENANT_ID, [demand()])
    store_lead(lead(1, status=LeadStatus.ASSIGNED, demand_id=demand().id), 1)
    erased(lead(1).id)
    assert DynamoDemands().get(TENANT_ID, demand().id) == demand().erased() != demand()


def test_an_order_that_comes_again_is_one_job_though_its_first_answer_was_lost(
    runs: ScriptedRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ordered(lead().id, "again")
    assert ordered(lead().id, "again").headers["Idempotent-Replayed"] == "true"
    monkeypatch.setattr("leadflow.runtime.http.once", lambda event, context, do: do(event, context))
    assert ordered(lead().id, "again").body["id"] == first.body["id"]
    assert set(runs.started) == {first.body["id"]}
