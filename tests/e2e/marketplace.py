"""A marketplace over the public API: a tenant that lists whatever its source posts, and buyers."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx

from tests.e2e.conftest import client_of
from tests.e2e.operations import invoke
from tests.e2e.shop import Json, Shop, expect, lead
from tests.e2e.trade import Trade, stage
from tools.local_stack import StackInfo

FUNDS = 50_000
FALLBACK_CENTS = 800
LONG = {"first_price_cents": 2500, "last_price_cents": 500, "increment_cents": 250}


@dataclass(frozen=True)
class Buyer:
    """A customer with a user of its own."""

    id: str
    client: httpx.Client

    def listed(self, **filters: str) -> list[Json]:
        answer = self.client.get("/marketplace/auctions", params={"limit": "200", **filters})
        found: list[Json] = expect(answer, 200)["data"]
        return found

    def buy(self, auction_id: str, max_price_cents: int = 9_999) -> httpx.Response:
        body = {"max_price_cents": max_price_cents}
        return self.client.post(f"/marketplace/auctions/{auction_id}/buy", json=body)

    def order(self, auction_id: str, amount_cents: int) -> httpx.Response:
        body = {"amount_cents": amount_cents}
        return self.client.post(f"/marketplace/auctions/{auction_id}/orders", json=body)

    def cancel(self, placed: httpx.Response) -> httpx.Response:
        order_id = expect(placed, 201)["order"]["id"]
        return self.client.delete(f"/marketplace/orders/{order_id}")

    def orders(self) -> dict[str, str]:
        data = expect(self.client.get("/marketplace/orders"), 200)["data"]
        return {one["auction_id"]: one["status"] for one in data}

    def ordered_cents(self) -> int:
        """The sum of its orders that are open."""
        data = expect(self.client.get("/marketplace/orders", params={"limit": "200"}), 200)["data"]
        return sum(one["amount_cents"] for one in data if one["status"] == "active")

    def money(self) -> tuple[int, int]:
        wallet = expect(self.client.get(f"/customers/{self.id}/wallet"), 200)
        return wallet["balance_cents"], wallet["held_cents"]

    def events(self) -> Counter[str]:
        path = f"/customers/{self.id}/transactions"
        rows = expect(self.client.get(path, params={"limit": "200"}), 200)["data"]
        return Counter(row["event"] for row in rows)


@dataclass(frozen=True)
class Market:
    """A tenant that lists whatever its source posts."""

    trade: Trade
    stack: StackInfo
    clients: ExitStack

    @property
    def shop(self) -> Shop:
        return self.trade.shop

    def sells(self, prices: Json, interval_minutes: int = 15) -> None:
        """Put the lead type on the marketplace."""
        settings = {"enabled": True, "interval_minutes": interval_minutes, **prices}
        path = f"/lead-types/{self.shop.lead_type_id}"
        expect(self.shop.client.patch(path, json={"marketplace": settings}), 200)

    def lists(self) -> tuple[str, str]:
        """A lead that is listed, and its auction."""
        type_id = self.shop.lead_type_id
        row = {"lead_type_id": type_id, "pricing_type": "fallback", "price_cents": FALLBACK_CENTS}
        known = {one["id"] for one in self.everything()}
        answer = expect(self.shop.source(pricing=[row]).post(lead()), 201)
        assert answer["status"] == "marketplace"
        [auction_id] = {one["id"] for one in self.everything()} - known
        return answer["lead_public_id"], auction_id

    def everything(self) -> list[Json]:
        query = {"lead_type_id": self.shop.lead_type_id}
        return self.shop.everything("/marketplace/auctions", **query)

    def buyer(self, funds_cents: int = FUNDS) -> Buyer:
        customer_id = self.shop.customer(funds_cents)
        body = {"email": f"{customer_id}@example.com", "role": "customer_user"}
        token = self.shop.made(f"/customers/{customer_id}/users", body)["token"]
        return Buyer(customer_id, self.clients.enter_context(client_of(self.stack, token)))

    def advance(self) -> None:
        invoke(self.stack, "AdvanceAuctionsFunctionName", {})

    def lead(self, lead_id: str) -> Json:
        return self.shop.read(f"/leads/{lead_id}")


@contextmanager
def marketplace(trade: Trade, stack: StackInfo) -> Iterator[Market]:
    """A market with a plan that lists, and nothing behind it."""
    trade.plan(stage("marketplace", {}))
    with ExitStack() as clients:
        market = Market(trade, stack, clients)
        market.sells(LONG)
        yield market
