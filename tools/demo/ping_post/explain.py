"""Say in a few words what came of a ping or a post, and why, from its flow."""

from collections.abc import Iterator

from tools.demo.explain import Explanation, against, money, offered
from tools.demo.ping_post.checks import taker_of
from tools.demo.ping_post.configure import Shop
from tools.demo.ping_post.play import Played
from tools.demo.wire import Decision, Flow, PingAnswer

EXPECTED_LOSSES = frozenset(
    {None, "outscored", "rotation_not_due", "partner_not_eligible", "not_in_stage"}
)
"""Reasons that need no words: someone offered less, or was never meant to have the lead."""
_PASSED = frozenset({"success", "skipped"})


def explain(played: Played, shop: Shop) -> Explanation:
    """The row of one step."""
    lead = played.lead
    sold = lead.assignment if lead else None
    taker = taker_of(lead, shop) if lead else None
    return Explanation(
        number=str(played.number),
        shows=played.step.shows,
        became=_became(played),
        buyer=f"{taker} ({_WAYS[sold.assigned_via]})" if sold else "",
        charged=money(sold.charged_cents) if sold else "",
        owed=_owed(played),
        why="; ".join(_why(played, shop)),
    )


_WAYS = {"bidding": "bid", "partner": "partner", "round_robin": "in turn"}


def _became(played: Played) -> str:
    if played.quote is not None:
        return played.quote.message
    return played.answer.status if played.answer else f"refused {played.http_status}"


def _owed(played: Played) -> str:
    answered = played.quote or played.answer
    return money(answered.price_cents or None) if answered else ""


def _why(played: Played, shop: Shop) -> Iterator[str]:
    if played.problem is not None:
        yield played.problem.detail
    if played.quote is not None:
        yield from _quoted(played.quote, repeated=played.repeated)
    if played.flow is None:
        return
    if played.quote is None:
        yield from _promise(played.flow)
        yield from _outcome(played.flow)
    if not played.repeated and not (played.quote and played.quote.bids):
        yield from _won(played.flow, shop)
    yield from _stages(played.flow)
    yield from _losers(played.flow, shop)


def _quoted(quote: PingAnswer, *, repeated: bool) -> Iterator[str]:
    if quote.bids:
        yield ", ".join(f"{one.tcpa_name} {money(one.price_cents)}" for one in quote.bids)
    if repeated:
        yield "same ping_id as before"


def _promise(flow: Flow) -> Iterator[str]:
    if flow.honored is not None:
        yield "the promise is kept" if flow.honored else "the promise lapsed"


def _outcome(flow: Flow) -> Iterator[str]:
    """How a run ended that sold nothing, and what stages said on the way."""
    reasons = [one.reason for one in flow.attempts if one.reason and one.status not in _PASSED]
    told = [one for one in dict.fromkeys(reasons) if one != flow.outcome]
    if flow.outcome is not None:
        yield f"{flow.outcome} ({', '.join(told)})" if told else flow.outcome


def _won(flow: Flow, shop: Shop) -> Iterator[str]:
    """How the winner came to its price; who would win, if it was only a ping."""
    last = _latest(flow)
    for one in (one for one in flow.decisions if one.verdict == "won" and one.phase == last):
        if last == "ping":
            yield f"{_name(one, shop)} would pay {money(one.charged_cents)}"
            continue
        yield _competed(one) if one.score else _turn(one)
        if one.detail.get("answer") == "unknown":
            yield f"no clear answer, counts as {one.detail['settled_as']}"


def _latest(flow: Flow) -> str:
    """Whether the flow has come to a post."""
    return "post" if any(one.phase == "post" for one in flow.attempts) else "ping"


def _competed(won: Decision) -> str:
    what = "bid" if won.candidate.kind == "bid" else "offer"
    return f"{what} {offered(won)}, {against(won)}"


def _turn(won: Decision) -> str:
    return f"its turn, {won.detail.get('distributions', '0')} before"


def _stages(flow: Flow) -> Iterator[str]:
    """The stages that worked on the lead, if it was not simply sold by the first of them."""
    last = _latest(flow)
    entered = [one for one in flow.attempts if one.phase == last and one.status != "skipped"]
    names = list(dict.fromkeys(one.name for one in entered))
    if len(names) > 1 or (names and not flow.decisions):
        yield f"through {' > '.join(names)}"


def _losers(flow: Flow, shop: Shop) -> Iterator[str]:
    """Those who did not simply offer less."""
    last = _latest(flow)
    for one in flow.decisions:
        if one.reason not in EXPECTED_LOSSES and one.phase == last:
            yield f"{_name(one, shop)} {one.reason}"


def _name(decision: Decision, shop: Shop) -> str | None:
    return shop.name_of(decision.candidate.customer_id or decision.candidate.id)
