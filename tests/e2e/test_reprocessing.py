"""A lead that nobody took is distributed again over HTTP: sold once, however often it is asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.shop import Shop, expect, lead
from tools.local_stack import StackInfo

PRICE_CENTS = 4000
FUNDS_CENTS = 50_000
RACERS = 8
SCOPES = [{"scope": "county", "enabled": True, "fixed_price_cents": PRICE_CENTS}]


@pytest.fixture
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    return Shop(admin, stack.api_url).open(scopes=SCOPES)


def _unsold(shop: Shop) -> str:
    """The id of a lead that nobody wanted."""
    answer = expect(shop.source().post(lead()), 201)
    assert answer["status"] == "unassigned"
    return str(answer["lead_public_id"])


def _buyer(shop: Shop) -> str:
    customer_id = shop.customer(funds_cents=FUNDS_CENTS)
    shop.bid(customer_id, PRICE_CENTS)
    return customer_id


def _at_once(call: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(call, range(RACERS)))


def _charges(shop: Shop, customer_id: str) -> int:
    shop.check_ledger(customer_id)
    rows = shop.everything(f"/customers/{customer_id}/transactions")
    return sum(row["event"] == "LEAD_ASSIGNED" for row in rows)


def test_people_at_once_sell_a_lead_once(shop: Shop) -> None:
    lead_id = _unsold(shop)
    buyer = _buyer(shop)

    answers = _at_once(lambda _: shop.client.post(f"/leads/{lead_id}/reprocess", json={}))

    begun = [answer.json()["flow_id"] for answer in answers if answer.status_code == 202]
    refused = {expect(answer, 409)["code"] for answer in answers if answer.status_code != 202}
    assert (len(begun), refused) == (1, {"invalid_status"})
    sold = shop.until_settled(lead_id)
    assert (sold["status"], sold["assignment"]["customer_id"]) == ("assigned", buyer)
    assert begun[0] in {flow["id"] for flow in shop.everything(f"/leads/{lead_id}/flows")}
    assert _charges(shop, buyer) == 1


def test_a_preview_tells_what_would_not_be_done(shop: Shop) -> None:
    unsold = _unsold(shop)
    _buyer(shop)
    sold = expect(shop.source().post(lead()), 201)["lead_public_id"]
    strangers = ["lead_" + "0" * 26, "no id"]

    preview = expect(
        shop.client.post("/leads/reprocess", json={"lead_ids": [unsold, sold, *strangers]}), 200
    )

    assert (preview["eligible"], preview["ineligible"]) == (1, 3)
    left = {one["id"]: one["reason"] for one in preview["ineligible_leads"]}
    assert set(left) == {sold, *strangers}
    assert shop.read(f"/leads/{unsold}")["status"] == "unassigned"
