"""Webhooks over HTTP: what a sale sets off, who may see it, and that no receiver delays others."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks import Webhook

from leadflow.domain.identifiers import derived_identifier_at
from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.operations import deliver_facts, until
from tests.e2e.shop import Json, Shop, expect, lead
from tests.e2e.trade import ACCEPTS, HANGING_SECONDS, HANGS, Trade, highest_price
from tools.local_stack import StackInfo, create_tenant
from tools.stub_partner import Act, Behaviour, ReceivedCall, StubPartner, stub_partner
from tools.stub_receiver import StubReceiver, stub_receiver

FUNDS_CENTS, BID_CENTS = 50_000, 5_000
BURST, BURST_AT = 100, datetime(2026, 3, 11, 12, tzinfo=UTC)
TIME_CHARACTERS = 10
NOTE = {"title": "note", "type": "text", "deliverable": False}
GONE = Behaviour(act=Act.STATUS, status=410)


@dataclass
class Hook:
    """A webhook, kept by somebody who may."""

    client: httpx.Client
    path: str
    secret: str

    def change(self, **patch: object) -> Json:
        return expect(self.client.patch(self.path, json=patch), 200)

    def deliveries(self) -> list[Json]:
        found: list[Json] = expect(self.client.get(f"{self.path}/deliveries"), 200)["data"]
        return found

    def settled(self, number: int = 1) -> list[Json]:
        """So many deliveries, once none of them is pending."""
        until(
            lambda: [one["status"] != "pending" for one in self.deliveries()] == [True] * number,
            f"{number} deliveries are made",
        )
        return self.deliveries()

    def resend(self) -> Json:
        """The newest delivery, sent once more to its end."""
        [newest, *others] = self.deliveries()
        path = f"{self.path}/deliveries/{newest['id']}/resend"
        assert expect(self.client.post(path), 202)["status"] == "pending"
        return self.settled(1 + len(others))[0]

    def rotate(self) -> str:
        secret: str = expect(self.client.post(f"{self.path}/rotate-secret"), 200)["secret"]
        return secret


def hook(client: httpx.Client, path: str, **members: object) -> Hook:
    made = expect(client.post(path, json={"name": f"Hook {time.time_ns()}", **members}), 201)
    return Hook(client, f"{path}/{made['id']}", made["secret"])


@pytest.fixture(scope="module")
def receiver() -> Iterator[StubReceiver]:
    with stub_receiver() as running:
        yield running


def calls(stub: StubPartner, path: str) -> list[ReceivedCall]:
    return [call for call in stub.calls if call.path == path]


def verified(call: ReceivedCall, secret: str) -> Json:
    body: Json = Webhook(secret).verify(call.body, dict(call.headers))
    return body


def test_a_sale_is_told_to_tenant_and_buyer_and_receivers_of_any_language_verify_it(
    stack: StackInfo, tenant: Trade, receiver: StubReceiver
) -> None:
    trade = tenant.anew(fields=[NOTE])
    shop, stub = trade.shop, trade.stub
    trade.plan(highest_price())
    buyer, rival = shop.customer(FUNDS_CENTS), shop.customer()
    shop.bid(buyer, BID_CENTS)
    tokens = {
        role: shop.made(
            f"/customers/{buyer}/users", {"email": f"{role}@example.com", "role": role}
        )["token"]
        for role in ("customer_admin", "customer_user")
    }
    own_path = f"/customers/{buyer}/webhooks"
    with (
        client_of(stack, tokens["customer_admin"]) as admin,
        client_of(stack, tokens["customer_user"]) as user,
    ):
        event = {"event": "lead.assigned"}
        tenants = hook(shop.client, "/webhooks", url=stub.script("/tenant", ACCEPTS), **event)
        foreign = hook(shop.client, "/webhooks", url=f"{receiver.url}/hook", **event)
        buyers = hook(admin, own_path, url=stub.script("/buyer", ACCEPTS), active=True)
        assert expect(user.get(own_path), 403)["code"] == "forbidden"
        assert expect(admin.get(f"/customers/{rival}/webhooks"), 404)
        assert expect(admin.get(tenants.path), 403)
        trial = expect(admin.post(f"{buyers.path}/test", json={}), 200)
        assert (trial["outcome"], trial["response"]["status"]) == ("succeeded", 200)
        verified(calls(stub, "/buyer")[0], buyers.secret)
        buyers.change(active=True)

        receiver.know(foreign.secret)
        posted = expect(shop.source().post(lead(note="for us alone")), 201)
        assert posted["status"] == "assigned"
        for one in (tenants, foreign, buyers):
            [made] = one.settled()
            assert (made["status"], made["event"]) == ("succeeded", "lead.assigned")
        to_tenant = verified(calls(stub, "/tenant")[0], tenants.secret)
        to_buyer = verified(calls(stub, "/buyer")[1], buyers.secret)
        assert to_tenant["buyer"]["customer_public_id"] == buyer
        assert to_tenant["lead"]["details"] == {"note": "for us alone"}
        assert (to_buyer["charged_amount"], to_buyer["scope"]) == ("10.00", "county")
        assert "for us alone" not in json.dumps([to_buyer, buyers.deliveries()])
        assert [one.verified for one in receiver.received] == [True]

        rotated = foreign.rotate()
        assert foreign.resend()["status"] == "succeeded"
        receiver.know(rotated)
        assert foreign.resend()["status"] == "succeeded"
        receiver.know(buyers.secret)
        refused = foreign.resend()
        assert (refused["status"], refused["attempts"][-1]["response_status"]) == ("failed", 401)
        assert len({one.id for one in receiver.received}) == 1

        stub.script("/buyer", GONE)
        assert buyers.resend()["attempts"][-1]["response_status"] == 410
        until(lambda: not expect(admin.get(buyers.path), 200)["active"], "it is paused")
        assert expect(admin.get(buyers.path), 200)["paused_reason"] == "gone"
        for path in (tenants.path, foreign.path, buyers.path):
            expect((admin if path == buyers.path else shop.client).delete(path), 204)


def created(tenant_id: str, customer_id: str, number: int) -> tuple[str, Json]:
    """The fact that a customer exists, as if there were many like it."""
    known = {"tenant_id": tenant_id, "customer_id": customer_id, "at": BURST_AT.isoformat()}
    return "customer.created", {"id": f"burst#{number}", **known}


def ids_of_burst(stub: StubPartner, path: str) -> Counter[str]:
    """How often each message of the burst came: its ids begin with its moment, no other's do."""
    moment = derived_identifier_at("delivery", "", BURST_AT)[: len("delivery_") + TIME_CHARACTERS]
    ids = (call.headers["webhook-id"] for call in calls(stub, path))
    return Counter(one for one in ids if one.startswith(moment))


def test_a_burst_reaches_a_receiver_once_each_while_another_hangs(stack: StackInfo) -> None:
    made = create_tenant(DIRECTORY, "Burst")
    with client_of(stack, made.admin_token) as client, stub_partner() as stub:
        customer_id = Shop(client, stack.api_url).customer()
        event = {"event": "customer.created", "timeout_seconds": HANGING_SECONDS}
        living = hook(client, "/webhooks", url=stub.script("/living", ACCEPTS), **event)
        dead = hook(client, "/webhooks", url=stub.script("/dead", HANGS), **event)
        began = time.monotonic()
        deliver_facts(stack, [created(made.tenant_id, customer_id, one) for one in range(BURST)])
        until(lambda: len(ids_of_burst(stub, "/living")) >= BURST, "all are delivered")
        took = time.monotonic() - began
        ids = ids_of_burst(stub, "/living")
        print(f"{BURST} beside a dead receiver: {took:.1f} s, {ids.total() - BURST} again")
        assert len(ids) == BURST
        assert {one["status"] for one in dead.deliveries()} >= {"pending"}
        assert {one["status"] for one in living.deliveries()} <= {"succeeded", "pending"}
