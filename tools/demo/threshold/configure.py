"""Configure the tenant of the third act over the management API alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.demo.client import Management, SourceApi, source
from tools.demo.configure import Step
from tools.demo.market import bidding_range
from tools.demo.threshold.script import AT_FIRST, BIDS, DEPOSITS, PAYOUT_PERCENTAGE
from tools.demo.wire import Made, MadeCategory, MadeSource, Transaction, Wire

if TYPE_CHECKING:
    from pydantic import JsonValue


@dataclass(frozen=True)
class Shop:
    """The source, and the ids behind the customers' names."""

    source: SourceApi
    customers: Mapping[str, str]

    def name_of(self, customer_id: str | None) -> str | None:
        """The name of a customer."""
        return next((name for name, one in self.customers.items() if one == customer_id), None)


def configure(api: Management, api_url: str, step: Step) -> Shop:
    """Set everything up. Raises ApiError with the request that was refused."""
    with step(f"Configure a source, two bids and a limit of {AT_FIRST} leads"):
        category = api.create("/lead-categories", {"name": "Roofing", "fields": []}, MadeCategory)
        lead_type = category.fallback_lead_type_id
        scopes = [bidding_range("county", 1000, 10000, 1000)]
        api.change(f"/lead-types/{lead_type}", {"bidding_scopes": [*scopes]}, Made)
        customers = {name: _customer(api, name, lead_type) for name in BIDS}
        limit_leads(api, AT_FIRST)
        return Shop(_source(api, api_url, category.id), customers)


def limit_leads(api: Management, leads: int) -> None:
    """Limit the leads of a month."""
    api.replace("/subscription", {"lead_limit": leads}, Wire)


def _customer(api: Management, name: str, lead_type: str) -> str:
    address = f"{name.lower().replace(' ', '.')}@example.com"
    customer = api.create("/customers", {"name": name, "email": address}, Made).id
    deposit: dict[str, JsonValue] = {"amount_cents": DEPOSITS[name], "description": "Demo"}
    api.create(f"/customers/{customer}/deposits", deposit, Transaction)
    bid: dict[str, JsonValue] = {
        "customer_id": customer,
        "lead_type_id": lead_type,
        "scope": "county",
        "location": {"country": "US", "state": "TX", "county": "Travis County"},
        "amount_cents": BIDS[name],
    }
    api.create("/bids", bid, Made)
    return customer


def _source(api: Management, api_url: str, category: str) -> SourceApi:
    body: dict[str, JsonValue] = {
        "name": "Own website",
        "lead_category_id": category,
        "type": "internal",
        "payout_percentage": PAYOUT_PERCENTAGE,
        "test_mode": False,
    }
    return source(api_url, api.create("/sources", body, MadeSource).credentials)
