"""Erasing a lead over HTTP: nothing of its person is left in any table, file or queue."""

import json

import httpx

from tests.e2e.conftest import client_of
from tests.e2e.leaks import Places
from tests.e2e.operations import until
from tests.e2e.shop import PEOPLE, Json, expect, job_ended, lead
from tests.e2e.trade import ACCEPTS, Partner, Trade, highest_price, ping_exchange
from tests.markers import Marks, Person
from tools.local_stack import StackInfo
from tools.stub_partner import Act, Behaviour

FUNDS_CENTS, BID_CENTS = 50_000, 5_000
PERSON = Person()
MARKS = Marks(set(PERSON.marks))
PEOPLE.add(PERSON.marks)


def holding(stack: StackInfo) -> list[str]:
    """Where the person can be read of."""
    places = Places(stack)
    searched = (places.texts["tables"], places.whole_files, places.texts["logs"])
    return [place for texts in searched for place, text in texts() if MARKS.found(text)]


def asked_in_vain(trade: Trade) -> Partner:
    """A partner that is told all, and says it again in place of a price."""
    told = [{"key": name, "value": f"{{{{ {name} }}}}"} for name in PERSON.fields]
    partner = trade.partner("60.00")
    said = json.dumps({"status": "refused", "message": " ".join(PERSON.marks)})
    url = partner.behave("ping", Behaviour(act=Act.CUSTOM, body=said))
    change = {"ping": ping_exchange(url, mapping=told)}
    expect(trade.shop.client.patch(f"/partners/{partner.id}", json=change), 200)
    return partner


def history(client: httpx.Client, path: str) -> list[Json]:
    found: list[Json] = expect(client.get(f"{path}/deliveries"), 200)["data"]
    return found


def test_an_erased_lead_is_nowhere_and_whoever_had_it_is_named(
    stack: StackInfo, trade: Trade
) -> None:
    shop, client = trade.shop, trade.shop.client
    shop.made("/duplicate-checks", {"fields": ["phone"], "days": 30})
    partner, buyer = asked_in_vain(trade), shop.customer(FUNDS_CENTS)
    shop.bid(buyer, BID_CENTS)
    trade.plan(highest_price([partner]))
    member = {"email": f"{buyer}@example.com", "role": "customer_admin"}
    token = shop.made(f"/customers/{buyer}/users", member)["token"]
    url = trade.stub.script("/told-of-the-person", ACCEPTS)
    hook = shop.made("/webhooks", {"name": "Told", "url": url, "event": "lead.assigned"})
    source = shop.source()
    whole = lead(**PERSON.fields)
    asked = expect(source.ping(whole), 200)
    assert expect(source.ping(whole), 200)["ping_id"] == asked["ping_id"]
    answer = expect(source.post({**whole, "ping_id": asked["ping_id"]}), 201)
    assert answer["status"] == "assigned"
    lead_id = answer["lead_public_id"]
    path = f"/webhooks/{hook['id']}"
    until(lambda: [one["status"] for one in history(client, path)] == ["succeeded"], "it is told")
    with client_of(stack, token) as own:
        wish = {"reason": "wrong_number", "note": f"{PERSON.last_name} says so."}
        expect(own.post(f"/leads/{lead_id}/return-requests", json=wish), 201)
    export = expect(client.post(f"/customers/{buyer}/lead-exports", json={}), 202)["id"]
    assert job_ended(client, export)["status"] == "succeeded"
    assert len(holding(stack)) >= 6
    row = shop.everything(f"/customers/{buyer}/transactions")[0]

    refused = client.post(f"/leads/{lead_id}/erase", json={})
    assert set(expect(refused, 422)["errors"]) == {"confirm"}
    ordered = expect(client.post(f"/leads/{lead_id}/erase", json={"confirm": True}), 202)
    job = job_ended(client, ordered["id"])

    assert job["status"] == "succeeded", job
    had = {(one["way"], one["id"]) for one in job["result"]["recipients"]}
    assert had == {
        ("pinged", partner.id),
        ("assigned", buyer),
        ("webhook", hook["id"]),
        ("export", export),
    }
    assert holding(stack) == []
    assert expect(client.get(f"/leads/{lead_id}"), 404)
    assert shop.everything(f"/customers/{buyer}/transactions")[0] == row
    assert history(client, path)[0]["request"] is None
    again = expect(client.post(f"/leads/{lead_id}/erase", json={"confirm": True}), 202)
    assert job_ended(client, again["id"])["result"] == job["result"]
