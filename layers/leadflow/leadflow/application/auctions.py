"""One lead in one Highest Price stage: the auction as often as it has to be held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from leadflow.application.bid_reading import BidReading, Known
from leadflow.application.ports import BidBook, Bidders
from leadflow.domain.auction import Proposal, decide, propose
from leadflow.domain.bids import Bid, containing_keys
from leadflow.domain.contenders import BidContender, TierTerms
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import AttemptReason, Decision, Reason
from leadflow.domain.eligibility import AuctionTerms, assess
from leadflow.domain.identifiers import BidId, CustomerId, TenantId
from leadflow.domain.lead_types import LeadType
from leadflow.domain.leads import Lead
from leadflow.domain.limits import LimitSwitches
from leadflow.domain.plans import Stage
from leadflow.domain.scopes import Scope, setting_of

NO_TIER = TierTerms()
"""Return tiers cannot be configured yet, so nobody has a penalty or a discount."""

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
    contenders: Sequence[BidContender]
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
        return AttemptReason.NO_ELIGIBLE_CANDIDATE if self.blocked else AttemptReason.NO_CANDIDATES


@dataclass
class Auction:
    """The auction for one lead.

    `contested` holds the newest state of bids whose sale was refused because bid or wallet had
    changed; one that is short of money or room since then is told apart as `charge_failed`.
    """

    tenant_id: TenantId
    lead: Lead
    lead_type: LeadType
    stage: Stage
    switches: LimitSwitches
    book: BidBook
    bidders: Bidders
    contested: dict[BidId, Bid] = field(default_factory=dict)

    def hold(self, now: datetime) -> Held:
        """Read bids until the auction is decided, with wallets and counters as they are now."""
        terms = self._terms(now)
        keys = containing_keys(
            self.lead.location.country, self.lead.location.state, self.lead.location.county
        )
        reading = BidReading.begun(
            {
                scope: self.book.ranked(self.tenant_id, self.lead_type.id, scope, key)
                for scope, key in keys.items()
            },
            bidders_of=lambda ids, asked: self._bidders(ids, asked, keys),
            siblings_of=lambda customer_id: self._siblings(customer_id, tuple(keys.values())),
            assess=lambda bid, customer: self._assessed(bid, customer, terms),
        )
        reading.read()
        contenders = tuple(reading.contenders.values())
        return Held(terms, propose(contenders), contenders, reading.blocked)

    def contest(self, bid: Bid) -> None:
        """Note a bid whose sale was refused; the next auction takes its newest state."""
        newest = self.book.get(self.tenant_id, bid.customer_id, bid.id)
        self.contested[bid.id] = newest or bid.model_copy(update={"archived": True})

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
        assessed = assess(newest, customer, setting, NO_TIER, terms)
        if bid.id not in self.contested or not isinstance(assessed, Decision):
            return assessed
        return _told_apart(assessed)

    def _terms(self, now: datetime) -> AuctionTerms:
        bids = self.stage.settings.bids
        return AuctionTerms(
            stage_id=self.stage.id,
            phase="post",
            scopes=frozenset(bids.scopes) if bids.enabled else frozenset(),
            location=self.lead.location,
            switches=self.switches,
            now=now,
        )


def _told_apart(blocked: Decision) -> Decision:
    if blocked.reason not in _NO_MONEY_OR_ROOM:
        return blocked
    detail = {**(blocked.detail or {}), "cause": blocked.reason.value}
    return blocked.model_copy(update={"reason": Reason.CHARGE_FAILED, "detail": detail})
