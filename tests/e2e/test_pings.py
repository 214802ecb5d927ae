"""Sources ask for a price, get a promise, and come back to it (`product.md`, 8.2, 8.4, 15.8)."""

from datetime import datetime

from tests.e2e.shop import expect, lead
from tests.e2e.trade import (
    REFUSES,
    Trade,
    highest_price,
    pinged,
    post_after,
    reasons_by_id,
    round_robin,
)

FUNDS = 50_000


def test_an_internal_source_sees_every_offer_and_a_vendor_one_price(trade: Trade) -> None:
    partner, shop = trade.partner("60.00"), trade.shop
    rich, modest = shop.customer(FUNDS, name="Rich Ltd"), shop.customer(FUNDS, name="Modest Ltd")
    for buyer, amount in ((rich, 9000), (modest, 5000)):
        shop.bid(buyer, amount)
    trade.plan(highest_price([partner]))

    answer = pinged(shop.source(payout_percentage=50))
    priced = pinged(shop.source(type="vendor", payout_percentage=50))

    assert answer["message"] == priced["message"] == "Match found"
    shown = [(one["price"], one["tcpa_name"]) for one in answer["bids"]]
    assert shown == [(32.5, "Rich Ltd"), (30.0, partner.name), (5.0, "Modest Ltd")]
    numbers = [shop.read(f"/customers/{one}")["customer_number"] for one in (rich, modest)]
    assert [one["customer_id"] for one in answer["bids"]] == [numbers[0], None, numbers[1]]
    assert (priced["price"], "bids" in priced) == (32.5, False)
    assert partner.received("ping") == [{"zip": "30303"}] * 2
    assert partner.lead_ids == []
    flow = trade.flow(answer)
    assert (flow["kind"], flow["ping_status"], flow["offers_count"]) == ("ping", "matched", 3)
    assert [one["event"] for one in flow["timeline"]][:2] == ["initiated", "ping"]
    assert shop.wallet(rich)["spendable_cents"] == FUNDS


def test_an_equal_ping_gets_the_same_answer_until_it_is_used(trade: Trade) -> None:
    trade.shop.bid(trade.shop.customer(FUNDS), 5000)
    trade.plan(highest_price())
    source = trade.shop.source()

    first = pinged(source, city="Atlanta")
    again = pinged(source, city="  ATLANTA ", timeout_ms=900)
    other = pinged(source, city="Decatur")
    post_after(source, first, city="atlanta")
    later = pinged(source, city="Atlanta")

    assert again == first
    assert len({one["ping_id"] for one in (first, other, later)}) == 3


def test_pings_that_are_equal_at_once_get_one_id(trade: Trade) -> None:
    partner = trade.partner("60.00")
    trade.plan(highest_price([partner]))

    answers = trade.shop.source().ping_at_once([{"zip": "30303"}] * 8)

    told = [expect(answer, 200) for answer in answers]
    assert len({one["ping_id"] for one in told}) == 1
    assert len({one["bids"][0]["id"] for one in told}) == 1


def test_a_ping_that_nobody_wants_finds_no_match(trade: Trade) -> None:
    trade.plan(highest_price())

    assert pinged(trade.shop.source())["bids"] == []
    vendor = pinged(trade.shop.source(type="vendor"))

    assert (vendor["message"], vendor["price"]) == ("No match found", 0)
    assert trade.flow(vendor)["ping_status"] == "no_match"


def test_a_duplicate_and_an_audited_ping_are_told_apart(trade: Trade) -> None:
    shop = trade.shop
    shop.bid(shop.customer(FUNDS), 5000)
    trade.plan(highest_price())
    check = {"fields": ["email"], "days": 30, "apply_to_pings": True}
    source = shop.source(duplicate_checks=[check])
    row = {"property": "city", "operator": "equals", "value": "Gotham"}
    audited = {"lead_category_id": shop.category_id, "conditions": [[row]]}
    shop.made("/audit-conditions", {"name": "Gotham", **audited})
    known = lead()
    expect(source.post(known), 201)

    assert pinged(source, email=known["email"])["message"] == "Duplicate"
    rejected = pinged(source, city="gotham")
    assert (rejected["message"], rejected["bids"]) == ("Rejected", [])
    assert trade.flow(rejected)["ping_status"] == "rejected"


def test_a_kept_promise_holds_against_a_later_better_bid(trade: Trade) -> None:
    shop = trade.shop
    buyer = shop.customer(FUNDS)
    bid = shop.bid(buyer, 5000)
    trade.plan(highest_price())
    source = shop.source(payout_percentage=50)
    ping = pinged(source)
    late = shop.customer(FUNDS)
    shop.bid(late, 9000)

    answer = post_after(source, ping)

    assert (answer["status"], answer["price"]) == ("assigned", ping["bids"][0]["price"])
    assert answer["flow_id"] == ping["flow_id"]
    flow = trade.flow(answer)
    assert (flow["honored"], flow["recipient"]) == (True, {"customer_id": buyer})
    assert "ping_honored" in [one["event"] for one in flow["timeline"]]
    told = [one for one in flow["decisions"] if one["candidate"]["id"] == bid]
    assert [(one["phase"], one["verdict"]) for one in told][1:] == [("post", "won")]
    assert shop.wallet(late)["balance_cents"] == FUNDS
    assert trade.sold(answer)["ping_id"] == ping["ping_id"]


def test_a_source_may_choose_a_lower_bid(trade: Trade) -> None:
    shop = trade.shop
    high, low = shop.customer(FUNDS), shop.customer(FUNDS)
    better = shop.bid(high, 9000)
    shop.bid(low, 5000)
    trade.plan(highest_price())
    source = shop.source()
    ping = pinged(source)

    answer = post_after(source, ping, bid_id=ping["bids"][1]["id"])

    assert answer["price"] == ping["bids"][1]["price"] == 10.0
    flow = trade.flow(answer)
    assert (flow["honored"], flow["recipient"]) == (True, {"customer_id": low})
    assert reasons_by_id(flow)[better] == "not_selected"


def test_a_promise_of_a_bid_that_was_paused_lapses(trade: Trade) -> None:
    shop = trade.shop
    bid = shop.bid(shop.customer(FUNDS), 9000)
    next_best = shop.customer(FUNDS)
    shop.bid(next_best, 5000)
    trade.plan(highest_price())
    source = shop.source()
    ping = pinged(source)
    expect(shop.client.patch(f"/bids/{bid}", json={"paused": True}), 200)

    answer = post_after(source, ping)

    assert (answer["status"], answer["price"]) == ("assigned", 10.0)
    flow = trade.flow(answer)
    assert (flow["honored"], flow["recipient"]) == (False, {"customer_id": next_best})
    told = [one for one in flow["decisions"] if one["candidate"]["id"] == bid]
    assert told[1]["reason"] == "bid_paused"
    assert [one["status"] for one in flow["attempts"]][-2:] == ["failed", "success"]


def test_a_promised_partner_is_not_pinged_again_nor_tried_twice(trade: Trade) -> None:
    good, turned = trade.partner("60.00"), trade.partner("70.00", REFUSES)
    source = trade.shop.source()
    trade.plan(highest_price([good, turned]))
    ping = pinged(source)

    answer = post_after(source, ping)

    assert (answer["status"], answer["price"]) == ("posted", 60.0)
    assert [len(one.received("ping")) for one in (good, turned)] == [1, 1]
    assert [one.lead_ids for one in (good, turned)] == [[answer["lead_public_id"]]] * 2
    flow = trade.flow(answer)
    assert flow["honored"] is False
    reasons = [one.get("reason") for one in flow["decisions"] if one["phase"] == "post"]
    assert reasons.count("partner_post_declined") == 1
    assert reasons_by_id(flow)[turned.id] == "already_tried"


def test_a_turn_that_was_promised_is_kept_at_its_price(trade: Trade) -> None:
    buyer = trade.shop.customer(FUNDS)
    trade.plan(round_robin(2000, [buyer]))
    source = trade.shop.source(payout_percentage=50)
    ping = pinged(source)
    trade.plan(round_robin(9000, [buyer]))

    answer = post_after(source, ping)

    assert [one["price"] for one in ping["bids"]] == [10.0]
    assert (answer["status"], answer["price"]) == ("assigned", 10.0)
    assert trade.flow(answer)["honored"] is True


def test_a_bad_ping_is_refused_like_a_post(trade: Trade) -> None:
    source = trade.shop.source()

    problem = expect(source.ping({"zip": "1", "email": "x", "is_test": True}), 422)

    assert problem["message"] == "The given data was invalid."
    assert set(problem["errors"]) == {"zip", "email", "is_test"}
    assert "ping_id" not in problem
    kept = trade.shop.read("/submissions", source_id=source.id)["data"][0]
    assert (kept["kind"], kept["status"]) == ("ping", "rejected")


def test_the_answer_says_how_long_it_holds(trade: Trade) -> None:
    expect(trade.shop.client.patch("/settings", json={"ping_validity_minutes": 7}), 200)

    ping = pinged(trade.shop.source())

    asked = datetime.fromisoformat(trade.flow(ping)["started_at"])
    held = datetime.fromisoformat(ping["expires_at"]) - asked
    assert held.total_seconds() == 7 * 60
