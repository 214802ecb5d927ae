"""Leads of a customer as a file, over HTTP: ordered, followed, downloaded, and kept from others."""

import csv
import io
import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.shop import Json, Shop, expect, job_ended, lead
from tools.local_stack import StackInfo, create_tenant

PRICE_CENTS = 4000
FUNDS_CENTS = 500_000
SCOPES = [{"scope": "county", "enabled": True, "fixed_price_cents": PRICE_CENTS}]
FIELDS = [
    {"title": "campaign_code", "type": "text"},
    {"title": "roof", "type": "text", "deliverable": True},
    {"title": "credit_score", "type": "numeric"},
]
DOWNLOAD_SECONDS = 60


@pytest.fixture(scope="module")
def export_admin(stack: StackInfo) -> Iterator[httpx.Client]:
    """The admin of a tenant of the module's own."""
    with client_of(stack, create_tenant(DIRECTORY, "Exports").admin_token) as client:
        yield client


@pytest.fixture(scope="module")
def shop(stack: StackInfo, export_admin: httpx.Client) -> Shop:
    """A category with fields of its own, of which one is delivered."""
    return Shop(export_admin, stack.api_url).open(scopes=SCOPES, fields=FIELDS)


@pytest.fixture
def buyer(shop: Shop) -> Iterator[str]:
    """A customer with a bid that nobody else's is in the way of."""
    customer_id = shop.customer(funds_cents=FUNDS_CENTS)
    bid_id = shop.bid(customer_id, PRICE_CENTS)
    yield customer_id
    expect(shop.client.delete(f"/bids/{bid_id}"), 204)


def token(shop: Shop, customer_id: str, role: str = "customer_user") -> str:
    body = {"email": f"{uuid.uuid4()}@example.com", "role": role}
    return str(shop.made(f"/customers/{customer_id}/users", body)["token"])


def sold(shop: Shop, **values: object) -> str:
    """The id of a lead that the buyer has just got."""
    answer = expect(shop.source().post(lead(**values)), 201)
    assert answer["status"] == "assigned"
    return str(answer["lead_public_id"])


def ordered(
    client: httpx.Client, customer_id: str, key: str | None = None, **filters: object
) -> Json:
    headers = {"Idempotency-Key": key} if key else {}
    path = f"/customers/{customer_id}/lead-exports"
    job = expect(client.post(path, json={"filter": filters}, headers=headers), 202)
    assert (job["object"], job["kind"]) == ("job", "lead_export")
    return job


def downloaded(job: Json) -> list[dict[str, str]]:
    """The rows of a job's file, which its link gives to whoever has it."""
    assert job["status"] == "succeeded", job
    answer = httpx.get(job["result"]["download_url"], timeout=DOWNLOAD_SECONDS)
    assert answer.status_code == 200, answer.text
    assert 'filename="leads.csv"' in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))
    assert job["result"]["rows"] == len(rows)
    assert job["progress"] == {"total": len(rows), "done": len(rows), "failed": 0}
    return rows


def exported(client: httpx.Client, customer_id: str, **filters: object) -> list[dict[str, str]]:
    return downloaded(job_ended(client, ordered(client, customer_id, None, **filters)["id"]))


def test_an_admin_exports_all_fields_as_text_that_no_spreadsheet_runs(
    shop: Shop, buyer: str
) -> None:
    first = sold(
        shop,
        first_name='=HYPERLINK("https://evil.example","x")',
        last_name='O"Neil, née\nZoë',
        phone="+1 404 555 0123",
        campaign_code="00501",
        credit_score=-5,
        roof="@flat",
    )
    second = sold(shop, credit_score=700)
    expect(shop.client.post(f"/leads/{second}/return", json={"reason": "wrong_number"}), 200)

    rows = exported(shop.client, buyer)

    assert [row["id"] for row in rows] == [second, first]
    returned, row = rows
    assert (returned["status"], row["status"]) == ("returned", "assigned")
    assert returned["returned_at"].endswith("Z")
    assert row["first_name"] == '\'=HYPERLINK("https://evil.example","x")'
    assert row["last_name"] == 'O"Neil, née\nZoë'
    assert (row["phone"], row["roof"]) == ("'+1 404 555 0123", "'@flat")
    assert (row["zip"], row["campaign_code"]) == ("30303", "00501")
    assert (row["credit_score"], returned["credit_score"]) == ("-5", "700")
    assert (row["charged_cents"], row["assigned_via"]) == (str(PRICE_CENTS), "bidding")
    assert row["source"]


def test_a_customer_exports_its_own_leads_without_what_is_not_delivered(
    stack: StackInfo, shop: Shop, buyer: str
) -> None:
    lead_id = sold(shop, roof="flat", campaign_code="secret-7", credit_score=731)
    back = sold(shop)
    expect(shop.client.post(f"/leads/{back}/return", json={"reason": "wrong_number"}), 200)
    with client_of(stack, token(shop, buyer)) as user:
        rows = {row["id"]: row for row in exported(user, buyer, status="assigned")}
        row = rows[lead_id]
        assert back not in rows
        assert (row["roof"], row["status"]) == ("flat", "assigned")
        assert not {"campaign_code", "credit_score", "source", "payout_cents"} & set(row)
        assert not {"secret-7", "731"} & set(row.values())
        path = f"/customers/{buyer}/lead-exports"
        hidden = expect(user.post(path, json={"filter": {"source_id": shop.source().id}}), 422)
        assert list(hidden["errors"]) == ["filter.source_id"]


def test_who_may_not_export_is_told_so_and_sees_nobodys_job(
    stack: StackInfo, shop: Shop, buyer: str
) -> None:
    sold(shop)
    job = ordered(shop.client, buyer)
    path = f"/customers/{buyer}/lead-exports"
    sales = {"email": f"{uuid.uuid4()}@example.com", "role": "sales"}
    with client_of(stack, shop.made("/users", sales)["token"]) as clerk:
        assert "leads.export" in expect(clerk.post(path), 403)["detail"]
        expect(clerk.get(f"/jobs/{job['id']}"), 404)
    with client_of(stack, token(shop, shop.customer(), "customer_admin")) as rival:
        expect(rival.post(path), 404)
        expect(rival.get(f"/jobs/{job['id']}"), 404)
    with client_of(stack, stack.admin_token) as stranger:
        expect(stranger.post(path), 404)
        expect(stranger.get(f"/jobs/{job['id']}"), 404)
    refused = httpx.post(f"{stack.api_url}{path}", headers={"Authorization": shop.source().basic})
    assert refused.status_code == 403
    job_ended(shop.client, job["id"])


def test_a_bad_date_is_named_and_nothing_is_begun(shop: Shop, buyer: str) -> None:
    path = f"/customers/{buyer}/lead-exports"
    body = {"filter": {"received_from": "2026-02-30", "status": "sold"}}
    refused = expect(shop.client.post(path, json=body), 422)
    assert refused["code"] == "validation_failed"
    assert set(refused["errors"]) == {"filter.received_from", "filter.status"}
    assert exported(shop.client, buyer, received_from="2026-01-01") == []


def test_a_repeat_is_told_of_the_same_job(shop: Shop, buyer: str) -> None:
    sold(shop)
    key = str(uuid.uuid4())
    first = ordered(shop.client, buyer, key)
    assert ordered(shop.client, buyer, key)["id"] == first["id"]
    other = shop.client.post(
        f"/customers/{buyer}/lead-exports",
        json={"filter": {"status": "returned"}},
        headers={"Idempotency-Key": key},
    )
    assert expect(other, 422)["code"] == "idempotency_key_reused"
    assert len(downloaded(job_ended(shop.client, first["id"]))) == 1


def test_a_file_is_for_those_who_have_its_link_whole(shop: Shop, buyer: str) -> None:
    job = job_ended(shop.client, ordered(shop.client, buyer)["id"])
    assert downloaded(job) == []
    assert job["result"]["expires_at"] > job["finished_at"]
    link = httpx.URL(job["result"]["download_url"])
    unsigned = httpx.get(link.copy_with(query=None), timeout=DOWNLOAD_SECONDS)
    assert unsigned.status_code == 403
    forged = link.copy_set_param("X-Amz-Signature", "0" * 64)
    assert httpx.get(forged, timeout=DOWNLOAD_SECONDS).status_code == 403
    conflict = expect(shop.client.post(f"/jobs/{job['id']}/cancel"), 409)
    assert conflict["code"] == "conflict"
