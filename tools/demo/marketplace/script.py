"""What the fourth act trades, and what must become of it; amounts are cents, worked out by hand.

Auctions fall from 25.00 to 5.00 in one step, after a minute: then an order of 7.00 is reached, and
the demands, which last as long as an auction would fall, close.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.demo.client import Body

PRICES: Body = {
    "enabled": True,
    "first_price_cents": 2_500,
    "last_price_cents": 500,
    "increment_cents": 2_000,
    "interval_minutes": 1,
}
FALLBACK_CENTS = 400
PAYOUT_PERCENTAGE = 60

WEBSITE, FIELD_TEAM = "Website", "Field team"
SUN, CLUB = "Sun Buyers", "Roof Club"
DEPOSITS: Mapping[str, int] = {SUN: 20_000, CLUB: 10_000}
OUTBID_CENTS, WINNING_CENTS = 600, 700
ORDERS: Sequence[tuple[str, int]] = ((CLUB, OUTBID_CENTS), (SUN, WINNING_CENTS))

IMPORTER = SUN
MAPPING: Mapping[str, str] = {
    "Given name": "first_name",
    "Surname": "last_name",
    "Mail": "email",
    "Phone": "phone",
    "Postcode": "zip",
    "Monthly bill": "monthly_bill",
}
CSV = """\
Given name;Surname;Mail;Phone;Postcode;Monthly bill
Ann;Field;ann.field@example.com;512-555-0171;78701;250
Bob;"Field; the younger";bob.field@example.com;404-555-0172;30303;180
Cyd;Field;cyd.field@example.com;none;30303;a lot
"""
CREATED, REJECTED = 2, 1
WRONG_FIELDS = frozenset({"phone", "monthly_bill"})

AUSTIN, ATLANTA = "78701", "30303"
BILLS: Mapping[str, int] = {AUSTIN: 250, ATLANTA: 180}


@dataclass(frozen=True)
class Offer:
    """One offer: its answer, and what it must be in the end."""

    source: str
    zip: str
    price_cents: int
    at_once: str
    in_the_end: str
    first_name: str

    @property
    def body(self) -> Body:
        """What is sent."""
        return {
            "price_cents": self.price_cents,
            "lead": {
                "first_name": self.first_name,
                "last_name": "Offer",
                "email": f"{self.first_name.lower()}.offer@example.com",
                "phone": "206-555-0181",
                "zip": self.zip,
                "monthly_bill": BILLS[self.zip],
            },
        }

    @property
    def payout_cents(self) -> int:
        """What the source is owed if it wins."""
        return self.price_cents * PAYOUT_PERCENTAGE // 100


OFFERS: Sequence[Offer] = (
    Offer(WEBSITE, AUSTIN, 1_200, "pending", "lost", "Gus"),
    Offer(FIELD_TEAM, AUSTIN, 950, "pending", "accepted", "Hal"),
    Offer(FIELD_TEAM, ATLANTA, 500, "accepted", "accepted", "Ida"),
)
