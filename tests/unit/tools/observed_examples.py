"""A tenant that was observed: a wallet, a sold lead, a listed lead with an order; all is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from tools.verify.observed import (
    Assignment,
    Auction,
    Bid,
    Entry,
    Lead,
    Limits,
    Observed,
    Order,
    Share,
    StandingOrder,
    Submission,
    Tally,
    Terms,
    Total,
    Usage,
    Wallet,
)

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
OTHER_SIDE = {"LEAD_ASSIGNED": "revenue", "LEAD_RETURNED": "revenue"}
WON = Usage(
    daily=Tally(label="2026-03-11", count=1, spent_cents=400),
    weekly=Tally(label="2026-03-09", count=1, spent_cents=400),
    monthly=Tally(label="2026-03-01", count=1, spent_cents=400),
)
numbers = count(1)


def entry(event: str, signed: int, balance: int, sequence: int, **related: str) -> Entry:
    """A row of the wallet: cents that came in, or went out if negative, and the balance after."""
    wallet, other = "wallet:cus_1", OTHER_SIDE.get(event, "funds")
    if "order_id" in related:
        other = "held:cus_1"
    return Entry(
        id=f"txn_{next(numbers)}",
        customer_id="cus_1",
        sequence=sequence,
        event=event,
        debit_account=other if signed > 0 else wallet,
        credit_account=wallet if signed > 0 else other,
        amount_cents=abs(signed),
        balance_after_cents=balance,
        related=related,
        created_at=NOON + timedelta(seconds=sequence),
    )


def lead(**changes: object) -> Lead:
    """The lead that was sold."""
    sold = Assignment(
        customer_id="cus_1",
        assigned_via="bidding",
        bid_id="bid_1",
        charged_cents=400,
        assigned_at=NOON,
    )
    made = Lead(id="lead_1", status="assigned", received_at=NOON, assignment=sold, is_counted=True)
    return made.model_copy(update={"tenant_id": "tenant_1", **changes})


ORDER = Order(id="order_1", auction_id="auction_1", customer_id="cus_1", amount_cents=100)
STANDING = StandingOrder(order_id="order_1", customer_id="cus_1", amount_cents=100)
DEPOSIT = entry("FUNDS_ADDED_BY_TENANT", 1_000, 1_000, 1)
SOLD = entry("LEAD_ASSIGNED", -400, 600, 2, lead_id="lead_1")
RETURNED = entry("LEAD_RETURNED", 400, 1_000, 4, lead_id="lead_1")
HELD = entry("PLACED_BUY_ORDER", -100, 600, 3, order_id="order_1", auction_id="auction_1")
WALLET = Wallet(
    id="cus_1", balance_cents=600, held_cents=100, lifetime_charged_cents=400, usage=WON
)

KEPT = Observed(
    at=NOON + timedelta(minutes=1),
    wallets=(WALLET,),
    bids=(Bid(id="bid_1", customer_id="cus_1", usage=WON),),
    entries=(DEPOSIT, SOLD, HELD),
    leads=(lead(), lead(id="lead_2", status="processing", assignment=None, is_counted=False)),
    deleted=frozenset({"lead_3"}),
    submissions=(
        Submission(id="submission_1", kind="post", status="accepted", lead_id="lead_1"),
        Submission(id="submission_3", kind="post", status="accepted", lead_id="lead_3"),
    ),
    auctions=(Auction(id="auction_1", lead_id="lead_2", orders=(STANDING,)),),
    orders=(ORDER,),
    totals=(Total(tenant_id="tenant_1", cycle="2026-03-01", terms=Terms(limits=Limits(leads=5))),),
    shares=(Share(tenant_id="tenant_1", cycle="2026-03-01", leads_used=2),),
)


def rows(*entries: Entry, **wallet: object) -> Observed:
    """The same with other rows and another wallet."""
    changed = WALLET.model_copy(update=wallet)
    return replace(KEPT, entries=entries, wallets=(changed,))


def came_back(returned: Entry = RETURNED) -> Observed:
    """The lead was returned, and all that it cost paid back."""
    paid_back = {"balance_cents": 1_000, "lifetime_refunded_cents": 400}
    seen = rows(DEPOSIT, SOLD, HELD, returned, **paid_back)
    return replace(seen, leads=(lead(status="returned"),))
