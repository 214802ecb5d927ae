"""Returns and return requests over HTTP: one refund, walls between customers, who may what."""

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.conftest import client_of
from tests.e2e.shop import Json, Shop, expect, lead
from tools.local_stack import StackInfo

PRICE_CENTS = 4000
FUNDS_CENTS = 50_000
RACERS = 8
SCOPES = [{"scope": "county", "enabled": True, "fixed_price_cents": PRICE_CENTS}]
WRONG_NUMBER = {"reason": "wrong_number"}


@pytest.fixture
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    return Shop(admin, stack.api_url).open(scopes=SCOPES)


@pytest.fixture
def buyer(shop: Shop) -> str:
    """A customer with money and a bid that allows one lead a day."""
    customer_id = shop.customer(funds_cents=FUNDS_CENTS)
    shop.bid(customer_id, PRICE_CENTS, lead_caps={"daily": 1})
    return customer_id


@pytest.fixture
def user(stack: StackInfo, shop: Shop, buyer: str) -> Iterator[httpx.Client]:
    """A user of that customer."""
    with client_of(stack, _token(shop, buyer)) as client:
        yield client


def _token(shop: Shop, customer_id: str) -> str:
    body = {"email": f"{customer_id}@example.com", "role": "customer_user"}
    return str(shop.made(f"/customers/{customer_id}/users", body)["token"])


def _sold(shop: Shop) -> str:
    """The id of a lead that the buyer has just got."""
    answer = expect(shop.source().post(lead()), 201)
    assert answer["status"] == "assigned"
    return str(answer["lead_public_id"])


def _events(shop: Shop, customer_id: str) -> Counter[str]:
    shop.check_ledger(customer_id)
    return Counter(
        row["event"] for row in shop.everything(f"/customers/{customer_id}/transactions")
    )


def test_a_returned_lead_frees_money_and_room_and_stays_with_its_customer(
    shop: Shop, buyer: str, user: httpx.Client
) -> None:
    lead_id = _sold(shop)
    full = expect(shop.source().post(lead()), 201)
    assert full["status"] == "unassigned"

    back = expect(shop.client.post(f"/leads/{lead_id}/return", json=WRONG_NUMBER), 200)

    assert (back["status"], back["sold"]) == ("returned", True)
    assert shop.wallet(buyer)["balance_cents"] == FUNDS_CENTS
    assert _events(shop, buyer)["LEAD_RETURNED"] == 1
    assert expect(user.get(f"/leads/{lead_id}"), 200)["status"] == "returned"
    _sold(shop)


def test_two_people_and_a_repeat_at_once_make_one_refund(shop: Shop, buyer: str) -> None:
    path = f"/leads/{_sold(shop)}/return"
    headers = {"Idempotency-Key": str(uuid.uuid4())}

    def give_back(number: int) -> httpx.Response:
        return shop.client.post(path, json={}, headers=headers if number % 2 else {})

    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(give_back, range(RACERS)))

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert _events(shop, buyer)["LEAD_RETURNED"] == 1
    assert shop.wallet(buyer)["balance_cents"] == FUNDS_CENTS


def test_a_request_is_made_once_and_decided_once(
    shop: Shop, buyer: str, user: httpx.Client
) -> None:
    lead_id = _sold(shop)
    path = f"/leads/{lead_id}/return-requests"

    request = expect(user.post(path, json=WRONG_NUMBER), 201)

    assert request["status"] == "pending"
    assert expect(user.post(path, json=WRONG_NUMBER), 409)["code"] == "return_already_requested"
    assert shop.read(f"/leads/{lead_id}")["return_request_id"] == request["id"]
    assert expect(user.get("/return-requests"), 200)["data"] == [request]
    assert shop.read("/return-requests", customer_id=buyer)["data"] == [request]
    decided = _decided_at_once(shop.client, request["id"])
    assert shop.read("/return-requests", customer_id=buyer)["data"] == [decided]
    is_approved = decided["status"] == "approved"
    assert _events(shop, buyer)["LEAD_RETURNED"] == is_approved
    status = shop.read(f"/leads/{lead_id}")["status"]
    assert status == ("returned" if is_approved else "assigned")


def _decided_at_once(client: httpx.Client, request_id: str) -> Json:
    """The decision that was faster than the others."""
    verdicts = ["approve", "deny"] * 2
    paths = [f"/return-requests/{request_id}/{verdict}" for verdict in verdicts]
    with ThreadPoolExecutor(len(paths)) as pool:
        answers = list(pool.map(client.post, paths))
    [decided] = [answer for answer in answers if answer.status_code == 200]
    assert all(expect(one, 409)["code"] == "conflict" for one in answers if one is not decided)
    return expect(decided, 200)


def test_another_customer_and_lesser_roles_are_kept_out(
    stack: StackInfo, shop: Shop, user: httpx.Client
) -> None:
    lead_id = _sold(shop)
    request = expect(user.post(f"/leads/{lead_id}/return-requests", json=WRONG_NUMBER), 201)
    email = f"{uuid.uuid4()}@example.com"
    sales = shop.made("/users", {"email": email, "role": "sales"})["token"]

    with client_of(stack, _token(shop, shop.customer())) as rival:
        expect(rival.post(f"/leads/{lead_id}/return-requests", json=WRONG_NUMBER), 404)
        assert expect(rival.get("/return-requests"), 200)["data"] == []
    with client_of(stack, sales) as clerk:
        assert "leads.return" in expect(clerk.post(f"/leads/{lead_id}/return"), 403)["detail"]
        refused = clerk.post(f"/return-requests/{request['id']}/approve")
        assert "leads.approve-dispute" in expect(refused, 403)["detail"]
    expect(user.post(f"/leads/{lead_id}/return"), 403)
