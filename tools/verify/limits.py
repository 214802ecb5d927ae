"""C3: the counters that caps and budgets are compared with count what was won, no more, no less.

A deleted lead is still counted, and a lead that came back in a later period stays in the counter of
its own. The ledger still has their charges, so they bound by how much a counter may be higher.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from tools.verify.observed import Entry, Lead, Observed, Tally, Usage

PERIODS = ("daily", "weekly", "monthly")
Won = dict[tuple[str, str, str], list[int]]


def limits_counted(seen: Observed) -> Iterator[str]:
    """Each counter counts the leads that are won and at most those that may still count."""
    owners = {one.id: one.id for one in seen.wallets} | {
        one.id: one.customer_id for one in seen.bids
    }
    usages = {one.id: one.usage for one in seen.wallets} | {one.id: one.usage for one in seen.bids}
    won, gone = _won(seen), _gone(seen)
    for owner, usage in usages.items():
        for period, tally in _tallies(usage):
            charges = won[owner, period, tally.label] if tally.label else []
            slack = sum(gone[owners[owner], period, tally.label]) if tally.label else 0
            told = f"{owner}: {period} {tally.label} counts {tally.count} for {tally.spent_cents}"
            if tally.count < len(charges) or tally.spent_cents < sum(charges):
                yield f"{told}, won {charges}"
            elif tally.spent_cents > sum(charges) + slack:
                yield f"{told}, won {charges}; leads that are gone explain {slack} more"


def _won(seen: Observed) -> Won:
    """What leads that are there were won for, by owner and period."""
    counted: Won = defaultdict(list)
    for sold in filter(None, (one.assignment for one in seen.leads if _is_won(one))):
        for owner in (sold.customer_id, sold.bid_id):
            for period in PERIODS:
                label = _label(period, sold.assigned_at)
                counted[owner or "", period, label].append(sold.charged_cents)
    return counted


def _gone(seen: Observed) -> Won:
    """Charges of a customer by period whose leads are deleted, or came back in a later one."""
    kept = {one.id for one in seen.leads if one.status == "assigned"}
    refunds: dict[str, list[Entry]] = defaultdict(list)
    for row in seen.entries:
        if row.event == "LEAD_RETURNED":
            refunds[row.lead_id].append(row)
    counted: Won = defaultdict(list)
    for row in seen.entries:
        if row.event != "LEAD_ASSIGNED" or (row.lead_id in kept and not refunds[row.lead_id]):
            continue
        for period in PERIODS:
            label = _label(period, row.created_at)
            counted[row.customer_id, period, label].append(_counts(row, label, period, refunds))
    return counted


def _counts(charge: Entry, label: str, period: str, refunds: dict[str, list[Entry]]) -> int:
    """What of a charge may still be counted: nothing once it came back in its own period."""
    came_back = any(
        one.created_at >= charge.created_at and _label(period, one.created_at) == label
        for one in refunds[charge.lead_id]
    )
    return 0 if came_back else charge.amount_cents


def _is_won(lead: Lead) -> bool:
    sold = lead.assignment
    return lead.status == "assigned" and sold is not None and sold.assigned_via == "bidding"


def _tallies(usage: Usage) -> Iterable[tuple[str, Tally]]:
    return zip(PERIODS, (usage.daily, usage.weekly, usage.monthly), strict=True)


def _label(period: str, at: datetime) -> str:
    day: date = at.date()
    if period == "weekly":
        day -= timedelta(days=day.weekday())
    return (day.replace(day=1) if period == "monthly" else day).isoformat()
