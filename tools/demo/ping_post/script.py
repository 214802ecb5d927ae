"""What happens in the second act, in order. Prices were worked out by hand.

The website is owed 60 % of what a lead sells for, the vendor 45 %.
"""

from collections.abc import Iterator, Mapping
from itertools import chain

from tools.demo.people import PLACES, person
from tools.demo.ping_post.market import (
    AGED,
    GUTTERS,
    HEAT_PUMP,
    MARKETPLACE_PAYOUT_CENTS,
    PRODUCTS,
    ROOF,
    SOLAR,
    VENDOR,
    WEBSITE,
    WINDOWS,
)
from tools.demo.ping_post.plan import GUTTER_CENTS, WINDOW_CENTS
from tools.demo.ping_post.steps import (
    UNKNOWN_PING,
    Ask,
    Fate,
    Give,
    Losses,
    Quote,
    Refusal,
    Step,
    Values,
)

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

KNOWN_ADDRESS = "12 Sample Ln"
"""The only house, in Austin, that the stub of the Real Estate API knows."""

MATCH, NO_MATCH = "Match found", "No match found"


def _lead(number: int, city: str, lead_type: str = SOLAR) -> Values:
    return person(number, city) | {"product": PRODUCTS[lead_type]}


def _question(city: str, lead_type: str = SOLAR) -> Values:
    """As much as a ping tells: no name, no phone, no street."""
    place = PLACES[city]
    return {"zip": place.zip, "state": place.state, "product": PRODUCTS[lead_type]}


def _bid(
    buyer: str,
    charged_cents: int,
    lost: Losses = frozenset(),
    *,
    source: str = WEBSITE,
    lead_type: str = SOLAR,
    honored: bool | None = None,
    home_value: int | None = None,
) -> Fate:
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


def _posted(
    partner: str,
    charged_cents: int,
    lost: Losses = frozenset(),
    *,
    source: str = WEBSITE,
    honored: bool | None = None,
) -> Fate:
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


def _lost(**reasons: str) -> Losses:
    """Losers, with blanks as underscores."""
    return frozenset((name.replace("_", " "), reason) for name, reason in reasons.items())


def _unsold(lead_type: str, outcome: str, lost: Losses, *attempts: str) -> Fate:
    return Fate(
        "unassigned", lead_type, outcome=outcome, lost=lost, attempts=frozenset({*attempts})
    )


def _offers() -> Iterator[Step]:
    """Bids and partners in one auction."""
    yield Give(
        "Bid 80.00 beats offer 62.50",
        WEBSITE,
        _lead(0, "Austin"),
        _bid("Austin Solar", 7000, _lost(Sunbeam="outscored", Lone_Star_Energy="outscored")),
    )
    yield Give(
        "Offer 62.50 beats bid 50.00",
        WEBSITE,
        _lead(1, "Dallas"),
        _posted("Sunbeam", 6250, _lost(Lone_Star_Energy="outscored")),
    )
    yield Give(
        "110.00 less 25 % loses to 100.00",
        WEBSITE,
        _lead(2, "Denver"),
        _bid("Mile High Solar", 9000, _lost(Heavyweight="outscored")),
    )
    yield Give(
        'A price spelled "12.50"',
        VENDOR,
        _lead(3, "Columbus"),
        _posted("Buckeye Leads", 1250, source=VENDOR),
    )


def _troubles() -> Iterator[Step]:
    """Partners that refuse, are late, fall silent."""
    declined = _lost(Fickle="partner_post_declined", Steady="outscored")
    yield Give(
        "The best offer refuses the post",
        WEBSITE,
        _lead(4, "Seattle"),
        _bid("Cascade Power", 5000, declined),
    )
    late = _lost(Tardy="partner_ping_timeout")
    yield Give(
        "An offer of 90.00 comes late",
        WEBSITE,
        _lead(5, "Phoenix"),
        _bid("Desert Sun", 1000, late),
    )
    yield Give(
        "Takes the lead, never answers",
        WEBSITE,
        _lead(6, "Boston"),
        _posted("Silent", 8000, _lost(Backup="outscored")),
    )
    everything = _lost(
        Heavyweight="outscored",
        Lakeshore_Energy="outscored",
        Encore="partner_post_duplicate",
        Echo="partner_ping_duplicate",
        Thrifty="partner_below_minimum_price",
        Tardy="partner_ping_timeout",
        Sunbeam="partner_not_eligible",
        Gutter_Guild="not_in_stage",
    )
    yield Give(
        "All of it at once",
        WEBSITE,
        _lead(7, "Chicago"),
        _bid("Windy City Solar", 9000, everything),
    )


def _vendor_pings() -> Iterator[Step]:
    asked = _question("Austin")
    yield Ask("A vendor asks for a price", VENDOR, asked, "austin", Quote(MATCH, 3150))
    same = {**asked, "zip": " 78701 ", "state": "tx"}
    yield Ask("An equal ping", VENDOR, same, "austin", Quote(MATCH, 3150), again=True)
    kept = _bid("Austin Solar", 7000, source=VENDOR, honored=True)
    yield Give("Its post: the promise is kept", VENDOR, _lead(8, "Austin"), kept, ping="austin")
    used = Refusal("ping_not_found")
    yield Give("The same ping once more", VENDOR, _lead(9, "Austin"), used, ping="austin")
    yield Give("A ping that never was", VENDOR, _lead(9, "Austin"), used, ping=UNKNOWN_PING)


def _lapsing_pings() -> Iterator[Step]:
    yield Ask("A promise of 50.00", VENDOR, _question("Miami"), "miami", Quote(MATCH, 2250))
    lost = frozenset({("Sunshine Homes", "customer_paused"), ("Sunshine Homes", "already_tried")})
    lapsed = _bid("Florida First", 1000, lost, source=VENDOR, honored=False)
    yield Give(
        "It pauses: the plan sells",
        VENDOR,
        _lead(10, "Miami"),
        lapsed,
        ping="miami",
        pausing="Sunshine Homes",
    )
    yield Ask("Nobody wants it", VENDOR, _question("Atlanta"), "atlanta", Quote(NO_MATCH))
    other = Refusal("ping_mismatch")
    yield Give("The post tells other data", VENDOR, _lead(11, "Miami"), other, ping="atlanta")


def _internal_pings() -> Iterator[Step]:
    bids = (("Austin Solar", 4200), ("Sunbeam", 3750), ("Lone Star Energy", 600))
    yield Ask(
        "The website sees all bids", WEBSITE, _question("Austin"), "list", Quote(MATCH, 0, bids)
    )
    chosen = _posted("Sunbeam", 6250, _lost(Austin_Solar="not_selected"), honored=True)
    yield Give(
        "It chooses the second one",
        WEBSITE,
        _lead(12, "Austin"),
        chosen,
        ping="list",
        choice="Sunbeam",
    )


def _rotations() -> Iterator[Step]:
    price = PAYOUTS[WEBSITE]
    pairs = (
        (WINDOWS, "assigned", "customer", WINDOW_CENTS, ("Clear View", "Bright Panes") * 2),
        (GUTTERS, "posted", "ping_post", GUTTER_CENTS, ("Gutter Guild", "Eaves & Co")),
    )
    for lead_type, status, channel, cents, takers in pairs:
        for turn, taker in enumerate(takers):
            other = takers[1 - takers.index(taker)]
            fate = Fate(
                status,
                lead_type,
                taker,
                "round_robin",
                channel,
                cents,
                price[cents],
                lost=frozenset({(other, "rotation_not_due")}),
            )
            lead = _lead(20 + turn, "Houston", lead_type)
            yield Give(f"{lead_type}, turn {turn + 1}", WEBSITE, lead, fate)


def _other_methods() -> Iterator[Step]:
    listed = Quote(MATCH, MARKETPLACE_PAYOUT_CENTS)
    asked = _question("Denver", HEAT_PUMP)
    yield Ask("The marketplace would take it", VENDOR, asked, "pump", listed)
    yield Give(
        "It is listed there",
        VENDOR,
        _lead(30, "Denver", HEAT_PUMP),
        Fate("marketplace", HEAT_PUMP),
        ping="pump",
    )
    aged = _bid("Rose City Solar", 500, lead_type=AGED)
    yield Give("Marked down, then sold", WEBSITE, _lead(31, "Portland"), aged)
    known = {**_lead(32, "Austin", ROOF), "address_1": KNOWN_ADDRESS}
    valuable = _bid("Top Roofs", 2000, lead_type=ROOF, home_value=415_000)
    yield Give("A house of 415,000: looked up", WEBSITE, known, valuable)
    unknown = _unsold(ROOF, "no_stage_accepted", frozenset(), "enrichment_no_data")
    yield Give("A house that nobody knows", WEBSITE, _lead(33, "Austin", ROOF), unknown)


def _nobody() -> Iterator[Step]:
    """Solar leads that the best offer leaves over; marked down, they find nobody either."""
    broke = _lost(Empty_Pockets="wallet_below_minimum")
    refused = _lost(Naysayer="partner_ping_declined")
    late = _lost(Sleepy="partner_ping_timeout")
    for number, city, outcome, lost, shows in (
        (40, "Las Vegas", "no_eligible_candidate", broke, "Nobody who can pay"),
        (41, "Atlanta", "all_refused", refused, "Everybody refuses"),
        (42, "New York", "deadline_passed", late, "Nobody answers in time"),
    ):
        yield Give(shows, WEBSITE, _lead(number, city), _unsold(AGED, outcome, lost, outcome))


STEPS: tuple[Step, ...] = tuple(
    chain(
        _offers(),
        _troubles(),
        _vendor_pings(),
        _internal_pings(),
        _lapsing_pings(),
        _rotations(),
        _other_methods(),
        _nobody(),
    )
)

EXPLAINED = next(index for index, step in enumerate(STEPS) if step.shows == "All of it at once")
"""The step whose decision record and timeline the demo shows in full."""
