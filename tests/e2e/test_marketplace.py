"""The marketplace over HTTP: listings, purchases, buy orders, the end of auctions, and races."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial

import httpx
import pytest
from standardwebhooks import Webhook

from tests.e2e.marketplace import FALLBACK_CENTS, FUNDS, LONG, Market, marketplace
from tests.e2e.shop import PHONE, Json, at_once, expect
from tests.e2e.trade import ACCEPTS, Trade
from tools.local_stack import StackInfo

BUYERS = 32
INTERVAL_SECONDS = 60
TO_LAST = {"first_price_cents": 2500, "last_price_cents": 500, "increment_cents": 2000}
ONE_PRICE = {"first_price_cents": 500, "last_price_cents": 500, "increment_cents": 100}
PERSON = ("Lovelace", "example.com", "4045550164", PHONE)


@pytest.fixture
def market(trade: Trade, stack: StackInfo) -> Iterator[Market]:
    with marketplace(trade, stack) as market:
        yield market


def test_a_customer_sees_prices_and_no_person_and_buys(market: Market) -> None:
    buyer = market.buyer()
    lead_id, auction_id = market.lists()
    [listed] = buyer.listed(state="GA", lead_type_id=market.shop.lead_type_id)
    assert (listed["id"], listed["price_cents"], listed["floor_by"]) == (auction_id, 2_500, "none")
    assert (listed["county"], listed["next_price_cents"]) == ("Fulton County", 2_250)
    assert not [word for word in PERSON if word in str(listed)]
    assert buyer.buy(auction_id, 2_499).json()["code"] == "price_changed"

    bought = expect(buyer.buy(auction_id, 2_500), 200)

    assert (bought["charged_cents"], bought["lead"]["id"]) == (2_500, lead_id)
    assert buyer.money() == (FUNDS - 2_500, 0)
    sold = market.lead(lead_id)
    assert (sold["status"], sold["payout_cents"]) == ("assigned", FALLBACK_CENTS)
    assert sold["assignment"]["assigned_via"] == "marketplace"
    flow = market.shop.read(f"/flows/{sold['flow_ids'][-1]}")
    assert [one["status"] for one in flow["attempts"]] == ["success"]
    assert "sold_on_marketplace" in [one["event"] for one in flow["timeline"]]
    assert (flow["channel"], flow["sold_for_cents"]) == ("customer", 2_500)
    assert not buyer.listed(lead_type_id=market.shop.lead_type_id)


def test_of_32_buyers_one_is_charged_and_nothing_stays_on_hold(market: Market) -> None:
    buyers = [market.buyer() for _ in range(BUYERS)]
    _, auction_id = market.lists()
    expect(buyers[0].order(auction_id, 600), 201)
    expect(buyers[1].order(auction_id, 700), 201)

    answers = at_once([partial(one.buy, auction_id) for one in buyers])

    assert Counter(one.status_code for one in answers) == {200: 1, 409: BUYERS - 1}
    codes = {one.json()["code"] for one in answers if one.status_code == 409}
    assert codes == {"auction_closed"}
    assert sum(FUNDS - one.money()[0] for one in buyers) == 2_500
    assert [one.money()[1] for one in buyers] == [0] * BUYERS
    assert sum(one.events()["LEAD_ASSIGNED"] for one in buyers) == 1


def test_orders_lead_trail_and_are_canceled(market: Market) -> None:
    first, second = market.buyer(), market.buyer()
    _, auction_id = market.lists()
    assert first.order(auction_id, 499).json()["code"] == "buy_order_below_last_price"
    outbid = first.order(auction_id, 600)
    assert second.order(auction_id, 600).json()["code"] == "buy_order_not_above_leader"
    leading = second.order(auction_id, 700)
    assert [one.listed()[0]["floor_by"] for one in (first, second)] == ["trailing", "leading"]
    assert market.everything()[0]["floor_by"] == "others"
    assert expect(second.order(auction_id, 900), 201)["order"]["amount_cents"] == 900
    assert (first.money(), second.money()) == ((FUNDS, 600), (FUNDS, 900))

    expect(second.cancel(leading), 204)

    assert first.listed()[0]["floor_cents"] == 600
    assert second.money() == (FUNDS, 0)
    assert second.events()["CANCELED_BUY_ORDER"] == 1
    assert first.client.delete(f"/marketplace/orders/{'order_' + '7' * 26}").status_code == 404
    expect(first.cancel(outbid), 204)
    bought = expect(first.order(auction_id, 9_000), 201)
    assert (bought["order"], bought["bought"]["charged_cents"]) == (None, 2_500)


def test_archiving_a_customer_and_deleting_a_lead_release_holds(market: Market) -> None:
    gone, stays = market.buyer(), market.buyer()
    lead_id, auction_id = market.lists()
    expect(gone.order(auction_id, 600), 201)
    expect(stays.order(auction_id, 700), 201)
    expect(market.shop.client.delete(f"/customers/{gone.id}"), 204)
    assert market.shop.wallet(gone.id)["held_cents"] == 0
    expect(market.shop.client.delete(f"/leads/{lead_id}"), 204)
    assert stays.money() == (FUNDS, 0)
    assert stays.orders() == {auction_id: "released"}
    assert stays.buy(auction_id).json()["code"] == "auction_closed"


def test_anybody_reads_the_listing_of_a_public_tenant_only(
    stack: StackInfo, admin: httpx.Client
) -> None:
    url = f"{stack.api_url}/public/{stack.tenant_id}/marketplace"
    for is_public, status in ((False, 404), (True, 200), (False, 404)):
        switch = {"public_marketplace_enabled": is_public}
        expect(admin.patch("/settings", json=switch), 200)
        assert httpx.get(url, timeout=INTERVAL_SECONDS).status_code == status


def test_only_customers_trade(market: Market) -> None:
    _, auction_id = market.lists()
    body = {"max_price_cents": 2_500}
    admin = market.shop.client
    refused = admin.post(f"/marketplace/auctions/{auction_id}/buy", json=body)
    assert expect(refused, 403)["code"] == "forbidden"
    assert admin.get("/marketplace/orders").status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"increment_cents": 0}, "marketplace.increment_cents"),
        ({"increment_cents": 1, "interval_minutes": 43_200}, "marketplace"),
        ({"interval_minutes": 0}, "marketplace.interval_minutes"),
        ({"last_price_cents": 2_501}, "marketplace"),
        ({"first_price_cents": None}, "marketplace"),
    ],
    ids=["never-falls", "never-gets-there", "no-interval", "last-above-first", "no-first-price"],
)
def test_an_auction_that_could_not_end_is_refused(market: Market, wrong: Json, field: str) -> None:
    parameters = {"enabled": True, "interval_minutes": 15, **LONG, **wrong}
    path = f"/lead-types/{market.shop.lead_type_id}"
    problem = expect(market.shop.client.patch(path, json={"marketplace": parameters}), 422)
    assert (problem["code"], list(problem["errors"])) == ("validation_failed", [field])


def test_what_a_buyer_may_not_do_costs_nothing(market: Market) -> None:
    poor, buyer = market.buyer(499), market.buyer()
    _, auction_id = market.lists()
    assert expect(poor.buy(auction_id), 422)["code"] == "insufficient_funds"
    assert expect(poor.order(auction_id, 500), 422)["code"] == "insufficient_funds"
    problem = expect(poor.order(auction_id, 0), 422)
    assert (problem["code"], list(problem["errors"])) == ("validation_failed", ["amount_cents"])
    assert expect(buyer.buy(f"auction_{'7' * 26}"), 404)["code"] == "not_found"
    expect(buyer.buy(auction_id), 200)
    assert expect(buyer.buy(auction_id), 409)["code"] == "auction_closed"
    assert expect(buyer.order(auction_id, 900), 409)["code"] == "auction_closed"
    assert (poor.money(), buyer.money()) == ((499, 0), (FUNDS - 2_500, 0))


def test_auctions_end_by_order_and_unsold(market: Market) -> None:
    """An interval is at least a minute, so this one waits for one."""
    winner, loser = market.buyer(), market.buyer()
    market.sells(TO_LAST, interval_minutes=1)
    won_id, auction_id = market.lists()
    expect(loser.order(auction_id, 600), 201)
    expect(winner.order(auction_id, 700), 201)
    url = market.trade.stub.script("/direct", ACCEPTS)
    switched = {"direct_post": {"enabled": True, "url": url, "fields": []}}
    secret = expect(market.shop.client.patch("/settings", json=switched), 200)["direct_post"]
    market.sells(ONE_PRICE, interval_minutes=1)
    unsold_id, _ = market.lists()
    time.sleep(INTERVAL_SECONDS + 1)
    market.advance()

    won = market.lead(won_id)
    assert (won["status"], won["assignment"]["charged_cents"]) == ("assigned", 700)
    assert (winner.money(), loser.money()) == ((FUNDS - 700, 0), (FUNDS, 0))
    assert (winner.orders(), loser.orders()) == ({auction_id: "won"}, {auction_id: "released"})
    posted = market.shop.until_settled(unsold_id)
    assert posted["status"] == "posted"
    assert posted["assignment"]["charged_cents"] == 0
    [call] = [one for one in market.trade.stub.calls if one.path == "/direct"]
    told = Webhook(secret["secret"]).verify(call.body, dict(call.headers))
    assert told["lead_public_id"] == unsold_id
    flow = market.shop.read(f"/flows/{posted['flow_ids'][-1]}")
    assert [one["reason"] for one in flow["attempts"]] == ["auction_unsold"]
    assert json.dumps(flow).count("marketplace_unsold") == 1
