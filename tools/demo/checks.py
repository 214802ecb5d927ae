"""Is everything as it should be? Each check gives one sentence for each thing that is not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.demo.configure import Market
from tools.demo.market import BUYERS, OFFERS
from tools.demo.posting import Outcome
from tools.demo.wire import Bid, Lead, Transaction, Wallet

CHARGE = "LEAD_ASSIGNED"
HOLDS = frozenset({"PLACED_BUY_ORDER", "CANCELED_BUY_ORDER", "RELEASED_BUY_ORDER"})
"""Rows that leave the balance as it is."""


@dataclass(frozen=True)
class Books:
    """All wallets with their rows, latest first, and the leads that each customer bought."""

    wallets: Mapping[str, Wallet]
    transactions: Mapping[str, Sequence[Transaction]]
    leads: Mapping[str, Sequence[Lead]]


def outcome_problems(outcome: Outcome, market: Market) -> Iterator[str]:
    """Where an outcome differs from the expected one."""
    for name, expected, actual in _compared(outcome, market):
        if expected != actual:
            yield (
                f"Lead {outcome.number}, {outcome.post.shows}: {name} should be {expected}, "
                f"is {actual}."
            )


def _compared(outcome: Outcome, market: Market) -> Iterator[tuple[str, object, object]]:
    expected, refusal = outcome.post.expected, outcome.problem
    yield "the HTTP status", expected.http_status, outcome.http_status
    if expected.refused is not None:
        yield "the code", expected.refused, refusal.code if refusal else None
        fields = sorted(refusal.errors) if refusal else []
        yield "the invalid fields", sorted(expected.fields), fields
    elif outcome.answer is not None:
        yield "the status", expected.status, outcome.answer.status
        yield "the price to the source in cents", expected.price_cents, outcome.answer.price_cents
        yield from _recorded(outcome, market)
    if outcome.post.idempotency_key is not None:
        yield "the repeated request's answer", "the same", _sameness(outcome)


def _sameness(outcome: Outcome) -> str:
    return "the same" if outcome.repeat_agrees else "another"


def _recorded(outcome: Outcome, market: Market) -> Iterator[tuple[str, object, object]]:
    """What the lead and its flow say."""
    expected, lead, flow = outcome.post.expected, outcome.lead, outcome.flow
    if lead is None or flow is None:
        yield "the record", "readable", "missing"
        return
    yield "the stored status", expected.status, lead.status
    yield "the stored payout", expected.price_cents, lead.payout_cents
    if expected.lead_type is not None:
        yield "the lead type", market.lead_types[expected.lead_type], lead.lead_type_id
    yield "the flow's outcome", expected.outcome, flow.outcome
    sold = lead.assignment
    won = None if sold is None or sold.bid_id is None else market.offer_of(sold.bid_id)
    yield "the winning bid", expected.offer, won
    yield "the charge in cents", expected.charged_cents, sold.charged_cents if sold else None
    if sold is not None and expected.offer is not None:
        yield "the scope", OFFERS[expected.offer].scope, sold.scope
    reasons = {market.offer_of(one.candidate.id): one.reason for one in flow.decisions}
    for loser, reason in expected.lost.items():
        yield f"the reason of {loser}", reason, reasons.get(loser)


def ledger_problems(
    books: Books,
    customers: Mapping[str, str],
    leads: Sequence[Lead],
    balances: Mapping[str, int],
) -> Iterator[str]:
    """Where wallets, rows and leads do not agree to the cent.

    `customers` has ids by name, `leads` what was read after each post, `balances` the cents that
    must be left.
    """
    for name, customer in customers.items():
        rows, balance = books.transactions[name], books.wallets[name].balance_cents
        charged = _charged(rows)
        facts = (
            ("the sum of the rows is not the balance", sum(_amounts(rows)), balance),
            ("the rows do not add up one by one", _balances(rows), _stated(rows)),
            ("charges and leads differ", charged, _sold(books.leads[name])),
            ("what was answered differs", charged, _answered(leads, customer)),
            ("the balance is not the expected one", balance, balances[name]),
        )
        for fault, one, other in facts:
            if one != other:
                yield f"{name}: {fault}: {one} against {other}."


def _amounts(rows: Sequence[Transaction]) -> list[int]:
    return [0 if row.event in HOLDS else row.amount_cents for row in rows]


def _balances(rows: Sequence[Transaction]) -> list[int]:
    """The balance after each row, latest first."""
    amounts = _amounts(rows)
    return [sum(amounts[place:]) for place in range(len(rows))]


def _stated(rows: Sequence[Transaction]) -> list[int]:
    return [row.balance_after_cents for row in rows]


def _charged(rows: Sequence[Transaction]) -> list[tuple[str, int]]:
    return sorted(
        (row.related.lead_id or "", -row.amount_cents) for row in rows if row.event == CHARGE
    )


def _sold(leads: Sequence[Lead]) -> list[tuple[str, int]]:
    return sorted((one.id, one.assignment.charged_cents) for one in leads if one.assignment)


def _answered(leads: Sequence[Lead], customer: str) -> list[tuple[str, int]]:
    return _sold(
        [one for one in leads if one.assignment and one.assignment.customer_id == customer]
    )


def expected_balances(outcomes: Sequence[Outcome]) -> Mapping[str, int]:
    """What each wallet must hold after the posts."""
    balances = {name: buyer.balance_cents for name, buyer in BUYERS.items()}
    for expected in (one.post.expected for one in outcomes):
        if expected.offer is not None:
            balances[OFFERS[expected.offer].buyer] -= expected.charged_cents or 0
    return balances


def limit_problems(market: Market, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Which cap or budget was exceeded by what was bought."""
    for name, offer in OFFERS.items():
        won = [one for one in _charges(outcomes) if one[0] == market.bids[name]]
        yield from _exceeded(f"The bid {name}", offer.limits, [cents for _, cents in won])
    for name, buyer in BUYERS.items():
        own = {market.bids[key] for key, offer in OFFERS.items() if offer.buyer == name}
        charges = [cents for bid, cents in _charges(outcomes) if bid in own]
        yield from _exceeded(name, buyer.limits, charges)


def _charges(outcomes: Sequence[Outcome]) -> list[tuple[str, int]]:
    sold = [one.lead.assignment for one in outcomes if one.lead and one.lead.assignment]
    return [(one.bid_id, one.charged_cents) for one in sold if one.bid_id]


def _exceeded(owner: str, limits: Mapping[str, object], charges: list[int]) -> Iterator[str]:
    used = {"lead_caps": len(charges), "budgets_cents": sum(charges)}
    for kind, amount in used.items():
        limit = limits.get(kind)
        lowest = min(limit.values()) if isinstance(limit, dict) else None
        if lowest is not None and amount > lowest:
            yield f"{owner}: {kind} of {lowest} is exceeded with {amount}."


def bid_problems(
    bids: Mapping[str, Bid], statuses: Mapping[str, str], positions: Mapping[str, str]
) -> Iterator[str]:
    """Where a bid's status or position is another one."""
    for name, status in statuses.items():
        if bids[name].status != status:
            yield f"The bid {name} should be {status}, is {bids[name].status}."
    for name, position in positions.items():
        if bids[name].position != position:
            yield f"The bid {name} should stand {position}, stands {bids[name].position}."
