"""The promises of the contract, each judged from what is stored: one line for each violation.

A promise that leaves no trace in the tables (who saw what, what a repeat was answered) is held by
tests and not judged here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeVar

from tools.verify.api import api_says_the_same
from tools.verify.limits import limits_counted
from tools.verify.observed import Entry, Lead, Observed
from tools.verify.withheld import withheld_come_out

CHARGE, REFUND = "LEAD_ASSIGNED", "LEAD_RETURNED"
PLACED = "PLACED_BUY_ORDER"
ENDED = frozenset({"CANCELED_BUY_ORDER", "RELEASED_BUY_ORDER"})
HOLDS = ENDED | {PLACED}
UNSETTLED = frozenset({"pending", "processing"})
SETTLES_WITHIN = timedelta(minutes=15)

Thing = TypeVar("Thing")
Violations = Iterator[str]


class Promise(NamedTuple):
    """A promise by its number in the contract, and what judges it."""

    number: str
    name: str
    violations: Callable[[Observed], Violations]


def one_sale(seen: Observed) -> Violations:
    """C1: charged to one buyer at a time; who has it in the end is who was charged."""
    charges = _by(_charges(seen), lambda one: one.lead_id)
    for lead_id, rows in charges.items():
        open_now = 0
        for row in rows:
            open_now += 1 if row.event == CHARGE else -1
            if open_now not in {0, 1}:
                yield f"{lead_id}: {row.event} {row.id} while {open_now - 1} charge was open"
    for lead in (one for one in seen.leads if not one.is_test):
        yield from _has_what_it_paid(lead, charges.get(lead.id, ()))


def _has_what_it_paid(lead: Lead, rows: Sequence[Entry]) -> Violations:
    balance = sum(one.amount_cents if one.event == CHARGE else -one.amount_cents for one in rows)
    sold = lead.assignment
    is_sold = lead.status == "assigned" and sold is not None and sold.customer_id is not None
    expected = sold.charged_cents if is_sold and sold else 0
    if balance != expected:
        yield f"{lead.id} is {lead.status} for {expected}, its open charges are {balance}"
    elif sold and expected and rows[-1].customer_id != sold.customer_id:
        yield f"{lead.id} is with {sold.customer_id}, {rows[-1].customer_id} was charged"


def no_overdraft(seen: Observed) -> Violations:
    """C2: balances are the sums of their rows and never below zero, and holds are covered."""
    rows = _by(seen.entries, lambda one: one.customer_id)
    held = Counter[str]()
    for order in seen.orders:
        held[order.customer_id] += order.amount_cents if order.status == "active" else 0
    for wallet in seen.wallets:
        history = sorted(rows.pop(wallet.id, []), key=lambda one: one.sequence)
        yield from _adds_up(wallet.id, history, wallet.balance_cents)
        if not 0 <= wallet.held_cents <= wallet.balance_cents:
            yield f"{wallet.id}: {wallet.held_cents} is held of {wallet.balance_cents}"
        if wallet.held_cents != held[wallet.id]:
            yield f"{wallet.id}: {wallet.held_cents} is held for orders of {held[wallet.id]}"
    for customer_id in rows:
        yield f"{customer_id} has rows and no wallet"


def _adds_up(customer_id: str, history: Sequence[Entry], balance_cents: int) -> Violations:
    balance = 0
    for row in history:
        balance += _moved(row)
        if row.balance_after_cents != balance or balance < 0 or row.amount_cents <= 0:
            yield f"{customer_id}: {row.id} says {row.balance_after_cents}, the rows {balance}"
    if balance != balance_cents:
        yield f"{customer_id}: the balance is {balance_cents}, the sum of its rows {balance}"
    numbers = Counter(row.sequence for row in history)
    for number in (one for one, times in numbers.items() if times > 1):
        yield f"{customer_id}: two rows have the place {number}"


def _moved(row: Entry) -> int:
    """What a row does to the balance, which is what may be spent and what is held together."""
    own = {f"wallet:{row.customer_id}", f"held:{row.customer_id}"}
    gains, loses = row.credit_account in own, row.debit_account in own
    return row.amount_cents * (int(gains) - int(loses))


def charges_and_refunds_pair(seen: Observed) -> Violations:
    """C4: a refund is of the charge before it, once and in full; totals are those of the rows."""
    for lead_id, rows in _by(_charges(seen), lambda one: one.lead_id).items():
        if not lead_id:
            yield from (f"{row.id} of {row.customer_id} names no lead" for row in rows)
            continue
        for before, row in zip((None, *rows), rows, strict=False):
            if row.event == REFUND and not _refunds(row, before):
                yield f"{lead_id}: {row.id} refunds {row.amount_cents} of no such charge"
    rows_of = _by(_charges(seen), lambda one: one.customer_id)
    for wallet in seen.wallets:
        own = rows_of.get(wallet.id, ())
        sums = tuple(
            sum(one.amount_cents for one in own if one.event == event) for event in (CHARGE, REFUND)
        )
        kept = (wallet.lifetime_charged_cents, wallet.lifetime_refunded_cents)
        if sums != kept:
            yield f"{wallet.id}: charged and refunded are kept as {kept}, the rows say {sums}"


def _refunds(row: Entry, before: Entry | None) -> bool:
    return (
        before is not None
        and before.event == CHARGE
        and (before.customer_id, before.amount_cents) == (row.customer_id, row.amount_cents)
    )


def nothing_lost(seen: Observed) -> Violations:
    """C5: what was accepted is there, and has settled in time."""
    known = {one.id for one in seen.leads} | seen.deleted
    for one in seen.submissions:
        is_post = one.kind == "post" and one.status == "accepted"
        if is_post and one.lead_id is not None and one.lead_id not in known:
            yield f"{one.id} was accepted as {one.lead_id}, which is not there"
    for lead in seen.leads:
        since = lead.run_began_at or lead.received_at
        if lead.status in UNSETTLED and seen.at - since > SETTLES_WITHIN:
            yield f"{lead.id} is {lead.status} since {since.isoformat()}"


def once(seen: Observed) -> Violations:
    """C6: no two accepted posts share a lead, so no repeat made a second one of the same."""
    posts = [one.lead_id for one in seen.submissions if one.kind == "post" and one.lead_id]
    for lead_id, times in Counter(posts).items():
        if times > 1:
            yield f"{lead_id} is the lead of {times} submissions"


def one_buyer_one_hold(seen: Observed) -> Violations:
    """C9: an auction has one sale at most; every hold ends once, or is that of an open order."""
    sold = _by(_charges(seen), lambda one: one.related.get("auction_id", ""))
    for auction in seen.auctions:
        buyers = [one for one in sold.get(auction.id, ()) if one.event == CHARGE]
        if auction.status != "sold" and (buyers or auction.sale):
            yield f"{auction.id} is {auction.status}, and sold to {len(buyers)}"
        if auction.status == "sold" and auction.sale is None:
            yield f"{auction.id} is sold to nobody"
    rows = _by(
        (one for one in seen.entries if one.event in HOLDS or _converts(one)),
        lambda one: one.related.get("order_id", ""),
    )
    standing = {one.order_id: one for auction in seen.auctions for one in auction.orders}
    for order in seen.orders:
        yield from _held_for(order.id, order.status, order.amount_cents, rows.get(order.id, ()))
        if (order.status == "active") != (order.id in standing):
            yield f"{order.id} is {order.status}, its auction says otherwise"


def _converts(row: Entry) -> bool:
    return row.event == CHARGE and "order_id" in row.related


def _held_for(order_id: str, status: str, amount_cents: int, rows: Sequence[Entry]) -> Violations:
    placed = sum(one.amount_cents for one in rows if one.event == PLACED)
    ends = [one for one in rows if one.event != PLACED]
    if placed != amount_cents:
        yield f"{order_id} is of {amount_cents}, held was {placed}"
    if len(ends) != int(status != "active"):
        yield f"{order_id} is {status}, its hold has ended {len(ends)} times"


def threshold_holds(seen: Observed) -> Violations:
    """C10: leads used never exceed their limit, and are at least those that say they count."""
    used = Counter[tuple[str, str]]()
    for share in seen.shares:
        used[share.tenant_id, share.cycle] += share.leads_used
    for total in seen.totals:
        limit = total.terms.limits.leads
        leads = used[total.tenant_id, total.cycle]
        if limit is not None and leads > limit:
            yield f"{total.tenant_id}: {leads} leads of {limit} in {total.cycle}"
    counted = Counter(one.tenant_id for one in seen.leads if one.is_counted)
    for tenant_id, leads in counted.items():
        ever = sum(number for (owner, _), number in used.items() if owner == tenant_id)
        if ever < leads:
            yield f"{tenant_id}: {leads} leads say that they are counted, {ever} are"


PROMISES: Sequence[Promise] = (
    Promise("C1", "One sale", one_sale),
    Promise("C2", "No overdraft", no_overdraft),
    Promise("C3", "Limits count what was won", limits_counted),
    Promise("C4", "Charges and refunds pair", charges_and_refunds_pair),
    Promise("C5", "Nothing lost", nothing_lost),
    Promise("C6", "Once", once),
    Promise("C9", "One buyer, one hold", one_buyer_one_hold),
    Promise("C10", "Threshold holds", threshold_holds),
    Promise("C10", "Withheld leads come out", withheld_come_out),
)
API = Promise("API", "The API says the same", api_says_the_same)
"""Judged as well where somebody has asked the API."""


def _charges(seen: Observed) -> Iterator[Entry]:
    """Charges and refunds, each customer's in order and all by time."""
    rows = (one for one in seen.entries if one.event in {CHARGE, REFUND})
    yield from sorted(rows, key=lambda one: (one.created_at, one.sequence))


def _by(things: Iterable[Thing], key: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    found: dict[str, list[Thing]] = defaultdict(list)
    for one in things:
        found[key(one)].append(one)
    return dict(found)


def judged(seen: Observed) -> Mapping[Promise, Sequence[str]]:
    """Every promise with its violations, in the contract's order."""
    asked = PROMISES if seen.told is None else (*PROMISES, API)
    return {one: tuple(one.violations(seen)) for one in asked}
