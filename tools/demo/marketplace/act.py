"""The fourth act: open an auction and demands, and a minute later see how they ended.

It is played in two parts, so that another act fills the minute between.
"""

import csv
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from tools.demo.books import read_books, read_wallets
from tools.demo.checks import ledger_problems
from tools.demo.client import ApiError, Management, parsed
from tools.demo.configure import Step
from tools.demo.display import Display, LeadTable
from tools.demo.explain import Explanation, money
from tools.demo.marketplace.checks import (
    expected_balances,
    expected_sales,
    hold_problems,
    import_problems,
    listing_problems,
    offer_problems,
    sale_problems,
)
from tools.demo.marketplace.configure import Shop, configure
from tools.demo.marketplace.script import CSV, IMPORTER, MAPPING, OFFERS, ORDERS
from tools.demo.wire import (
    Demand,
    Job,
    Lead,
    LeadAnswer,
    ListedAuction,
    MadeImport,
    MadeOffer,
    PlacedOrder,
)

if TYPE_CHECKING:
    from pydantic import JsonValue

POLLS_MAX = 180
POLL_SECONDS = 1.0
ENDED = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True)
class Opened:
    """What goes on by itself after the first part."""

    shop: Shop
    listed_lead: str
    offers: Sequence[tuple[str, MadeOffer]]
    problems: Sequence[str]


@dataclass(frozen=True)
class FourthAct:
    """What came of it; amounts in cents."""

    problems: Sequence[str]
    charges: int
    charged_cents: int


def open_trade(api: Management, api_url: str, display: Display, step: Step) -> Opened:
    """The first part, for a new tenant."""
    shop = configure(api, api_url, step)
    problems: list[str] = []
    lead_id = _listed(shop)
    problems += _ordered(shop, display)
    with step("Import a file of wanted leads"):
        job = _imported(shop)
    errors = _errors(job)
    problems += import_problems(job, errors)
    display.say(f"\n{_told(job)}")
    for one in errors:
        display.say(f"  row {one['row']}, {one['field']}: {one['message']}")
    offers = list(_offered(shop))
    for planned, (demand_id, offer) in zip(OFFERS, offers, strict=True):
        price = money(planned.price_cents)
        display.say(f"{planned.source} offers a lead for {demand_id} at {price}: {offer.status}")
        problems += offer_problems(planned, planned.at_once, offer)
    return Opened(shop, lead_id, offers, problems)


def close_trade(opened: Opened, display: Display, step: Step) -> FourthAct:
    """The second part: wait for what is not over yet, show and check it."""
    shop = opened.shop
    with step("Wait for the end of the auction and of the demand"):
        leads = _sold(opened)
    problems = list(opened.problems)
    sales = expected_sales()
    with display.live(len(sales)) as table:
        for number, (lead, (via, charged, owed)) in enumerate(zip(leads, sales, strict=True), 1):
            found = list(sale_problems(lead, via, charged, owed))
            _show(table, number, lead, shop, as_expected=not found)
            problems += found
    for planned, (demand_id, first) in zip(OFFERS, opened.offers, strict=True):
        last = _offer(shop, planned.source, demand_id, first.id)
        problems += offer_problems(planned, planned.in_the_end, last)
    problems += hold_problems(read_wallets(shop.api, shop.customers), is_open=False)
    books = read_books(shop.api, shop.customers)
    problems += ledger_problems(books, shop.customers, leads, expected_balances())
    charged_cents = [one.assignment.charged_cents for one in leads if one.assignment]
    return FourthAct(problems, len(charged_cents), sum(charged_cents))


def _listed(shop: Shop) -> str:
    body = {**_PERSON, "monthly_bill": 300}
    sent = shop.website.post_lead(json.dumps(body).encode(), bearer=True, idempotency_key=None)
    answer = parsed(sent, LeadAnswer)
    if answer is None or answer.status != "marketplace":
        raise ApiError(f"The lead of the fourth act was not listed: {sent.text}")
    return answer.lead_public_id


_PERSON = {
    "first_name": "Fay",
    "last_name": "Market",
    "email": "fay.market@example.com",
    "phone": "512-555-0170",
    "zip": "78701",
}


def _ordered(shop: Shop, display: Display) -> Iterator[str]:
    """Place the orders on the one auction there is."""
    [auction] = shop.api.list("/marketplace/auctions", ListedAuction)
    for name, cents in ORDERS:
        path = f"/marketplace/auctions/{auction.id}/orders"
        shop.buyers[name].create(path, {"amount_cents": cents}, PlacedOrder)
        display.say(f"{name} orders at {money(cents)}")
    [listed] = shop.api.list("/marketplace/auctions", ListedAuction)
    display.say(
        f"The auction in {listed.county}: {money(listed.price_cents)} now, "
        f"{money(listed.next_price_cents)} next, not below {money(listed.floor_cents)}.\n"
    )
    yield from listing_problems(listed)
    yield from hold_problems(read_wallets(shop.api, shop.customers), is_open=True)


def _imported(shop: Shop) -> Job:
    """The job of the import, once it has ended."""
    body: dict[str, JsonValue] = {
        "lead_category_id": shop.category,
        "lead_type_id": shop.lead_type,
        "mapping": dict(MAPPING),
        "filename": "wanted.csv",
    }
    customer = shop.customers[IMPORTER]
    made = shop.api.create(f"/customers/{customer}/lead-imports", body, MadeImport)
    httpx.put(made.upload.url, content=CSV.encode(), trust_env=False).raise_for_status()
    job = shop.api.create(f"/lead-imports/{made.id}/start", {}, Job)
    for _ in range(POLLS_MAX):
        if job.status in ENDED:
            break
        time.sleep(POLL_SECONDS)
        job = shop.api.read(f"/jobs/{job.id}", Job)
    return job


def _told(job: Job) -> str:
    return f"The import {job.status}: {job.made.created} demands, {job.made.rejected} row refused."


def _errors(job: Job) -> list[Mapping[str, str]]:
    """The lines of the errors file, which its link alone opens."""
    if job.made.errors_url is None:
        return []
    answer = httpx.get(job.made.errors_url, trust_env=False).raise_for_status()
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


def _offered(shop: Shop) -> Iterator[tuple[str, MadeOffer]]:
    """Every offer with its demand's id, in the order of the script."""
    for planned in OFFERS:
        source = shop.sources[planned.source]
        wanted = source.list("/demands", Demand)
        demand = next(one for one in wanted if one.criteria["zip"] == planned.zip)
        yield demand.id, source.create(f"/demands/{demand.id}/offers", planned.body, MadeOffer)


def _offer(shop: Shop, source: str, demand_id: str, offer_id: str) -> MadeOffer:
    own = shop.sources[source].list(f"/demands/{demand_id}/offers", MadeOffer)
    return next(one for one in own if one.id == offer_id)


def _sold(opened: Opened) -> list[Lead]:
    """The listed lead and those of the demands in the order of the offers, once all are sold."""
    expected = len(expected_sales())
    leads: list[Lead] = []
    for _ in range(POLLS_MAX):
        leads = sorted(_assigned(opened), key=lambda one: _place(one, opened))
        if len(leads) == expected:
            return leads
        time.sleep(POLL_SECONDS)
    raise ApiError(f"{len(leads)} of {expected} leads of the fourth act were sold in time.")


def _assigned(opened: Opened) -> Iterator[Lead]:
    listed = opened.shop.api.list("/leads", Lead, status="assigned")
    yield from (one for one in listed if one.assignment)


def _place(lead: Lead, opened: Opened) -> tuple[bool, int]:
    sold = lead.assignment
    return lead.id != opened.listed_lead, -(sold.charged_cents if sold else 0)


def _show(table: LeadTable, number: int, lead: Lead, shop: Shop, *, as_expected: bool) -> None:
    sold = lead.assignment
    names = {one: name for name, one in shop.customers.items()}
    row = Explanation(
        str(number),
        f"by {sold.assigned_via}" if sold else "",
        lead.status,
        names.get(sold.customer_id or "", "") if sold else "",
        money(sold.charged_cents) if sold else "",
        money(lead.payout_cents),
        _WHY.get(sold.assigned_via, "") if sold else "",
    )
    table.add(row, as_expected=as_expected)


_WHY = {
    "marketplace": "the price fell to the highest order",
    "demand": "the lowest offer, or one at the instant price",
}
