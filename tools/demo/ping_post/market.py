"""What the tenant of the second act configures: types, customers, bids, sources and the plan.

Amounts are cents. As in the first act each group of bids and partners has a place of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from tools.demo.client import Body
from tools.demo.market import bidding_range

CATEGORY_NAME = "Home improvement"
SOLAR, ROOF, WINDOWS, GUTTERS = "Solar", "Roof", "Windows", "Gutters"
HEAT_PUMP, AGED = "Heat pump", "Aged solar"
WEBSITE, VENDOR = "Website", "Vendor"

PRODUCTS: Mapping[str, str] = {
    SOLAR: "solar",
    ROOF: "roof",
    WINDOWS: "windows",
    GUTTERS: "gutters",
    HEAT_PUMP: "heat pump",
}
"""What a lead says in its field `product` to be of a type. None says that it is aged."""


def condition(name: str, operator: str, value: JsonValue) -> JsonValue:
    """One row of a condition set."""
    return {"property": name, "operator": operator, "value": value}


CATEGORY: Body = {
    "name": CATEGORY_NAME,
    "fields": [
        {"title": "product", "type": "list-of-values", "values": [*PRODUCTS.values()]},
        {"title": "home_value", "type": "numeric", "deliverable": True},
        {"title": "offer", "type": "text", "deliverable": True},
    ],
}

_TENS: list[JsonValue] = [
    bidding_range("county", 1000, 10000, 1000),
    bidding_range("state", 1000, 10000, 1000),
]
SCOPES: Mapping[str, list[JsonValue]] = {
    SOLAR: _TENS,
    ROOF: [bidding_range("state", 2000, 20000, 2000)],
    AGED: [bidding_range("county", 500, 5000, 500)],
}

AUCTION: Body = {
    "enabled": True,
    "first_price_cents": 2500,
    "last_price_cents": 500,
    "increment_cents": 250,
    "interval_minutes": 15,
}
"""The prices at which heat pumps are listed on the marketplace."""

SOURCES: Mapping[str, Body] = {
    WEBSITE: {"type": "internal", "payout_percentage": 60, "test_mode": False},
    VENDOR: {"type": "vendor", "payout_percentage": 45, "test_mode": False},
}
MARKETPLACE_PAYOUT_CENTS = 800
"""The vendor's fallback price: what it is owed for a heat pump sold on the marketplace."""

CUSTOMERS: Mapping[str, int] = {
    "Austin Solar": 50000,
    "Lone Star Energy": 30000,
    "Mile High Solar": 30000,
    "Cascade Power": 30000,
    "Desert Sun": 20000,
    "Windy City Solar": 30000,
    "Lakeshore Energy": 20000,
    "Sunshine Homes": 30000,
    "Florida First": 20000,
    "Empty Pockets": 0,
    "Rose City Solar": 10000,
    "Top Roofs": 20000,
    "Clear View": 10000,
    "Bright Panes": 10000,
}
"""What is in each wallet before the first lead."""


@dataclass(frozen=True)
class Bid:
    """A customer's bid; without a county it is for the whole state."""

    buyer: str
    lead_type: str
    amount_cents: int
    state: str
    county: str | None = None

    @property
    def body(self) -> dict[str, JsonValue]:
        """Scope, location and amount as the API takes them."""
        location: dict[str, JsonValue] = {"country": "US", "state": self.state}
        scope = "county" if self.county else "state"
        county: dict[str, JsonValue] = {"county": self.county} if self.county else {}
        return {
            "scope": scope,
            "location": {**location, **county},
            "amount_cents": self.amount_cents,
        }


BIDS: Sequence[Bid] = (
    Bid("Austin Solar", SOLAR, 8000, "TX", "Travis County"),
    Bid("Lone Star Energy", SOLAR, 5000, "TX"),
    Bid("Mile High Solar", SOLAR, 10000, "CO", "Denver County"),
    Bid("Cascade Power", SOLAR, 5000, "WA", "King County"),
    Bid("Desert Sun", SOLAR, 3000, "AZ", "Maricopa County"),
    Bid("Windy City Solar", SOLAR, 10000, "IL", "Cook County"),
    Bid("Lakeshore Energy", SOLAR, 4000, "IL"),
    Bid("Sunshine Homes", SOLAR, 6000, "FL", "Miami-Dade County"),
    Bid("Florida First", SOLAR, 4000, "FL"),
    Bid("Empty Pockets", SOLAR, 3000, "NV"),
    Bid("Rose City Solar", AGED, 2000, "OR", "Multnomah County"),
    Bid("Top Roofs", ROOF, 6000, "TX"),
)
