"""One lead in one Highest Price stage: the auction as often as it has to be held."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from leadflow.application.auction_ports import BidBook, Bidders
from leadflow.application.bid_reading import BidReading, Known
from leadflow.domain.auction import Proposal, decide, propose
from leadflow.domain.bids import Bid, containing_keys, location_key
from leadflow.domain.contenders import (
    BidContender,
    Contender,
    PartnerContender,
    partner_contender,
)
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import AttemptReason, Decision, Phase, Reason, failure_of
from leadflow.domain.eligibility import AuctionTerms, assess, blocked
from leadflow.domain.identifiers import BidId, CustomerId, TenantId
from leadflow.domain.lead_types import LeadType
from leadflow.domain.leads import Lead
from leadflow.domain.limits import LimitSwitches
from leadflow.domain.plans import HighestPriceStage
from leadflow.domain.reservations import PartnerOffer
from leadflow.domain.return_tiers import TierLadder
from leadflow.domain.scopes import Scope, setting_of

OTHER_COUNTIES_MAX = 5
"""Counties that the postal code only touches whose bids are told of in the record."""

LEFT_OUT_BIDS_MAX = 10
"""Bids of one location that are told of though the stage or the lead leaves the location out."""

_NO_MONEY_OR_ROOM = frozenset(
    {
        Reason.WALLET_BELOW_MINIMUM,
        Reason.BID_CAP_REACHED,
        Reason.CUSTOMER_CAP_REACHED,
        Reason.BID_BUDGET_EXHAUSTED,
        Reason.CUSTOMER_BUDGET_EXHAUSTED,
    }
)


class Held(NamedTuple):
    """An auction that was held: who should get the lead, and everybody who was looked at."""

    terms: AuctionTerms
    proposal: Proposal | None
    contenders: Sequence[Contender]
    blocked: Sequence[Decision]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """One decision for each candidate."""
        if self.proposal is None:
            return tuple(self.blocked)
        return decide(self.terms, self.contenders, self.blocked, self.proposal)

    @property
    def failure(self) -> AttemptReason:
        """Why the attempt failed, if nobody won."""
        return failure_of(self.blocked)


class Entrants(NamedTuple):
    """Partners in an auction: their offers, and decisions about those that make none."""

    offers: Sequence[PartnerOffer] = ()
    blocked: Sequence[Decision] = ()


NOBODY = Entrants()
"""No partners."""


@dataclass
class Auction:
    """The auction for one lead.

    `contested` holds the newest state of bids whose sale was refused because bid or wallet had
    changed; one that is short of money or room since then is told apart as `charge_failed`.
    """

    tenant_id: TenantId
    lead: Lead
    lead_type: LeadType
    stage: HighestPriceStage
    switches: LimitSwitches
    ladder: TierLadder
    book: BidBook
    bidders: Bidders
    phase: Phase = "post"
    contested: dict[BidId, Bid] = field(default_factory=dict)

    def hold(self, now: datetime, entrants: Entrants = NOBODY, *, everything: bool = False) -> Held:
        """Read bids until the auction is decided, with wallets and counters as they are now.

        With `everything` all bids are read, as far as an auction looks, for those who show them.
        """
        terms = self.terms(now)
        keys = containing_keys(
            self.lead.location.country, self.lead.location.state, self.lead.location.county
        )
        reading = BidReading.begun(
            {scope: self._ranked(scope, keys[scope]) for scope in keys if scope in terms.scopes},
            bidders_of=lambda ids, asked: self._bidders(ids, asked, keys),
            siblings_of=lambda customer_id: self._siblings(customer_id, tuple(keys.values())),
            assess=lambda bid, customer: self._assessed(bid, customer, terms),
            offers=map(contender_of, entrants.offers),
        )
        reading.read(everything=everything)
        contenders = tuple(reading.contenders.values())
        bids = (*reading.blocked, *self._gone(terms, reading.blocked), *self._left_out(terms, keys))
        kept_out = (*bids, *entrants.blocked)
        return Held(terms, propose(contenders), contenders, kept_out)

    def contest(self, bid: Bid) -> None:
        """Note a bid whose sale was refused; the next auction takes its newest state."""
        newest = self.book.get(self.tenant_id, bid.customer_id, bid.id)
        self.contested[bid.id] = newest or bid.model_copy(update={"archived": True})

    def _ranked(self, scope: Scope, key: str) -> Iterator[Bid]:
        return self.book.ranked(self.tenant_id, self.lead_type.id, scope, key)

    def _gone(self, terms: AuctionTerms, known: Sequence[Decision]) -> Iterator[Decision]:
        """Bids that had won and were archived before their sale: they are not ranked any more."""
        told = {decision.candidate.id for decision in known}
        for bid in self.contested.values():
            if bid.archived and bid.id not in told:
                yield blocked(bid, Reason.BID_ARCHIVED, terms)

    def _left_out(self, terms: AuctionTerms, keys: Mapping[Scope, str]) -> Iterator[Decision]:
        """The first bids in scopes that the stage does not take, and in counties that the lead's
        postal code touches without being the lead's."""
        for scope, key in keys.items():
            if scope not in terms.scopes:
                for bid in islice(self._ranked(scope, key), LEFT_OUT_BIDS_MAX):
                    yield blocked(bid, Reason.SCOPE_NOT_IN_STAGE, terms)
        place = self.lead.location
        for county in place.other_counties[:OTHER_COUNTIES_MAX]:
            key = location_key(Scope.COUNTY, place.country, place.state, county)
            for bid in islice(self._ranked(Scope.COUNTY, key), LEFT_OUT_BIDS_MAX):
                yield blocked(bid, Reason.LOCATION_OUTSIDE_SCOPE, terms)

    def _bidders(
        self,
        customer_ids: Sequence[CustomerId],
        asked: Sequence[tuple[CustomerId, Scope]],
        keys: Mapping[Scope, str],
    ) -> Known:
        places = {(customer_id, keys[scope]): (customer_id, scope) for customer_id, scope in asked}
        found = self.bidders.bidders(self.tenant_id, customer_ids, self.lead_type.id, tuple(places))
        live = {places[place]: amount_cents for place, amount_cents in found.live.items()}
        return Known(found.customers, live)

    def _siblings(self, customer_id: CustomerId, keys: Sequence[str]) -> Sequence[Bid]:
        return self.book.of_customer(self.tenant_id, customer_id, self.lead_type.id, keys)

    def _assessed(
        self, bid: Bid, customer: Customer, terms: AuctionTerms
    ) -> BidContender | Decision:
        newest = self.contested.get(bid.id, bid)
        setting = setting_of(self.lead_type.bidding_scopes, bid.scope)
        tier = self.ladder.terms_of(customer)
        assessed = assess(newest, customer, setting, tier, terms)
        if bid.id not in self.contested or not isinstance(assessed, Decision):
            return assessed
        return told_apart(assessed)

    def terms(self, now: datetime) -> AuctionTerms:
        """What is the same for all candidates of an auction that is held then."""
        bids = self.stage.settings.bids
        return AuctionTerms(
            stage_id=self.stage.id,
            phase=self.phase,
            scopes=frozenset(bids.scopes) if bids.enabled else frozenset(),
            location=self.lead.location,
            switches=self.switches,
            now=now,
            already_tried=frozenset(self.lead.tried),
        )


def contender_of(offer: PartnerOffer) -> PartnerContender:
    """A partner's offer as it competes, with the penalty that was copied onto it."""
    return partner_contender(
        offer.partner_id, offer.amount_cents, offer.penalty_percentage, offer.offered_at
    )


def told_apart(blocked: Decision) -> Decision:
    """The decision about somebody who had won, and whose money or room was gone at the sale."""
    if blocked.reason not in _NO_MONEY_OR_ROOM:
        return blocked
    detail = {**(blocked.detail or {}), "cause": blocked.reason.value}
    return blocked.model_copy(update={"reason": Reason.CHARGE_FAILED, "detail": detail})
