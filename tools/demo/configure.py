"""Configure a new tenant over the management API alone."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.demo.client import Management, SourceApi, source
from tools.demo.market import (
    AUDIT_ROWS,
    BATTERIES,
    BATTERY_FORM,
    BUYERS,
    CATEGORIES,
    DUPLICATE_CHECK,
    LEAD_TYPES,
    OFFERS,
    PREMIUM,
    SOLAR,
    SOURCES,
    VENDOR,
    VENDOR_FIXED_CENTS,
    Buyer,
    LeadType,
    Offer,
)
from tools.demo.wire import Made, MadeCategory, MadeSource, Transaction

if TYPE_CHECKING:
    from pydantic import JsonValue

Step = Callable[[str], AbstractContextManager[None]]
"""Announces a part of the work, on a terminal with the time it takes."""


@dataclass(frozen=True)
class Market:
    """What was configured: the ids behind the names of the scenario."""

    api_url: str
    lead_types: Mapping[str, str]
    sources: Mapping[str, SourceApi]
    customers: Mapping[str, str]
    bids: Mapping[str, str]

    def offer_of(self, bid_id: str) -> str | None:
        """The name of a bid."""
        return next((name for name, one in self.bids.items() if one == bid_id), None)


def configure(api: Management, api_url: str, step: Step) -> Market:
    """Set up the whole market. Raises ApiError with the request that was refused."""
    with step("Configure categories, lead types, sources and checks"):
        categories = {name: _category(api, name) for name in CATEGORIES}
        types = {name: _lead_type(api, name, categories) for name in LEAD_TYPES}
        # A lead of this category that matches no type is uncategorized.
        api.delete(f"/lead-types/{categories[BATTERIES].fallback_lead_type_id}")
        solar = categories[SOLAR].id
        api.create("/duplicate-checks", DUPLICATE_CHECK, Made)
        audit = {"name": "Too good", "lead_category_id": solar, "conditions": AUDIT_ROWS}
        api.create("/audit-conditions", audit, Made)
        sources = {
            name: source(api_url, _source(api, name, categories, types).credentials)
            for name in SOURCES
        }
    with step(f"Make {len(BUYERS)} customers, fund their wallets, place {len(OFFERS)} bids"):
        customers = {name: _customer(api, name, buyer) for name, buyer in BUYERS.items()}
        bids = {name: _bid(api, offer, customers, types) for name, offer in OFFERS.items()}
    return Market(api_url, types, sources, customers, bids)


def _category(api: Management, name: str) -> MadeCategory:
    return api.create("/lead-categories", CATEGORIES[name], MadeCategory)


def _lead_type(api: Management, name: str, categories: Mapping[str, MadeCategory]) -> str:
    planned: LeadType = LEAD_TYPES[name]
    category = categories[planned.category]
    scopes: dict[str, JsonValue] = {"name": name, "bidding_scopes": planned.bidding_scopes}
    if planned.conditions is None:
        return api.change(f"/lead-types/{category.fallback_lead_type_id}", scopes, Made).id
    body = {**scopes, "lead_category_id": category.id, "conditions": planned.conditions}
    return api.create("/lead-types", body, Made).id


def _source(
    api: Management,
    name: str,
    categories: Mapping[str, MadeCategory],
    types: Mapping[str, str],
) -> MadeSource:
    category = categories[BATTERIES if name == BATTERY_FORM else SOLAR]
    body = {"name": name, "lead_category_id": category.id, **SOURCES[name]}
    if name == VENDOR:
        row: JsonValue = {
            "lead_type_id": types[PREMIUM],
            "pricing_type": "fixed",
            "price_cents": VENDOR_FIXED_CENTS,
        }
        body["pricing"] = [row]
    return api.create("/sources", body, MadeSource)


def _customer(api: Management, name: str, buyer: Buyer) -> str:
    address = f"{name.lower().replace(' ', '.')}@example.com"
    customer = api.create("/customers", {"name": name, "email": address, **buyer.limits}, Made).id
    for kind, amount_cents in _movements(buyer):
        body: dict[str, JsonValue] = {"amount_cents": amount_cents, "description": "Demo"}
        api.create(f"/customers/{customer}/{kind}", body, Transaction)
    return customer


def _movements(buyer: Buyer) -> Iterator[tuple[str, int]]:
    if buyer.deposited_cents:
        yield "deposits", buyer.deposited_cents
    if buyer.withdrawn_cents:
        yield "withdrawals", buyer.withdrawn_cents


def _bid(
    api: Management, offer: Offer, customers: Mapping[str, str], types: Mapping[str, str]
) -> str:
    body: dict[str, JsonValue] = {
        "customer_id": customers[offer.buyer],
        "lead_type_id": types[offer.lead_type],
        "scope": offer.scope,
        "location": dict(offer.location),
        "amount_cents": offer.amount_cents,
        **offer.limits,
    }
    return api.create("/bids", body, Made).id
