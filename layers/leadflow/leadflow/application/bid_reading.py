"""Read as many bids as an auction needs and no more (`docs/adr`, lazy reading)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from leadflow.domain.auction import propose
from leadflow.domain.bids import Bid
from leadflow.domain.contenders import BidContender, Contender, PartnerContender
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Decision
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import BidId, CustomerId
from leadflow.domain.money import CENTS_MAX
from leadflow.domain.reading import Need, StreamKey, still_needed, stream_key
from leadflow.domain.scopes import Scope

LOOKED_AT_MAX = 500
"""Bids that one auction looks at; behind them it is decided among those that it has."""

FIRST_CHUNK = 8
"""Customers and narrower bids that are fetched together at first; each further fetch asks for
twice as many, so that ties at the top make no fetch any larger."""

NARROWER_ASKED_MAX = 2
"""First bids of a chunk for which it is asked, in the same call, what their customers bid in a
narrower scope. One of them leads, mostly, and then nothing else has to be looked up."""

LoadBidders = Callable[[Sequence[CustomerId], Sequence[tuple[CustomerId, Scope]]], "Known"]
LoadSiblings = Callable[[CustomerId], Sequence[Bid]]
Assess = Callable[[Bid, Customer], BidContender | Decision]


class Known(NamedTuple):
    """Customers, and what they bid (cents) in those of the scopes asked about where they do."""

    customers: Mapping[CustomerId, Customer]
    live: Mapping[tuple[CustomerId, Scope], int]


@dataclass
class _Stream:
    """A stream of bids whose next one can be looked at."""

    rest: Iterator[Bid]
    head: Bid | None = field(init=False)

    def __post_init__(self) -> None:
        self.head = next(self.rest, None)

    def take(self) -> Bid | None:
        """The next bid."""
        taken, self.head = self.head, next(self.rest, None)
        return taken

    def put_back(self, bid: Bid) -> None:
        """Make the bid that was taken last the next one again."""
        if self.head is not None:
            self.rest = chain((self.head,), self.rest)
        self.head = bid


@dataclass
class BidReading:
    """The bids of one auction: read in the order in which they would win, until it is decided."""

    streams: Mapping[Scope, _Stream]
    bidders_of: LoadBidders
    siblings_of: LoadSiblings
    assess: Assess
    contenders: dict[str, Contender] = field(default_factory=dict)
    blocked: list[Decision] = field(default_factory=list)
    _customers: dict[CustomerId, Customer] = field(default_factory=dict)
    _looked_at: set[str] = field(default_factory=set)
    _complete: set[CustomerId] = field(default_factory=set)
    _narrower_cents: dict[BidId, int] = field(default_factory=dict)
    _everything: bool = False

    @classmethod
    def begun(
        cls,
        streams: Mapping[Scope, Iterator[Bid]],
        *,
        bidders_of: LoadBidders,
        siblings_of: LoadSiblings,
        assess: Assess,
        offers: Iterable[PartnerContender] = (),
    ) -> "BidReading":
        """A reading that has seen the first bid of each stream; the offers compete with them."""
        opened = {scope: _Stream(rest) for scope, rest in streams.items()}
        reading = cls(opened, bidders_of, siblings_of, assess)
        reading.contenders.update((offer.partner_id, offer) for offer in offers)
        return reading

    def read(self, *, everything: bool = False) -> None:
        """Read on until nothing unread could change winner or price, or to the bound.

        With `everything` until nothing is unread, for those who show all offers.
        """
        self._everything = everything
        chunk = FIRST_CHUNK
        while len(self._looked_at) < LOOKED_AT_MAX:
            need = still_needed(self.contenders.values(), self._bounds(), self._complete)
            if need is Need.NOTHING and not (everything and self._bounds()):
                return
            if need is Need.SIBLINGS and not everything:
                self._complete_leader()
                continue
            self._look_at(self._chunk(chunk))
            chunk *= 2

    def _bounds(self) -> Mapping[Scope, StreamKey]:
        return {
            scope: stream_key(stream.head)
            for scope, stream in self.streams.items()
            if stream.head is not None
        }

    def _next(self) -> Bid | None:
        heads = [
            (stream_key(stream.head), stream)
            for stream in self.streams.values()
            if stream.head is not None
        ]
        return min(heads, key=itemgetter(0))[1].take() if heads else None

    def _chunk(self, size: int) -> list[Bid]:
        """The next bids; what is asked about the first of them takes the place of the last."""
        taken = [bid for _ in range(size) if (bid := self._next()) is not None]
        while len(taken) + len(self._asked_of(taken)) > size:
            last = taken.pop()
            self.streams[last.scope].put_back(last)
        return taken

    def _complete_leader(self) -> None:
        proposal = propose(self.contenders.values())
        if proposal is None or not isinstance(proposal.winner, BidContender):
            raise CorruptState("Only a leading bid has siblings to look up.")
        leader = proposal.winner
        if not self._offers_less_elsewhere(leader):
            self._look_at(self.siblings_of(leader.customer.id))
        self._complete.add(leader.customer.id)

    def _offers_less_elsewhere(self, leader: BidContender) -> bool:
        """Whether it is known that no narrower bid of its customer offers as much."""
        is_full = leader.effective_cents == leader.amount_cents
        return is_full and self._narrower_cents.get(leader.bid.id, CENTS_MAX) < leader.amount_cents

    def _look_at(self, bids: Sequence[Bid]) -> None:
        fresh: dict[BidId, Bid] = {}
        for bid in bids:
            if bid.id not in self._looked_at:
                # The index may show a bid twice while its place changes: the first sight counts.
                fresh.setdefault(bid.id, bid)
        missing = {bid.customer_id for bid in fresh.values()} - self._customers.keys()
        if missing:
            self._get_to_know(sorted(missing), list(fresh.values()))
        self._looked_at |= fresh.keys()
        for bid in fresh.values():
            self._note(bid)

    def _get_to_know(self, customer_ids: Sequence[CustomerId], bids: Sequence[Bid]) -> None:
        """Fetch customers and, for the first of the bids, whether a narrower one may replace it."""
        known = self.bidders_of(customer_ids, self._asked_of(bids))
        self._customers.update(known.customers)
        for bid in bids[:NARROWER_ASKED_MAX]:
            amounts = (known.live.get((bid.customer_id, scope), 0) for scope in Scope)
            self._narrower_cents[bid.id] = max(amounts)

    def _asked_of(self, bids: Sequence[Bid]) -> Sequence[tuple[CustomerId, Scope]]:
        """Nobody is asked about where all bids are read anyway."""
        first = () if self._everything else bids[:NARROWER_ASKED_MAX]
        return [(bid.customer_id, scope) for bid in first for scope in self._tied_scopes(bid)]

    def _tied_scopes(self, bid: Bid) -> Sequence[Scope]:
        """Narrower scopes in which an unread bid may offer as much as this one in full."""
        return [
            scope
            for scope, stream in self.streams.items()
            if scope.breadth < bid.scope.breadth
            and stream.head is not None
            and stream.head.amount_cents >= bid.amount_cents
        ]

    def _note(self, bid: Bid) -> None:
        customer = self._customers.get(bid.customer_id)
        if customer is None:
            return
        assessed = self.assess(bid, customer)
        if isinstance(assessed, Decision):
            self.blocked.append(assessed)
        else:
            self.contenders[bid.id] = assessed
