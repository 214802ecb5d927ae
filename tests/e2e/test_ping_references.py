"""A post that names a ping: what is checked, in which words, and who may use it (8.4)."""

from collections import Counter

import pytest

from tests.e2e.operations import expire_ping
from tests.e2e.shop import Source, expect, lead
from tests.e2e.trade import Trade, highest_price, pinged, post_after
from tools.local_stack import StackInfo

FUNDS = 50_000
NOT_FOUND = "Ping could not be found with the provided ping ID"
MISMATCH = "Lead data does not match ping data"


@pytest.fixture(scope="module")
def plain_source(tenant: Trade) -> Source:
    return tenant.anew().shop.source()


def test_a_ping_that_does_not_fit_is_refused_in_fixed_words(trade: Trade) -> None:
    shop = trade.shop
    shop.bid(shop.customer(FUNDS), 5000)
    trade.plan(highest_price())
    source, stranger = shop.source(), shop.source()
    ping = pinged(source, email="ada@example.com")
    named = {"ping_id": ping["ping_id"], "email": "ada@example.com"}

    foreign = stranger.post(lead(**named))
    moved = source.post(lead(**named, zip="30309"))
    changed = source.post(lead(**named | {"email": "eve@example.com"}))
    post_after(source, ping, email="ADA@example.com")
    used = source.post(lead(**named))

    errors = [expect(one, 422)["error"] for one in (foreign, moved, changed, used)]
    assert errors == [NOT_FOUND, MISMATCH, MISMATCH, NOT_FOUND]
    assert expect(moved, 422)["code"] == "ping_mismatch"
    flow = trade.flow(ping)
    refused = [one for one in flow["timeline"] if one["event"] == "submission_rejected"]
    assert len(refused) == 3


def test_a_ping_that_has_expired_is_refused_and_asked_anew(trade: Trade, stack: StackInfo) -> None:
    trade.shop.bid(trade.shop.customer(FUNDS), 5000)
    trade.plan(highest_price())
    source = trade.shop.source()
    ping = pinged(source)
    expire_ping(stack, ping["ping_id"])

    problem = expect(source.post(lead(ping_id=ping["ping_id"])), 422)

    assert (problem["error"], problem["code"]) == ("Ping ID has expired", "ping_expired")
    assert pinged(source)["ping_id"] != ping["ping_id"]


@pytest.mark.parametrize("ping_id", ["nonsense", "", 7, "00000000-0000-4000-8000-000000000000"])
def test_what_is_no_pings_id_is_not_found(plain_source: Source, ping_id: object) -> None:
    problem = expect(plain_source.post(lead(ping_id=ping_id)), 422)

    assert (problem["error"], problem["message"]) == (NOT_FOUND, NOT_FOUND)


def test_a_bid_id_needs_an_internal_source_and_a_bid_of_the_ping(trade: Trade) -> None:
    shop = trade.shop
    shop.bid(shop.customer(FUNDS), 5000)
    trade.plan(highest_price())
    source, vendor = shop.source(), shop.source(type="vendor")
    ping, priced = pinged(source), pinged(vendor)
    bid_id = ping["bids"][0]["id"]

    wrong = [
        source.post(lead(bid_id=bid_id)),
        source.post(lead(ping_id=ping["ping_id"], bid_id=ping["ping_id"])),
        source.post(lead(ping_id=ping["ping_id"], bid_id="best")),
        vendor.post(lead(ping_id=priced["ping_id"], bid_id=bid_id)),
    ]

    problems = [expect(one, 422) for one in wrong]
    assert [list(one["errors"]) for one in problems] == [["bid_id"]] * 4
    assert {one["code"] for one in problems} == {"validation_failed"}
    assert post_after(source, ping, bid_id=bid_id)["status"] == "assigned"


def test_of_posts_with_one_ping_exactly_one_is_accepted(trade: Trade) -> None:
    buyer = trade.shop.customer(FUNDS)
    trade.shop.bid(buyer, 5000)
    trade.plan(highest_price())
    source = trade.shop.source()
    ping = pinged(source)

    answers = source.post_at_once([lead(ping_id=ping["ping_id"]) for _ in range(4)])

    assert Counter(one.status_code for one in answers) == {201: 1, 422: 3}
    assert {one.json()["error"] for one in answers if one.status_code == 422} == {NOT_FOUND}
    assert trade.shop.wallet(buyer)["balance_cents"] == FUNDS - 1000
