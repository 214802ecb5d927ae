"""Partners on a stub, and plans, in a tenant whose plan is nobody else's."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.e2e.shop import SECRETS, US_RANGE, Json, Shop, Source, expect, lead
from tools.stub_partner import Act, Behaviour, StubPartner

PATIENCE_SECONDS = 5
"""Timeout of partners that answer at once, on a busy machine."""

HANGING_SECONDS = 1
"""Timeout of those that are known to hang."""

RANGES = [
    {"scope": scope, "enabled": True, **US_RANGE} for scope in ("county", "state", "nationwide")
]
ANSWER = {
    "success_path": "status",
    "success_values": ["accepted"],
    "message_path": "message",
    "duplicate_path": "status",
    "duplicate_values": ["duplicate"],
}
PING_MAPPING = [{"key": "zip", "value": "{{ zip }}"}]
POST_MAPPING = [
    {"key": "lead_id", "value": "{{ lead_public_id }}"},
    {"key": "email", "value": "{{ email }}"},
]
ACCEPTS = Behaviour()
REFUSES = Behaviour(act=Act.REFUSE)
HANGS = Behaviour(act=Act.HANG)
ACCEPTS_THEN_HANGS = Behaviour(act=Act.ACCEPT_THEN_HANG)

PARTNER_TOKEN = "token-of-a-partner-77aa5f1c"
SECRETS.add([PARTNER_TOKEN])

_numbers = itertools.count(1)

Exchange = Literal["ping", "post"]


@dataclass(frozen=True)
class Partner:
    """A partner, and what it has received."""

    id: str
    name: str
    stub: StubPartner

    def behave(self, exchange: Exchange, behaviour: Behaviour) -> str:
        """From now on it answers so; the URL that it is called by."""
        return self.stub.script(f"/{self.name}/{exchange}", behaviour)

    def received(self, exchange: Exchange) -> list[Json]:
        """The bodies that it was sent."""
        path = f"/{self.name}/{exchange}"
        return [json.loads(call.body) for call in self.stub.calls if call.path == path]

    @property
    def lead_ids(self) -> list[str]:
        """The leads that were posted to it."""
        return [body["lead_id"] for body in self.received("post")]


@dataclass(frozen=True)
class Trade:
    """A shop that also sells to partners."""

    shop: Shop
    stub: StubPartner

    def anew(self, **category: object) -> "Trade":
        """The same tenant with a category of its own, in which nobody bids yet."""
        shop = Shop(self.shop.client, self.shop.api_url)
        return Trade(shop.open(scopes=RANGES, **category), self.stub)

    def partner(
        self,
        price: str,
        post: Behaviour = ACCEPTS,
        *,
        treat_unknown_as: str = "sold",
        timeout_seconds: int = PATIENCE_SECONDS,
        **values: object,
    ) -> Partner:
        """A new partner that offers a price in dollars."""
        name = f"partner-{next(_numbers)}"
        partner = Partner("", name, self.stub)
        ping_url = partner.behave("ping", Behaviour(price=price))
        post_url = partner.behave("post", post)
        patience = {"timeout_seconds": timeout_seconds}
        exchanges = {
            "ping": ping_exchange(ping_url, **patience),
            "post": post_exchange(post_url, treat_unknown_as=treat_unknown_as, **patience),
        }
        made = self.shop.made("/partners", {"name": name, **exchanges, **values})
        return Partner(made["id"], name, self.stub)

    def plan(self, *stages: Json) -> Json:
        """Make this the plan."""
        return expect(self.shop.client.put("/distribution-plan", json={"stages": stages}), 200)

    def flow(self, answer: Json) -> Json:
        """The flow that an answer of the source API names."""
        return self.shop.read(f"/flows/{answer['flow_id']}")

    def sold(self, answer: Json) -> Json:
        """The lead of an answer, once its run has ended."""
        return self.shop.until_settled(answer["lead_public_id"])


def ping_exchange(url: str, **values: object) -> Json:
    """How a partner is pinged."""
    response = {**ANSWER, "price_path": "price"}
    return _exchange(url, PING_MAPPING, response, values)


def post_exchange(url: str, **values: object) -> Json:
    """How a lead is posted to a partner."""
    return _exchange(url, POST_MAPPING, ANSWER, values)


def _exchange(url: str, mapping: list[Json], response: Json, values: Json) -> Json:
    return {
        "url": url,
        "auth": {"type": "bearer", "token": PARTNER_TOKEN},
        "timeout_seconds": PATIENCE_SECONDS,
        "mapping": mapping,
        "response": response,
        **values,
    }


def stage(method: str, settings: Json, **values: object) -> Json:
    """A stage as a plan names it."""
    return {"name": method, "method": method, "settings": settings, **values}


def highest_price(
    partners: Sequence[Partner] = (), *, bids: bool = True, minimum_price_cents: int = 1
) -> Json:
    """A stage that sells to bids and to these partners."""
    asked = {"enabled": bool(partners), "include": [one.id for one in partners]}
    chosen = {**asked, "minimum_price_cents": minimum_price_cents}
    return stage("highest_price", {"bids": {"enabled": bids}, "partners": chosen})


def round_robin(
    price_cents: int, customers: Sequence[str] = (), partners: Sequence[Partner] = ()
) -> Json:
    """A stage that hands leads out in turn."""
    settings = {
        "rotation": "all_time",
        "price_cents": price_cents,
        "customers": {"enabled": bool(customers), "include": list(customers)},
        "partners": {"enabled": bool(partners), "include": [one.id for one in partners]},
    }
    return stage("round_robin", settings)


def pinged(source: Source, **values: object) -> Json:
    """The answer to a ping from Fulton County."""
    return expect(source.ping({"zip": "30303", **values}), 200)


def post_after(source: Source, ping: Json, **values: object) -> Json:
    """The answer to a post that comes back to a ping."""
    return expect(source.post(lead(ping_id=ping["ping_id"], **values)), 201)


def decisions_by_id(flow: Json) -> dict[str, Json]:
    """The last decision of a flow about each candidate."""
    return {one["candidate"]["id"]: one for one in flow["decisions"]}


def reasons_by_id(flow: Json) -> dict[str, str | None]:
    """Its reason; None for the one who got the lead."""
    return {name: one.get("reason") for name, one in decisions_by_id(flow).items()}
