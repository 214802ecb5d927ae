"""Configure the tenant of the fourth act over the management API alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.demo.client import Management, SourceApi, caller, source
from tools.demo.configure import Step
from tools.demo.marketplace.script import (
    DEPOSITS,
    FALLBACK_CENTS,
    FIELD_TEAM,
    PAYOUT_PERCENTAGE,
    PRICES,
    WEBSITE,
)
from tools.demo.wire import Made, MadeCategory, MadeSource, MadeUser, Transaction

if TYPE_CHECKING:
    from pydantic import JsonValue


@dataclass(frozen=True)
class Shop:
    """The ids behind the names, and everybody who takes part."""

    api: Management
    category: str
    lead_type: str
    customers: Mapping[str, str]
    buyers: Mapping[str, Management]
    website: SourceApi
    sources: Mapping[str, Management]


def configure(api: Management, api_url: str, step: Step) -> Shop:
    """Set everything up. Raises ApiError with the request that was refused."""
    with step("Configure a lead type for the marketplace, two sources, two customers"):
        category = api.create("/lead-categories", _CATEGORY, MadeCategory)
        lead_type = category.fallback_lead_type_id
        api.change(f"/lead-types/{lead_type}", {"marketplace": dict(PRICES)}, Made)
        made = {
            name: api.create("/sources", _source(name, category.id, lead_type), MadeSource)
            for name in (WEBSITE, FIELD_TEAM)
        }
        customers = {name: _customer(api, name) for name in DEPOSITS}
        return Shop(
            api,
            category.id,
            lead_type,
            customers,
            {name: _user(api, api_url, one) for name, one in customers.items()},
            source(api_url, made[WEBSITE].credentials),
            {name: caller(api_url, one.credentials.bearer_token) for name, one in made.items()},
        )


_CATEGORY: Mapping[str, "JsonValue"] = {
    "name": "Solar",
    "fields": [
        {"title": "email", "required_for_post": True},
        {"title": "monthly_bill", "type": "numeric", "deliverable": True},
    ],
}


def _source(name: str, category: str, lead_type: str) -> Mapping[str, "JsonValue"]:
    row: JsonValue = {
        "lead_type_id": lead_type,
        "pricing_type": "fallback",
        "price_cents": FALLBACK_CENTS,
    }
    return {
        "name": name,
        "lead_category_id": category,
        "type": "internal",
        "payout_percentage": PAYOUT_PERCENTAGE,
        "test_mode": False,
        "pricing": [row],
    }


def _customer(api: Management, name: str) -> str:
    customer = api.create("/customers", {"name": name, "email": _address(name)}, Made).id
    deposit: dict[str, JsonValue] = {"amount_cents": DEPOSITS[name], "description": "Demo"}
    api.create(f"/customers/{customer}/deposits", deposit, Transaction)
    return customer


def _user(api: Management, api_url: str, customer: str) -> Management:
    body: dict[str, JsonValue] = {"email": f"{customer}@example.com", "role": "customer_user"}
    return caller(api_url, api.create(f"/customers/{customer}/users", body, MadeUser).token)


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@example.com"
