"""The worked examples of `product.md`, 23, with tiers: from the customer to what is charged."""

from decimal import Decimal

import pytest

from leadflow.domain.auction import PriceQuote, propose
from leadflow.domain.contenders import BidContender, Contender, partner_contender
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.return_tiers import ReturnTier
from leadflow.domain.scopes import BiddingScope
from tests.builders import TYPE_ID, source
from tests.unit.domain.bidding_examples import NOW, bid, contender, customer, dollars, fixed, grid
from tests.unit.domain.tier_examples import ladder, tier

UNITS = 10_000


def competing(
    one: ReturnTier, amount: int = 100, setting: BiddingScope | None = None, **totals: int
) -> BidContender:
    """The bid of a customer that is in the tier."""
    steps = ladder(one)
    buyer = steps.placed(customer(**totals))
    return contender(bid(amount), buyer, setting, terms_of_tier=steps.terms_of(buyer))


def rival(score_cents: int) -> Contender:
    return partner_contender(PartnerId("partner_1"), score_cents, Decimal(0), NOW)


def quoted(*contenders: Contender) -> PriceQuote:
    proposal = propose(contenders)
    assert proposal
    return proposal.quote


@pytest.mark.parametrize(
    ("next_score", "price"), [(60, 70), (80, 90), (85, 100)], ids=["12.4", "penalty", "no room"]
)
def test_a_penalty_of_10_percent_makes_the_winner_pay_more(next_score: int, price: int) -> None:
    winner = competing(tier(1, penalty_percentage=10), setting=grid())
    assert winner.score == dollars(90) * UNITS
    assert quoted(winner, rival(dollars(next_score))).price_cents == dollars(price)


def test_the_rate_matched_as_penalty_scores_92_50() -> None:
    matched = tier(1, penalty_matches_return_rate=True)
    winner = competing(matched, lifetime_charged_cents=600_000, lifetime_refunded_cents=45_000)
    assert winner.customer.return_rate == Decimal("7.50")
    assert winner.score == 9_250 * UNITS


@pytest.mark.parametrize(
    ("smart_cents", "discount", "charged_cents"), [(9_000, "5", 8_550), (3_333, "7.5", 3_083)]
)
def test_the_discount_is_taken_off_the_smart_price(
    smart_cents: int, discount: str, charged_cents: int
) -> None:
    setting = fixed(1).model_copy(update={"fixed_price_cents": smart_cents})
    offer = bid().model_copy(update={"amount_cents": smart_cents})
    steps = ladder(tier(1, discount_percentage=discount))
    buyer = steps.placed(customer())
    winner = contender(offer, buyer, setting, terms_of_tier=steps.terms_of(buyer))
    assert quoted(winner) == PriceQuote(smart_cents, charged_cents, None)


def test_the_payout_is_a_share_of_what_is_charged() -> None:
    assert source(payout_percentage=Decimal(70)).payout_cents(TYPE_ID, 8_550) == 5_985


def test_a_full_penalty_loses_against_any_offer_and_still_pays_when_alone() -> None:
    outcast = competing(tier(1, penalty_percentage=100), setting=grid())
    assert outcast.score == 0
    assert propose([outcast, rival(1)]) is not None
    assert quoted(outcast, rival(1)) == PriceQuote(1, 1, 0)
    assert quoted(outcast).price_cents == dollars(10)


def test_a_full_discount_charges_nothing() -> None:
    assert quoted(competing(tier(1, discount_percentage=100))).charged_cents == 0
