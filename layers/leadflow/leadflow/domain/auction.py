"""The auction for one lead: who leads, at what price, and why the others do not.

Pure and resumable: `propose` names the best contender and its price; if that contender turns out
unable to pay, the caller takes it out, notes why with `failed`, reads on (`domain/reading.py`) and
proposes again; `decide` closes the auction with one decision for each candidate (`product.md`,
12.2 to 12.4 and 15.9; F6, F7).
"""

from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import NamedTuple

from leadflow.domain.contenders import BidContender, Contender, RankKey
from leadflow.domain.decisions import VERDICTS, Decision, Reason, Verdict
from leadflow.domain.eligibility import AuctionTerms
from leadflow.domain.money import less, round_half_up
from leadflow.domain.scores import score_text

_LEADERS = 2


class Selection(NamedTuple):
    """Contenders after check 11: one per customer, and the bids that stand back for it."""

    kept: tuple[Contender, ...]
    lower: tuple[BidContender, ...]


class PriceQuote(NamedTuple):
    """What the winner's offer comes to; `runner_up_score` is None without another offer."""

    price_cents: int
    charged_cents: int
    runner_up_score: int | None


class Proposal(NamedTuple):
    """The contender that should get the lead now, and at what price."""

    winner: Contender
    quote: PriceQuote


def best_of_each_customer(contenders: Iterable[Contender]) -> Selection:
    """Keep the highest effective amount of each customer; of equals, the narrower scope."""
    best: dict[str, BidContender] = {}
    others: list[Contender] = []
    lower: list[BidContender] = []
    for contender in contenders:
        if not isinstance(contender, BidContender):
            others.append(contender)
            continue
        rival = best.setdefault(contender.customer.id, contender)
        if rival is not contender:
            stronger, weaker = sorted((rival, contender), key=_strength)
            best[contender.customer.id] = stronger
            lower.append(weaker)
    return Selection(kept=(*best.values(), *others), lower=tuple(lower))


def _strength(contender: BidContender) -> tuple[int, int]:
    return -contender.effective_cents, contender.bid.scope.breadth


def rank(contenders: Iterable[Contender]) -> list[Contender]:
    """Best first (12.4); the order never depends on the order of the input."""
    return sorted(contenders, key=_rank_key)


def _rank_key(contender: Contender) -> RankKey:
    return contender.rank_key


def leaders(contenders: Iterable[Contender]) -> list[Contender]:
    """The first two of the ranking, all that winner and price depend on; fewer if there are."""
    kept = best_of_each_customer(contenders).kept
    highest = nlargest(_LEADERS, [one.score for one in kept])
    return rank(one for one in kept if one.score >= highest[-1])[:_LEADERS]


def price(winner: Contender, runner_up: Contender | None) -> PriceQuote:
    """The smart price and, after the tier's discount, the charged amount (F6, F7)."""
    score = runner_up.score if runner_up else None
    if not isinstance(winner, BidContender):
        return PriceQuote(winner.amount_cents, winner.amount_cents, score)
    smart = smart_price(winner, score)
    return PriceQuote(smart, round_half_up(less(smart, winner.tier.discount)), score)


def smart_price(winner: BidContender, runner_up_score: int | None) -> int:
    """The lowest grid amount that still wins, never above the effective amount (F6).

    A tie at the top needs no rule of its own: no amount up to the own one is above the own score.
    """
    setting = winner.setting
    if setting.is_fixed or winner.effective_cents < setting.floor_cents:
        return winner.effective_cents
    if runner_up_score is None:
        return setting.floor_cents
    above = setting.smallest_above(runner_up_score, winner.penalty)
    return winner.effective_cents if above is None else min(winner.effective_cents, above)


def propose(contenders: Iterable[Contender]) -> Proposal | None:
    """The best contender at its price against the next best; None without contenders."""
    ahead = leaders(contenders)
    if not ahead:
        return None
    runner_up = ahead[1] if len(ahead) > 1 else None
    return Proposal(ahead[0], price(ahead[0], runner_up))


def standing(contenders: Iterable[Contender]) -> list[Proposal]:
    """All offers, the best first, each at what it would pay against the next one below it (8.2)."""
    ranked = rank(best_of_each_customer(contenders).kept)
    below: list[Contender | None] = [*ranked[1:], None]
    return [
        Proposal(offer, price(offer, runner_up))
        for offer, runner_up in zip(ranked, below[: len(ranked)], strict=True)
    ]


def winning(terms: AuctionTerms, proposal: Proposal) -> Decision:
    """The decision about an offer that gets, or would get, the lead."""
    return _competed(terms, proposal.winner, None, proposal.quote)


def decide(
    terms: AuctionTerms,
    contenders: Iterable[Contender],
    blocked: Sequence[Decision],
    won: Proposal,
) -> tuple[Decision, ...]:
    """One decision for each candidate that was looked at: the winner, the losers as they ranked,
    bids that stood back for a better one of their customer, then everybody blocked.

    `contenders` includes the winner. Where nobody won, everybody is in `blocked` already.
    """
    kept, lower = best_of_each_customer(contenders)
    winners_key = won.winner.rank_key
    losers = (
        _competed(terms, loser, _why_lost(loser, winners_key))
        for loser in rank(kept)
        if loser is not won.winner
    )
    stood_back = (_competed(terms, bid, Reason.LOWER_BID_SAME_CUSTOMER) for bid in lower)
    return (winning(terms, won), *losers, *stood_back, *blocked)


def failed(terms: AuctionTerms, proposal: Proposal, reason: Reason) -> Decision:
    """The decision about a contender that had won but did not get the lead."""
    return _competed(terms, proposal.winner, reason, proposal.quote)


def _why_lost(loser: Contender, winners_key: RankKey) -> Reason:
    key = loser.rank_key
    if key < winners_key:
        return Reason.NOT_SELECTED
    return Reason.TIE_LOST if key[0] == winners_key[0] else Reason.OUTSCORED


def _competed(
    terms: AuctionTerms,
    contender: Contender,
    reason: Reason | None,
    quote: PriceQuote | None = None,
) -> Decision:
    entry = Decision(
        stage_id=terms.stage_id,
        phase=terms.phase,
        candidate=contender.candidate,
        verdict=VERDICTS[reason] if reason else Verdict.WON,
        reason=reason,
        amount_cents=contender.amount_cents,
        effective_cents=contender.effective_cents,
        penalty_percentage=contender.penalty,
        score=score_text(contender.score),
    )
    return _priced(entry, contender, quote) if quote else entry


def _priced(entry: Decision, contender: Contender, quote: PriceQuote) -> Decision:
    against = quote.runner_up_score
    path: dict[str, object] = {"charged_cents": quote.charged_cents}
    if against is not None:
        path["runner_up_score"] = score_text(against)
    if isinstance(contender, BidContender):
        path["price_cents"] = quote.price_cents
        path["discount_percentage"] = contender.tier.discount
    return entry.model_copy(update=path)
