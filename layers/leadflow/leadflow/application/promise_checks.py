"""Whether a promised candidate may still have the lead (`product.md`, 15.8)."""

from dataclasses import dataclass
from datetime import datetime

from leadflow.application.auction_ports import BidBook, Customers
from leadflow.application.ping_rounds import partner_facts_of
from leadflow.application.rotation_ports import Rotations
from leadflow.application.stage_tasks import Entered
from leadflow.domain.contenders import BidContender, bid_contender
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import VERDICTS, Decision, Kind, Reason
from leadflow.domain.eligibility import AuctionTerms, promise_broken
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import BidId, CustomerId, PartnerId
from leadflow.domain.partner_eligibility import blocked_reason
from leadflow.domain.plans import HighestPriceStage, RoundRobinStage, Stage
from leadflow.domain.promises import Promise
from leadflow.domain.rotations import RotationState
from leadflow.domain.round_robin import RoundTerms, assess_customer, assess_partner
from leadflow.domain.scopes import setting_of


@dataclass(frozen=True)
class BidStands:
    """A bid that may have the lead at the promised price."""

    contender: BidContender


@dataclass(frozen=True)
class CustomerStands:
    """A customer of a Round Robin stage that may have the lead; `rotation` is as it is now."""

    customer: Customer
    rotation: RotationState


@dataclass(frozen=True)
class PartnerStands:
    """A partner that may be posted to; `rotation` is as it is now, where it would take a turn."""

    rotation: RotationState | None


@dataclass(frozen=True)
class Broken:
    """The promise lapses, for the reason of the decision."""

    decision: Decision


Stands = BidStands | CustomerStands | PartnerStands
Check = Stands | Broken


@dataclass(frozen=True, kw_only=True)
class PromiseChecks:
    """The ports of a check."""

    book: BidBook
    customers: Customers
    rotations: Rotations

    def check(self, entered: Entered, promise: Promise, now: datetime) -> Check:
        """The promised candidate as it stands now, money measured against the promised price."""
        if not promise.lead_type_matches:
            return Broken(_decision(entered, promise, Reason.LEAD_TYPE_CHANGED))
        stage = entered.stage
        if promise.offer.decision.candidate.kind is Kind.BID:
            return self._bid(entered, promise, now)
        if isinstance(stage, RoundRobinStage):
            return self._taker(entered, promise, stage, now)
        return _partner(entered, promise, stage, now)

    def _bid(self, entered: Entered, promise: Promise, now: datetime) -> Check:
        candidate, tenant_id = promise.offer.decision.candidate, entered.run.tenant_id
        customer_id = CustomerId(str(candidate.customer_id))
        bid = self.book.get(tenant_id, customer_id, BidId(candidate.id))
        customer = self.customers.many(tenant_id, [customer_id]).get(customer_id)
        if bid is None or customer is None:
            return Broken(_decision(entered, promise, Reason.BID_ARCHIVED))
        kind = entered.configuration.lead_types[bid.lead_type_id]
        setting = setting_of(kind.bidding_scopes, bid.scope)
        price = promise.offer.charged_cents
        broken = promise_broken(bid, customer, setting, _terms(entered, now), price)
        if broken is not None or setting is None:
            return Broken(broken or _decision(entered, promise, Reason.SCOPE_DISABLED))
        tier = entered.configuration.ladder.terms_of(customer)
        return BidStands(bid_contender(bid, customer, setting, tier, price))

    def _taker(
        self, entered: Entered, promise: Promise, stage: RoundRobinStage, now: datetime
    ) -> Check:
        tenant_id, candidate = entered.run.tenant_id, promise.offer.decision.candidate
        state = self.rotations.get(tenant_id, stage.id)
        terms = RoundTerms(stage, "post", partner_facts_of(entered.lead), state, now)
        if candidate.kind is Kind.PARTNER:
            partner = entered.configuration.partners[PartnerId(candidate.id)]
            assessed = assess_partner(partner, terms)
            stands: Check = PartnerStands(state)
        else:
            customer_id = CustomerId(candidate.id)
            customer = self.customers.many(tenant_id, [customer_id])[customer_id]
            assessed = assess_customer(customer, terms)
            stands = CustomerStands(customer, state)
        return Broken(assessed) if isinstance(assessed, Decision) else stands


def _partner(entered: Entered, promise: Promise, stage: Stage, now: datetime) -> Check:
    partner_id = PartnerId(promise.offer.decision.candidate.id)
    partner = entered.configuration.partners[partner_id]
    choice = _highest_price(stage).settings.partners
    facts = partner_facts_of(entered.lead)
    reason = blocked_reason(partner, choice, facts, needs_ping=False, today=now.date())
    return Broken(_decision(entered, promise, reason)) if reason else PartnerStands(None)


def _terms(entered: Entered, now: datetime) -> AuctionTerms:
    bids = _highest_price(entered.stage).settings.bids
    return AuctionTerms(
        stage_id=entered.stage.id,
        phase="post",
        scopes=frozenset(bids.scopes) if bids.enabled else frozenset(),
        location=entered.lead.location,
        switches=entered.configuration.settings.bidding.switches,
        now=now,
    )


def _highest_price(stage: Stage) -> HighestPriceStage:
    if not isinstance(stage, HighestPriceStage):
        raise CorruptState("A bid was promised by a stage of another method.")
    return stage


def _decision(entered: Entered, promise: Promise, reason: Reason) -> Decision:
    """The promised candidate as it is told of when it does not get the lead."""
    return Decision(
        stage_id=entered.stage.id,
        phase="post",
        candidate=promise.offer.decision.candidate,
        verdict=VERDICTS[reason],
        reason=reason,
        amount_cents=promise.offer.decision.amount_cents,
        charged_cents=promise.offer.charged_cents,
    )
