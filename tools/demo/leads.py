"""The leads of the demo, each with what must become of it. Prices were worked out by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from pydantic import JsonValue

from tools.demo.market import (
    BATTERY_FORM,
    PREMIUM,
    REPLACEMENT,
    ROOF,
    SANDBOX,
    STANDARD,
    VENDOR,
    VENDOR_FIXED_CENTS,
    WEBSITE,
)
from tools.demo.people import person

Values = dict[str, JsonValue]

PREMIUM_LEAD: Values = {"homeowner": True, "monthly_bill": 240}
STANDARD_LEAD: Values = {"homeowner": False, "monthly_bill": 90, "roof": "shingle"}
REPLACEMENT_LEAD: Values = {"homeowner": False, "installed_on": "2009-06-30"}
ROOF_LEAD: Values = {"homeowner": False, "roof": "slate"}

WEBSITE_PAYOUTS: Mapping[int, int] = {
    500: 278,  # 2.775: half a cent goes up
    1000: 555,
    2000: 1110,
    2500: 1388,  # 13.875
    3000: 1665,
    5000: 2775,
    6000: 3330,
    7000: 3885,
}
"""What the website is owed, 55.5 %, for each amount that is charged."""


@dataclass(frozen=True)
class Expected:
    """What must become of a post. `lost` names bids that had to lose, with the reason."""

    http_status: int = 201
    status: str | None = None
    lead_type: str | None = None
    offer: str | None = None
    charged_cents: int | None = None
    price_cents: int = 0
    outcome: str | None = None
    lost: Mapping[str, str] = field(default_factory=dict)
    refused: str | None = None
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Post:
    """One call of `POST /leads`. With an idempotency key it is sent twice."""

    shows: str
    source: str
    content: Values | str
    expected: Expected
    idempotency_key: str | None = None
    wrong_secret: bool = False


def _sold(
    shows: str,
    city: str,
    values: Values,
    numbers: range,
    expected: Expected,
    *,
    source: str = WEBSITE,
) -> Iterator[Post]:
    """The same kind of lead, from several people."""
    for number in numbers:
        yield Post(shows, source, person(number, city) | values, expected)


def _won(
    lead_type: str, offer: str, charged_cents: int, lost: Mapping[str, str] | None = None
) -> Expected:
    return Expected(
        status="assigned",
        lead_type=lead_type,
        offer=offer,
        charged_cents=charged_cents,
        price_cents=WEBSITE_PAYOUTS[charged_cents],
        lost=lost or {},
    )


def _owed(cents: int, expected: Expected) -> Expected:
    return replace(expected, price_cents=cents)


_AUSTIN = _won(PREMIUM, "austin", 7000, {"texas": "outscored", "everywhere": "outscored"})
_DALLAS = _won(PREMIUM, "texas", 3000, {"everywhere": "outscored"})
_ALONE = _won(PREMIUM, "everywhere", 500)


def _scopes() -> Iterator[Post]:
    yield from _sold("County 80.00 beats state 60.00", "Austin", PREMIUM_LEAD, range(3), _AUSTIN)
    yield from _sold(
        "A vendor is owed its fixed price",
        "Austin",
        PREMIUM_LEAD | {"campaign": "spring"},
        range(3, 5),
        _owed(VENDOR_FIXED_CENTS, _AUSTIN),
        source=VENDOR,
    )
    yield from _sold("State beats nationwide", "Dallas", PREMIUM_LEAD, range(5, 8), _DALLAS)
    yield from _sold("Nobody else: the minimum", "Columbus", PREMIUM_LEAD, range(8, 11), _ALONE)


def _ties() -> Iterator[Post]:
    for number in range(11, 15):
        winner, other = ("cascade", "puget") if number % 2 else ("puget", "cascade")
        expected = _won(PREMIUM, winner, 5000, {other: "tie_lost", "everywhere": "outscored"})
        yield Post(
            "A tie takes turns, at full price",
            WEBSITE,
            person(number, "Seattle") | PREMIUM_LEAD,
            expected,
        )


def _limits() -> Iterator[Post]:
    under = {"everywhere": "outscored"}
    chicago = _won(PREMIUM, "chicago", 3000, under)
    yield from _sold("A bid with a cap of 2", "Chicago", PREMIUM_LEAD, range(15, 17), chicago)
    capped = _won(PREMIUM, "everywhere", 500, {"chicago": "bid_cap_reached"})
    yield from _sold("The cap is reached", "Chicago", PREMIUM_LEAD, range(17, 19), capped)
    phoenix = _won(PREMIUM, "phoenix", 3000, under)
    yield from _sold("A budget of 95.00", "Phoenix", PREMIUM_LEAD, range(19, 21), phoenix)
    yield from _sold("35.00 left: bids 30.00", "Phoenix", PREMIUM_LEAD, range(21, 22), phoenix)
    spent = _won(PREMIUM, "everywhere", 500, {"phoenix": "customer_budget_exhausted"})
    yield from _sold("5.00 left is too little", "Phoenix", PREMIUM_LEAD, range(22, 23), spent)
    boston = _won(ROOF, "boston", 6000, {"slate": "outscored"})
    yield from _sold("A customer with a cap of 2", "Boston", ROOF_LEAD, range(23, 25), boston)
    full = _won(ROOF, "slate", 2000, {"boston": "customer_cap_reached"})
    yield from _sold("The customer is capped", "Boston", ROOF_LEAD, range(25, 26), full)


def _money() -> Iterator[Post]:
    under_funded = _won(PREMIUM, "peach", 5000, {"georgia": "outscored"})
    yield from _sold("Bids 100.00, has 57.00", "Atlanta", PREMIUM_LEAD, range(26, 27), under_funded)
    broke = {"peach": "wallet_below_minimum", "everywhere": "outscored"}
    georgia = _won(PREMIUM, "georgia", 3000, broke)
    yield from _sold("Has 7.00 left", "Atlanta", PREMIUM_LEAD, range(27, 28), georgia)
    blocked = {
        "empty": "wallet_below_minimum",
        "rest": "bid_paused",
        "break": "customer_paused",
    }
    denver = _won(PREMIUM, "everywhere", 500, blocked)
    yield from _sold("No money, paused, paused", "Denver", PREMIUM_LEAD, range(28, 30), denver)


def _types() -> Iterator[Post]:
    miami = _won(STANDARD, "miami", 2500, {"florida": "outscored"})
    yield from _sold("A fixed price", "Miami", STANDARD_LEAD, range(30, 32), miami)
    vendor = _owed(1250, miami)
    yield from _sold(
        "A vendor at 50 %", "Miami", STANDARD_LEAD, range(32, 33), vendor, source=VENDOR
    )
    orlando = _won(STANDARD, "florida", 1000)
    yield from _sold("Another county", "Orlando", STANDARD_LEAD, range(33, 35), orlando)
    lost = {"thrift": "outscored", "houston state": "lower_bid_same_customer"}
    houston = _won(REPLACEMENT, "houston", 2000, lost)
    yield from _sold(
        "Own lower bid stands back", "Houston", REPLACEMENT_LEAD, range(35, 37), houston
    )


def _unsold() -> Iterator[Post]:
    nobody = Expected(status="unassigned", lead_type=STANDARD, outcome="no_stage_accepted")
    yield from _sold("Nobody bids here", "New York", STANDARD_LEAD, range(37, 39), nobody)
    broke = Expected(
        status="unassigned",
        lead_type=STANDARD,
        outcome="no_eligible_candidate",
        lost={"nevada": "wallet_below_minimum"},
    )
    yield from _sold("Nobody who can pay", "Las Vegas", STANDARD_LEAD, range(39, 41), broke)
    audited = Expected(status="audit", lead_type=PREMIUM, outcome="audit_condition")
    suspicious: Values = {"homeowner": True, "monthly_bill": 9000}
    yield from _sold("A bill of 9,000: audit", "Austin", suspicious, range(41, 43), audited)
    untyped = Expected(status="uncategorized", outcome="no_lead_type")
    small: Values = {"capacity_kwh": 5}
    yield from _sold(
        "No type, no fallback", "Dallas", small, range(43, 45), untyped, source=BATTERY_FORM
    )
    large = Expected(status="unassigned", lead_type="Large battery", outcome="no_stage_accepted")
    big: Values = {"capacity_kwh": 20}
    yield from _sold(
        "A type without bids", "Dallas", big, range(45, 46), large, source=BATTERY_FORM
    )


def _repeats() -> Iterator[Post]:
    duplicate = Expected(status="duplicate", outcome="duplicate")
    again = person(0, "Austin") | {
        "phone": "+1 (512) 555-0100",
        "email": "ADA.rivera.00@EXAMPLE.com",
    }
    yield Post("The first lead, written otherwise", WEBSITE, again | PREMIUM_LEAD, duplicate)
    yield Post("The same from a vendor", VENDOR, again | PREMIUM_LEAD, duplicate)
    yield Post("And once more", WEBSITE, person(8, "Columbus") | STANDARD_LEAD, duplicate)
    sibling = person(8, "Columbus") | {"phone": "6145550199"} | PREMIUM_LEAD
    yield Post("Same e-mail, other phone: new", WEBSITE, sibling, _ALONE)
    body = person(46, "Dallas") | PREMIUM_LEAD
    yield Post("Sent twice with one key", WEBSITE, body, _DALLAS, idempotency_key="demo-repeat")


def _test_data() -> Iterator[Post]:
    sold = Expected(status="assigned", price_cents=700, outcome="test_mode")
    body = person(47, "Austin") | {"zip": "00001"}
    yield Post("Test mode: as if sold", SANDBOX, body, sold)
    unsold = Expected(status="unassigned", outcome="test_mode")
    yield Post("Test mode: as if unsold", SANDBOX, body | {"zip": "00004"}, unsold)


def _invalid(shows: str, number: int, wrong: Values) -> Post:
    expected = Expected(422, refused="validation_failed", fields=frozenset(wrong))
    return Post(shows, WEBSITE, person(number, "Austin") | PREMIUM_LEAD | wrong, expected)


def _refused() -> Iterator[Post]:
    yield _invalid("A phone of no numbering plan", 50, {"phone": "123-456-7890"})
    yield _invalid("A phone too short", 51, {"phone": "5125550"})
    yield _invalid("No e-mail address", 52, {"email": "ada at example"})
    yield _invalid("A required field is blank", 53, {"email": ""})
    yield _invalid("A postal code of nowhere", 54, {"zip": "00000"})
    yield _invalid("A state without that code", 55, {"state": "CA"})
    yield _invalid("None of the list's values", 56, {"roof": "straw"})
    yield _invalid("Not a number, not a yes", 57, {"monthly_bill": "lots", "homeowner": "maybe"})
    yield _invalid("A day that never was", 58, {"installed_on": "2014-02-30"})
    malformed = Expected(400, refused="malformed_json")
    yield Post("No JSON", WEBSITE, '{"zip": "78701"', malformed)
    unknown = Expected(401, refused="unauthorized")
    body = person(59, "Austin") | PREMIUM_LEAD
    yield Post("A wrong secret", WEBSITE, body, unknown, wrong_secret=True)


POSTS: tuple[Post, ...] = tuple(
    chain(
        _scopes(),
        _ties(),
        _limits(),
        _money(),
        _types(),
        _unsold(),
        _repeats(),
        _test_data(),
        _refused(),
    )
)

EXPLAINED = next(index for index, post in enumerate(POSTS) if post.shows.startswith("Bids 100.00"))
"""The post whose decision record the demo shows in full."""
