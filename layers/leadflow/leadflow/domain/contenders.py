"""Contenders: offers that passed every check and compete for one lead (`product.md`, 12.4)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Candidate, Kind
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.scopes import BiddingScope
from leadflow.domain.scores import score_of

NEVER = datetime.min.replace(tzinfo=UTC)
"""Sorts what never won before everything that did."""

RankKey = tuple[int, int, datetime, int, str]
"""Ascending is best first: score (negated), customer before partner, the longest wait for a win or
the earlier offer, the lower customer number, and the id, which only ever orders partners."""

_CUSTOMER, _PARTNER = 0, 1


class TierTerms(NamedTuple):
    """What a customer's return tier does to its bids, in percent."""

    penalty: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)


class BidContender(NamedTuple):
    """A bid with what it offers now; `score` is in the units of `domain/scores.py`."""

    bid: Bid
    customer: Customer
    setting: BiddingScope
    tier: TierTerms
    effective_cents: int
    score: int

    @property
    def rank_key(self) -> RankKey:
        """Its place; not kept, for among many bids only those that lead are asked for it."""
        last_won_at = self.bid.last_won_at or NEVER
        return -self.score, _CUSTOMER, last_won_at, self.customer.number, self.bid.id

    @property
    def candidate(self) -> Candidate:
        """How the decision record names it."""
        return candidate_of(self.bid)

    @property
    def amount_cents(self) -> int:
        """What was bid, before anything reduced it."""
        return self.bid.amount_cents

    @property
    def penalty(self) -> Decimal:
        """Percent taken off the score."""
        return self.tier.penalty


class PartnerContender(NamedTuple):
    """A partner's offer, with the penalty that was copied onto it when it was made."""

    partner_id: PartnerId
    amount_cents: int
    penalty: Decimal
    score: int
    rank_key: RankKey

    @property
    def candidate(self) -> Candidate:
        """How the decision record names it."""
        return Candidate(kind=Kind.PARTNER, id=self.partner_id)

    @property
    def effective_cents(self) -> int:
        """Partners always pay their full offer."""
        return self.amount_cents


Contender = BidContender | PartnerContender


def candidate_of(bid: Bid) -> Candidate:
    """How the decision record names a bid."""
    return Candidate(kind=Kind.BID, id=bid.id, customer_id=bid.customer_id)


def bid_contender(
    bid: Bid,
    customer: Customer,
    setting: BiddingScope,
    tier: TierTerms,
    effective_cents: int,
) -> BidContender:
    """A bid that competes with its effective amount (F3)."""
    score = score_of(effective_cents, tier.penalty)
    return BidContender(bid, customer, setting, tier, effective_cents, score)


def partner_contender(
    partner_id: PartnerId, amount_cents: int, penalty: Decimal, offered_at: datetime
) -> PartnerContender:
    """A partner's usable answer to a ping (F3)."""
    score = score_of(amount_cents, penalty)
    rank_key = (-score, _PARTNER, offered_at, 0, partner_id)
    return PartnerContender(partner_id, amount_cents, penalty, score, rank_key)
