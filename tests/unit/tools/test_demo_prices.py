"""The demo's hand-computed winners and prices are what the rules of bidding say."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.auction import best_of_each_customer, decide, propose
from leadflow.domain.bids import Bid
from leadflow.domain.contenders import BidContender
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Decision
from leadflow.domain.eligibility import AuctionTerms, assess
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId, StageId
from leadflow.domain.limits import LimitSwitches
from leadflow.domain.return_tiers import NO_TIER
from leadflow.domain.scopes import BiddingScope, Scope, setting_of
from tools.demo.leads import POSTS, Post
from tools.demo.market import BUYERS, LEAD_TYPES, OFFERS

START = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Market:
    """The scenario's customers and bids, changed by each sale as the product changes them."""

    def __init__(self) -> None:
        self.customers = {name: _customer(name) for name in BUYERS}
        self.bids = {name: _bid(name) for name in OFFERS}

    def auction(self, post: Post, now: datetime) -> tuple[Decision, ...]:
        """What the decision record of a lead says, after booking the sale."""
        location = LibraryFormats().locate(
            str(cast("dict[str, object]", post.content)["zip"]), {Country.US}, None
        )
        assert location is not None
        terms = AuctionTerms(
            StageId("stage_1"), "post", frozenset(Scope), location, LimitSwitches(), now
        )
        assessed = list(self._assessed(str(post.expected.lead_type), terms))
        contenders = [one for one in assessed if isinstance(one, BidContender)]
        blocked = [one for one in assessed if isinstance(one, Decision)]
        proposal = propose(contenders)
        if proposal is None:
            return tuple(blocked)
        winner = cast("BidContender", proposal.winner)
        self._book(winner, proposal.quote.charged_cents, now)
        assert winner in best_of_each_customer(contenders).kept
        return decide(terms, contenders, blocked, proposal)

    def _assessed(self, lead_type: str, terms: AuctionTerms) -> Iterator[BidContender | Decision]:
        scopes = [BiddingScope.model_validate(one) for one in LEAD_TYPES[lead_type].bidding_scopes]
        for bid in self.bids.values():
            if bid.lead_type_id == lead_type and bid.contains(terms.location):
                customer = self.customers[bid.customer_id]
                yield assess(bid, customer, setting_of(scopes, bid.scope), NO_TIER, terms)

    def _book(self, winner: BidContender, charged: int, now: datetime) -> None:
        bid, customer = winner.bid, winner.customer
        won = {"usage": bid.usage.with_win(now, charged), "last_won_at": now}
        self.bids[bid.id] = bid.model_copy(update=won)
        paid = {
            "balance_cents": customer.balance_cents - charged,
            "usage": customer.usage.with_win(now, charged),
        }
        self.customers[customer.id] = customer.model_copy(update=paid)


def _customer(name: str) -> Customer:
    return Customer.model_validate(
        {
            "id": CustomerId(name),
            "number": list(BUYERS).index(name) + 1,
            "name": name,
            "email": "buyer@example.com",
            "balance_cents": BUYERS[name].balance_cents,
            "created_at": START,
            "updated_at": START,
            **BUYERS[name].limits,
        }
    )


def _bid(name: str) -> Bid:
    offer = OFFERS[name]
    return Bid.model_validate(
        {
            "id": BidId(name),
            "customer_id": offer.buyer,
            "customer_number": list(BUYERS).index(offer.buyer) + 1,
            "lead_type_id": LeadTypeId(offer.lead_type),
            "scope": offer.scope,
            "amount_cents": offer.amount_cents,
            "created_at": START,
            "updated_at": START,
            **offer.location,
            **offer.limits,
        }
    )


def _records() -> Iterator[tuple[Post, tuple[Decision, ...]]]:
    market = Market()
    distributed = [
        post
        for post in POSTS
        if post.expected.status in {"assigned", "unassigned"}
        and post.expected.outcome != "test_mode"
    ]
    for second, post in enumerate(distributed):
        yield post, market.auction(post, START + timedelta(seconds=second))


@pytest.mark.parametrize(("post", "record"), list(_records()))
def test_the_expected_bid_wins_at_the_expected_price(
    post: Post, record: tuple[Decision, ...]
) -> None:
    won = [(one.candidate.id, one.charged_cents) for one in record if one.verdict == "won"]
    expected = post.expected
    assert won == ([(expected.offer, expected.charged_cents)] if expected.offer else [])
    reasons = {one.candidate.id: one.reason for one in record if one.reason}
    assert reasons.items() >= expected.lost.items()


def test_the_reduced_bid_counts_on_the_grid() -> None:
    records = {post.shows: record for post, record in _records()}
    reduced = records["Bids 100.00, has 57.00"][0]
    assert (reduced.amount_cents, reduced.effective_cents) == (10000, 5000)
    assert reduced.penalty_percentage == Decimal(0)
