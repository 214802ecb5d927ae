"""Say in a few words what became of a lead, and why, from its decision record."""

from collections.abc import Iterator
from typing import NamedTuple

from tools.demo.configure import Market
from tools.demo.market import OFFERS
from tools.demo.posting import Outcome
from tools.demo.wire import Decision, Flow

CENTS = 100


class Explanation(NamedTuple):
    """One row of the table."""

    number: str
    shows: str
    became: str
    buyer: str
    charged: str
    owed: str
    why: str


def money(cents: int | None) -> str:
    """An amount of cents as dollars; nothing for None."""
    return "" if cents is None else f"{cents // CENTS:,}.{cents % CENTS:02d}"


def explain(outcome: Outcome, market: Market) -> Explanation:
    """The row of one lead."""
    planned, sold = outcome.post, outcome.lead.assignment if outcome.lead else None
    offer = market.offer_of(sold.bid_id) if sold and sold.bid_id else None
    return Explanation(
        number=str(outcome.number),
        shows=planned.shows,
        became=_became(outcome),
        buyer=f"{OFFERS[offer].buyer} ({OFFERS[offer].scope})" if offer else "",
        charged=money(sold.charged_cents) if sold else "",
        owed=money(outcome.answer.price_cents or None) if outcome.answer else "",
        why=_why(outcome, market),
    )


def _became(outcome: Outcome) -> str:
    return outcome.answer.status if outcome.answer else f"refused {outcome.http_status}"


def _why(outcome: Outcome, market: Market) -> str:
    if outcome.problem is not None:
        fields = ", ".join(sorted(outcome.problem.errors))
        return f"{outcome.problem.code}: {fields}" if fields else outcome.problem.code
    if outcome.flow is None:
        return ""
    repeated = ["repeat: same answer"] if outcome.repeat_agrees else []
    return "; ".join([*_path(outcome.flow), *_losers(outcome.flow, market), *repeated])


def _path(flow: Flow) -> Iterator[str]:
    """How the winner came to its price, or how the run ended."""
    if flow.outcome is not None:
        reasons = [one.reason for one in flow.attempts if one.reason not in {None, flow.outcome}]
        yield f"{flow.outcome} ({', '.join(map(str, reasons))})" if reasons else flow.outcome
    for won in (one for one in flow.decisions if one.verdict == "won"):
        yield f"bid {offered(won)}, {against(won)}"


def offered(won: Decision) -> str:
    """What the winner bid or offered, and what of it counted."""
    if won.effective_cents == won.amount_cents:
        return money(won.amount_cents)
    return f"{money(won.amount_cents)} counts {money(won.effective_cents)}"


def against(won: Decision) -> str:
    """What the winner had to beat."""
    if won.runner_up_score is None:
        return "nobody else"
    return f"next {score(won.runner_up_score)}"


def score(text: str) -> str:
    """A score in dollars: it is given in cents, with more digits than cents have where it must."""
    whole, _, rest = text.partition(".")
    return money(int(whole)) + rest


def _losers(flow: Flow, market: Market) -> Iterator[str]:
    """Those who did not simply offer less."""
    for one in flow.decisions:
        if one.reason not in {None, "outscored"}:
            period = f" {one.detail['period']}" if "period" in one.detail else ""
            yield f"{name_of(one, market)} {one.reason}{period}"


def name_of(decision: Decision, market: Market) -> str:
    """Whose bid a decision is about."""
    offer = market.offer_of(decision.candidate.id)
    return OFFERS[offer].buyer if offer else decision.candidate.id
