"""Traffic of every kind over HTTP, by clients that repeat a request until it is answered for good.

What is there before is made in peace (`Traffic.begin`); what is asked for meanwhile (`wishes`) may
meet any fault; what has come of it is looked at in peace again (`Traffic.check`).
"""

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx

from tests.e2e.conftest import SPARE_DIRECTORY, client_of
from tests.e2e.marketplace import Buyer, Market, marketplace
from tests.e2e.operations import invoke, until
from tests.e2e.shop import Json, Shop, Source, expect, job_ended, lead
from tests.e2e.trade import ACCEPTS, Trade
from tools.local_stack import StackInfo, create_tenant
from tools.stub_partner import StubPartner
from tools.verify.__main__ import observe_tables, report
from tools.verify.promises import judged

PRICE_CENTS, FUNDS_CENTS, DEPOSIT_CENTS = 1_000, 1_000_000, 777
FIXED = [{"scope": "county", "enabled": True, "fixed_price_cents": PRICE_CENTS}]
POSTS, RETURNS, DEPOSITS, AUCTIONS, WAITING, UNSOLD = 16, 4, 4, 2, 3, 5
THREADS = 6
TRIES_MAX, RETRY_SECONDS = 90, 1.0
"""A key may be in flight for as long as its function could have run: half a minute."""

WEBHOOKS_SECONDS = 420.0
"""A message whose function was killed is seen again after three minutes, and so is its outbox."""

SETTLED = {"assigned", "distribution_error"}
_SERVER_ERROR = 500


def insist(client: httpx.Client, method: str, path: str, body: Json | None = None) -> Json:
    """The answer for good to a request that is repeated with its key; its status is a member."""
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    for _ in range(TRIES_MAX):
        try:
            answer = client.request(method, path, json=body, headers=headers)
        except httpx.HTTPError:
            time.sleep(RETRY_SECONDS)
            continue
        told = _told_in(answer)
        in_flight = told.get("code") == "idempotency_in_flight"
        if answer.status_code < _SERVER_ERROR and not in_flight:
            return {**told, "http_status": answer.status_code}
        time.sleep(RETRY_SECONDS)
    message = f"{method} {path} was not answered for good"
    raise AssertionError(message)


def _told_in(answer: httpx.Response) -> Json:
    """The body; what stands before a function that has ended is not always told in JSON."""
    is_json = "json" in answer.headers.get("Content-Type", "")
    body: Json = answer.json() if is_json and answer.content else {}
    return body


@dataclass
class Traffic:
    """Three tenants: one that sells, one with auctions, one at its limit."""

    stack: StackInfo
    stub: StubPartner
    shop: Shop
    market: Market
    limited: Shop
    source: httpx.Client
    sold: list[str] = field(default_factory=list)
    unsold: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    auctions: list[str] = field(default_factory=list)
    buyers: list[Buyer] = field(default_factory=list)
    posted: list[Json] = field(default_factory=list)
    bought: list[tuple[str, Json]] = field(default_factory=list)
    answers: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def buyer(self) -> str:
        """The customer that buys all leads of the first tenant."""
        return self.shop.customers[0]

    @property
    def _bulk(self) -> Json:
        return {"confirm": True, "start": "bidding", "lead_ids": self.unsold}

    def begin(self) -> None:
        """Make what is there before."""
        self.unsold = _posted(self.shop.source(), UNSOLD, "unassigned")
        customer = self.shop.customer(FUNDS_CENTS)
        self.shop.bid(customer, PRICE_CENTS)
        self.stub.script("/hook", ACCEPTS)
        hook = {"name": "Hook", "event": "lead.assigned", "url": f"{self.stub.url}/hook"}
        expect(self.shop.client.post("/webhooks", json=hook), 201)
        self.sold = _posted(self.shop.source(), RETURNS, "assigned")
        self.auctions = [self.market.lists()[1] for _ in range(AUCTIONS)]
        self.buyers = [self.market.buyer() for _ in range(2)]
        self.limited.bid(self.limited.customer(FUNDS_CENTS), PRICE_CENTS)
        limit = {"lead_limit": 0}
        expect(self.limited.client.put("/subscription", json=limit), 200)
        self.waiting = _posted(self.limited.source(), WAITING, "withheld")

    def wishes(self, seed: int) -> list[Callable[[], object]]:
        """Everything that is asked for, in an order of the seed."""
        told: dict[str, list[Json]] = {}
        self.answers = told

        def ask(kind: str, client: httpx.Client, method: str, path: str, body: Json | None) -> None:
            told.setdefault(kind, []).append(insist(client, method, path, body))

        def wish(kind: str, client: httpx.Client, route: str, body: Json | None = None) -> None:
            method, _, path = route.partition(" ")
            made.append(lambda: ask(kind, client, method, path, body))

        made: list[Callable[[], object]] = []
        admin = self.shop.client
        for _ in range(POSTS):
            wish("posts", self.source, "POST /leads", lead())
        for one in self.sold:
            wish("returns", admin, f"POST /leads/{one}/return", {})
        deposit = {"amount_cents": DEPOSIT_CENTS, "description": "More"}
        for _ in range(DEPOSITS):
            wish("deposits", admin, f"POST /customers/{self.buyer}/deposits", deposit)
        wish("jobs", admin, "POST /leads/reprocess", self._bulk)
        for buyer in self.buyers:
            for auction in self.auctions:
                body = {"max_price_cents": 9_999}
                wish("purchases", buyer.client, f"POST /marketplace/auctions/{auction}/buy", body)
        wish("limits", self.limited.client, "PUT /subscription", {"lead_limit": 100})
        random.Random(seed).shuffle(made)  # noqa: S311 # repeatable, not secret
        return made

    def run(self, seed: int) -> int:
        """Ask for everything from several threads; how many requests got an answer for good."""
        wishes = self.wishes(seed)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda wish: wish(), wishes))
        return len(wishes)

    def recover(self, *, are_jobs_lost: bool) -> None:
        """What AWS calls by itself is called, until all is settled.

        A stopped emulator forgets the executions that ran, which AWS does not: then the job is
        asked for once more.
        """
        for name in ("WatchSubscriptions", "AdvanceAuctions", "WatchJobs"):
            invoke(self.stack, f"{name}FunctionName", {})
        until(lambda: not self._unsettled(), "all leads are settled")
        [job] = self.answers["jobs"]
        if are_jobs_lost:
            job = insist(self.shop.client, "POST", "/leads/reprocess", self._bulk)
        job_ended(self.shop.client, job["id"])
        until(lambda: not self._unsettled(), "all leads of the job are settled")
        deadline = time.monotonic() + WEBHOOKS_SECONDS
        while self._sold_now() - self._told() and time.monotonic() < deadline:
            time.sleep(RETRY_SECONDS)
        assert not self._sold_now() - self._told()

    def _unsettled(self) -> list[Json]:
        invoke(self.stack, "ReconcileFunctionName", {"idle_seconds": 0})
        own = [(self.shop, status) for status in ("pending", "processing")]
        others = [(self.limited, status) for status in ("pending", "processing", "withheld")]
        asked = [shop.everything("/leads", status=status) for shop, status in own + others]
        return [one for found in asked for one in found]

    def _sold_now(self) -> set[str]:
        return {one["id"] for one in self.shop.everything("/leads", status="assigned")}

    def _told(self) -> set[str]:
        bodies = [call.body for call in self.stub.calls]
        return {one for one in self._sold_now() if any(one in body for body in bodies)}

    def check(self) -> None:
        """Each wish came true once, or was refused; and every promise of the stack is kept."""
        told = {
            kind: Counter(one["http_status"] for one in answers)
            for kind, answers in self.answers.items()
        }
        assert told.pop("purchases")[200] == AUCTIONS
        assert told == {
            "posts": {201: POSTS},
            "returns": {200: RETURNS},
            "deposits": {201: DEPOSITS},
            "jobs": {202: 1},
            "limits": {200: 1},
        }
        self._check_leads()
        self._check_money()
        seen = observe_tables(self.stack)
        found = judged(seen)
        assert not any(found.values()), report(seen, found)

    def _check_leads(self) -> None:
        leads = {one["lead_public_id"] for one in self.answers["posts"]}
        assert len(leads) == POSTS
        for shop, ids, statuses in (
            (self.shop, leads, SETTLED),
            (self.shop, self.sold, {"returned"}),
            (self.limited, self.waiting, SETTLED),
        ):
            assert {shop.read(f"/leads/{one}")["status"] for one in ids} <= statuses

    def _check_money(self) -> None:
        rows = self.shop.everything(f"/customers/{self.buyer}/transactions")
        events = Counter(row["event"] for row in rows)
        assert events["LEAD_RETURNED"] == RETURNS
        assert sum(row["amount_cents"] == DEPOSIT_CENTS for row in rows) == DEPOSITS
        self.shop.check_ledger(self.buyer)


def _posted(source: Source, count: int, status: str) -> list[str]:
    answers = [expect(source.post(lead()), 201) for _ in range(count)]
    assert {one["status"] for one in answers} == {status}
    return [str(one["lead_public_id"]) for one in answers]


def tenants(stack: StackInfo, stub: StubPartner, clients: ExitStack) -> Traffic:
    """The three tenants, anew."""
    selling, listing, limited = (_shop(stack, name, clients) for name in ("Sell", "List", "Limit"))
    market = clients.enter_context(marketplace(Trade(listing, stub), stack))
    headers = {"Authorization": selling.source().basic}
    source = httpx.Client(base_url=stack.api_url, headers=headers, timeout=60)
    return Traffic(stack, stub, selling, market, limited, clients.enter_context(source))


def _shop(stack: StackInfo, name: str, clients: ExitStack) -> Shop:
    token = create_tenant(SPARE_DIRECTORY, name).admin_token
    client = clients.enter_context(client_of(stack, token))
    return Shop(client, stack.api_url).open(scopes=FIXED)
