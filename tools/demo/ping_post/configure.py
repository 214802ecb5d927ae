"""Configure the tenant of the second act over the management API alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.demo.client import Management, SourceApi, source
from tools.demo.configure import Step
from tools.demo.ping_post.market import (
    AGED,
    AUCTION,
    BIDS,
    CATEGORY,
    CUSTOMERS,
    HEAT_PUMP,
    MARKETPLACE_PAYOUT_CENTS,
    PRODUCTS,
    SCOPES,
    SOURCES,
    VENDOR,
    Bid,
    condition,
)
from tools.demo.ping_post.partners import PARTNERS, partner_body
from tools.demo.ping_post.plan import Ids, stages
from tools.demo.wire import Made, MadeSource, Transaction, Wire
from tools.stub_partner import StubPartner
from tools.stub_real_estate import StubRealEstate
from tools.stub_real_estate.server import API_KEY, SKIP_TRACE_KEY

if TYPE_CHECKING:
    from pydantic import JsonValue


@dataclass(frozen=True)
class Stubs:
    """The outside world: partners and the Real Estate API, on loopback."""

    partners: StubPartner
    real_estate: StubRealEstate


@dataclass(frozen=True)
class Shop:
    """What was configured: the ids behind the names of the script."""

    lead_types: Mapping[str, str]
    sources: Mapping[str, SourceApi]
    customers: Mapping[str, str]
    partners: Mapping[str, str]

    def name_of(self, identifier: str | None) -> str | None:
        """The name of a customer or a partner."""
        known = {**self.customers, **self.partners}.items()
        return next((name for name, one in known if one == identifier), None)


def configure(api: Management, api_url: str, stubs: Stubs, step: Step) -> Shop:
    """Set everything up. Raises ApiError with the request that was refused."""
    with step("Configure lead types and sources, the Real Estate API"):
        category = api.create("/lead-categories", CATEGORY, Made).id
        types = {name: _lead_type(api, name, category) for name in (*PRODUCTS, AGED)}
        sources = {name: _source(api, api_url, name, category, types) for name in SOURCES}
        access: dict[str, JsonValue] = {
            "base_url": stubs.real_estate.url,
            "api_key": API_KEY,
            "skip_trace_api_key": SKIP_TRACE_KEY,
        }
        api.replace("/integrations/real-estate-api", access, Wire)
    with step(f"Make {len(CUSTOMERS)} customers with {len(BIDS)} bids, {len(PARTNERS)} partners"):
        customers = {name: _customer(api, name, cents) for name, cents in CUSTOMERS.items()}
        for bid in BIDS:
            _bid(api, bid, customers, types)
        partners = {name: _partner(api, name, stubs.partners) for name in PARTNERS}
    with step("Replace the distribution plan"):
        planned: list[JsonValue] = [*stages(Ids(category, types, customers, partners))]
        api.replace("/distribution-plan", {"stages": planned}, Wire)
    return Shop(types, sources, customers, partners)


def _lead_type(api: Management, name: str, category: str) -> str:
    body: dict[str, JsonValue] = {
        "name": name,
        "lead_category_id": category,
        "bidding_scopes": SCOPES.get(name, []),
    }
    if name in PRODUCTS:
        body["conditions"] = [[condition("product", "any", [PRODUCTS[name]])]]
    if name == HEAT_PUMP:
        body["marketplace"] = dict(AUCTION)
    return api.create("/lead-types", body, Made).id


def _source(
    api: Management, api_url: str, name: str, category: str, types: Mapping[str, str]
) -> SourceApi:
    body: dict[str, JsonValue] = {"name": name, "lead_category_id": category, **SOURCES[name]}
    if name == VENDOR:
        row: JsonValue = {
            "lead_type_id": types[HEAT_PUMP],
            "pricing_type": "fallback",
            "price_cents": MARKETPLACE_PAYOUT_CENTS,
        }
        body["pricing"] = [row]
    return source(api_url, api.create("/sources", body, MadeSource).credentials)


def _customer(api: Management, name: str, deposited_cents: int) -> str:
    address = f"{name.lower().replace(' ', '.')}@example.com"
    customer = api.create("/customers", {"name": name, "email": address}, Made).id
    if deposited_cents:
        deposit: dict[str, JsonValue] = {"amount_cents": deposited_cents, "description": "Demo"}
        api.create(f"/customers/{customer}/deposits", deposit, Transaction)
    return customer


def _bid(api: Management, bid: Bid, customers: Mapping[str, str], types: Mapping[str, str]) -> None:
    owner = {"customer_id": customers[bid.buyer], "lead_type_id": types[bid.lead_type]}
    api.create("/bids", {**owner, **bid.body}, Made)


def _partner(api: Management, name: str, stub: StubPartner) -> str:
    return api.create("/partners", partner_body(name, stub), Made).id
