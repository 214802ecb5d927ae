"""Many leads distributed again over HTTP: previewed, confirmed, followed, reported, cancelled."""

import csv
import io
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.shop import Json, Shop, Source, expect, lead
from tools.local_stack import StackInfo, create_tenant

PRICE_CENTS = 4000
FUNDS_CENTS = 500_000
SCOPES = [{"scope": "county", "enabled": True, "fixed_price_cents": PRICE_CENTS}]
ENDED = {"succeeded", "failed", "cancelled"}
POLLS_MAX = 360
POLL_SECONDS = 0.5
IDS_MAX = 10_000


@pytest.fixture(scope="module")
def bulk_admin(stack: StackInfo) -> Iterator[httpx.Client]:
    """The admin of a tenant of the module's own; whatever distributes a lead is warm."""
    with client_of(stack, create_tenant(DIRECTORY, "Bulk").admin_token) as client:
        # On a busy machine the first cold starts together outlive the function that waits for them.
        Shop(client, stack.api_url).open(scopes=SCOPES).source().post(lead())
        yield client


@pytest.fixture
def shop(stack: StackInfo, bulk_admin: httpx.Client) -> Shop:
    """A category of that tenant in which nobody bids."""
    return Shop(bulk_admin, stack.api_url).open(scopes=SCOPES)


def _unsold(source: Source, count: int) -> list[str]:
    """The ids of so many new leads that nobody took."""
    answers = [expect(source.post(lead()), 201) for _ in range(count)]
    assert {one["status"] for one in answers} == {"unassigned"}
    return [str(one["lead_public_id"]) for one in answers]


def _buyer(shop: Shop) -> str:
    customer_id = shop.customer(funds_cents=FUNDS_CENTS)
    shop.bid(customer_id, PRICE_CENTS)
    return customer_id


def _confirmed(client: httpx.Client, key: str | None = None, **selection: object) -> Json:
    """A job that was confirmed."""
    headers = {"Idempotency-Key": key} if key else {}
    body = {"start": "bidding", "confirm": True, **selection}
    return expect(client.post("/leads/reprocess", json=body, headers=headers), 202)


def _ended(client: httpx.Client, job_id: str) -> Json:
    """A job that has ended and has its result; what is seen of it until then makes sense."""
    done = 0
    for _ in range(POLLS_MAX):
        job = expect(client.get(f"/jobs/{job_id}"), 200)
        assert job["progress"]["done"] >= done
        done = job["progress"]["done"]
        if job["status"] in ENDED and job["result"] is not None:
            return job
        time.sleep(POLL_SECONDS)
    message = f"{job_id} did not end: {job}"
    raise AssertionError(message)


def _report(job: Json) -> list[dict[str, str]]:
    """The lines of a job's report, which its link gives to whoever has it."""
    answer = httpx.get(job["result"]["report_url"], timeout=60)
    assert answer.status_code == 200
    assert "reprocessed-leads.csv" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def _charged(shop: Shop, customer_id: str) -> list[str]:
    shop.check_ledger(customer_id)
    rows = shop.everything(f"/customers/{customer_id}/transactions")
    return [row["related"]["lead_id"] for row in rows if row["event"] == "LEAD_ASSIGNED"]


def test_what_was_previewed_is_sold_once_and_reported_line_by_line(shop: Shop) -> None:
    ids = _unsold(shop.source(), 30)
    buyer = _buyer(shop)
    selection = {"lead_ids": ids, "start": "bidding"}
    preview = expect(shop.client.post("/leads/reprocess", json=selection), 200)
    assert (preview["eligible"], preview["ineligible"]) == (30, 0)
    assert not _charged(shop, buyer)

    begun = _confirmed(shop.client, lead_ids=ids)
    assert (begun["object"], begun["kind"]) == ("job", "lead_reprocess")
    job = _ended(shop.client, begun["id"])

    assert (job["status"], job["progress"]) == (
        "succeeded",
        {"total": 30, "done": 30, "failed": 0},
    )
    told = {name: job["result"][name] for name in ("queued", "refused", "by_reason")}
    assert told == {"queued": 30, "refused": 0, "by_reason": {}}
    lines = _report(job)
    assert [line["lead_id"] for line in lines] == ids
    for line in lines:
        sold = shop.until_settled(line["lead_id"])
        assert (line["outcome"], sold["status"]) == ("queued", "assigned")
        assert sold["flow_ids"][-1] == line["flow_id"]
    assert sorted(_charged(shop, buyer)) == sorted(ids)


def test_what_has_changed_since_the_preview_is_told_and_not_forced(shop: Shop) -> None:
    changed, deleted, waiting = _unsold(shop.source(), 3)
    buyer = _buyer(shop)
    ids = [changed, deleted, waiting]
    preview = expect(shop.client.post("/leads/reprocess", json={"lead_ids": ids}), 200)
    assert preview["eligible"] == 3
    expect(shop.client.post(f"/leads/{changed}/reprocess", json={}), 202)
    assert shop.until_settled(changed)["status"] == "assigned"
    expect(shop.client.delete(f"/leads/{deleted}"), 204)

    job = _ended(shop.client, _confirmed(shop.client, lead_ids=ids)["id"])

    told = {line["lead_id"]: (line["outcome"], line["reason"]) for line in _report(job)}
    assert told == {
        changed: ("refused", "status_not_reprocessable"),
        deleted: ("refused", "not_found"),
        waiting: ("queued", ""),
    }
    assert job["result"]["by_reason"] == {"status_not_reprocessable": 1, "not_found": 1}
    assert shop.until_settled(waiting)["status"] == "assigned"
    assert sorted(_charged(shop, buyer)) == sorted([changed, waiting])


def test_garbage_and_foreign_ids_are_told_one_by_one(
    shop: Shop, stack: StackInfo, admin: httpx.Client
) -> None:
    [foreign] = _unsold(Shop(admin, stack.api_url).open(scopes=SCOPES).source(), 1)
    [own] = _unsold(shop.source(), 1)
    odd = [foreign, "lead_" + "0" * 26, "=HYPERLINK(1)", "", "ada@example.com"]

    job = _ended(shop.client, _confirmed(shop.client, lead_ids=[*odd, own])["id"])

    assert (job["result"]["queued"], job["result"]["by_reason"]) == (1, {"not_found": 5})
    told = Counter((line["lead_id"], line["outcome"]) for line in _report(job))
    expected = [*(one for one in odd if not one.startswith("=")), "'=HYPERLINK(1)"]
    assert told == Counter([*((one, "refused") for one in expected), (own, "queued")])
    seen = expect(admin.get(f"/leads/{foreign}"), 200)
    assert (seen["status"], len(seen["flow_ids"])) == ("unassigned", 1)


def test_a_filter_selects_in_the_order_received(shop: Shop) -> None:
    source = shop.source()
    ids = _unsold(source, 6)
    _unsold(shop.source(), 1)
    wanted = {"source_id": source.id, "status": "unassigned"}

    job = _ended(shop.client, _confirmed(shop.client, filter=wanted)["id"])

    assert [line["lead_id"] for line in _report(job)] == ids
    assert (job["progress"]["total"], job["result"]["queued"]) == (6, 6)
    for lead_id in ids:
        assert len(shop.until_settled(lead_id)["flow_ids"]) == 2


def test_ten_thousand_ids_are_taken_and_a_cancelled_job_stops_and_tells(shop: Shop) -> None:
    [own] = _unsold(shop.source(), 1)
    # What is no lead stands behind the leads, so nothing but the first batch touches one.
    ids = [own, *(f"lead_{number:026d}" for number in range(1, IDS_MAX))]
    job_id = _confirmed(shop.client, lead_ids=ids)["id"]
    cancelled = expect(shop.client.post(f"/jobs/{job_id}/cancel"), 200)
    assert cancelled["status"] == "cancelled"

    job = _ended(shop.client, job_id)

    assert job["status"] == "cancelled"
    outcomes = Counter(line["outcome"] for line in _report(job))
    assert sum(outcomes.values()) == IDS_MAX
    assert outcomes["cancelled"] > IDS_MAX / 2
    assert job["result"]["cancelled"] == outcomes["cancelled"]
    assert expect(shop.client.post(f"/jobs/{job_id}/cancel"), 200)["status"] == "cancelled"


def test_a_repeat_with_the_same_key_is_the_same_job(shop: Shop) -> None:
    ids = _unsold(shop.source(), 2)
    first = _confirmed(shop.client, "bulk-key", lead_ids=ids)
    assert _confirmed(shop.client, "bulk-key", lead_ids=ids) == first
    body = {"lead_ids": ids[:1], "confirm": True}
    headers = {"Idempotency-Key": "bulk-key"}
    other = expect(shop.client.post("/leads/reprocess", json=body, headers=headers), 422)
    assert other["code"] == "idempotency_key_reused"
    assert _ended(shop.client, first["id"])["result"]["queued"] == 2
    assert {len(shop.until_settled(one)["flow_ids"]) for one in ids} == {2}


def test_only_who_may_confirms_and_only_the_owner_sees_the_job(
    shop: Shop, stack: StackInfo, admin: httpx.Client
) -> None:
    ids = _unsold(shop.source(), 1)
    body = {"lead_ids": ids, "confirm": True}
    made = shop.made("/users", {"email": "support@example.com", "role": "customer_support"})
    with client_of(stack, made["token"]) as support:
        refused = expect(support.post("/leads/reprocess", json=body), 403)
        assert "leads.reprocess" in refused["detail"]
        job_id = _confirmed(shop.client, lead_ids=ids)["id"]
        for stranger in (support, admin):
            expect(stranger.get(f"/jobs/{job_id}"), 404)
            expect(stranger.post(f"/jobs/{job_id}/cancel"), 404)
    assert _ended(shop.client, job_id)["status"] == "succeeded"
    assert len(shop.until_settled(ids[0])["flow_ids"]) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"lead_ids": ["x"] * (IDS_MAX + 1)}, "validation_failed"),
        ({"filter": {"received_from": "soon"}}, "validation_failed"),
        ({"filter": {}, "start": "stage_" + "0" * 26}, "stage_not_available"),
        ({"filter": {}, "start": "post_marketplace_direct_post"}, "direct_post_not_configured"),
    ],
)
def test_a_wrong_confirmation_makes_no_job(shop: Shop, body: Json, code: str) -> None:
    answer = shop.client.post("/leads/reprocess", json={"confirm": True, **body})
    assert expect(answer, 422)["code"] == code


def test_of_two_jobs_over_the_same_leads_each_lead_is_sold_once(shop: Shop) -> None:
    ids = _unsold(shop.source(), 20)
    buyer = _buyer(shop)
    with ThreadPoolExecutor(2) as pool:
        begun = list(pool.map(lambda _: _confirmed(shop.client, lead_ids=ids), range(2)))
    jobs = [_ended(shop.client, one["id"]) for one in begun]

    told = [{line["lead_id"]: line["outcome"] for line in _report(job)} for job in jobs]
    for lead_id in ids:
        assert sorted(one[lead_id] for one in told) == ["queued", "refused"]
        assert shop.until_settled(lead_id)["status"] == "assigned"
    assert sorted(_charged(shop, buyer)) == sorted(ids)
