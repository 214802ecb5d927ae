"""Reading bids lazily must sell every lead as reading all of them would."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from heapq import merge
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from leadflow.domain.auction import propose
from leadflow.domain.bids import Bid
from leadflow.domain.contenders import BidContender, Contender, TierTerms, partner_contender
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId, PartnerId
from leadflow.domain.limits import Budgets
from leadflow.domain.reading import Need, StreamKey, may_stop, still_needed, stream_key
from leadflow.domain.scopes import BiddingScope, Scope
from tests.unit.domain.bidding_examples import (
    NOW,
    bid,
    contender,
    customer,
    grid,
    looked_at,
    minutes,
    tier,
)

ROUNDS_MAX = 500
SETTINGS = {
    Scope.COUNTY: grid(1, 1, 6, Scope.COUNTY),
    Scope.STATE: grid(2, 2, 6, Scope.STATE),
    Scope.NATIONWIDE: grid(1, 3, 7, Scope.NATIONWIDE),
}
SOME_BUDGETS = st.sampled_from([None, 0, 250, 400])


class Market(NamedTuple):
    bids: Sequence[Bid]
    buyers: Mapping[CustomerId, tuple[Customer, TierTerms]]
    partners: Sequence[Contender]
    settings: Mapping[Scope, BiddingScope]

    def compete(self, offer: Bid) -> list[Contender]:
        buyer, terms = self.buyers[offer.customer_id]
        result = looked_at(offer, buyer, self.settings[offer.scope], terms)
        return [result] if isinstance(result, BidContender) else []

    def siblings(self, owner: CustomerId) -> list[Bid]:
        return [offer for offer in self.bids if offer.customer_id == owner]


@st.composite
def markets(draw: st.DrawFn) -> Market:
    numbers = range(1, draw(st.integers(1, 7)) + 1)
    buyers = [
        customer(
            number,
            draw(st.sampled_from([0, 1, 2, 3, 5, 100, 100])),
            budgets_cents=Budgets(daily=draw(SOME_BUDGETS)),
        )
        for number in numbers
    ]
    penalties = st.sampled_from(
        [Decimal(0), Decimal(0), *map(Decimal, ("7.5", "33.33", "50", "100"))]
    )
    won = st.sampled_from([None, None, minutes(1), minutes(2), NOW])
    bids = [
        bid(
            draw(st.integers(1, 7)),
            buyer.number,
            scope,
            last_won_at=draw(won),
            paused=draw(st.sampled_from([False, False, False, True])),
            below_minimum_allowed=draw(st.booleans()),
            budgets_cents=Budgets(daily=draw(SOME_BUDGETS)),
        )
        for buyer in buyers
        for scope in draw(st.sets(st.sampled_from(list(Scope))))
    ]
    offers = draw(st.lists(st.tuples(st.sampled_from(range(100, 800, 50)), penalties), max_size=2))
    partners = [
        partner_contender(PartnerId(f"partner_{place}"), amount, penalty, minutes(place))
        for place, (amount, penalty) in enumerate(offers)
    ]
    tiers = [TierTerms(penalty=draw(penalties)) for _ in buyers]
    return Market(
        bids=bids,
        buyers={b.id: (b, t) for b, t in zip(buyers, tiers, strict=True)},
        partners=partners,
        settings=SETTINGS,
    )


class Reader:
    """Reads the merged streams one bid at a time, and siblings where they are asked for."""

    def __init__(self, market: Market, *, knows_next: bool, looks_up: bool) -> None:
        self.market = market
        self.knows_next = knows_next
        self.looks_up = looks_up
        streams = [
            sorted((b for b in market.bids if b.scope is scope), key=stream_key) for scope in Scope
        ]
        self.unread = list(merge(*streams, key=stream_key))
        self.last_read: dict[Scope, Bid] = {}
        self.complete: set[CustomerId] = set()
        self.seen: set[str] = set()
        self.field: list[Contender] = list(market.partners)

    def bounds(self) -> dict[Scope, StreamKey]:
        firsts: dict[Scope, Bid] = {}
        for offer in self.unread:
            known = None if self.knows_next else self.last_read.get(offer.scope)
            firsts.setdefault(offer.scope, known or offer)
        return {scope: stream_key(offer) for scope, offer in firsts.items()}

    def look_at(self, *bids: Bid) -> None:
        for offer in bids:
            if offer.id not in self.seen:
                self.seen.add(offer.id)
                self.field += self.market.compete(offer)

    def settle(self) -> None:
        for _ in range(ROUNDS_MAX):
            need = still_needed(self.field, self.bounds(), self.complete)
            if need is Need.NOTHING:
                return
            if need is Need.SIBLINGS and self.looks_up:
                self.look_up_siblings()
            else:
                offer = self.unread.pop(0)
                self.last_read[offer.scope] = offer
                self.look_at(offer)
        raise AssertionError("reading never ends")

    def look_up_siblings(self) -> None:
        leading = propose(self.field)
        assert leading is not None
        assert isinstance(leading.winner, BidContender)
        owner = leading.winner.customer.id
        self.complete.add(owner)
        self.look_at(*self.market.siblings(owner))


def sales(reader: Reader) -> Iterator[tuple[str, object]]:
    """Who would get the lead at which price, if every winner in turn failed to be charged."""
    for _ in range(ROUNDS_MAX):
        reader.settle()
        proposal = propose(reader.field)
        if proposal is None:
            return
        yield proposal.winner.candidate.id, proposal.quote
        reader.field.remove(proposal.winner)


def reading_everything(market: Market) -> Reader:
    reader = Reader(market, knows_next=True, looks_up=False)
    reader.look_at(*market.bids)
    reader.unread = []
    return reader


@settings(max_examples=4 * settings().max_examples)
@given(markets(), st.booleans(), st.booleans())
def test_lazy_reading_sells_as_reading_everything_does(
    market: Market, knows_next: bool, looks_up: bool
) -> None:
    lazily = Reader(market, knows_next=knows_next, looks_up=looks_up)

    assert list(sales(lazily)) == list(sales(reading_everything(market)))


def read_for_one_sale(market: Market) -> int:
    reader = Reader(market, knows_next=True, looks_up=True)
    next(sales(reader))
    return len(reader.seen)


def crowd(scopes: Sequence[Scope], amounts: Sequence[int]) -> Market:
    buyers = {buyer.id: (buyer, tier()) for buyer in (customer(number) for number in range(1, 101))}
    bids = [
        bid(amounts[number % len(amounts)], number, scopes[number % len(scopes)])
        for number in range(1, 101)
    ]
    return Market(bids, buyers, (), {scope: grid(scope=scope) for scope in Scope})


def test_reading_stops_at_the_second_bid_however_many_there_are() -> None:
    assert read_for_one_sale(crowd([Scope.COUNTY], range(10, 1_010, 10))) == 2


def test_reading_stops_at_the_second_of_many_equal_bids() -> None:
    assert read_for_one_sale(crowd([Scope.COUNTY], [50])) == 2


def test_equal_bids_of_several_scopes_do_not_lengthen_the_reading() -> None:
    assert read_for_one_sale(crowd([Scope.NATIONWIDE, Scope.STATE, Scope.COUNTY], [50])) <= 3


def test_a_lone_contender_is_not_decided_while_bids_are_unread() -> None:
    bounds = {Scope.COUNTY: stream_key(bid(10, 2))}

    assert not may_stop([contender(bid(100))], bounds)
    assert may_stop([contender(bid(100))], {})


def test_a_penalised_pair_waits_for_the_amounts_it_might_lose_to() -> None:
    pair = [
        contender(bid(100, 1), terms_of_tier=tier("50")),
        contender(bid(90, 2), terms_of_tier=tier("50")),
    ]

    assert still_needed(pair, {Scope.COUNTY: stream_key(bid(50, 3))}) is Need.MORE_BIDS
    assert may_stop(pair, {Scope.COUNTY: stream_key(bid(40, 3))})


def test_a_reduced_pair_waits_for_equal_amounts_that_win_the_tie() -> None:
    pair = [
        contender(bid(90, owner, last_won_at=NOW), customer(owner, spendable=50))
        for owner in (1, 2)
    ]

    assert not may_stop(pair, {Scope.COUNTY: stream_key(bid(50, 3))})
    assert may_stop(pair, {Scope.COUNTY: stream_key(bid(50, 3, last_won_at=NOW))})


def test_partners_in_front_wait_for_equal_bids() -> None:
    pair = [partner_contender(PartnerId(name), 5_000, Decimal(0), NOW) for name in ("a", "b")]

    assert not may_stop(pair, {Scope.COUNTY: stream_key(bid(50))})
    assert may_stop(pair, {Scope.COUNTY: stream_key(bid(40))})


def test_a_winner_in_a_wide_scope_asks_for_its_customers_narrower_bid() -> None:
    pair = [contender(bid(50, 1, Scope.STATE)), contender(bid(50, 2, Scope.STATE))]
    bounds = {Scope.COUNTY: stream_key(bid(50, 3))}

    assert still_needed(pair, bounds) is Need.SIBLINGS
    assert still_needed(pair, bounds, {customer(1).id}) is Need.NOTHING
    assert may_stop(pair, {Scope.NATIONWIDE: stream_key(bid(50, 3, Scope.NATIONWIDE))})


def test_the_customer_to_look_up_is_the_one_that_the_proposal_names() -> None:
    stands_back = contender(bid(50, 1, Scope.STATE))
    represents = contender(bid(50, 1, last_won_at=NOW))
    leads = contender(bid(50, 2, Scope.STATE, last_won_at=minutes(1)))
    field = [stands_back, represents, leads]
    bounds = {Scope.COUNTY: stream_key(bid(50, 3, last_won_at=NOW))}

    proposal = propose(field)

    assert proposal is not None
    assert proposal.winner is leads
    assert still_needed(field, bounds, {customer(1).id}) is Need.SIBLINGS
    assert still_needed(field, bounds, {customer(2).id}) is Need.NOTHING
