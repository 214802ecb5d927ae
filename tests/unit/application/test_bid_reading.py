"""How many bids an auction reads, and what it makes of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import pytest

from leadflow.application.bid_reading import (
    FIRST_CHUNK,
    LOOKED_AT_MAX,
    NARROWER_ASKED_MAX,
    BidReading,
    Known,
)
from leadflow.domain.bids import Bid
from leadflow.domain.contenders import BidContender
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Reason
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.scopes import Scope
from tests.unit.domain.bidding_examples import bid, customer, looked_at

Change = Callable[[Customer], Customer]


@dataclass
class Market:
    """Bids by scope; `change` is made to every customer, `strangers` are unknown."""

    bids: Mapping[Scope, Sequence[Bid]]
    siblings: Sequence[Bid] = ()
    strangers: frozenset[int] = frozenset()
    change: Change = lambda known: known
    fetched: list[int] = field(default_factory=list)
    taken: int = 0
    asked: list[CustomerId] = field(default_factory=list)
    places: list[tuple[CustomerId, Scope]] = field(default_factory=list)

    def reading(self, *, everything: bool = False) -> BidReading:
        reading = BidReading.begun(
            {scope: self._stream(bids) for scope, bids in self.bids.items()},
            bidders_of=self._bidders,
            siblings_of=self._siblings,
            assess=looked_at,
        )
        reading.read(everything=everything)
        return reading

    def _stream(self, bids: Sequence[Bid]) -> Iterator[Bid]:
        for one in bids:
            self.taken += 1
            yield one

    def _bidders(
        self, ids: Sequence[CustomerId], asked: Sequence[tuple[CustomerId, Scope]]
    ) -> Known:
        self.fetched.append(len(ids))
        self.places += asked
        numbers = [int(one.removeprefix("cus_")) for one in ids]
        known = [self.change(customer(one)) for one in numbers if one not in self.strangers]
        held = {(one.customer_id, one.scope): one.amount_cents for one in self.siblings}
        live = {place: held[place] for place in asked if place in held}
        return Known({one.id: one for one in known}, live)

    def _siblings(self, customer_id: CustomerId) -> Sequence[Bid]:
        self.asked.append(customer_id)
        return self.siblings


def falling(count: int, start: int = 900) -> list[Bid]:
    """Bids of so many customers, each lower than the one before or equal at the minimum."""
    return [bid(max(10, start - 10 * number), owner=number + 1) for number in range(count)]


def test_without_bids_nothing_is_fetched() -> None:
    market = Market(dict.fromkeys(Scope, ()))
    assert not market.reading().contenders
    assert not market.fetched


def test_two_good_bids_are_enough_however_many_there_are() -> None:
    market = Market({Scope.COUNTY: falling(60)})
    reading = market.reading()
    assert len(reading.contenders) == FIRST_CHUNK
    assert market.taken == FIRST_CHUNK + 1
    assert market.fetched == [FIRST_CHUNK]


def test_bids_of_all_scopes_are_read_in_the_order_in_which_they_would_win() -> None:
    low = [bid(20, owner=number) for number in range(10, 30)]
    high = [bid(500, owner=1, scope=Scope.STATE), bid(400, owner=2, scope=Scope.STATE)]
    reading = Market({Scope.COUNTY: low, Scope.STATE: high}).reading()
    assert list(reading.contenders)[:2] == [high[0].id, high[1].id]


def test_while_bids_are_blocked_each_fetch_is_twice_as_long() -> None:
    market = Market({Scope.COUNTY: falling(40)}, change=_paused)
    reading = market.reading()
    assert market.fetched == [8, 16, 16]
    assert {one.reason for one in reading.blocked} == {Reason.CUSTOMER_PAUSED}
    assert len(reading.blocked) == 40


def test_no_auction_looks_at_bids_without_bound() -> None:
    market = Market({Scope.COUNTY: falling(3 * LOOKED_AT_MAX)}, change=_paused)
    assert LOOKED_AT_MAX <= len(market.reading().blocked) < 2 * LOOKED_AT_MAX + FIRST_CHUNK


def test_a_bid_that_is_shown_twice_is_looked_at_once() -> None:
    once = bid(300, owner=1)
    reading = Market({Scope.COUNTY: (once, once.model_copy(update={"version": 2}))}).reading()
    [read] = reading.contenders.values()
    assert isinstance(read, BidContender)
    assert read.bid.version == 1


def test_a_bid_whose_customer_is_gone_is_passed_over() -> None:
    market = Market({Scope.COUNTY: falling(2)}, strangers=frozenset({1}))
    reading = market.reading()
    assert list(reading.contenders) == [falling(2)[1].id]
    assert not reading.blocked


def test_a_customer_is_fetched_once_for_all_its_bids() -> None:
    own = (bid(100, owner=1, scope=Scope.STATE), bid(90, owner=1, scope=Scope.NATIONWIDE))
    market = Market({one.scope: (one,) for one in own})
    market.reading()
    assert market.fetched == [1]


def test_the_leaders_narrower_bid_is_looked_up_instead_of_searched() -> None:
    wide = [bid(500, owner=number, scope=Scope.STATE) for number in range(1, FIRST_CHUNK + 1)]
    narrow = bid(500, owner=1)
    equal = [bid(500, owner=number) for number in range(100, 200)]
    market = Market({Scope.STATE: wide, Scope.COUNTY: equal}, siblings=(narrow, wide[0]))
    reading = market.reading()
    assert market.asked == [narrow.customer_id]
    assert narrow.id in reading.contenders
    assert market.fetched == [FIRST_CHUNK - NARROWER_ASKED_MAX]


def test_a_leader_without_a_narrower_bid_is_known_from_the_first_fetch() -> None:
    wide = [bid(500, owner=number, scope=Scope.STATE) for number in range(1, FIRST_CHUNK + 1)]
    equal = [bid(500, owner=number) for number in range(100, 200)]
    market = Market({Scope.STATE: wide, Scope.COUNTY: equal})
    market.reading()
    assert market.places == [(one.customer_id, Scope.COUNTY) for one in wide[:NARROWER_ASKED_MAX]]
    assert (market.asked, market.fetched) == ([], [FIRST_CHUNK - NARROWER_ASKED_MAX])


@pytest.mark.parametrize("scopes", list(permutations(Scope)))
def test_a_tie_at_the_top_makes_the_first_fetch_no_larger(scopes: tuple[Scope, ...]) -> None:
    bids = {
        scope: [bid(500, owner=first + number, scope=scope) for number in range(9)]
        for first, scope in zip((10, 20, 30), scopes, strict=True)
    }
    market = Market(bids)
    seen = list(market.reading().contenders)
    assert [fetched + len(market.places) for fetched in market.fetched] == [FIRST_CHUNK]
    assert seen == [one.id for one in bids[scopes[0]][: len(seen)]]


def test_what_was_put_back_is_looked_at_by_the_next_fetch() -> None:
    bids = {
        scope: [bid(500, owner=first + number, scope=scope) for number in range(9)]
        for first, scope in zip((30, 20, 10), Scope, strict=True)
    }
    market = Market(bids, change=_paused)
    seen = [one.candidate.id for one in market.reading().blocked]
    assert seen == [one.id for scope in reversed(Scope) for one in bids[scope]]
    assert market.fetched[0] < FIRST_CHUNK


def test_where_all_bids_fit_the_first_fetch_none_is_put_back() -> None:
    bids = {scope: [bid(500, owner=number, scope=scope) for number in (1, 2)] for scope in Scope}
    market = Market(bids)
    assert len(market.reading().contenders) == 6
    assert (market.places, market.fetched) == ([], [2])


def test_where_everything_is_read_nobody_is_asked_for_narrower_bids() -> None:
    bids = {scope: [bid(500, owner=number, scope=scope) for number in range(20)] for scope in Scope}
    market = Market(bids)
    assert len(market.reading(everything=True).contenders) == 60
    assert market.places == []


def test_where_nothing_is_tied_nobody_is_asked_for_narrower_bids() -> None:
    wide = [bid(500 - number, owner=number, scope=Scope.STATE) for number in range(1, 20)]
    market = Market({Scope.STATE: wide, Scope.COUNTY: [bid(100, owner=100)]})
    market.reading()
    assert market.places == []


def test_only_a_leading_bid_has_siblings() -> None:
    with pytest.raises(CorruptState):
        Market({}).reading()._complete_leader()


def _paused(known: Customer) -> Customer:
    return known.model_copy(update={"paused": True})


def test_a_narrower_bid_that_offers_less_is_not_looked_up() -> None:
    wide = [bid(500, owner=number, scope=Scope.STATE) for number in range(1, FIRST_CHUNK + 1)]
    equal = [bid(500, owner=number) for number in range(100, 200)]
    market = Market({Scope.STATE: wide, Scope.COUNTY: equal}, siblings=(bid(400, owner=1),))
    market.reading()
    assert (market.asked, market.fetched) == ([], [FIRST_CHUNK - NARROWER_ASKED_MAX])
