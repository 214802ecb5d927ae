"""Edit, reclassify, release and delete stored leads over HTTP, and distribute them again."""

import httpx
import pytest

from tests.e2e.shop import Json, Shop, at_once, expect, lead
from tools.local_stack import StackInfo

PRICE_CENTS = 4000
FUNDS_CENTS = 50_000
RACERS = 4
ROUNDS = 4
SCOPES = [{"scope": "county", "enabled": True, "fixed_price_cents": PRICE_CENTS}]


@pytest.fixture
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    return Shop(admin, stack.api_url).open(scopes=SCOPES)


def _posted(shop: Shop, status: str, **values: object) -> str:
    """The id of a new lead that must have come to this status."""
    answer = expect(shop.source().post(lead(**values)), 201)
    assert answer["status"] == status
    return str(answer["lead_public_id"])


def _buyer(shop: Shop) -> str:
    customer_id = shop.customer(funds_cents=FUNDS_CENTS)
    shop.bid(customer_id, PRICE_CENTS)
    return customer_id


def _charges(shop: Shop, customer_id: str) -> int:
    shop.check_ledger(customer_id)
    rows = shop.everything(f"/customers/{customer_id}/transactions")
    return sum(row["event"] == "LEAD_ASSIGNED" for row in rows)


def test_an_edit_reads_back_and_a_stale_or_wrong_one_changes_nothing(shop: Shop) -> None:
    path = f"/leads/{_posted(shop, 'unassigned')}"
    tag = shop.client.get(path).headers["ETag"]
    wanted = {"contact": {"first_name": "Grace", "email": "grace@example.com"}}

    edited = expect(shop.client.patch(path, json=wanted, headers={"If-Match": tag}), 200)

    assert edited["reclassification"]["changed"] is False
    assert shop.read(path) == edited["lead"]
    assert edited["lead"]["contact"]["first_name"] == "Grace"
    expect(shop.client.patch(path, json=wanted, headers={"If-Match": tag}), 412)
    metadata = expect(shop.client.patch(path, json={"source_id": "source_1"}), 422)
    assert list(metadata["errors"]) == ["source_id"]
    wrong = expect(shop.client.patch(path, json={"contact": {"email": "nobody"}}), 422)
    assert list(wrong["errors"]) == ["contact.email"]
    assert shop.read(path) == edited["lead"]


def test_an_edit_that_names_a_start_sells_the_lead(shop: Shop) -> None:
    lead_id = _posted(shop, "unassigned")
    buyer = _buyer(shop)
    wanted = {"contact": {"first_name": "Grace"}, "reprocess": {"start": "bidding"}}

    edited = expect(shop.client.patch(f"/leads/{lead_id}", json=wanted), 200)

    sold = shop.until_settled(lead_id)
    assert (sold["status"], sold["contact"]["first_name"]) == ("assigned", "Grace")
    assert sold["assignment"]["customer_id"] == buyer
    assert sold["flow_ids"][-1] == edited["flow_id"]
    assert expect(shop.client.patch(f"/leads/{lead_id}", json=wanted), 409)["code"] == (
        "invalid_status"
    )


def test_an_audited_lead_is_sold_once_it_is_released(shop: Shop) -> None:
    row = {"property": "city", "operator": "equals", "value": "Gotham"}
    audited = {"lead_category_id": shop.category_id, "conditions": [[row]]}
    shop.made("/audit-conditions", {"name": "Gotham", **audited})
    _buyer(shop)
    lead_id = _posted(shop, "audit", city="Gotham")
    path = f"/leads/{lead_id}/release"

    answers = at_once([lambda: shop.client.post(path)] * RACERS)

    assert sorted(answer.status_code for answer in answers) == [202, *[409] * (RACERS - 1)]
    assert shop.until_settled(lead_id)["status"] == "assigned"


def test_a_lead_is_classified_again(shop: Shop) -> None:
    lead_id = _posted(shop, "unassigned")

    done = expect(shop.client.post(f"/leads/{lead_id}/reclassify"), 200)

    assert (done["changed"], done["from"]) == (False, done["to"])
    assert done["to"]["lead_type_id"] == shop.lead_type_id


def test_a_deleted_lead_is_gone_but_for_flows_and_ledger(shop: Shop) -> None:
    buyer = _buyer(shop)
    lead_id = _posted(shop, "assigned")
    flow_id = shop.read(f"/leads/{lead_id}")["flow_ids"][0]

    expect(shop.client.delete(f"/leads/{lead_id}"), 204)

    expect(shop.client.get(f"/leads/{lead_id}"), 404)
    expect(shop.client.delete(f"/leads/{lead_id}"), 404)
    assert shop.read("/leads", customer_id=buyer)["data"] == []
    assert shop.read(f"/flows/{flow_id}")["timeline"][-1]["event"] == "lead_deleted"
    assert shop.wallet(buyer)["balance_cents"] == FUNDS_CENTS - PRICE_CENTS
    shop.check_ledger(buyer)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_delete_and_reprocess_at_once_end_as_one_after_the_other(shop: Shop, number: int) -> None:
    lead_id = _posted(shop, "unassigned")
    buyer = _buyer(shop)
    calls = [
        lambda: shop.client.post(f"/leads/{lead_id}/reprocess", json={}),
        lambda: shop.client.delete(f"/leads/{lead_id}"),
    ]

    at_once(calls[::-1] if number % 2 else calls)

    found: Json | None = None
    if shop.client.get(f"/leads/{lead_id}").status_code == 200:
        found = shop.until_settled(lead_id)
        assert found["status"] == "assigned"
    sold_cents = PRICE_CENTS if found else 0
    assert shop.wallet(buyer)["balance_cents"] == FUNDS_CENTS - sold_cents
    shop.check_ledger(buyer)


def test_people_at_once_sell_a_lead_once(shop: Shop) -> None:
    lead_id = _posted(shop, "unassigned")
    buyer = _buyer(shop)

    answers = at_once([lambda: shop.client.post(f"/leads/{lead_id}/reprocess", json={})] * RACERS)

    begun = [answer.json()["flow_id"] for answer in answers if answer.status_code == 202]
    refused = {expect(answer, 409)["code"] for answer in answers if answer.status_code != 202}
    assert (len(begun), refused) == (1, {"invalid_status"})
    sold = shop.until_settled(lead_id)
    assert (sold["status"], sold["assignment"]["customer_id"]) == ("assigned", buyer)
    assert begun[0] in {flow["id"] for flow in shop.everything(f"/leads/{lead_id}/flows")}
    assert _charges(shop, buyer) == 1


def test_a_preview_tells_what_would_not_be_done(shop: Shop) -> None:
    unsold = _posted(shop, "unassigned")
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
