"""Each method of the plan sells or changes a lead, and the flow says why."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import client_of
from tests.e2e.operations import items
from tests.e2e.shop import Json, expect, lead
from tests.e2e.trade import Trade, decisions_by_id, highest_price, round_robin, stage
from tools.local_stack import StackInfo
from tools.stub_real_estate import Property, StubRealEstate, stub_real_estate
from tools.stub_real_estate.server import API_KEY, SKIP_TRACE_KEY

FUNDS = 50_000
LISTING = {
    "enabled": True,
    "first_price_cents": 2500,
    "last_price_cents": 500,
    "increment_cents": 250,
    "interval_minutes": 15,
}


@pytest.fixture
def vendor(trade: Trade) -> Iterator[StubRealEstate]:
    """The Real Estate API, with the tenant's keys to it."""
    with stub_real_estate() as stub:
        keys = {"api_key": API_KEY, "skip_trace_api_key": SKIP_TRACE_KEY}
        body = {"base_url": stub.url, **keys}
        answer = trade.shop.client.put("/integrations/real-estate-api", json=body)
        assert answer.status_code in {200, 201}, answer.text
        assert not [key for key in keys.values() if key in answer.text]
        yield stub


def attempts_of(flow: Json) -> list[tuple[str, str | None]]:
    return [(one["status"], one["reason"]) for one in flow["attempts"]]


def test_a_bid_that_beats_a_partner_is_priced_against_its_offer(trade: Trade) -> None:
    partner = trade.partner("42.50")
    buyer = trade.shop.customer(FUNDS)
    bid = trade.shop.bid(buyer, 9000)
    trade.plan(highest_price([partner]))

    answer = expect(trade.shop.source().post(lead()), 201)

    assert (answer["status"], answer["price"]) == ("assigned", 45.0)
    assert trade.shop.wallet(buyer)["balance_cents"] == FUNDS - 4500
    flow = trade.flow(answer)
    told = decisions_by_id(flow)
    assert (told[bid]["verdict"], told[bid]["runner_up_score"]) == ("won", "4250")
    assert (told[partner.id]["reason"], told[partner.id]["amount_cents"]) == ("outscored", 4250)
    assert (flow["channel"], flow["sold_for_cents"], flow["offers_count"]) == ("bid", 4500, 2)
    assert len(partner.received("ping")) == 1
    assert partner.lead_ids == []


def test_a_partner_that_offers_most_gets_the_lead_at_its_offer(trade: Trade) -> None:
    partner, cheap = trade.partner("60.00"), trade.partner("9.99")
    buyer = trade.shop.customer(FUNDS)
    bid = trade.shop.bid(buyer, 5000)
    trade.plan(highest_price([partner, cheap], minimum_price_cents=1000))

    answer = expect(trade.shop.source(payout_percentage=50).post(lead()), 201)

    assert (answer["status"], answer["price"], answer["result"]) == ("posted", 30.0, "success")
    assert partner.lead_ids == [answer["lead_public_id"]]
    sold = trade.sold(answer)["assignment"]
    assert (sold["partner_id"], sold["assigned_via"]) == (partner.id, "partner")
    assert sold["charged_cents"] == 6000
    flow = trade.flow(answer)
    assert flow["recipient"] == {"partner_id": partner.id}
    assert (flow["channel"], flow["sold_for_cents"]) == ("ping_post", 6000)
    told = decisions_by_id(flow)
    assert told[partner.id]["verdict"] == "won"
    assert told[bid]["reason"] == "outscored"
    assert told[cheap.id]["reason"] == "partner_below_minimum_price"
    assert trade.shop.wallet(buyer)["balance_cents"] == FUNDS


def test_a_penalty_lowers_the_score_and_not_the_price(trade: Trade) -> None:
    partner = trade.partner("110.00", offer_penalty_percentage=25)
    bid = trade.shop.bid(trade.shop.customer(FUNDS), 10_000)
    trade.plan(highest_price([partner]))

    answer = expect(trade.shop.source().post(lead()), 201)

    told = decisions_by_id(trade.flow(answer))
    assert told[bid]["charged_cents"] == 8500
    assert (told[partner.id]["score"], told[partner.id]["penalty_percentage"]) == ("8250", 25)


def test_customers_and_partners_take_turns_at_the_flat_price(trade: Trade) -> None:
    partner, buyer = trade.partner("1.00"), trade.shop.customer(FUNDS)
    trade.plan(round_robin(2000, [buyer], [partner]))
    source = trade.shop.source()

    first, second = (expect(source.post(lead()), 201) for _ in range(2))

    assert (first["status"], second["status"]) == ("assigned", "posted")
    assert trade.sold(first)["assignment"]["assigned_via"] == "round_robin"
    assert trade.sold(second)["assignment"]["assigned_via"] == "round_robin"
    assert trade.shop.wallet(buyer)["balance_cents"] == FUNDS - 2000
    assert partner.lead_ids == [second["lead_public_id"]]
    assert partner.received("ping") == []
    flow = trade.flow(first)
    assert (flow["channel"], flow["sold_for_cents"]) == ("customer", 2000)
    assert decisions_by_id(flow)[partner.id]["reason"] == "rotation_not_due"
    flow = trade.flow(second)
    assert (flow["channel"], flow["sold_for_cents"]) == ("ping_post", 2000)


def test_a_lead_that_nobody_takes_is_given_away_in_turn(trade: Trade) -> None:
    poor = trade.shop.customer()
    trade.plan(highest_price(), round_robin(0, [poor]))

    answer = expect(trade.shop.source().post(lead()), 201)

    assert (answer["status"], answer["price"]) == ("assigned", 0)
    assert trade.shop.everything(f"/customers/{poor}/transactions") == []
    assert [one["status"] for one in trade.flow(answer)["attempts"]] == ["failed", "success"]


def test_a_listed_lead_waits_for_a_buyer(trade: Trade, stack: StackInfo) -> None:
    path = f"/lead-types/{trade.shop.lead_type_id}"
    expect(trade.shop.client.patch(path, json={"marketplace": LISTING}), 200)
    trade.plan(highest_price(), stage("marketplace", {}))
    row = {
        "lead_type_id": trade.shop.lead_type_id,
        "pricing_type": "fallback",
        "price_cents": 800,
    }

    unpriced = expect(trade.shop.source().post(lead()), 201)
    listed = expect(trade.shop.source(pricing=[row]).post(lead()), 201)

    assert unpriced["status"] == "unassigned"
    assert attempts_of(trade.flow(unpriced))[1] == ("skipped", "no_fallback_price")
    assert (listed["status"], listed["price"]) == ("marketplace", 0)
    flow = trade.flow(listed)
    assert attempts_of(flow)[1] == ("processing", None)
    assert flow["timeline"][-1]["event"] == "on_marketplace"
    assert flow["ended_at"] is None
    kept = [one for one in items(stack, "MarketplaceTableName") if _has(one, listed)]
    assert len(kept) == 1
    assert _has(kept[0], {"price": "2500"})
    assert not [name for name in ("Lovelace", "example.com", "4045550164") if name in str(kept)]


def _has(item: Json, answer: Json) -> bool:
    return str(answer.get("lead_public_id", answer["price"])) in str(item)


def test_an_altered_lead_is_sold_as_what_it_has_become(trade: Trade) -> None:
    trade = trade.anew(fields=[{"title": "tier", "type": "text"}])
    shop = trade.shop
    category = {"name": "Aged", "lead_category_id": shop.category_id}
    row = {"property": "tier", "operator": "equals", "value": "never"}
    scopes = shop.read(f"/lead-types/{shop.lead_type_id}")["bidding_scopes"]
    aged = shop.made("/lead-types", {**category, "conditions": [[row]], "bidding_scopes": scopes})[
        "id"
    ]
    buyer = shop.customer(FUNDS)
    bid = shop.bid(buyer, 5000, lead_type_id=aged)
    operations = [{"set_lead_type": aged}, {"set_field": "tier", "value": "aged"}]
    trade.plan(highest_price(), stage("alter_data", {"operations": operations}), highest_price())

    answer = expect(shop.source().post(lead(tier="fresh")), 201)

    assert answer["status"] == "assigned"
    found = trade.sold(answer)
    assert (found["lead_type_id"], found["details"]) == (aged, {"tier": "aged"})
    assert found["assignment"]["bid_id"] == bid
    statuses = [one["status"] for one in trade.flow(answer)["attempts"]]
    assert statuses == ["failed", "continue", "success"]


def test_an_enriched_lead_shows_what_was_found_to_the_tenant_alone(
    trade: Trade, vendor: StubRealEstate, stack: StackInfo
) -> None:
    trade = trade.anew(fields=[{"title": "worth", "type": "numeric"}])
    shop, known = trade.shop, Property()
    buyer = shop.customer(FUNDS)
    shop.bid(buyer, 5000, "nationwide")
    settings = {
        "lead_category_id": shop.category_id,
        "property_detail": True,
        "skip_trace": True,
        "mappings": [{"api_field": "property_value", "field": "worth", "overwrite": True}],
    }
    trade.plan(stage("real_estate_api", settings), highest_price())
    place = {"city": known.city, "state": known.state, "zip": known.postal_code}

    answer = expect(shop.source().post(lead(address_1=known.street, **place)), 201)

    assert answer["status"] == "assigned"
    assert {call.path for call in vendor.calls} == {"/v2/PropertyDetail", "/v2/SkipTrace"}
    found = trade.sold(answer)
    assert found["details"] == {"worth": 415_000}
    assert found["enriched_data"]["property"]["value_cents"] == 41_500_000
    assert found["enriched_data"]["owner"]["email"] == known.email
    flow = trade.flow(answer)
    assert attempts_of(flow) == [("continue", None), ("success", None)]
    told = next(one for one in flow["timeline"] if one["event"] == "attempt_continued")
    assert "Property Detail" in told["description"]
    listed = shop.read("/leads", limit="1")["data"][0]
    assert (listed["id"], "enriched_data" in listed) == (answer["lead_public_id"], False)
    user = {"email": "buyer@example.com", "role": "customer_user"}
    with client_of(stack, shop.made(f"/customers/{buyer}/users", user)["token"]) as customer:
        seen = expect(customer.get(f"/leads/{answer['lead_public_id']}"), 200)
    assert known.email not in str(seen)
    assert "415000" not in str(seen)


def test_a_real_estate_api_that_is_down_stops_nothing(trade: Trade, vendor: StubRealEstate) -> None:
    trade.shop.bid(trade.shop.customer(FUNDS), 5000)
    category = {"lead_category_id": trade.shop.category_id}
    trade.plan(stage("real_estate_api", {**category, "property_detail": True}), highest_price())

    answer = expect(trade.shop.source().post(lead(address_1="1 Nowhere", city="Atlanta")), 201)

    assert vendor.calls == []
    assert answer["status"] == "assigned"
    assert attempts_of(trade.flow(answer))[0] == ("continue", "incomplete_address")


def test_a_change_of_the_plan_acts_on_the_next_lead_only(trade: Trade) -> None:
    buyer = trade.shop.customer(FUNDS)
    source = trade.shop.source()
    before = trade.plan(round_robin(1000, [buyer]))
    first = expect(source.post(lead()), 201)
    after = trade.plan(round_robin(3000, [buyer]))
    second = expect(source.post(lead()), 201)

    assert after["version"] == before["version"] + 1
    flows = [trade.flow(first), trade.flow(second)]
    assert [one["sold_for_cents"] for one in flows] == [1000, 3000]
    assert [one["plan_version"] for one in flows] == [before["version"], after["version"]]
    old = trade.shop.read(f"/distribution-plan/versions/{before['version']}")
    assert old["stages"] == before["stages"]
    stale = {"If-Match": f'"{before["version"]}"'}
    refused = trade.shop.client.put("/distribution-plan", json={"stages": []}, headers=stale)
    expect(refused, 412)


def test_a_long_plan_tells_of_every_stage_that_was_skipped(trade: Trade) -> None:
    buyer = trade.shop.customer(FUNDS)
    elsewhere = [[{"property": "source", "operator": "none", "value": []}]]
    source = trade.shop.source()
    elsewhere[0][0]["value"] = [source.id]
    paused = [highest_price() | {"paused": True} for _ in range(5)]
    closed = [highest_price() | {"conditions": elsewhere} for _ in range(4)]
    trade.plan(*paused, *closed, round_robin(1000, [buyer]))

    answer = expect(source.post(lead()), 201)

    assert answer["status"] == "assigned"
    flow = trade.flow(answer)
    assert attempts_of(flow) == (
        [("skipped", "stage_paused")] * 5
        + [("skipped", "conditions_not_met")] * 4
        + [("success", None)]
    )
    skipped = [one for one in flow["timeline"] if one["event"] == "attempt_skipped"]
    assert len(skipped) == 9
