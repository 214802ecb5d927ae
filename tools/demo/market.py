"""The market of the demo: what the tenant configures, and who bids how much for what.

Amounts are cents. Each group of bids has a place of its own, so that the expected prices of
`leads.py` can be worked out by hand; only Everywhere Energy bids on Premium leads all over the US.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

SOLAR, BATTERIES = "Home solar", "Batteries"
PREMIUM, REPLACEMENT, ROOF, STANDARD = "Premium", "Replacement", "Roof repair", "Standard"
WEBSITE, VENDOR, BATTERY_FORM, SANDBOX = "Website", "Vendor", "Battery form", "Sandbox"

Body = Mapping[str, JsonValue]

CATEGORIES: Mapping[str, Body] = {
    SOLAR: {
        "name": SOLAR,
        "fields": [
            {"title": "email", "required_for_post": True},
            {"title": "homeowner", "type": "boolean"},
            {"title": "monthly_bill", "type": "numeric", "deliverable": True},
            {"title": "installed_on", "type": "ymd"},
            {
                "title": "roof",
                "type": "list-of-values",
                "values": ["flat", "shingle", "slate", "tile"],
            },
        ],
    },
    BATTERIES: {"name": BATTERIES, "fields": [{"title": "capacity_kwh", "type": "numeric"}]},
}


def bidding_range(scope: str, minimum: int, maximum: int, step: int) -> dict[str, JsonValue]:
    """A scope whose bids go from `minimum` to `maximum` cents by `step`."""
    return {
        "scope": scope,
        "enabled": True,
        "minimum_cents": minimum,
        "maximum_cents": maximum,
        "step_cents": step,
    }


_TENS: list[JsonValue] = [
    bidding_range("county", 1000, 10000, 1000),
    bidding_range("state", 1000, 10000, 1000),
]


@dataclass(frozen=True)
class LeadType:
    """A lead type; without conditions it is the fallback that came with the category."""

    category: str
    conditions: JsonValue
    bidding_scopes: list[JsonValue]


LEAD_TYPES: Mapping[str, LeadType] = {
    PREMIUM: LeadType(
        SOLAR,
        [
            [
                {"property": "homeowner", "operator": "equals", "value": True},
                {
                    "property": "monthly_bill",
                    "operator": "greater_than_or_equal",
                    "value": 200,
                },
            ]
        ],
        [*_TENS, bidding_range("nationwide", 500, 5000, 500)],
    ),
    REPLACEMENT: LeadType(
        SOLAR,
        [[{"property": "installed_on", "operator": "less_than", "value": "2015-01-01"}]],
        _TENS,
    ),
    ROOF: LeadType(
        SOLAR,
        [[{"property": "roof", "operator": "any", "value": ["slate", "tile"]}]],
        [bidding_range("county", 2000, 20000, 2000), bidding_range("state", 2000, 20000, 2000)],
    ),
    STANDARD: LeadType(
        SOLAR,
        None,
        [
            {"scope": "county", "enabled": True, "fixed_price_cents": 2500},
            bidding_range("state", 1000, 6000, 500),
        ],
    ),
    "Large battery": LeadType(
        BATTERIES,
        [[{"property": "capacity_kwh", "operator": "between", "value": [20, 100]}]],
        _TENS,
    ),
}

SOURCES: Mapping[str, Body] = {
    WEBSITE: {"type": "internal", "payout_percentage": 55.5, "test_mode": False},
    VENDOR: {
        "type": "vendor",
        "payout_percentage": 50,
        "test_mode": False,
        "fields": [{"title": "campaign", "type": "text"}],
    },
    BATTERY_FORM: {"type": "internal", "payout_percentage": 100, "test_mode": False},
    SANDBOX: {"type": "vendor", "payout_percentage": 70, "test_mode": True},
}
VENDOR_FIXED_CENTS = 1200
"""What the vendor is owed for every Premium lead that is sold, whatever the buyer pays."""

DUPLICATE_CHECK: Body = {
    "fields": ["email", "phone"],
    "days": 30,
    "apply_to_pings": False,
    "ignore_punctuation": True,
    "case_sensitive": False,
}
AUDIT_ROWS: JsonValue = [[{"property": "monthly_bill", "operator": "greater_than", "value": 5000}]]


@dataclass(frozen=True)
class Buyer:
    """A customer; `withdrawn_cents` goes out again before the first lead."""

    deposited_cents: int = 0
    withdrawn_cents: int = 0
    limits: Body = field(default_factory=dict)

    @property
    def balance_cents(self) -> int:
        """What is in the wallet before the first lead."""
        return self.deposited_cents - self.withdrawn_cents


def _at_most(limit: int) -> dict[str, JsonValue]:
    """A limit that also holds when the demo runs across midnight."""
    return {"daily": limit, "monthly": limit}


BUYERS: Mapping[str, Buyer] = {
    "Austin Solar": Buyer(50000),
    "Lone Star Energy": Buyer(30000),
    "Everywhere Energy": Buyer(50000),
    "Cascade Power": Buyer(30000),
    "Puget Panels": Buyer(30000),
    "Windy City Solar": Buyer(20000),
    "Desert Sun": Buyer(50000, limits={"budgets_cents": _at_most(9500)}),
    "Peach Power": Buyer(5700),
    "Georgia Roofs": Buyer(20000),
    "Empty Pockets": Buyer(),
    "Rocky Rest": Buyer(10000, withdrawn_cents=2500),
    "Mile High Break": Buyer(10000, limits={"paused": True}),
    "Sunshine Homes": Buyer(20000),
    "Florida First": Buyer(20000),
    "Houston Renewals": Buyer(20000),
    "Texas Thrift": Buyer(5000),
    "Bay State Roofing": Buyer(30000, limits={"lead_caps": _at_most(2)}),
    "New England Slate": Buyer(20000),
}


@dataclass(frozen=True)
class Offer:
    """A bid: whose, on what, where, how much."""

    buyer: str
    lead_type: str
    location: Mapping[str, str]
    amount_cents: int
    limits: Body = field(default_factory=dict)

    @property
    def scope(self) -> str:
        """The size of the location."""
        if "county" in self.location:
            return "county"
        return "state" if "state" in self.location else "nationwide"


def _in(state: str | None = None, county: str | None = None) -> Mapping[str, str]:
    parts = {"country": "US", "state": state, "county": county}
    return {name: part for name, part in parts.items() if part is not None}


OFFERS: Mapping[str, Offer] = {
    "austin": Offer("Austin Solar", PREMIUM, _in("TX", "Travis County"), 8000),
    "texas": Offer("Lone Star Energy", PREMIUM, _in("TX"), 6000),
    "everywhere": Offer("Everywhere Energy", PREMIUM, _in(), 2000),
    "cascade": Offer("Cascade Power", PREMIUM, _in("WA", "King County"), 5000),
    "puget": Offer("Puget Panels", PREMIUM, _in("WA", "King County"), 5000),
    "chicago": Offer(
        "Windy City Solar",
        PREMIUM,
        _in("IL", "Cook County"),
        4000,
        limits={"lead_caps": _at_most(2)},
    ),
    "phoenix": Offer("Desert Sun", PREMIUM, _in("AZ", "Maricopa County"), 5000),
    "peach": Offer("Peach Power", PREMIUM, _in("GA", "Fulton County"), 10000),
    "georgia": Offer("Georgia Roofs", PREMIUM, _in("GA", "Fulton County"), 4000),
    "empty": Offer("Empty Pockets", PREMIUM, _in("CO", "Denver County"), 9000),
    "rest": Offer("Rocky Rest", PREMIUM, _in("CO", "Denver County"), 7000, limits={"paused": True}),
    "break": Offer("Mile High Break", PREMIUM, _in("CO", "Denver County"), 6000),
    "miami": Offer("Sunshine Homes", STANDARD, _in("FL", "Miami-Dade County"), 2500),
    "florida": Offer("Florida First", STANDARD, _in("FL"), 2000),
    "nevada": Offer("Empty Pockets", STANDARD, _in("NV"), 3000),
    "houston": Offer("Houston Renewals", REPLACEMENT, _in("TX", "Harris County"), 10000),
    "houston state": Offer("Houston Renewals", REPLACEMENT, _in("TX"), 5000),
    "thrift": Offer("Texas Thrift", REPLACEMENT, _in("TX"), 1000),
    "boston": Offer("Bay State Roofing", ROOF, _in("MA", "Suffolk County"), 10000),
    "slate": Offer("New England Slate", ROOF, _in("MA"), 4000),
}

STATUSES_BEFORE: Mapping[str, str] = {
    "austin": "active",
    "peach": "under_funded",
    "empty": "not_funded",
    "rest": "paused",
    "break": "active",
    "houston state": "active",
}
STATUSES_AFTER: Mapping[str, str] = {
    "austin": "active",
    "everywhere": "active",
    "chicago": "capped",
    "phoenix": "exhausted",
    "peach": "not_funded",
    "empty": "not_funded",
    "rest": "paused",
    "boston": "capped",
    "slate": "active",
}
POSITIONS_BEFORE: Mapping[str, str] = {
    "austin": "top",
    "texas": "top",
    "cascade": "tied",
    "puget": "tied",
    "georgia": "under",
    "empty": "out",
    "rest": "out",
    "break": "out",
}
