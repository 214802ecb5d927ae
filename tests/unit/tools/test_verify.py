"""The judge finds what breaks a promise, and nothing where all is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.tools.observed_examples import (
    DEPOSIT,
    HELD,
    KEPT,
    NOON,
    RETURNED,
    SOLD,
    WON,
    came_back,
    entry,
    lead,
    rows,
)
from tools.verify.__main__ import report
from tools.verify.observed import (
    Auction,
    Bid,
    Flow,
    Limits,
    Observed,
    Share,
    Submission,
    Tally,
    Terms,
    Total,
    Usage,
)
from tools.verify.promises import judged

Break = Callable[[], Observed]
BREAKS: dict[str, tuple[str, Break]] = {
    "charged-twice": (
        "C1",
        lambda: rows(
            DEPOSIT,
            SOLD,
            HELD,
            entry("LEAD_ASSIGNED", -400, 200, 4, lead_id="lead_1"),
            balance_cents=200,
            lifetime_charged_cents=800,
        ),
    ),
    "sold-for-nothing": (
        "C1",
        lambda: rows(
            DEPOSIT,
            entry("PLACED_BUY_ORDER", -100, 1_000, 3, order_id="order_1"),
            balance_cents=1_000,
            lifetime_charged_cents=0,
        ),
    ),
    "a-cent-is-missing": ("C2", lambda: rows(DEPOSIT, SOLD, HELD, balance_cents=599)),
    "held-for-nothing": ("C2", lambda: rows(DEPOSIT, SOLD, HELD, held_cents=101)),
    "a-row-that-says-more": (
        "C2",
        lambda: rows(DEPOSIT, SOLD.model_copy(update={"balance_after_cents": 601}), HELD),
    ),
    "a-win-that-is-not-counted": (
        "C3",
        lambda: replace(
            KEPT,
            bids=(
                Bid(
                    id="bid_1",
                    customer_id="cus_1",
                    usage=WON.model_copy(update={"daily": Tally(label="2026-03-11")}),
                ),
            ),
        ),
    ),
    "a-counter-that-is-too-high": (
        "C3",
        lambda: rows(
            DEPOSIT,
            SOLD,
            HELD,
            usage=WON.model_copy(
                update={"monthly": Tally(label="2026-03-01", count=2, spent_cents=401)}
            ),
        ),
    ),
    "a-win-that-came-back-and-is-still-counted": ("C3", came_back),
    "a-refund-of-less": (
        "C4",
        lambda: replace(
            rows(
                DEPOSIT,
                SOLD,
                HELD,
                entry("LEAD_RETURNED", 300, 900, 4, lead_id="lead_1"),
                balance_cents=900,
                lifetime_refunded_cents=300,
            ),
            leads=(),
            submissions=(),
        ),
    ),
    "a-charge-of-no-lead": (
        "C4",
        lambda: replace(rows(DEPOSIT, SOLD.model_copy(update={"related": {}}), HELD), leads=()),
    ),
    "a-lead-that-is-gone": (
        "C5",
        lambda: replace(KEPT, deleted=frozenset()),
    ),
    "a-lead-that-never-settles": (
        "C5",
        lambda: replace(KEPT, at=NOON + timedelta(minutes=16)),
    ),
    "two-posts-of-one-lead": (
        "C6",
        lambda: replace(
            KEPT,
            submissions=[
                Submission(id=f"submission_{one}", kind="post", status="accepted", lead_id="lead_1")
                for one in range(2)
            ],
        ),
    ),
    "an-order-that-ended-twice": (
        "C9",
        lambda: replace(
            KEPT,
            entries=(
                *KEPT.entries,
                entry("CANCELED_BUY_ORDER", 100, 600, 4, order_id="order_1"),
            ),
        ),
    ),
    "an-order-without-an-auction": (
        "C9",
        lambda: replace(KEPT, auctions=(Auction(id="auction_1", lead_id="lead_2"),)),
    ),
    "too-many-leads": (
        "C10",
        lambda: replace(
            KEPT, shares=(Share(tenant_id="tenant_1", cycle="2026-03-01", leads_used=6),)
        ),
    ),
    "a-lead-that-waits-although-there-is-room": (
        "C10",
        lambda: replace(
            KEPT,
            leads=(
                *KEPT.leads,
                lead(
                    id="lead_4",
                    status="withheld",
                    assignment=None,
                    is_counted=False,
                    updated_at=NOON - timedelta(minutes=16),
                ),
            ),
        ),
    ),
    "a-lead-that-was-released-twice": (
        "C10",
        lambda: released("no_stage_accepted"),
    ),
    "a-lead-that-usage-forgot": ("C10", lambda: replace(KEPT, shares=())),
}


def released(outcome: str) -> Observed:
    """A lead that was released once more behind a release that ended so."""
    flows = (
        Flow(id="flow_1", kind="post"),
        Flow(id="flow_2", kind="release", outcome=outcome),
        Flow(id="flow_3", kind="release"),
    )
    again = lead(flow_ids=("flow_1", "flow_2", "flow_3"))
    return replace(KEPT, leads=(again, KEPT.leads[1]), flows=flows)


def broken(seen: Observed) -> set[str]:
    return {promise.number for promise, violations in judged(seen).items() if violations}


def test_nothing_is_found_where_all_is_kept() -> None:
    assert broken(KEPT) == set()


@pytest.mark.parametrize(("number", "seen"), BREAKS.values(), ids=BREAKS)
def test_what_breaks_a_promise_is_found(number: str, seen: Break) -> None:
    assert number in broken(seen())


def test_a_return_opens_the_lead_for_another_sale() -> None:
    seen = replace(came_back(), bids=(Bid(id="bid_1", customer_id="cus_1"),))
    seen = replace(
        seen, wallets=[one.model_copy(update={"usage": Usage()}) for one in seen.wallets]
    )
    assert broken(seen) == set()


def test_a_deleted_lead_is_still_counted() -> None:
    assert broken(replace(KEPT, leads=(), submissions=(), deleted=frozenset({"lead_1"}))) == set()


def test_a_lead_that_came_back_in_a_later_period_stays_in_its_own() -> None:
    later = RETURNED.model_copy(update={"created_at": NOON + timedelta(days=40)})
    assert broken(came_back(later)) == set()


def test_a_lead_may_be_withheld_again_and_released_again() -> None:
    assert broken(released("subscription_threshold")) == set()


def test_without_room_or_for_a_moment_a_lead_may_wait() -> None:
    waiting = lead(id="lead_4", status="withheld", assignment=None, is_counted=False)
    young = waiting.model_copy(update={"updated_at": NOON})
    assert broken(replace(KEPT, leads=(*KEPT.leads, young))) == set()
    old = waiting.model_copy(update={"updated_at": NOON - timedelta(hours=1)})
    full = [Total(tenant_id="tenant_1", cycle="2026-03-01", terms=Terms(limits=Limits(leads=2)))]
    assert broken(replace(KEPT, leads=(*KEPT.leads, old), totals=full)) == set()


def test_the_report_prints_the_evidence() -> None:
    seen = BREAKS["a-cent-is-missing"][1]()
    lines = report(seen, judged(seen)).splitlines()
    assert lines[0].startswith("Read 2 leads, 1 wallets, 3 ledger rows")
    assert "  C2   No overdraft               BROKEN" in lines
    assert "         cus_1: the balance is 599, the sum of its rows 600" in lines
