"""What happens in the second act, in order. Prices were worked out by hand.

The website is owed 60 % of what a lead sells for, the vendor 45 %.
"""

from collections.abc import Iterator
from itertools import chain

from tools.demo.ping_post.fates import (
    PAYOUTS,
    bid_wins,
    lead,
    losers,
    nobody_wins,
    partner_wins,
    question,
)
from tools.demo.ping_post.market import (
    AGED,
    GUTTERS,
    HEAT_PUMP,
    MARKETPLACE_PAYOUT_CENTS,
    ROOF,
    VENDOR,
    WEBSITE,
    WINDOWS,
)
from tools.demo.ping_post.plan import (
    GUTTER_CENTS,
    ROTATING_CUSTOMERS,
    ROTATING_PARTNERS,
    WINDOW_CENTS,
)
from tools.demo.ping_post.steps import UNKNOWN_PING, Ask, Fate, Give, Quote, Refusal, Step

KNOWN_ADDRESS = "12 Sample Ln"
"""The only house, in Austin, that the stub of the Real Estate API knows."""

MATCH, NO_MATCH = "Match found", "No match found"


def _offers() -> Iterator[Step]:
    """Bids and partners in one auction."""
    yield Give(
        "Bid 80.00 beats offer 62.50",
        WEBSITE,
        lead(0, "Austin"),
        bid_wins("Austin Solar", 7000, losers(Sunbeam="outscored", Lone_Star_Energy="outscored")),
    )
    yield Give(
        "Offer 62.50 beats bid 50.00",
        WEBSITE,
        lead(1, "Dallas"),
        partner_wins("Sunbeam", 6250, losers(Lone_Star_Energy="outscored")),
    )
    yield Give(
        "110.00 less 25 % loses to 100.00",
        WEBSITE,
        lead(2, "Denver"),
        bid_wins("Mile High Solar", 9000, losers(Heavyweight="outscored")),
    )
    yield Give(
        'A price spelled "12.50"',
        VENDOR,
        lead(3, "Columbus"),
        partner_wins("Buckeye Leads", 1250, source=VENDOR),
    )


def _troubles() -> Iterator[Step]:
    """Partners that refuse, are late, fall silent."""
    declined = losers(Fickle="partner_post_declined", Steady="outscored")
    yield Give(
        "The best offer refuses the post",
        WEBSITE,
        lead(4, "Seattle"),
        bid_wins("Cascade Power", 5000, declined),
    )
    late = losers(Tardy="partner_ping_timeout")
    yield Give(
        "An offer of 90.00 comes late",
        WEBSITE,
        lead(5, "Phoenix"),
        bid_wins("Desert Sun", 1000, late),
    )
    yield Give(
        "Takes the lead, never answers",
        WEBSITE,
        lead(6, "Boston"),
        partner_wins("Silent", 8000, losers(Backup="outscored")),
    )
    everything = losers(
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
        lead(7, "Chicago"),
        bid_wins("Windy City Solar", 9000, everything),
    )


def _vendor_pings() -> Iterator[Step]:
    asked = question("Austin")
    yield Ask("A vendor asks for a price", VENDOR, asked, "austin", Quote(MATCH, 3150))
    same = {**asked, "zip": " 78701 ", "state": "tx"}
    yield Ask("An equal ping", VENDOR, same, "austin", Quote(MATCH, 3150), again=True)
    kept = bid_wins("Austin Solar", 7000, source=VENDOR, honored=True)
    yield Give("Its post: the promise is kept", VENDOR, lead(8, "Austin"), kept, ping="austin")
    used = Refusal("ping_not_found")
    yield Give("The same ping once more", VENDOR, lead(9, "Austin"), used, ping="austin")
    yield Give("A ping that never was", VENDOR, lead(9, "Austin"), used, ping=UNKNOWN_PING)


def _lapsing_pings() -> Iterator[Step]:
    yield Ask("A promise of 50.00", VENDOR, question("Miami"), "miami", Quote(MATCH, 2250))
    lost = frozenset({("Sunshine Homes", "customer_paused"), ("Sunshine Homes", "already_tried")})
    lapsed = bid_wins("Florida First", 1000, lost, source=VENDOR, honored=False)
    yield Give(
        "It pauses: the plan sells",
        VENDOR,
        lead(10, "Miami"),
        lapsed,
        ping="miami",
        pausing="Sunshine Homes",
    )
    yield Ask("Nobody wants it", VENDOR, question("Atlanta"), "atlanta", Quote(NO_MATCH))
    other = Refusal("ping_mismatch")
    yield Give("The post tells other data", VENDOR, lead(11, "Miami"), other, ping="atlanta")


def _internal_pings() -> Iterator[Step]:
    bids = (("Austin Solar", 4200), ("Sunbeam", 3750), ("Lone Star Energy", 600))
    yield Ask(
        "The website sees all bids", WEBSITE, question("Austin"), "list", Quote(MATCH, 0, bids)
    )
    chosen = partner_wins("Sunbeam", 6250, losers(Austin_Solar="not_selected"), honored=True)
    yield Give(
        "It chooses the second one",
        WEBSITE,
        lead(12, "Austin"),
        chosen,
        ping="list",
        choice="Sunbeam",
    )


def _rotations() -> Iterator[Step]:
    price = PAYOUTS[WEBSITE]
    pairs = (
        (WINDOWS, "assigned", "customer", WINDOW_CENTS, ROTATING_CUSTOMERS * 2),
        (GUTTERS, "posted", "ping_post", GUTTER_CENTS, ROTATING_PARTNERS),
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
            values = lead(20 + turn, "Houston", lead_type)
            yield Give(f"{lead_type}, turn {turn + 1}", WEBSITE, values, fate)


def _other_methods() -> Iterator[Step]:
    listed = Quote(MATCH, MARKETPLACE_PAYOUT_CENTS)
    asked = question("Denver", HEAT_PUMP)
    yield Ask("The marketplace would take it", VENDOR, asked, "pump", listed)
    yield Give(
        "It is listed there",
        VENDOR,
        lead(30, "Denver", HEAT_PUMP),
        Fate("marketplace", HEAT_PUMP),
        ping="pump",
    )
    aged = bid_wins("Rose City Solar", 500, lead_type=AGED)
    yield Give("Marked down, then sold", WEBSITE, lead(31, "Portland"), aged)
    known = {**lead(32, "Austin", ROOF), "address_1": KNOWN_ADDRESS}
    valuable = bid_wins("Top Roofs", 2000, lead_type=ROOF, home_value=415_000)
    yield Give("A house of 415,000: looked up", WEBSITE, known, valuable)
    unknown = nobody_wins(ROOF, "no_stage_accepted", frozenset(), "enrichment_no_data")
    yield Give("A house that nobody knows", WEBSITE, lead(33, "Austin", ROOF), unknown)


def _nobody() -> Iterator[Step]:
    """Solar leads that the best offer leaves over; marked down, they find nobody either."""
    broke = losers(Empty_Pockets="wallet_below_minimum")
    refused = losers(Naysayer="partner_ping_declined")
    late = losers(Sleepy="partner_ping_timeout")
    for number, city, outcome, lost, shows in (
        (40, "Las Vegas", "no_eligible_candidate", broke, "Nobody who can pay"),
        (41, "Atlanta", "all_refused", refused, "Everybody refuses"),
        (42, "New York", "deadline_passed", late, "Nobody answers in time"),
    ):
        yield Give(shows, WEBSITE, lead(number, city), nobody_wins(AGED, outcome, lost, outcome))


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
