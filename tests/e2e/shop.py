"""A tenant's shop, set up over the public API alone, and sources that post to it."""

import base64
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Barrier
from typing import Any

import httpx

from tests.e2e.answers import checked
from tests.markers import Marks

TIMEOUT_SECONDS = 60.0
SETTLE_POLLS_MAX = 360
SETTLE_POLL_SECONDS = 0.5
JOB_POLLS_MAX = 600
JOB_ENDED = {"succeeded", "failed", "cancelled"}
_numbers = itertools.count(1)

Json = dict[str, Any]
PEOPLES_DOMAIN = "@people.example.com"
PHONE = "404-555-0164"
"""Of every lead; not the one of the API document's examples, which callers put anywhere."""

SECRET_CHARACTERS_MIN = 20
SECRET_MEMBERS = {"api_secret", "bearer_token", "token", "secret"}
PEOPLE, SECRETS = Marks({"+14045550164", "Lovelace", PEOPLES_DOMAIN}), Marks()
"""What is known of every lead that tests post, and every secret that they are told."""
REFUSALS: list[str] = []
"""What was answered with 4xx or 5xx."""
HOLD_ROWS = {"PLACED_BUY_ORDER", "CANCELED_BUY_ORDER", "RELEASED_BUY_ORDER"}
US_RANGE = {"minimum_cents": 1000, "maximum_cents": 20000, "step_cents": 500}


def lead(**values: object) -> Json:
    """A valid lead in Fulton County, Georgia, unlike any other."""
    number = next(_numbers)
    return {
        "first_name": "Ada",
        "last_name": f"Lovelace {number}",
        "email": f"ada.{number}{PEOPLES_DOMAIN}",
        "phone": PHONE,
        "zip": "30303",
        **values,
    }


def remembered(response: httpx.Response) -> httpx.Response:
    """An answer whose secrets are remembered, and whose words if it is a refusal."""
    response.read()
    if response.is_error:
        REFUSALS.append(f"{response.request.url.path} {response.status_code} {response.text}")
    elif response.content and "json" in response.headers.get("Content-Type", ""):
        SECRETS.add(_secrets(response.json()))
    return response


def _secrets(body: object) -> Iterator[str]:
    """Secrets that an answer tells; masked ones are none."""
    if isinstance(body, list):
        yield from (one for member in body for one in _secrets(member))
    if isinstance(body, dict):
        for name, value in body.items():
            if name in SECRET_MEMBERS and isinstance(value, str) and _is_secret(value):
                yield value
            yield from _secrets(value)


def _is_secret(value: str) -> bool:
    return len(value) >= SECRET_CHARACTERS_MIN and "*" not in value


def expect(response: httpx.Response, status: int) -> Json:
    """The body of an answer that must have this status."""
    assert response.status_code == status, response.text
    body: Json = response.json() if response.content else {}
    return body


@dataclass(frozen=True)
class Source:
    """A source with its credentials."""

    id: str
    api_url: str
    credentials: Json

    @property
    def basic(self) -> str:
        """The header of the first way to authenticate."""
        pair = f"{self.credentials['api_key']}:{self.credentials['api_secret']}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    @property
    def bearer(self) -> str:
        """The header of the second way."""
        return f"Bearer {self.credentials['bearer_token']}"

    def post(
        self, body: Json | str | bytes, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One post on a connection of its own."""
        return self._send("leads", body, headers or {})

    def ping(self, body: Json | str | bytes) -> httpx.Response:
        """One ping on a connection of its own."""
        return self._send("ping", body, {})

    def post_at_once(self, bodies: list[Json]) -> list[httpx.Response]:
        """As many posts at the same moment as there are bodies."""
        return at_once([partial(self.post, body) for body in bodies])

    def ping_at_once(self, bodies: list[Json]) -> list[httpx.Response]:
        """Pings, likewise."""
        return at_once([partial(self.ping, body) for body in bodies])

    def _send(
        self, path: str, body: Json | str | bytes, headers: Mapping[str, str]
    ) -> httpx.Response:
        sent = {"Authorization": self.basic, "Content-Type": "application/json"} | dict(headers)
        url = f"{self.api_url}/{path}"
        content = json.dumps(body) if isinstance(body, dict) else body
        answer = remembered(httpx.post(url, content=content, headers=sent, timeout=TIMEOUT_SECONDS))
        return checked(self.api_url, answer)


def at_once(calls: Sequence[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """The answers to calls that are made at the same moment."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[], httpx.Response]) -> httpx.Response:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def job_ended(client: httpx.Client, job_id: str) -> Json:
    """A job once it has ended; fails when that takes too long."""
    for _ in range(JOB_POLLS_MAX):
        job = expect(client.get(f"/jobs/{job_id}"), 200)
        if job["status"] in JOB_ENDED:
            return job
        time.sleep(SETTLE_POLL_SECONDS)
    message = f"{job_id} did not end: {job}"
    raise AssertionError(message)


@dataclass
class Shop:
    """One category with its fallback lead type, and what was added to it."""

    client: httpx.Client
    api_url: str
    category_id: str = ""
    lead_type_id: str = ""
    customers: list[str] = field(default_factory=list)

    def open(self, *, scopes: list[Json], **category: object) -> "Shop":
        """Make the category; the fallback type takes bids of these scopes."""
        number = next(_numbers)
        made = self.made(
            "/lead-categories", {"name": f"Category {number}", "fields": [], **category}
        )
        self.category_id = made["id"]
        self.lead_type_id = made["fallback_lead_type_id"]
        path = f"/lead-types/{self.lead_type_id}"
        expect(self.client.patch(path, json={"bidding_scopes": scopes}), 200)
        return self

    def made(self, path: str, body: Json) -> Json:
        """POST that must answer 201."""
        return expect(self.client.post(path, json=body), 201)

    def read(self, path: str, **query: str) -> Json:
        """GET that must answer 200."""
        return expect(self.client.get(path, params=query), 200)

    def source(self, **values: object) -> Source:
        """A new internal source of the category."""
        body = {
            "name": f"Source {next(_numbers)}",
            "lead_category_id": self.category_id,
            "type": "internal",
            **values,
        }
        made = self.made("/sources", body)
        return Source(made["id"], self.api_url, made["credentials"])

    def customer(self, funds_cents: int = 0, **values: object) -> str:
        """A new customer with that much money."""
        number = next(_numbers)
        body = {"name": f"Buyer {number}", "email": f"buyer{number}@example.com", **values}
        customer_id: str = self.made("/customers", body)["id"]
        if funds_cents:
            deposit = {"amount_cents": funds_cents, "description": "Opening"}
            self.made(f"/customers/{customer_id}/deposits", deposit)
        self.customers.append(customer_id)
        return customer_id

    def bid(
        self, customer_id: str, amount_cents: int, scope: str = "county", **more: object
    ) -> str:
        """A new bid where `lead()` comes from."""
        place = {"country": "US", "state": "GA", "county": "Fulton County"}
        sizes = {"county": 3, "state": 2, "nationwide": 1}
        body = {
            "customer_id": customer_id,
            "lead_type_id": self.lead_type_id,
            "scope": scope,
            "location": dict(list(place.items())[: sizes[scope]]),
            "amount_cents": amount_cents,
            **more,
        }
        bid_id: str = self.made("/bids", body)["id"]
        return bid_id

    def wallet(self, customer_id: str) -> Json:
        """A customer's wallet."""
        return self.read(f"/customers/{customer_id}/wallet")

    def until_settled(self, lead_id: str) -> Json:
        """The lead once its run has ended; fails when that takes too long."""
        for _ in range(SETTLE_POLLS_MAX):
            found = self.read(f"/leads/{lead_id}")
            if found["status"] not in {"pending", "processing"}:
                return found
            time.sleep(SETTLE_POLL_SECONDS)
        message = f"{lead_id} did not settle"
        raise AssertionError(message)

    def everything(self, path: str, **query: str) -> list[Json]:
        """All objects of a list."""
        found: list[Json] = []
        page = self.read(path, limit="200", **query)
        while True:
            found += page["data"]
            if not page["has_more"]:
                return found
            page = self.read(path, limit="200", cursor=page["next_cursor"], **query)

    def check_ledger(self, customer_id: str) -> None:
        """The balance is the sum of its rows, row by row, and never below zero; holds move none."""
        rows = self.everything(f"/customers/{customer_id}/transactions")
        balance = 0
        for row in reversed(rows):
            balance += 0 if row["event"] in HOLD_ROWS else row["amount_cents"]
            assert row["balance_after_cents"] == balance >= 0
        wallet = self.wallet(customer_id)
        assert wallet["balance_cents"] == balance
        assert wallet["spendable_cents"] == balance - wallet["held_cents"] >= 0
