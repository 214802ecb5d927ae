"""Return tiers, what partners see, and a receiver that is gone, over HTTP with IAM enforced."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.shop import US_RANGE, Json, Shop, expect, job_ended, lead
from tests.e2e.trade import Trade
from tools.local_stack import StackInfo, create_tenant
from tools.stub_partner import Act, Behaviour

DEAR_CENTS = 500_000
"""One lead at this price makes a customer an old one."""

DEAR = [{"scope": "county", "enabled": True, "fixed_price_cents": DEAR_CENTS}]
RANGE = [{"scope": "county", "enabled": True, **US_RANGE}]
FUNDS_CENTS = 10_000_000
SALES_AT_ONCE = 6
HELLO = {"name": "Hello", "lower_percentage": 0, "upper_percentage": 0}
HELLO |= {"apply_to_new_customers": True, "discount_percentage": 5}
TRUSTED = {"name": "Trusted", "lower_percentage": 0, "upper_percentage": 5}
OFTEN = {"name": "Often", "lower_percentage": 5, "upper_percentage": 100}
OFTEN |= {"penalty_matches_return_rate": True}


@pytest.fixture(scope="module")
def owner(stack: StackInfo) -> Iterator[httpx.Client]:
    """The admin of a tenant of the module's own, in which tiers act."""
    with client_of(stack, create_tenant(DIRECTORY, "Tiers").admin_token) as client:
        expect(client.patch("/settings", json={"return_tiers_enabled": True}), 200)
        yield client


@pytest.fixture
def shop(stack: StackInfo, owner: httpx.Client) -> Iterator[Shop]:
    """The tenant with its three tiers, which are gone when the test ends."""
    shop = Shop(owner, stack.api_url)
    tiers = [shop.made("/return-tiers", body)["id"] for body in (HELLO, TRUSTED, OFTEN)]
    yield shop
    for tier_id in tiers:
        expect(owner.delete(f"/return-tiers/{tier_id}"), 204)


def anew(shop: Shop, scopes: list[Json]) -> Shop:
    """The same tenant with a category in which nobody bids yet."""
    return Shop(shop.client, shop.api_url).open(scopes=scopes)


def standing(shop: Shop, customer_id: str) -> tuple[str | None, float]:
    """A customer's tier and return rate."""
    customer = shop.read(f"/customers/{customer_id}")
    tier = customer["return_tier"]
    return tier and tier["name"], customer["return_rate"]


def sold(shop: Shop, **source: object) -> Json:
    """A lead that was just sold, as it is read."""
    answer = expect(shop.source(**source).post(lead()), 201)
    found: Json = shop.until_settled(answer["lead_public_id"])
    assert found["status"] == "assigned"
    return found


def won(shop: Shop, of_lead: Json) -> Json:
    """The decision that won it."""
    flow = shop.read(f"/flows/{of_lead['flow_ids'][-1]}")
    return next(one for one in flow["decisions"] if one["verdict"] == "won")


def test_a_customer_moves_with_what_it_is_charged_and_gives_back(shop: Shop) -> None:
    dear, buyer = anew(shop, DEAR), shop.customer(FUNDS_CENTS)
    assert standing(shop, buyer) == ("Hello", 0)
    dear.bid(buyer, DEAR_CENTS)
    first = sold(dear, payout_percentage=50)
    assert first["assignment"]["charged_cents"] == DEAR_CENTS * 95 // 100
    assert first["payout_cents"] == DEAR_CENTS * 95 // 200
    assert won(dear, first)["discount_percentage"] == 5
    assert standing(shop, buyer) == ("Hello", 0)
    second = sold(dear)
    assert standing(shop, buyer) == ("Trusted", 0)
    expect(shop.client.post(f"/leads/{second['id']}/return", json={"reason": "wrong_number"}), 200)
    assert standing(shop, buyer) == ("Often", 50)

    cheap, rival = anew(shop, RANGE), shop.customer(FUNDS_CENTS)
    cheap.bid(buyer, 10_000)
    cheap.bid(rival, 6_000)
    third = sold(cheap)
    assert third["assignment"]["customer_id"] == rival
    decided = shop.read(f"/flows/{third['flow_ids'][-1]}")["decisions"]
    scores = {one["candidate"]["customer_id"]: one["score"] for one in decided}
    assert scores == {buyer: "5000", rival: "6000"}
    assert won(cheap, third)["charged_cents"] == 5_225
    for customer_id in (buyer, rival):
        shop.check_ledger(customer_id)


def test_totals_and_tier_agree_after_sales_and_a_return_at_once(shop: Shop) -> None:
    dear, buyer = anew(shop, DEAR), shop.customer(FUNDS_CENTS)
    dear.bid(buyer, DEAR_CENTS)
    back, source = sold(dear), dear.source()
    path, reason = f"/leads/{back['id']}/return", {"reason": "wrong_number"}
    with ThreadPoolExecutor(1) as pool:
        returned = pool.submit(shop.client.post, path, json=reason)
        answers = source.post_at_once([lead() for _ in range(SALES_AT_ONCE)])
    expect(returned.result(), 200)
    charges = [back["assignment"]["charged_cents"]]
    for answer in answers:
        one = shop.until_settled(expect(answer, 201)["lead_public_id"])
        charges.append(one["assignment"]["charged_cents"])
    tier, rate = standing(shop, buyer)
    assert rate == pytest.approx(100 * charges[0] / sum(charges), abs=0.01)
    assert (tier, len(charges)) == ("Often", SALES_AT_ONCE + 1)
    shop.check_ledger(buyer)


def test_only_a_recalculation_moves_customers_when_tiers_change(
    stack: StackInfo, shop: Shop
) -> None:
    buyer = shop.customer()
    token = shop.made(f"/customers/{buyer}/users", _person("customer_user"))["token"]
    tiers = {one["name"]: one["id"] for one in shop.everything("/return-tiers")}
    wide = {"name": "Wide", "lower_percentage": 4, "upper_percentage": 9}
    overlap = expect(shop.client.post("/return-tiers", json=wide), 422)
    assert (overlap["code"], "Often" in overlap["detail"] or "Trusted" in overlap["detail"]) == (
        "tiers_overlap",
        True,
    )
    expect(shop.client.patch(f"/return-tiers/{tiers['Hello']}", json={"name": "Welcome"}), 200)
    assert standing(shop, buyer) == ("Welcome", 0)
    moved = {"apply_to_new_customers": False}
    point = {"lower_percentage": 100, "upper_percentage": 100, **moved}
    expect(shop.client.patch(f"/return-tiers/{tiers['Hello']}", json=point), 200)
    assert standing(shop, buyer) == ("Welcome", 0)

    refused = expect(shop.client.post("/return-tiers/recalculate", json={}), 422)
    assert set(refused["errors"]) == {"confirm"}
    with client_of(stack, token) as user:
        assert len(expect(user.get("/return-tiers"), 200)["data"]) == len(tiers)
        expect(user.post("/return-tiers/recalculate", json={"confirm": True}), 403)
    job = expect(shop.client.post("/return-tiers/recalculate", json={"confirm": True}), 202)
    done = job_ended(shop.client, job["id"])
    customers = len(shop.everything("/customers"))
    assert (done["status"], done["kind"]) == ("succeeded", "return_tier_recalculation")
    assert done["progress"] == {"total": customers, "done": customers, "failed": 0}
    assert done["result"]["customers"] == customers
    assert 1 <= done["result"]["moved"] <= customers
    assert standing(shop, buyer) == ("Trusted", 0)


def test_a_partner_sees_its_sources_leads_and_payouts_and_nobody_elses(
    stack: StackInfo, shop: Shop
) -> None:
    cheap, buyer = anew(shop, RANGE), shop.customer(FUNDS_CENTS)
    cheap.bid(buyer, 2_000)
    supplier = shop.made("/partners", {"name": f"Supplier {uuid.uuid4()}"})["id"]
    shows = {"show_returned_status": False, "exclude_returned_from_payout": True}
    expect(shop.client.patch(f"/partners/{supplier}", json=shows), 200)
    rival = shop.made("/partners", {"name": f"Rival {uuid.uuid4()}"})["id"]
    kept, back = (sold(cheap, partner_id=supplier, payout_percentage=70) for _ in range(2))
    others = sold(cheap)
    reason = {"reason": "wrong_number"}
    expect(shop.client.post(f"/leads/{back['id']}/return", json=reason), 200)
    tokens = [
        shop.made(f"/partners/{one}/users", _person("partner_user"))["token"]
        for one in (supplier, rival)
    ]
    payouts = f"/partners/{supplier}/payouts"
    with client_of(stack, tokens[0]) as user:
        listed = expect(user.get("/leads"), 200)["data"]
        assert [one["id"] for one in listed] == [back["id"], kept["id"]]
        assert {one["status"] for one in listed} == {"assigned"}
        assert expect(user.get(f"/leads/{kept['id']}"), 200) == listed[1]
        assert listed[1]["payout_cents"] == kept["payout_cents"] == 665
        assert not {"assignment", "charged_cents", "buyer"} & set(listed[1])
        expect(user.get(f"/leads/{others['id']}"), 404)
        report = expect(user.get(payouts), 200)
        assert (report["leads"], report["payout_cents"]) == (1, 665)
        expect(user.get("/customers"), 403)
    assert expect(shop.client.get(payouts), 200)["payout_cents"] == 665
    with client_of(stack, tokens[1]) as user:
        assert expect(user.get("/leads"), 200)["data"] == []
        expect(user.get(f"/leads/{kept['id']}"), 404)
        expect(user.get(payouts), 404)
    with client_of(stack, stack.admin_token) as stranger:
        expect(stranger.get(payouts), 404)


def test_a_direct_post_whose_receiver_is_gone_is_switched_off_and_says_so(tenant: Trade) -> None:
    trade = tenant.anew()
    url = trade.stub.script("/gone", Behaviour(act=Act.STATUS, status=410))
    on = {"direct_post": {"enabled": True, "url": url}}
    expect(trade.shop.client.patch("/settings", json=on), 200)
    answer = expect(trade.shop.source().post(lead()), 201)
    assert answer["status"] == "unassigned"
    path, start = f"/leads/{answer['lead_public_id']}/reprocess", "post_marketplace_direct_post"
    expect(trade.shop.client.post(path, json={"start": start}), 202)
    trade.shop.until_settled(answer["lead_public_id"])
    settings = trade.shop.read("/settings")["direct_post"]
    assert (settings["enabled"], settings["disabled_reason"]) == (False, "gone")
    assert settings["disabled_at"].endswith("Z")
    line = trade.shop.read("/audit-log")["data"][0]
    assert (line["actor"], line["resource"]) == ("system", "settings")
    expect(trade.shop.client.post(path, json={"start": start}), 422)


def _person(role: str) -> Json:
    return {"email": f"{uuid.uuid4()}@example.com", "role": role}
