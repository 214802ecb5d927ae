"""Operations of a race campaign: one moment of a busy tenant each, by chance that can be repeated.

Every operation draws from a chance of its own, so that what is asked for does not depend on how
threads run. What it is asked of does: leads, orders and requests are those that are known by then.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import Random

import httpx

from leadflow.domain.demands import Demand
from tests.e2e.marketplace import Buyer, Market
from tests.e2e.shop import TIMEOUT_SECONDS, Json, Source, lead

LOST = 0
"""In place of a status: no answer came."""
GATEWAY = {502, 504}
"""Said by the gateway where a function was killed: on a busy machine time runs out."""
UNAVAILABLE, IN_FLIGHT = 503, "idempotency_in_flight"
TRIES_MAX = 20
RETRY_SECONDS = 1
TWINS = 30
"""People whose leads are posted again and again."""
FITTING, RECENT = 0.7, 60
"""How often a lead is chosen for its status, and of how many newest ones it is."""
AUDITED_CITY = "Gotham"
KEY = "Idempotency-Key"
WEIGHTS: Mapping[str, int] = {
    "post": 24,
    "post_twin": 8,
    "turn": 8,
    "post_at_threshold": 4,
    "give_back": 6,
    "ask_return": 4,
    "approve": 4,
    "reprocess": 5,
    "edit": 5,
    "release": 4,
    "delete": 3,
    "money": 8,
    "order": 9,
    "cancel": 4,
    "buy": 3,
    "offer": 5,
    "look": 2,
}
"""How often each operation is meant, in relation to the others."""

Call = Callable[[], httpx.Response]


@dataclass(frozen=True)
class Answered:
    """One answer: to which operation, asked with which key, about what."""

    kind: str
    key: str
    about: str
    status: int
    body: Json

    @property
    def is_done(self) -> bool:
        """Whether it says that something has been done."""
        return 200 <= self.status < 300


@dataclass
class Campaign:
    """Three tenants and what is known of them; `answers` are all that anybody was told."""

    market: Market
    sellers: Source
    turns: Source
    limited: Source
    buyers: Sequence[Buyer]
    demands: Sequence[Demand]
    advance: Callable[[], None]
    answers: list[Answered] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    unsold: list[str] = field(default_factory=list)
    audited: list[str] = field(default_factory=list)
    auctions: list[str] = field(default_factory=list)
    orders: list[tuple[Buyer, str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def act(self, number: int, chance: Random) -> None:
        """One operation."""
        kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        getattr(self, f"_{kind}")(number, chance)

    def of(self, kind: str) -> list[Answered]:
        """The answers to operations of a kind that say that something was done."""
        return [one for one in self.answers if one.kind == kind and one.is_done]

    def unanswered(self, kind: str) -> int:
        """Operations of a kind of which nobody was ever told what became of them."""
        asked = {one.key for one in self.answers if one.kind == kind}
        return len(asked - {one.key for one in self.of(kind)})

    def _ask(self, kind: str, key: str, about: str, call: Call) -> Json:
        """Ask, and where no answer came or it says so ask again; every answer is noted.

        What has no key is asked for once: if its answer is lost, nobody knows what was done.
        """
        for _ in range(TRIES_MAX):
            status, body = _answer(call)
            told = Answered(kind, key, about, status, body)
            self.answers.append(told)
            is_open = status in {LOST, UNAVAILABLE} or body.get("code") == IN_FLIGHT
            if not (key and is_open):
                break
            time.sleep(RETRY_SECONDS)
        return body if told.is_done else {}

    def _post(self, number: int, chance: Random) -> None:
        """A new lead, sometimes audited, sometimes sent twice at once with one key."""
        city = AUDITED_CITY if chance.random() < 0.2 else "Atlanta"
        body = lead(email=f"person.{number}@example.com", city=city)
        key = f"post-{number}"
        call = partial(self.sellers.post, body, headers={KEY: key})
        asked = partial(self._ask, "post", key, str(number), call)
        told = _side_by_side(asked, 2 if chance.random() < 0.3 else 1)
        for one in told:
            if one:
                known = self.audited if one["status"] == "audit" else self.leads
                known.append(one["lead_public_id"])

    def _post_twin(self, _number: int, chance: Random) -> None:
        """A lead of a person whose lead others send at the same time."""
        who = f"twin.{chance.randrange(TWINS)}@example.com"
        call = partial(self.sellers.post, lead(email=who, city="Atlanta"))
        self._ask("post_twin", "", who, call)

    def _turn(self, number: int, _chance: Random) -> None:
        self._keyed_post("turn", number, self.turns)

    def _post_at_threshold(self, number: int, _chance: Random) -> None:
        self._keyed_post("post_at_threshold", number, self.limited)

    def _keyed_post(self, kind: str, number: int, source: Source) -> None:
        key = f"{kind}-{number}"
        call = partial(source.post, lead(), headers={KEY: key})
        self._ask(kind, key, str(number), call)

    def _on_lead(
        self, kind: str, number: int, chance: Random, request: tuple[str, str, Json | None]
    ) -> Json:
        """Ask something of a known lead, mostly of one that just was in a fitting status."""
        fitting = {"release": self.audited, "reprocess": self.unsold, "edit": self.unsold}
        known = fitting.get(kind) if chance.random() < FITTING else None
        known = known or self.leads
        if not known:
            return {}
        lead_id = chance.choice(known[-RECENT:])
        method, path, body = request
        key = f"{kind}-{number}"
        send = partial(self._send, method, f"/leads/{lead_id}{path}", body, key)
        return self._ask(kind, key, lead_id, send)

    def _send(self, method: str, path: str, body: Json | None, key: str) -> httpx.Response:
        return self.market.shop.client.request(method, path, json=body, headers={KEY: key})

    def _give_back(self, number: int, chance: Random) -> None:
        request = ("POST", "/return", {"reason": "wrong_number"})
        self._on_lead("give_back", number, chance, request)

    def _reprocess(self, number: int, chance: Random) -> None:
        self._on_lead("reprocess", number, chance, ("POST", "/reprocess", {}))

    def _edit(self, number: int, chance: Random) -> None:
        body = {"contact": {"first_name": f"Grace {number}"}, "reprocess": {"start": "bidding"}}
        self._on_lead("edit", number, chance, ("PATCH", "", body))

    def _release(self, number: int, chance: Random) -> None:
        self._on_lead("release", number, chance, ("POST", "/release", None))

    def _delete(self, number: int, chance: Random) -> None:
        self._on_lead("delete", number, chance, ("DELETE", "", None))

    def _ask_return(self, number: int, chance: Random) -> None:
        """A customer asks for the return of a lead, its own or not."""
        if self.leads:
            buyer, lead_id = chance.choice(self.buyers), chance.choice(self.leads[-RECENT:])
            body = {"reason": "wrong_number"}
            path, key = f"/leads/{lead_id}/return-requests", f"ask-{number}"
            call = partial(buyer.client.post, path, json=body, headers={KEY: key})
            told = self._ask("ask_return", key, lead_id, call)
            self.requests += [told["id"]] if told else []

    def _approve(self, number: int, chance: Random) -> None:
        if self.requests:
            path = f"/return-requests/{chance.choice(self.requests)}/approve"
            key = f"approve-{number}"
            call = partial(self._send, "POST", path, None, key)
            self._ask("approve", key, path, call)

    def _money(self, number: int, chance: Random) -> None:
        """A deposit or a withdrawal, sometimes twice at once with one key; it names itself."""
        kind, most = chance.choice([("deposits", 6_000), ("withdrawals", 3_000)])
        buyer, cents = chance.choice(self.buyers), chance.randrange(100, most)
        body = {"amount_cents": cents, "description": f"money {number}"}
        key, path = f"money {number}", f"/customers/{buyer.id}/{kind}"
        send = partial(self._send, "POST", path, body, key)
        _side_by_side(partial(self._ask, "money", key, buyer.id, send), chance.choice([1, 2]))

    def _order(self, _number: int, chance: Random) -> None:
        if self.auctions:
            buyer, auction_id = chance.choice(self.buyers), chance.choice(self.auctions)
            call = partial(buyer.order, auction_id, chance.randrange(500, 2_400))
            told = self._ask("order", "", auction_id, call)
            if told.get("order"):
                self.orders.append((buyer, told["order"]["id"]))

    def _cancel(self, _number: int, chance: Random) -> None:
        if self.orders:
            buyer, order_id = chance.choice(self.orders[-20:])
            call = partial(buyer.client.delete, f"/marketplace/orders/{order_id}")
            self._ask("cancel", "", order_id, call)

    def _buy(self, _number: int, chance: Random) -> None:
        if self.auctions:
            auction_id = chance.choice(self.auctions)
            call = partial(chance.choice(self.buyers).buy, auction_id)
            self._ask("buy", "", auction_id, call)

    def _offer(self, number: int, chance: Random) -> None:
        """Offer somebody for a demand, mostly at the price at which it is filled at once."""
        demand, cents = chance.choice(self.demands), chance.choice([500, 500, 900])
        who = f"wanted.{number}@example.com"
        body = {"price_cents": cents, "lead": lead(email=who, city="Atlanta")}
        url = f"{self.sellers.api_url}/demands/{demand.id}/offers"
        headers = {"Authorization": self.sellers.bearer}
        call = partial(httpx.post, url, json=body, headers=headers, timeout=TIMEOUT_SECONDS)
        self._ask("offer", "", demand.id, call)

    def _look(self, number: int, _chance: Random) -> None:
        """Find out what is on the marketplace and what is unsold, and let end what is due."""
        found = self.market.shop.read("/marketplace/auctions", limit="50")["data"]
        self.auctions = [one["id"] for one in found][:8]
        unsold = self.market.shop.read("/leads", status="unassigned", limit="50")["data"]
        self.unsold = [one["id"] for one in unsold]
        self.answers.append(Answered("look", str(number), "", 200, {}))
        self.advance()


def _answer(call: Call) -> tuple[int, Json]:
    """Status and body of an answer; `LOST` where none came."""
    try:
        answer = call()
    except httpx.TransportError:
        return LOST, {}
    if answer.status_code in GATEWAY:
        return LOST, {}
    return answer.status_code, answer.json() if answer.content else {}


def _side_by_side(ask: Callable[[], Json], times: int) -> list[Json]:
    """The same request so many times at once."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: ask(), range(times)))
