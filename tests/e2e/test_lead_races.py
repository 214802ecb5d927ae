"""People who act on one lead at once: it ends as if one had come after the other.

Whatever the order was, wallet, ledger, limits and the lead itself say the same. Other races are in
`test_races.py`, `test_partner_races.py`, `test_lead_actions.py` and `test_returns.py`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import httpx
import pytest

from tests.e2e.conftest import client_of
from tests.e2e.shop import Shop, at_once, expect, lead
from tests.e2e.trade import HANGS, RANGES, Trade, highest_price
from tools.local_stack import StackInfo

PRICE_CENTS = 1000
FUNDS_CENTS = 50_000
CAP = 2
"""Leads a day that the customer may win."""

ROUNDS = 3
PATIENCE_MS = 100
HANGING_SECONDS = 1
ASKED_AGAIN_SECONDS = 0.1
TRIES_MAX = 200

Call = Callable[[], httpx.Response]


@pytest.fixture
def shop(tenant: Trade) -> Shop:
    """A shop in which a lead costs the minimum, and one customer may win two a day."""
    tenant.plan(highest_price())
    return Shop(tenant.shop.client, tenant.shop.api_url).open(scopes=RANGES)


def _buyer(shop: Shop) -> str:
    customer_id = shop.customer(funds_cents=FUNDS_CENTS)
    shop.bid(customer_id, PRICE_CENTS, lead_caps={"daily": CAP})
    return customer_id


def _unsold(shop: Shop) -> str:
    answer = expect(shop.source().post(lead()), 201)
    assert answer["status"] == "unassigned"
    return str(answer["lead_public_id"])


def _again_until_done(call: Call) -> httpx.Response:
    """Repeat a call as long as the lead's status forbids it."""
    for _ in range(TRIES_MAX):
        answer = call()
        if answer.status_code != httpx.codes.CONFLICT:
            return answer
        assert expect(answer, 409)["code"] == "invalid_status"
        time.sleep(ASKED_AGAIN_SECONDS)
    raise AssertionError("The lead never allowed it.")


def _check_books(shop: Shop, buyer: str, *, sold: int, returned: int = 0) -> None:
    """Ledger, wallet and limits agree that so many leads were charged and given back."""
    shop.check_ledger(buyer)
    rows = shop.everything(f"/customers/{buyer}/transactions")
    events = Counter(row["event"] for row in rows)
    assert (events["LEAD_ASSIGNED"], events["LEAD_RETURNED"]) == (sold, returned)
    kept = sold - returned
    assert shop.wallet(buyer)["balance_cents"] == FUNDS_CENTS - kept * PRICE_CENTS
    statuses = [expect(shop.source().post(lead()), 201)["status"] for _ in range(CAP - kept + 1)]
    assert statuses == ["assigned"] * (CAP - kept) + ["unassigned"]


def test_a_return_and_the_approval_of_its_request_at_once_make_one_refund(
    stack: StackInfo, shop: Shop
) -> None:
    buyer = _buyer(shop)
    sold = expect(shop.source().post(lead()), 201)["lead_public_id"]
    user = {"email": f"{buyer}@example.com", "role": "customer_user"}
    with client_of(stack, shop.made(f"/customers/{buyer}/users", user)["token"]) as customer:
        path = f"/leads/{sold}/return-requests"
        request = expect(customer.post(path, json={"reason": "wrong_number"}), 201)
    approve = f"/return-requests/{request['id']}/approve"

    answers = at_once(
        [
            *[lambda: shop.client.post(f"/leads/{sold}/return")] * 2,
            *[lambda: shop.client.post(approve)] * 2,
        ]
    )

    codes = Counter(answer.status_code for answer in answers)
    assert codes == {200: 1, 409: 3}
    assert shop.read(f"/leads/{sold}")["status"] == "returned"
    [decided] = shop.read("/return-requests", customer_id=buyer)["data"]
    assert decided["status"] == "approved"
    _check_books(shop, buyer, sold=1, returned=1)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_lead_that_is_reprocessed_is_returned_only_once_it_is_sold(
    shop: Shop, number: int
) -> None:
    lead_id = _unsold(shop)
    buyer = _buyer(shop)
    path = f"/leads/{lead_id}"

    calls: list[Call] = [
        lambda: shop.client.post(f"{path}/reprocess", json={}),
        lambda: _again_until_done(lambda: shop.client.post(f"{path}/return")),
        lambda: shop.client.post(f"{path}/reprocess", json={}),
    ]

    answers = at_once([*calls[number:], *calls[:number]])

    assert sorted(answer.status_code for answer in answers) == [200, 202, 409]
    assert shop.read(path)["status"] == "returned"
    assert expect(shop.client.post(f"{path}/reprocess", json={}), 409)["code"] == "invalid_status"
    _check_books(shop, buyer, sold=1, returned=1)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_an_edit_counts_before_the_distribution_or_is_refused(shop: Shop, number: int) -> None:
    lead_id = _unsold(shop)
    buyer = _buyer(shop)
    path, change = f"/leads/{lead_id}", {"contact": {"first_name": "Grace"}}
    calls: list[Call] = [
        lambda: shop.client.patch(path, json=change),
        lambda: shop.client.post(f"{path}/reprocess", json={}),
    ]

    answers = at_once(calls if number % 2 else calls[::-1])

    edited, begun = answers if number % 2 else reversed(answers)
    expect(begun, 202)
    assert edited.status_code in {200, 409}
    found = shop.until_settled(lead_id)
    name = "Grace" if edited.status_code == httpx.codes.OK else "Ada"
    assert (found["status"], found["contact"]["first_name"]) == ("assigned", name)
    assert len(shop.everything(f"{path}/flows")) == 2
    _check_books(shop, buyer, sold=1)


def test_edits_that_distribute_at_once_sell_the_lead_once(shop: Shop) -> None:
    lead_id = _unsold(shop)
    buyer = _buyer(shop)
    names = ("Grace", "Barbara", "Margaret")

    def edit(name: str) -> httpx.Response:
        body = {"contact": {"first_name": name}, "reprocess": {"start": "bidding"}}
        return shop.client.patch(f"/leads/{lead_id}", json=body)

    answers = at_once([partial(edit, name) for name in names])

    [done] = [one for one in answers if one.status_code == httpx.codes.OK]
    assert {expect(one, 409)["code"] for one in answers if one is not done} == {"invalid_status"}
    found = shop.until_settled(lead_id)
    assert found["contact"]["first_name"] == done.json()["lead"]["contact"]["first_name"]
    assert found["flow_ids"][-1] == done.json()["flow_id"]
    _check_books(shop, buyer, sold=1)


@pytest.fixture
def slow(tenant: Trade) -> Iterator[Shop]:
    """A shop whose runs wait for a partner that never answers, before they sell to a bid."""
    trade = tenant.anew()
    hanging = trade.partner("90.00", timeout_seconds=HANGING_SECONDS)
    hanging.behave("ping", HANGS)
    trade.plan(highest_price([hanging]))
    yield trade.shop
    trade.plan(highest_price())


def test_a_lead_that_is_deleted_while_it_is_sold_is_paid_for_and_gone(slow: Shop) -> None:
    buyer = _buyer(slow)
    source = slow.source()

    for _ in range(CAP):
        posted = expect(source.post(lead(timeout_ms=PATIENCE_MS)), 201)
        assert posted["status"] == "processing"
        path = f"/leads/{posted['lead_public_id']}"

        answers = at_once([partial(_deleted, slow, path)] * 3)

        assert sorted(one.status_code for one in answers) == [204, 404, 404]
        expect(slow.client.get(path), 404)
        flow = slow.read(f"/flows/{posted['flow_id']}")
        assert (flow["sold_for_cents"], flow["outcome"]) == (PRICE_CENTS, None)
        assert [one["event"] for one in flow["timeline"]][-1] == "lead_deleted"
        rows = slow.everything(f"/customers/{buyer}/transactions")
        assert rows[0]["related"]["lead_id"] == posted["lead_public_id"]

    assert slow.everything("/leads", customer_id=buyer) == []
    _check_books(slow, buyer, sold=CAP)


def _deleted(shop: Shop, path: str) -> httpx.Response:
    """Delete the lead as soon as its status allows it."""
    return _again_until_done(lambda: shop.client.delete(path))
