"""Tenants, customers, sources and roles see and change what is theirs (`contract.md`, C11)."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.shop import TIMEOUT_SECONDS, US_RANGE, Shop, expect, lead
from tests.e2e.trade import Trade, highest_price
from tools.local_stack import StackInfo, create_tenant

RANGE = [{"scope": "county", "enabled": True, **US_RANGE}]


@pytest.fixture(scope="module")
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    return Shop(admin, stack.api_url).open(scopes=RANGE)


@pytest.fixture(scope="module")
def stranger(stack: StackInfo) -> Iterator[httpx.Client]:
    with client_of(stack, create_tenant(DIRECTORY, "Stranger").admin_token) as client:
        yield client


def test_another_tenants_ids_look_like_none(shop: Shop, stranger: httpx.Client) -> None:
    buyer = shop.customer(funds_cents=10_000)
    bid = shop.bid(buyer, 5000)
    source = shop.source()
    answer = expect(source.post(lead()), 201)
    paths = [
        f"/customers/{buyer}",
        f"/customers/{buyer}/wallet",
        f"/customers/{buyer}/transactions",
        f"/bids/{bid}",
        f"/sources/{source.id}",
        f"/lead-categories/{shop.category_id}",
        f"/lead-types/{shop.lead_type_id}",
        f"/leads/{answer['lead_public_id']}",
        f"/leads/{answer['lead_public_id']}/flows",
        f"/flows/{answer['flow_id']}",
        f"/submissions/{answer['submission_id']}",
    ]

    for path in paths:
        assert expect(stranger.get(path), 404)["code"] == "not_found", path
    deposit = {"amount_cents": 500, "description": "Foreign"}
    expect(stranger.post(f"/customers/{buyer}/deposits", json=deposit), 404)
    expect(stranger.patch(f"/bids/{bid}", json={"paused": True}), 404)
    expect(stranger.delete(f"/sources/{source.id}"), 404)
    assert expect(stranger.get("/leads"), 200)["data"] == []


def test_another_tenants_partners_pings_and_plans_look_like_none(
    trade: Trade, stranger: httpx.Client
) -> None:
    partner, source = trade.partner("20.00"), trade.shop.source()
    plan = trade.plan(highest_price([partner]))
    ping = expect(source.ping({"zip": "30303"}), 200)
    path = f"/partners/{partner.id}"
    foreign = Shop(stranger, trade.shop.api_url).open(scopes=RANGE)

    answers = [
        stranger.get(path),
        stranger.patch(path, json={"name": "Mine"}),
        stranger.delete(path),
        stranger.post(f"{path}/test-exchange", json={"exchange": "ping"}),
        stranger.get(f"/flows/{ping['flow_id']}"),
        stranger.get(f"/distribution-plan/versions/{plan['version']}"),
    ]
    taken = foreign.source().post(lead(ping_id=ping["ping_id"]))
    named = stranger.put("/distribution-plan", json={"stages": [highest_price([partner])]})

    assert [answer.status_code for answer in answers] == [404] * 6
    assert {answer.json()["code"] for answer in answers} == {"not_found"}
    assert expect(taken, 422)["error"] == "Ping could not be found with the provided ping ID"
    assert list(expect(named, 422)["errors"]) == ["stages.0.settings.partners.include.0"]
    assert expect(stranger.get("/partners"), 200)["data"] == []
    assert partner.lead_ids == []


def test_a_foreign_cursor_is_refused(shop: Shop, stranger: httpx.Client) -> None:
    for _ in range(2):
        shop.customer()
    cursor = shop.read("/customers", limit="1")["next_cursor"]

    problem = expect(stranger.get("/customers", params={"cursor": cursor}), 422)

    assert problem["code"] == "invalid_cursor"


@pytest.mark.parametrize(
    ("role", "allowed", "denied"),
    [
        ("sales", "/customers", ("/sources", "sources.view")),
        ("data_validation", "/leads", ("/customers", "customers.view")),
        ("customer_support", "/customers", ("/lead-types", "lead-types.view")),
    ],
)
def test_a_role_lacks_what_the_table_does_not_give_it(
    stack: StackInfo, shop: Shop, role: str, allowed: str, denied: tuple[str, str]
) -> None:
    forbidden, permission = denied
    token = shop.made("/users", {"email": f"{role}@example.com", "role": role})["token"]

    with client_of(stack, token) as user:
        expect(user.get(allowed), 200)
        problem = expect(user.get(forbidden), 403)

    assert problem["code"] == "forbidden"
    assert permission in problem["detail"]


def test_a_customer_sees_its_own_leads_cut_to_deliverable_fields(
    stack: StackInfo, admin: httpx.Client
) -> None:
    secret = {"title": "income", "type": "numeric"}
    shown = {"title": "interest", "type": "text", "deliverable": True}
    shop = Shop(admin, stack.api_url).open(scopes=RANGE, fields=[secret, shown])
    buyer, other = shop.customer(funds_cents=50_000), shop.customer(funds_cents=50_000)
    shop.bid(buyer, 5000)
    answer = expect(shop.source().post(lead(income=90_000, interest="solar")), 201)
    path = f"/customers/{buyer}/users"
    token = shop.made(path, {"email": "buyer@example.com", "role": "customer_user"})["token"]

    with client_of(stack, token) as user:
        seen = expect(user.get(f"/leads/{answer['lead_public_id']}"), 200)
        listed = expect(user.get("/leads"), 200)["data"]
        expect(user.get(f"/customers/{other}/wallet"), 404)
        expect(user.get(f"/flows/{answer['flow_id']}"), 403)

    assert set(seen) == {
        "id",
        "object",
        "status",
        "lead_type",
        "contact",
        "details",
        "charged_cents",
        "scope",
        "assigned_at",
        "returned_at",
    }
    assert seen["details"] == {"interest": "solar"}
    assert [one["id"] for one in listed] == [answer["lead_public_id"]]
    assert "90000" not in str(listed)


def test_a_source_sees_only_its_own_submissions(shop: Shop, stack: StackInfo) -> None:
    mine, theirs = shop.source(), shop.source()
    foreign = expect(theirs.post(lead()), 201)["submission_id"]
    own = expect(mine.post(lead()), 201)["submission_id"]
    headers = {"Authorization": mine.basic}
    url = f"{stack.api_url}/submissions"

    listed = expect(httpx.get(url, headers=headers, timeout=TIMEOUT_SECONDS), 200)["data"]
    denied = httpx.get(f"{url}/{foreign}", headers=headers, timeout=TIMEOUT_SECONDS)

    assert [one["id"] for one in listed] == [own]
    expect(denied, 404)
    leads = httpx.get(f"{stack.api_url}/leads", headers=headers, timeout=TIMEOUT_SECONDS)
    expect(leads, 403)


def test_a_source_that_sends_too_much_is_told_when_to_come_back(
    stack: StackInfo, stranger: httpx.Client
) -> None:
    shop = Shop(stranger, stack.api_url).open(scopes=RANGE)
    expect(stranger.patch("/settings", json={"source_rate_limit_per_minute": 2}), 200)
    source = shop.source()

    answers = [source.post(lead()) for _ in range(6)]

    expect(stranger.patch("/settings", json={"source_rate_limit_per_minute": 600}), 200)
    limited = [answer for answer in answers if answer.status_code == httpx.codes.TOO_MANY_REQUESTS]
    assert len(limited) >= 2  # the minute may turn meanwhile
    assert expect(limited[0], 429)["code"] == "rate_limited"
    assert 1 <= int(limited[0].headers["Retry-After"]) <= 60
    assert len(shop.everything("/submissions", source_id=source.id)) == 6 - len(limited)
