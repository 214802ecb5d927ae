"""The hand-computed winners and prices of the second act are what the rules of offers say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from leadflow.domain.auction import Proposal, propose, standing
from leadflow.domain.bids import Bid
from leadflow.domain.contenders import (
    BidContender,
    Contender,
    TierTerms,
    bid_contender,
    partner_contender,
)
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId, PartnerId
from leadflow.domain.money import round_half_up, share
from leadflow.domain.scopes import BiddingScope
from tools.demo.ping_post.fates import PAYOUTS
from tools.demo.ping_post.market import BIDS, CUSTOMERS, SCOPES, SOLAR, SOURCES
from tools.demo.ping_post.partners import HASTY_SECONDS, PARTNERS
from tools.demo.ping_post.plan import MINIMUM_OFFER_CENTS
from tools.demo.ping_post.script import STEPS
from tools.demo.ping_post.steps import Ask, Fate, Give, Step
from tools.stub_partner import Act

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
COUNTIES = {
    "78701": "Travis County",
    "80202": "Denver County",
    "98101": "King County",
    "85003": "Maricopa County",
    "60601": "Cook County",
    "33130": "Miami-Dade County",
    "97204": "Multnomah County",
}
MILLISECONDS = 1_000


def bids_for(step: Step, lead_type: str) -> Iterator[Contender]:
    """The bids of those who can pay; who is paused for a moment does not compete."""
    county, paused = COUNTIES.get(str(step.values["zip"])), getattr(step, "pausing", None)
    for number, bid in enumerate(BIDS, start=1):
        here = bid.state == step.values["state"] and bid.county in {None, county}
        able = CUSTOMERS[bid.buyer] and bid.buyer != paused
        if bid.lead_type == lead_type and here and able:
            yield bid_of(number)


def bid_of(number: int) -> BidContender:
    planned = BIDS[number - 1]
    scopes = [BiddingScope.model_validate(one) for one in SCOPES[planned.lead_type]]
    setting = next(one for one in scopes if one.scope == planned.body["scope"])
    bid = Bid(
        id=BidId(f"bid_{number}"),
        customer_id=CustomerId(planned.buyer),
        customer_number=number,
        lead_type_id=LeadTypeId(planned.lead_type),
        scope=setting.scope,
        country="US",
        amount_cents=planned.amount_cents,
        created_at=NOW,
        updated_at=NOW,
    )
    owner = Customer(
        id=CustomerId(planned.buyer),
        number=number,
        name=planned.buyer,
        email="buyer@example.com",
        created_at=NOW,
        updated_at=NOW,
    )
    return bid_contender(bid, owner, setting, TierTerms(), planned.amount_cents)


def offers_for(step: Step) -> Iterator[Contender]:
    """The offers of partners that answer in time, say enough, and take the post."""
    for name, partner in PARTNERS.items():
        if partner.ping is None or step.values["state"] not in partner.states:
            continue
        ping, refuses = partner.ping, partner.post.act in {Act.REFUSE, Act.DUPLICATE}
        late = ping.delay_ms > partner.timeout_seconds * MILLISECONDS or ping.act is Act.HANG
        cents = int(Decimal(str(ping.price or 0)) * 100)
        if ping.act is Act.ACCEPT and cents >= MINIMUM_OFFER_CENTS and not (late or refuses):
            penalty = Decimal(partner.penalty_percentage or 0)
            yield partner_contender(PartnerId(name), cents, penalty, NOW)


def contenders(step: Step, lead_type: str) -> list[Contender]:
    offers = offers_for(step) if lead_type == SOLAR else ()
    return [*bids_for(step, lead_type), *offers]


def name_of(proposal: Proposal) -> str:
    candidate = proposal.winner.candidate
    return candidate.customer_id or candidate.id


def sales() -> list[Give]:
    given = (step for step in STEPS if isinstance(step, Give) and isinstance(step.expected, Fate))
    return [step for step in given if getattr(step.expected, "via", "") in {"bidding", "partner"}]


@pytest.mark.parametrize("step", sales(), ids=lambda step: step.shows)
def test_the_expected_offer_wins_at_the_expected_price(step: Give) -> None:
    assert isinstance(step.expected, Fate)
    ranked = standing(contenders(step, step.expected.lead_type))
    chosen = next(one for one in ranked if step.choice in {None, name_of(one)})
    expected = (step.expected.taker, step.expected.charged_cents)
    assert (name_of(chosen), chosen.quote.charged_cents) == expected


@pytest.mark.parametrize(
    "step", [step for step in STEPS if step.shows.startswith(("Nobody", "Everybody"))]
)
def test_where_nobody_takes_the_lead_nobody_could(step: Step) -> None:
    assert propose(contenders(step, SOLAR)) is None


@pytest.mark.parametrize(
    "step",
    [
        step
        for step in STEPS
        if isinstance(step, Ask) and step.values["product"] == "solar" and not step.again
    ],
)
def test_a_ping_is_answered_with_what_would_be_paid(step: Ask) -> None:
    ranked = standing(contenders(step, SOLAR))
    percentage = Decimal(str(SOURCES[step.source]["payout_percentage"]))
    payouts = [
        (name_of(one), round_half_up(share(one.quote.charged_cents, percentage))) for one in ranked
    ]
    if step.expected.bids:
        assert list(step.expected.bids) == payouts
    else:
        assert step.expected.price_cents == (payouts[0][1] if payouts else 0)


@pytest.mark.parametrize("source", PAYOUTS)
def test_the_payouts_worked_out_by_hand_follow_the_rule(source: str) -> None:
    percentage = Decimal(str(SOURCES[source]["payout_percentage"]))
    for charged, payout in PAYOUTS[source].items():
        assert round_half_up(share(charged, percentage)) == payout


def test_only_partners_that_miss_their_timeout_make_the_demo_wait() -> None:
    slow = {name for name, one in PARTNERS.items() if one.timeout_seconds == HASTY_SECONDS}
    hanging = {
        name
        for name, one in PARTNERS.items()
        if one.post.act is Act.ACCEPT_THEN_HANG
        or (one.ping and (one.ping.act is Act.HANG or one.ping.delay_ms))
    }
    assert slow == hanging
