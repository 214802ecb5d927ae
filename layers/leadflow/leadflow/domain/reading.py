"""How far bids have to be read until the auction cannot change any more.

The bids of one location are stored in the order of `stream_key`: amount descending, then the
longest wait for a win (never won first), then customer number. A lead has up to three such
streams, one per scope, which are merged by the same key. `may_stop` says when the rest is
irrelevant, so the cost of an auction does not grow with the number of bids on file.

Why the result is exact, that is, the same winner, price and runner-up score as after reading
everything. Let U be the amount of the smallest unread key.

1. Scores never exceed amounts: a changed grid, the wallet and budgets only lower the effective
   amount, and a penalty only lowers the score. So no unread bid scores above U, and one that
   scores exactly U has the amount U, is not reduced, bears no penalty and therefore ranks by the
   very key that it is stored under.
2. Runner-up: unread bids move its score only by scoring above it. It stands if it is at least U.
   Who of several equals it is shows in no price and in no record.
3. Winner against other customers: by (1) no unread bid ranks before the smallest unread key. The
   winner stands if it ranks at or before that key; at the same place there could only be a bid of
   the same customer, for numbers are unique.
4. Winner against its own customer's bids: by (3) it offers at least U, so an unread bid can take
   its place only with an equal effective amount in a narrower scope. That needs a stream of a
   narrower scope which has not come below the winner's effective amount, unless the customer's
   other bids are known already.
5. Other customers' choice among their own bids: by (1) to (3) an unread bid that replaces a read
   one neither passes the winner nor lifts the runner-up's score.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from leadflow.domain.auction import leaders
from leadflow.domain.bids import Bid
from leadflow.domain.contenders import NEVER, BidContender, Contender
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.scopes import Scope
from leadflow.domain.scores import SCORE_UNITS_PER_CENT

StreamKey = tuple[int, datetime, int, int]
"""Ascending is the order of reading: amount (negated), last win, customer number, breadth."""

Bounds = Mapping[Scope, StreamKey]
"""For each stream that has unread bids, a key that none of them precedes: that of the next unread
bid or, if that is not known yet, of the last one read."""


def stream_key(bid: Bid) -> StreamKey:
    """The place of a bid in its stream, and in the merged streams."""
    last_won_at = bid.last_won_at or NEVER
    return -bid.amount_cents, last_won_at, bid.customer_number, bid.scope.breadth


class Need(StrEnum):
    """What an auction still has to know.

    `siblings`: only the customer of the bid that `propose` puts in front may still be represented
    by another of its bids, in a narrower scope. Looking these up directly is cheaper than reading
    on among equal amounts.
    """

    NOTHING = "nothing"
    SIBLINGS = "siblings"
    MORE_BIDS = "more_bids"


def still_needed(
    contenders: Iterable[Contender],
    bounds: Bounds,
    complete: Collection[CustomerId] = frozenset(),
) -> Need:
    """What could still change winner, price or runner-up score.

    `contenders` holds every bid read so far that may compete, and all partner offers. `complete`
    names customers all of whose bids for this lead are among those looked at.
    """
    if not bounds:
        return Need.NOTHING
    ahead = leaders(contenders)
    if not _two_stand(ahead, min(bounds.values())):
        return Need.MORE_BIDS
    replaceable = _may_be_replaced(ahead[0], bounds, complete)
    return Need.SIBLINGS if replaceable else Need.NOTHING


def may_stop(
    contenders: Iterable[Contender],
    bounds: Bounds,
    complete: Collection[CustomerId] = frozenset(),
) -> bool:
    """Whether the unread bids cannot matter; see `still_needed`."""
    return still_needed(contenders, bounds, complete) is Need.NOTHING


def _two_stand(ahead: list[Contender], nearest: StreamKey) -> bool:
    if len(ahead) <= 1:
        return False
    negated_amount, last_won_at, number, _ = nearest
    best_unread = (negated_amount * SCORE_UNITS_PER_CENT, 0, last_won_at, number)
    winner, runner_up = ahead
    return -runner_up.score <= best_unread[0] and winner.rank_key[:4] <= best_unread


def _may_be_replaced(winner: Contender, bounds: Bounds, complete: Collection[CustomerId]) -> bool:
    if not isinstance(winner, BidContender) or winner.customer.id in complete:
        return False
    return any(
        scope.breadth < winner.bid.scope.breadth and -key[0] >= winner.effective_cents
        for scope, key in bounds.items()
    )
