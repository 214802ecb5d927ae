"""Words for the script: leads and questions, and what must become of them."""

from collections.abc import Mapping

from tools.demo.people import PLACES, person
from tools.demo.ping_post.market import PRODUCTS, SOLAR, VENDOR, WEBSITE
from tools.demo.ping_post.plan import GUTTER_CENTS, WINDOW_CENTS
from tools.demo.ping_post.steps import Fate, Losses, Values

PAYOUTS: Mapping[str, Mapping[int, int]] = {
    WEBSITE: {
        500: 300,
        1000: 600,
        GUTTER_CENTS: 720,
        2000: 1200,
        WINDOW_CENTS: 1500,
        5000: 3000,
        6250: 3750,
        7000: 4200,
        8000: 4800,
        9000: 5400,
    },
    VENDOR: {
        500: 225,
        1000: 450,
        1250: 563,  # 5.625: half a cent goes up
        5000: 2250,
        7000: 3150,
    },
}
"""What each source is owed for each amount that is charged."""


def lead(number: int, city: str, lead_type: str = SOLAR) -> Values:
    """A person with an interest."""
    return person(number, city) | {"product": PRODUCTS[lead_type]}


def question(city: str, lead_type: str = SOLAR) -> Values:
    """As much as a ping tells: no name, no phone, no street."""
    place = PLACES[city]
    return {"zip": place.zip, "state": place.state, "product": PRODUCTS[lead_type]}


def bid_wins(
    buyer: str,
    charged_cents: int,
    lost: Losses = frozenset(),
    *,
    source: str = WEBSITE,
    lead_type: str = SOLAR,
    honored: bool | None = None,
    home_value: int | None = None,
) -> Fate:
    """Assigned to a bid; `losers` says who must lose, and why."""
    return Fate(
        "assigned",
        lead_type,
        buyer,
        "bidding",
        "bid",
        charged_cents,
        PAYOUTS[source][charged_cents],
        lost=lost,
        honored=honored,
        home_value=home_value,
    )


def partner_wins(
    partner: str,
    charged_cents: int,
    lost: Losses = frozenset(),
    *,
    source: str = WEBSITE,
    honored: bool | None = None,
) -> Fate:
    """Posted to a partner at its offer."""
    price = PAYOUTS[source][charged_cents]
    return Fate(
        "posted",
        SOLAR,
        partner,
        "partner",
        "ping_post",
        charged_cents,
        price,
        lost=lost,
        honored=honored,
    )


def losers(**reasons: str) -> Losses:
    """Losers, with blanks as underscores."""
    return frozenset((name.replace("_", " "), reason) for name, reason in reasons.items())


def nobody_wins(lead_type: str, outcome: str, lost: Losses, *attempts: str) -> Fate:
    """Unassigned; `attempts` are reasons that stages must give."""
    return Fate(
        "unassigned", lead_type, outcome=outcome, lost=lost, attempts=frozenset({*attempts})
    )
