"""Contenders of an auction, and what comes of some of them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from leadflow.domain.auction import PriceQuote, Proposal, propose
from leadflow.domain.contenders import Contender, partner_contender
from leadflow.domain.identifiers import PartnerId
from tests.unit.domain.bidding_examples import NOW, bid, contender, dollars, tier


def partner(offer: int, penalty: str = "0", name: str = "a", at: datetime = NOW) -> Contender:
    """A partner that offers so many dollars."""
    return partner_contender(PartnerId(f"partner_{name}"), dollars(offer), Decimal(penalty), at)


def offered(
    amount: int, owner: int = 2, penalty: str = "0", won: datetime | None = None
) -> Contender:
    """A customer that bids so many dollars."""
    return contender(bid(amount, owner, last_won_at=won), terms_of_tier=tier(penalty))


def proposed(contenders: Sequence[Contender]) -> Proposal:
    """The proposal of contenders that come to one."""
    proposal = propose(contenders)
    assert proposal is not None
    return proposal


def sold(contenders: Sequence[Contender]) -> PriceQuote:
    """What the one that wins pays."""
    return proposed(contenders).quote


def best(*contenders: Contender) -> str:
    """The id of the one that wins."""
    return proposed(contenders).winner.candidate.id
