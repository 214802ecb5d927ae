"""How bids and customers stand right now: statuses, positions, amounts (12.3, 12.7, 12.8).

One `Standing` serves one request: what it has read for one bid it does not read again for the next.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, takewhile

from leadflow.application.auction_ports import BidBook, Customers
from leadflow.application.customer_ports import BidStore
from leadflow.domain.bids import Bid, BidStatuses, containing_keys, effective_cents, statuses
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import ActiveBids, Customer, CustomerStatuses
from leadflow.domain.identifiers import CustomerId, LeadTypeId, TenantId
from leadflow.domain.limits import LimitSwitches
from leadflow.domain.positions import OUT, Placing, compared_cents, is_out, place
from leadflow.domain.return_tiers import ReturnTier
from leadflow.domain.scopes import BiddingScope, Scope, setting_of

RIVALS_MAX = 500
"""Bids of one location that a position looks at, best first: ranks behind them are lower bounds."""


@dataclass(frozen=True)
class BidView:
    """A bid with how it stands; `effective_cents` is 0 where it does not compete."""

    bid: Bid
    statuses: BidStatuses
    placing: Placing
    effective_cents: int


@dataclass(frozen=True)
class CustomerView:
    """A customer with how it stands; `tier` is its return tier while that acts."""

    customer: Customer
    statuses: CustomerStatuses
    tier: ReturnTier | None = None


@dataclass
class _Market:
    """The bids of one location, read no further than somebody has asked."""

    rest: Iterator[Bid]
    setting: BiddingScope
    seen: list[Bid] = field(default_factory=list)

    def best_first(self) -> Iterator[Bid]:
        """All bids, highest amount first."""
        yield from tuple(self.seen)
        for bid in self.rest:
            self.seen.append(bid)
            yield bid

    def down_to(self, amount_cents: int) -> list[Bid]:
        """Bids that offer at least the amount, as it is on the grid now."""
        return list(takewhile(lambda bid: self.offer(bid) >= amount_cents, self.best_first()))

    def offer(self, bid: Bid) -> int:
        """The amount of a bid as it is on the grid now."""
        return compared_cents(bid, self.setting)


@dataclass
class Standing:
    """What the statuses and positions of one request are computed from."""

    configuration: Configuration
    book: BidBook
    customers: Customers
    bids: BidStore
    now: datetime
    _markets: dict[tuple[LeadTypeId, Scope, str], _Market] = field(default_factory=dict)
    _customers: dict[CustomerId, Customer] = field(default_factory=dict)
    _active: dict[CustomerId, ActiveBids | None] = field(default_factory=dict)

    def of_customer(self, customer: Customer) -> CustomerView:
        """A customer with its statuses."""
        if customer.id not in self._active:
            self._active[customer.id] = self._active_bids(customer)
        active = self._active[customer.id]
        tier = self.configuration.ladder.tier_of(customer)
        return CustomerView(customer, customer.statuses(active, self._switches, self.now), tier)

    def of_bid(self, bid: Bid) -> BidView:
        """A bid with statuses, position and effective amount."""
        customer = self.customers_of([bid])[bid.customer_id]
        setting = self._setting(bid.lead_type_id, bid.scope)
        enabled = setting is not None and setting.enabled
        shown = setting or _last_known(bid)
        return BidView(
            bid,
            self._statuses(bid, customer, shown),
            self._placing(bid, customer, setting),
            effective_cents(bid, customer, shown, self._switches, self.now) if enabled else 0,
        )

    def bid_statuses(self, bid: Bid) -> BidStatuses:
        """The statuses of a bid alone, which cost less than its position."""
        customer = self.customers_of([bid])[bid.customer_id]
        setting = self._setting(bid.lead_type_id, bid.scope)
        return self._statuses(bid, customer, setting or _last_known(bid))

    def customers_of(self, bids: list[Bid]) -> Mapping[CustomerId, Customer]:
        """The customers of bids, each fetched once."""
        missing = sorted({bid.customer_id for bid in bids} - self._customers.keys())
        if missing:
            self._customers.update(self.customers.many(self._tenant_id, missing))
        return self._customers

    @property
    def _tenant_id(self) -> TenantId:
        return self.configuration.tenant.id

    @property
    def _switches(self) -> LimitSwitches:
        return self.configuration.settings.bidding.switches

    def _setting(self, lead_type_id: LeadTypeId, scope: Scope) -> BiddingScope | None:
        lead_type = self.configuration.lead_types.get(lead_type_id)
        return setting_of(lead_type.bidding_scopes, scope) if lead_type else None

    def _statuses(self, bid: Bid, customer: Customer, setting: BiddingScope) -> BidStatuses:
        return statuses(bid, customer, setting, self._switches, self.now)

    def _active_bids(self, customer: Customer) -> ActiveBids | None:
        live = self.bids.live_of(self._tenant_id, customer.id)
        return ActiveBids.of(self._amount_and_floor(bid) for bid in live if not bid.paused)

    def _amount_and_floor(self, bid: Bid) -> tuple[int, int]:
        setting = self._setting(bid.lead_type_id, bid.scope) or _last_known(bid)
        return compared_cents(bid, setting), bid.floor_cents(setting)

    def _placing(self, bid: Bid, customer: Customer, setting: BiddingScope | None) -> Placing:
        if setting is None or is_out(bid, customer, setting):
            return OUT
        own = compared_cents(bid, setting)
        return place(own, self._rivals_cents(bid, own))

    def _rivals_cents(self, bid: Bid, own_cents: int) -> list[int]:
        """The amounts, not below the own one, of all other bids that are not out."""
        found: list[int] = []
        keys = containing_keys(bid.country, bid.state, bid.county, narrowest=bid.scope)
        for market in self._markets_of(bid.lead_type_id, keys):
            rivals = market.down_to(own_cents)
            self.customers_of(rivals)
            counted = (one for one in rivals if one.id != bid.id and self._competes(one, market))
            found += map(market.offer, counted)
        return found

    def highest_cents(
        self, lead_type_id: LeadTypeId, keys: Mapping[Scope, str], without: str | None
    ) -> int | None:
        """The highest amount, in any of the locations, of a bid that is not out.

        `without` names the bid that does not count, since it would be the one to change.
        """
        tops = (
            next((market.offer(one) for one in self._rivals_in(market, without)), None)
            for market in self._markets_of(lead_type_id, keys)
        )
        return max((top for top in tops if top is not None), default=None)

    def _rivals_in(self, market: _Market, without: str | None) -> Iterator[Bid]:
        for bid in market.best_first():
            self.customers_of([bid])
            if bid.id != without and self._competes(bid, market):
                yield bid

    def _competes(self, bid: Bid, market: _Market) -> bool:
        return not is_out(bid, self._customers[bid.customer_id], market.setting)

    def _markets_of(self, lead_type_id: LeadTypeId, keys: Mapping[Scope, str]) -> Iterator[_Market]:
        """The bids of each location whose scope takes bids."""
        for scope, key in keys.items():
            setting = self._setting(lead_type_id, scope)
            if setting is not None and setting.enabled:
                yield self._market(lead_type_id, scope, key, setting)

    def _market(
        self, lead_type_id: LeadTypeId, scope: Scope, key: str, setting: BiddingScope
    ) -> _Market:
        name = (lead_type_id, scope, key)
        if name not in self._markets:
            ranked = self.book.ranked(self._tenant_id, lead_type_id, scope, key)
            self._markets[name] = _Market(islice(ranked, RIVALS_MAX), setting)
        return self._markets[name]


def _last_known(bid: Bid) -> BiddingScope:
    """A stand-in for a scope that the lead type no longer has: the bid's amount is all we know."""
    return BiddingScope(scope=bid.scope, enabled=False, fixed_price_cents=bid.amount_cents)
