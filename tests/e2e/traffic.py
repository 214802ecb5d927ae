"""Traffic of every kind over HTTP, by clients that repeat a request until it is answered for good.

What is there before is made in peace (`Traffic.begin`); what is asked for meanwhile (`wishes`) may
meet any fault; what has come of it is looked at in peace again (`Traffic.check`).
"""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx

from tests.e2e.conftest import SPARE_DIRECTORY, client_of
from tests.e2e.marketplace import FALLBACK_CENTS, Buyer, Market, marketplace
from tests.e2e.operations import RUNNING, SETTLE_SECONDS, invoke, settle, until
from tests.e2e.patient import Patient, patient
from tests.e2e.shop import JOB_ENDED, Json, Shop, expect, lead
from tests.e2e.trade import ACCEPTS, Trade
from tools.local_stack import StackInfo, create_tenant
from tools.stub_partner import StubPartner
from tools.verify.__main__ import observe_tables, report
from tools.verify.promises import judged

PRICE_CENTS, FUNDS_CENTS, DEPOSIT_CENTS = 1_000, 1_000_000, 777
FIXED = [{"scope": "county", "enabled": True, "fixed_price_cents": PRICE_CENTS}]
POSTS, RETURNS, DEPOSITS, AUCTIONS, WAITING, UNSOLD = 14, 4, 4, 2, 3, 4
THREADS = 3
WEBHOOKS_SECONDS = 300.0
"""A message whose function has ended without a word is seen again after three minutes."""

SETTLED = {"assigned", "distribution_error"}


@dataclass
class Traffic:
    """Three tenants: one that sells, one with auctions, one at its limit."""

    stack: StackInfo
    stub: StubPartner
    clients: ExitStack
    shop: Shop
    market: Market
    limited: Shop
    source: httpx.Client
    sold: list[str] = field(default_factory=list)
    unsold: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    auctions: list[str] = field(default_factory=list)
    buyers: list[Buyer] = field(default_factory=list)
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
        self.unsold = self._posted(self.shop, self.source, UNSOLD, "unassigned")
        customer = self.shop.customer(FUNDS_CENTS)
        self.shop.bid(customer, PRICE_CENTS)
        self.stub.script("/hook", ACCEPTS)
        hook = {"name": "Hook", "event": "lead.assigned", "url": f"{self.stub.url}/hook"}
        self.shop.made("/webhooks", hook)
        self.sold = self._posted(self.shop, self.source, RETURNS, "assigned")
        self._list()
        self.limited.bid(self.limited.customer(FUNDS_CENTS), PRICE_CENTS)
        expect(self.limited.client.put("/subscription", json={"lead_limit": 0}), 200)
        source = posting(self.limited, self.clients)
        self.waiting = self._posted(self.limited, source, WAITING, "withheld")

    def _list(self) -> None:
        """Auctions, and buyers who look at them."""
        listing = self.market.shop
        price = {"pricing_type": "fallback", "price_cents": FALLBACK_CENTS}
        source = posting(
            listing, self.clients, pricing=[{"lead_type_id": listing.lead_type_id, **price}]
        )
        self._posted(listing, source, AUCTIONS, "marketplace")
        self.auctions = [one["id"] for one in self.market.everything()]
        for _ in range(2):
            buyer = self.market.buyer()
            self.buyers.append(Buyer(buyer.id, self.clients.enter_context(patient(buyer.client))))

    def _posted(self, shop: Shop, source: httpx.Client, count: int, status: str) -> list[str]:
        """Leads that end with this status, however late."""
        answers = [expect(source.post("/leads", json=lead()), 201) for _ in range(count)]
        found = [str(one["lead_public_id"]) for one in answers]
        settle(self.stack, [shop])
        assert {shop.read(f"/leads/{one}")["status"] for one in found} == {status}
        return found

    def wishes(self, seed: int) -> list[Callable[[], object]]:
        """Everything that is asked for, in an order of the seed."""
        told: dict[str, list[Json]] = {}
        self.answers = told

        def ask(kind: str, client: httpx.Client, method: str, path: str, body: Json | None) -> None:
            answer = client.request(method, path, json=body)
            told.setdefault(kind, []).append({**answer.json(), "http_status": answer.status_code})

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

    def answered(self) -> int:
        """How many requests have an answer for good by now."""
        return sum(map(len, list(self.answers.values())))

    def recover(self, *, are_jobs_lost: bool) -> None:
        """What AWS calls by itself is called, until all is settled.

        A stopped emulator forgets the executions that ran, which AWS does not: then the job is
        asked for once more.
        """
        for name in ("WatchSubscriptions", "AdvanceAuctions", "WatchJobs"):
            invoke(self.stack, f"{name}FunctionName", {})
        settle(self.stack, [self.shop])
        settle(self.stack, [self.limited], (*RUNNING, "withheld"))
        [job] = self.answers["jobs"]
        if are_jobs_lost:
            job = expect(self.shop.client.post("/leads/reprocess", json=self._bulk), 202)
        until(lambda: self._has_ended(job), "the job ends", SETTLE_SECONDS)
        settle(self.stack, [self.shop])
        until(self._all_told, "the webhook is told of all sales", WEBHOOKS_SECONDS)

    def _has_ended(self, job: Json) -> bool:
        return self.shop.read(f"/jobs/{job['id']}")["status"] in JOB_ENDED

    def _all_told(self) -> bool:
        bodies = [call.body for call in self.stub.calls]
        sold = self.shop.everything("/leads", status="assigned")
        return all(any(one["id"] in body for body in bodies) for one in sold)

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


def tenants(stack: StackInfo, stub: StubPartner, clients: ExitStack) -> Traffic:
    """The three tenants, anew."""
    selling, listing, limited = (_shop(stack, name, clients) for name in ("Sell", "List", "Limit"))
    market = clients.enter_context(marketplace(Trade(listing, stub), stack))
    source = posting(selling, clients)
    return Traffic(stack, stub, clients, selling, market, limited, source)


def posting(shop: Shop, clients: ExitStack, **values: object) -> Patient:
    """A client that speaks for a new source of the shop."""
    headers = {"Authorization": shop.source(**values).basic}
    with httpx.Client(base_url=shop.api_url, headers=headers) as source:
        return clients.enter_context(patient(source))


def _shop(stack: StackInfo, name: str, clients: ExitStack) -> Shop:
    token = create_tenant(SPARE_DIRECTORY, name).admin_token
    with client_of(stack, token) as client:
        speaking = clients.enter_context(patient(client))
    return Shop(speaking, stack.api_url).open(scopes=FIXED)
